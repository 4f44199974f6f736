import CoRNNKernels
import CoRNNReport
import Yams

/// Something that is varied from point to point: a key of a grid, random draws of several keys, or seeds.
struct ScenarioAxis {
  enum Role: String, Sendable { case grid, draws, repeats }

  let role: Role
  /// The keys that it sets.
  let paths: [SettingPath]
  /// Where each is varied.
  let places: [ScenarioPlace]
  /// For each value, the keys' nodes.
  let values: [[ScenarioNode]]

  /// The most points of a scenario.
  static let mostPoints = 100_000

  /// The axes of a scenario: grid, draws, repeats.
  static func all(
    grid: ScenarioNode?, draws: ScenarioNode?, repeats: ScenarioNode?, schema: KnownKeys,
    settings: [ScenarioKind: [PointSetting]]
  ) throws(Diagnostic) -> [ScenarioAxis] {
    var plans: [Plan] = []
    if let grid {
      guard let members = try grid.members(), !members.isEmpty else {
        throw grid.place.trouble("it must have keys under it, each with its values", hint: "grid: {gamma: [1, 2, 3]}")
      }
      for (name, value) in members { plans.append(try .grid(value, schema.path(name, at: value.place), schema)) }
    }
    if let draws { plans.append(try .draws(draws, schema)) }
    if let repeats { plans.append(try .repeats(repeats, schema, settings)) }
    // The count before the values: there may be too many to make.
    var count = 1
    for plan in plans {
      let (product, overflow) = count.multipliedReportingOverflow(by: plan.count)
      count = overflow ? .max : product
      guard count <= mostPoints else {
        let total = plans.reduce(Double(1)) { $0 * Double($1.count) }
        let sum = plans.count == 1 ? "" : " = " + (total < 0x1p53 ? "\(Int(total))" : numberText(total))
        throw plan.place.trouble(
          plans.map { "\($0.count)" }.joined(separator: " × ") + sum + " points are more than \(mostPoints)",
          hint: "a coarser grid, or fewer keys in it")
      }
    }
    for (place, plan) in plans.enumerated() {
      for path in plan.paths where plans[..<place].contains(where: { $0.paths.contains { $0.overlaps(path) } }) {
        throw plan.place.trouble("\(path.text) is varied twice", hint: "in grid, draws or repeats, in one of them")
      }
    }
    var axes: [ScenarioAxis] = []
    for plan in plans { axes.append(try plan.axis()) }
    return axes
  }

  /// An axis before its values are made.
  fileprivate struct Plan {
    let role: Role
    let place: ScenarioPlace
    let paths: [SettingPath]
    let places: [ScenarioPlace]
    let count: Int
    let values: () throws(Diagnostic) -> [[ScenarioNode]]

    func axis() throws(Diagnostic) -> ScenarioAxis {
      ScenarioAxis(role: role, paths: paths, places: places, values: try values())
    }
  }
}

extension SettingPath {
  /// Whether two paths set the same.
  fileprivate func overlaps(_ other: SettingPath) -> Bool {
    name == other.name && (member == nil || other.member == nil || member == other.member)
      && kinds.contains(where: other.kinds.contains)
  }
}

extension ScenarioAxis.Plan {
  /// A list of values, or a range.
  fileprivate static func grid(
    _ node: ScenarioNode, _ path: SettingPath, _ schema: KnownKeys
  ) throws(Diagnostic) -> Self {
    let form = path.member == nil ? path.kinds.first.flatMap { schema.key(path.name, of: $0) }?.form : .number
    if let elements = node.elements {
      guard !elements.isEmpty else { throw node.place.trouble("the list is empty") }
      return Self(role: .grid, place: node.place, paths: [path], places: [node.place], count: elements.count) {
        elements.map { [$0] }
      }
    }
    guard let members = try node.members() else {
      throw node.place.trouble("it must be a list of values, or {from, to, count, spacing}")
    }
    try refuseOthers(members, than: ["from", "to", "count", "spacing"], node.place)
    guard form == .number || form == .wholeNumber || form == .numbers else {
      throw node.place.trouble("a range where \(form?.words ?? "text") is meant", hint: "list the values")
    }
    let low = try number("from", members, node.place)
    let high = try number("to", members, node.place)
    let count = try whole("count", members, node.place, atLeast: 2)
    guard low < high else { throw node.place.trouble("from \(low) to \(high) doesn't rise", hint: "from is the lower") }
    let spacing = members.first { $0.name == "spacing" }
    let isLogarithmic = spacing?.value.scalar == "logarithmic"
    guard spacing == nil || isLogarithmic || spacing?.value.scalar == "linear" else {
      throw (spacing?.value.place ?? node.place).trouble("it must be linear or logarithmic")
    }
    guard !isLogarithmic || low > 0 else {
      throw node.place.trouble("a logarithmic range begins above 0, not at \(low)")
    }
    return Self(role: .grid, place: node.place, paths: [path], places: [node.place], count: count) {
      () throws(Diagnostic) in
      let values = SweptValues.spaced(from: low, to: high, count: count, logarithmic: isLogarithmic)
      guard form == .wholeNumber else { return values.map { [ScenarioNode(text: "\($0)", place: node.place)] } }
      let rounded = values.map { $0.rounded() }
      guard Set(rounded).count == count, rounded.allSatisfy({ abs($0) < 0x1p53 }) else {
        throw node.place.trouble("\(count) values are more than there are whole numbers from \(low) to \(high)")
      }
      return rounded.map { [ScenarioNode(text: "\(Int($0))", place: node.place)] }
    }
  }

  /// Random settings: those of draw k follow from the seed, k and the key's name alone.
  fileprivate static func draws(_ node: ScenarioNode, _ schema: KnownKeys) throws(Diagnostic) -> Self {
    guard let members = try node.members() else {
      throw node.place.trouble("it must be {count, seed, of: {key: {uniform: [a, b]}}}")
    }
    try refuseOthers(members, than: ["count", "seed", "of"], node.place)
    let count = try whole("count", members, node.place, atLeast: 1)
    let seedNode = members.first { $0.name == "seed" }?.value
    guard let seed = seedNode?.scalar.flatMap({ UInt64($0) }) else {
      throw (seedNode?.place ?? node.place).trouble("it needs a seed, a whole number of at least 0")
    }
    guard let of = members.first(where: { $0.name == "of" })?.value, let keys = try of.members(), !keys.isEmpty else {
      throw node.place.trouble("it needs of: keys with their distributions")
    }
    var paths: [SettingPath] = []
    var places: [ScenarioPlace] = []
    var distributions: [Distribution] = []
    for (name, value) in keys {
      paths.append(try schema.path(name, at: value.place))
      places.append(value.place)
      distributions.append(try Distribution(value))
    }
    let texts = paths.map(\.text)
    return Self(role: .draws, place: node.place, paths: paths, places: places, count: count) {
      (0..<count).map { draw in
        let stream = SplittableRandom(seed: seed).split(UInt64(draw))
        return texts.indices.map { place in
          var name = Fingerprint()
          name.add(texts[place].utf8)
          var random = stream.split(UInt64(name.text, radix: 16) ?? 0)
          return distributions[place].value(&random, places[place])
        }
      }
    }
  }

  /// Seeds from the one given on.
  fileprivate static func repeats(
    _ node: ScenarioNode, _ schema: KnownKeys, _ settings: [ScenarioKind: [PointSetting]]
  ) throws(Diagnostic) -> Self {
    var count: Int?
    var name = "seed"
    if let members = try node.members() {
      try refuseOthers(members, than: ["count", "key"], node.place)
      count = try whole("count", members, node.place, atLeast: 1)
      if let key = members.first(where: { $0.name == "key" })?.value {
        guard let text = key.scalar, text.lowercased().hasSuffix("seed") else {
          throw key.place.trouble("it must be the key of a seed")
        }
        name = text
      }
    } else if let text = node.scalar, let whole = Int(text) {
      count = whole
    }
    guard let count, count >= 1 else {
      throw node.place.trouble(
        "\(node.scalar.map { "\($0) repeats" } ?? "no number of repeats"): it must be a whole number of at least 1")
    }
    let path = try schema.path(name, at: node.place)
    let given = path.kinds.lazy.compactMap { settings[$0]?.first { $0.key.name == path.name } }.first
    guard case .single(let text)? = given?.value, let first = UInt64(text), first <= UInt64.max - UInt64(count) else {
      throw node.place.trouble("the first seed is missing", hint: "\(name): 1, for instance")
    }
    return Self(role: .repeats, place: node.place, paths: [path], places: [node.place], count: count) {
      (0..<count).map { [ScenarioNode(text: "\(first + UInt64($0))", place: node.place)] }
    }
  }

  private static func refuseOthers(
    _ members: [(name: String, value: ScenarioNode)], than known: [String], _ place: ScenarioPlace
  ) throws(Diagnostic) {
    guard let other = members.first(where: { !known.contains($0.name) }) else { return }
    throw other.value.place.trouble(
      "unknown key \(other.name)",
      hint: nearest(to: other.name, among: known).map { "did you mean \($0)?" }
        ?? "known: \(known.joined(separator: ", "))")
  }

  private static func number(
    _ name: String, _ members: [(name: String, value: ScenarioNode)], _ place: ScenarioPlace
  ) throws(Diagnostic) -> Double {
    guard let node = members.first(where: { $0.name == name })?.value else { throw place.trouble("\(name) is missing") }
    guard let number = node.scalar.flatMap({ Double($0) }), number.isFinite else {
      throw node.place.trouble("\(node.scalar ?? "what isn't a single value") where a finite number is meant")
    }
    return number
  }

  private static func whole(
    _ name: String, _ members: [(name: String, value: ScenarioNode)], _ place: ScenarioPlace, atLeast least: Int
  ) throws(Diagnostic) -> Int {
    guard let node = members.first(where: { $0.name == name })?.value else { throw place.trouble("\(name) is missing") }
    guard let number = node.scalar.flatMap({ Int($0) }), number >= least else {
      throw node.place.trouble(
        "\(node.scalar ?? "what isn't a single value") where a whole number of at least \(least) is meant")
    }
    return number
  }
}

/// What a random setting is drawn from.
private enum Distribution {
  case uniform(ClosedRange<Double>)
  case logUniform(ClosedRange<Double>)
  case integer(ClosedRange<Int>)
  case choice([ScenarioNode])

  private static let names = ["uniform", "logUniform", "integer", "choice"]

  init(_ node: ScenarioNode) throws(Diagnostic) {
    guard let members = try node.members(), members.count == 1, let (name, value) = members.first else {
      throw node.place.trouble("it must be one distribution", hint: "for instance uniform: [0.5, 2]")
    }
    guard let elements = value.elements, !elements.isEmpty else {
      throw value.place.trouble(name == "choice" ? "it must be a list of values" : "it must be [low, high]")
    }
    if name == "choice" {
      self = .choice(elements)
      return
    }
    guard Self.names.contains(name) else {
      throw value.place.trouble(
        "there is no distribution \(name)",
        hint: nearest(to: name, among: Self.names).map { "did you mean \($0)?" }
          ?? "one of \(Self.names.joined(separator: ", "))")
    }
    let ends = elements.map { $0.scalar.flatMap { Double($0) } }
    guard ends.count == 2, let low = ends[0], let high = ends[1], low.isFinite, high.isFinite else {
      throw value.place.trouble("it must be [low, high], two finite numbers")
    }
    guard low <= high else {
      throw value.place.trouble("[\(low), \(high)] doesn't rise", hint: "the lower end is first")
    }
    switch name {
    case "uniform": self = .uniform(low...high)
    case "logUniform":
      guard low > 0 else { throw value.place.trouble("a logarithmic range begins above 0, not at \(low)") }
      self = .logUniform(low...high)
    default:
      guard let first = Int(exactly: low), let last = Int(exactly: high), abs(low) < 0x1p53, abs(high) < 0x1p53 else {
        throw value.place.trouble("it must be two whole numbers")
      }
      self = .integer(first...last)
    }
  }

  func value(_ random: inout SplittableRandom, _ place: ScenarioPlace) -> ScenarioNode {
    switch self {
    case .uniform(let range): ScenarioNode(text: "\(random.uniform(in: range))", place: place)
    case .logUniform(let range):
      ScenarioNode(
        text: "\(SweptValues.logarithmic(random.uniform(in: 0...1), from: range.lowerBound, to: range.upperBound))",
        place: place)
    case .integer(let range):
      ScenarioNode(text: "\(range.lowerBound + Self.index(below: range.count, &random))", place: place)
    case .choice(let nodes): nodes[Self.index(below: nodes.count, &random)]
    }
  }

  /// A whole number from 0 on: the high half of a product, which favours none by more than count/2⁶⁴.
  private static func index(below count: Int, _ random: inout SplittableRandom) -> Int {
    Int(random.next().multipliedFullWidth(by: UInt64(count)).high)
  }
}

extension ScenarioNode {
  /// A value that the scenario's file doesn't spell out.
  fileprivate init(text: String, place: ScenarioPlace) {
    self.init(node: .scalar(.init(text)), place: place)
  }
}
