import CoRNNReport

/// An experiment as a file: one kind of command or several that share inputs, their settings, and what is varied.
struct Scenario {
  /// The file, as it was named.
  let path: String
  /// The question that its first comment line asks; empty without one.
  let question: String
  let kinds: [ScenarioKind]
  /// The folder that its files are found from, with its slash; empty for the current one.
  let folder: String
  /// The settings of each kind, in the file's order.
  let settings: [ScenarioKind: [PointSetting]]
  /// What is varied, the last the fastest.
  let axes: [ScenarioAxis]
  /// What to report of each kind's results.
  let report: [ScenarioKind: [ReportedPath]]
  /// The scenario with what it extends and what `--set` and `--short` replaced, but for `folder`.
  let resolved: [ScenarioEntry]
  /// What it asks of Slurm.
  let slurm: SlurmSettings
  /// Where `kind` stands.
  let kindPlace: ScenarioPlace
  /// The keys that its kinds know.
  let schema: KnownKeys

  /// The keys that are not a kind's.
  static let ownKeys: [(name: String, meaning: String)] = [
    ("kind", "What to run, or a list of kinds that share inputs: \(ScenarioKind.names)."),
    (
      "extends",
      "Another scenario, from this one's folder, whose keys count where this one doesn't have them; a mapping is replaced whole."
    ),
    ("folder", "The folder that files are found from, from this one's own folder. (default: its own folder)"),
    ("short", "Settings that take the place of the others in a short run (--short)."),
    (
      "grid",
      "Keys with the values each takes, every one with every other: a list, or {from, to, count, spacing: linear or logarithmic}. The last key is the fastest."
    ),
    (
      "draws",
      "Random settings: {count, seed, of: {key: {uniform: [a, b]}}}, or logUniform, integer, choice in place of uniform. Draw k doesn't depend on the count."
    ),
    ("repeats", "Runs over seeds from seed on: how many, or {count, key} for another seed than the key seed."),
    (
      "slurm",
      "What --backend slurm asks for: {\(SlurmSettings.keys.map(\.name).joined(separator: ", "))}."
    ),
    (
      "report",
      "Paths into the results, such as exponents.0.value: the numbers of the table and the plots. A plot of curves, one for each point: records.*.score over records.*.step. Words for tables and plots follow a path: exponents.0.value as largest exponent (1/time)."
    ),
  ]

  /// Reads a scenario strictly: a key that isn't known, or a value of the wrong sort, is an error that names file,
  /// line and the key's path.
  ///
  /// - Parameters:
  ///   - isShort: whether what stands under `short:` takes the place of the settings of the same names.
  ///   - replacing: keys and values as YAML, that take the place of the file's.
  init(
    path: String, isShort: Bool = false, replacing: [(key: String, value: String)] = []
  ) throws(Diagnostic) {
    self.path = path
    let text = try ScenarioText(path: path)
    question = text.question
    var entries = try ScenarioEntry.all(of: text)
    let short = try ScenarioEntry.takeShort(isShort, from: &entries, path: path)
    for (key, value) in replacing { try ScenarioEntry.set(key, value, in: &entries) }
    func entry(_ name: String) -> ScenarioEntry? { entries.first { $0.name == name } }

    (kinds, kindPlace) = try Self.kinds(entry("kind"), path)
    let keys = Dictionary(uniqueKeysWithValues: kinds.map { ($0, ScenarioKey.keys(of: $0)) })
    for place in entries.indices { entries[place].findFilesFromMain(keys.values.flatMap { $0 }) }
    let schema = KnownKeys(keys)
    self.schema = schema
    func isSetting(_ name: String) -> Bool {
      !Self.ownKeys.contains { $0.name == name } && ScenarioKind(rawValue: name) == nil
    }
    for (name, value) in short where isSetting(name) { _ = try schema.path(name, at: value.place) }

    var settings: [ScenarioKind: [PointSetting]] = [:]
    func put(_ entry: ScenarioNode, _ key: SettingPath) throws(Diagnostic) {
      for kind in key.kinds {
        guard let known = schema.key(key.name, of: kind) else { continue }
        let value = try SettingValue(entry, as: known)
        settings[kind, default: []].removeAll { $0.key.name == known.name }
        settings[kind, default: []].append(PointSetting(key: known, value: value, place: entry.place))
      }
    }
    // What is for one kind alone wins over what is for all.
    for entry in entries where isSetting(entry.name) {
      try put(entry.value, schema.path(entry.name, at: entry.value.place))
    }
    for entry in entries {
      guard let kind = ScenarioKind(rawValue: entry.name) else { continue }
      guard kinds.contains(kind) else {
        throw entry.value.place.trouble(
          "settings for a kind that isn't run", hint: "add \(kind.rawValue) to kind, or remove them")
      }
      guard let members = try entry.value.members() else {
        throw entry.value.place.trouble("it must be a mapping: settings for the kind \(kind.rawValue) alone")
      }
      for (name, value) in members { try put(value, schema.path(kind.rawValue + "." + name, at: value.place)) }
    }
    self.settings = settings

    axes = try ScenarioAxis.all(
      grid: entry("grid")?.value, draws: entry("draws")?.value, repeats: entry("repeats")?.value, schema: schema,
      settings: settings)
    slurm = try SlurmSettings(entry("slurm")?.value)
    report = try Self.report(entry("report")?.value, kinds)
    let folder = try entry("folder").map { entry throws(Diagnostic) in
      guard let name = entry.value.scalar, !name.isEmpty else { throw entry.value.place.trouble("it must be a folder") }
      return name.hasSuffix("/") ? name : name + "/"
    }
    let home = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    self.folder = folder.map { $0.hasPrefix("/") ? $0 : home + $0 } ?? home
    resolved = entries.filter { $0.name != "folder" }
    try checkSubject()
  }

  private static func kinds(_ entry: ScenarioEntry?, _ path: String) throws(Diagnostic) -> (
    [ScenarioKind], ScenarioPlace
  ) {
    guard let entry else {
      throw ScenarioPlace(file: path, line: 1, key: "kind").trouble(
        "there is none", hint: "one of \(ScenarioKind.names)")
    }
    var kinds: [ScenarioKind] = []
    for node in entry.value.elements ?? [entry.value] {
      guard let name = node.scalar else { throw node.place.trouble("it must be a kind, or a list of kinds") }
      guard let kind = ScenarioKind(rawValue: name) else {
        let near = nearest(to: name, among: ScenarioKind.allCases.map(\.rawValue))
        throw node.place.trouble(
          "there is no kind \(name)", hint: near.map { "did you mean \($0)?" } ?? "one of \(ScenarioKind.names)")
      }
      guard !kinds.contains(kind) else { throw node.place.trouble("\(name) is given twice") }
      kinds.append(kind)
    }
    guard !kinds.isEmpty else {
      throw entry.value.place.trouble("the list is empty", hint: "one of \(ScenarioKind.names)")
    }
    return (kinds, entry.value.place)
  }

  private static func report(_ node: ScenarioNode?, _ kinds: [ScenarioKind]) throws(Diagnostic) -> [ScenarioKind:
    [ReportedPath]]
  {
    guard let node else {
      return Dictionary(uniqueKeysWithValues: kinds.map { ($0, $0.headlines.map(ReportedPath.init(number:))) })
    }
    var report: [ScenarioKind: [ReportedPath]] = [:]
    for element in node.elements ?? [node] {
      let path = try ReportedPath(element)
      if let owner = path.kind, kinds.contains(owner) {
        report[owner, default: []].append(path.within(owner))
      } else {
        for kind in kinds { report[kind, default: []].append(path) }
      }
    }
    return report
  }

  /// Refuses a kind that is about something when there is nothing.
  private func checkSubject() throws(Diagnostic) {
    for kind in kinds where kind.subject == .required {
      let given =
        (settings[kind] ?? []).map(\.key.name) + axes.flatMap(\.paths).filter { $0.kinds.contains(kind) }.map(\.name)
      guard !given.contains(where: { ["checkpoint", "system", "randomHidden"].contains($0) }) else { continue }
      throw kindPlace.trouble(
        "\(kind.rawValue) is about a network, and there is none",
        hint: "checkpoint: a file, from the scenario's own folder")
    }
  }
}

/// The keys that a scenario's kinds know.
struct KnownKeys {
  private let keys: [ScenarioKind: [ScenarioKey]]
  let kinds: [ScenarioKind]

  init(_ keys: [ScenarioKind: [ScenarioKey]]) {
    self.keys = keys
    kinds = ScenarioKind.allCases.filter { keys[$0] != nil }
  }

  func key(_ name: String, of kind: ScenarioKind) -> ScenarioKey? { keys[kind]?.first { $0.name == name } }

  /// What a path such as `gamma`, `parameter.rho` or `certify.lags` is about; refused where no kind knows it.
  func path(_ text: String, at place: ScenarioPlace) throws(Diagnostic) -> SettingPath {
    var parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    var meant = kinds
    if parts.count > 1, let kind = ScenarioKind(rawValue: parts[0]), kinds.contains(kind) {
      meant = [kind]
      parts.removeFirst()
    }
    let name = parts.first ?? ""
    let knowing = meant.filter { key(name, of: $0) != nil }
    guard let first = knowing.first, let known = key(name, of: first) else {
      let all = meant.flatMap { (keys[$0] ?? []).map(\.name) }
      let own = Scenario.ownKeys.map(\.name)
      let of = meant.map(\.rawValue).joined(separator: ", ")
      throw place.trouble(
        "unknown key \(name) in a scenario of kind \(of)",
        hint: nearest(to: name, among: all + own).map { "did you mean \($0)?" }
          ?? "known: " + (own + Set(all).sorted()).joined(separator: ", "))
    }
    guard parts.count == 1 || (parts.count == 2 && known.form == .pairs && !parts[1].isEmpty) else {
      throw place.trouble("\(text): \(name) has nothing under it", hint: "the key is \(name)")
    }
    return SettingPath(text: text, kinds: knowing, name: name, member: parts.count == 2 ? parts[1] : nil)
  }
}

/// A key, or a member of one, in the kinds that it is for.
struct SettingPath: Equatable, Sendable {
  let text: String
  let kinds: [ScenarioKind]
  let name: String
  let member: String?
}
