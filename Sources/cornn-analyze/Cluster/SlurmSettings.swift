/// What a scenario, or flags in its place, ask of Slurm.
struct SlurmSettings {
  var partition: String?
  /// As Slurm takes it: minutes, hours:minutes:seconds, days-hours and so on.
  var time: String?
  /// A number of mebibytes, or one with K, M, G or T.
  var memory: String?
  var cpus = 1
  /// The most tasks at a time.
  var throttle: Int?
  var pointsPerTask: Int?
  /// How often a point is submitted whose task dies.
  var attempts = 3
  /// Further options of sbatch, as they are.
  var options: [String] = []

  /// Where each stands; a flag's is its name.
  private var places: [String: Place] = [:]

  private enum Place {
    case flag(String)
    case scenario(ScenarioPlace)

    func trouble(_ message: String, hint: String?) -> Diagnostic {
      switch self {
      case .flag(let name): Diagnostic(.usage, "\(name): \(message)", hint: hint)
      case .scenario(let place): place.trouble(message, hint: hint)
      }
    }
  }

  /// The keys under `slurm`.
  static let keys = [
    key("partition", .text, "The partition; Slurm's own default without it. (flag: --partition)"),
    key(
      "time", .text,
      "The most time of a task: minutes, hours:minutes:seconds, days-hours, days-hours:minutes:seconds. (flag: --time-limit)"
    ),
    key("memory", .text, "Memory of a task: mebibytes, or a number with K, M, G or T. (flag: --memory)"),
    key("cpus", .wholeNumber, "Cores of a task. (default: 1)"),
    key("throttle", .wholeNumber, "The most tasks at a time. (flag: --throttle)"),
    key(
      "pointsPerTask", .wholeNumber,
      "Points that a task computes, as many at once as it has cores. (default: 1, and more where the cluster's MaxArraySize asks for it)"
    ),
    key("attempts", .wholeNumber, "How often a point is submitted whose task dies. (default: 3)"),
    key("options", .list, "Further options of sbatch, such as [--account=physics]."),
  ]

  private static func key(_ name: String, _ form: ScenarioKey.Form, _ meaning: String) -> ScenarioKey {
    ScenarioKey(name: name, flag: "", form: form, meaning: meaning)
  }

  /// - Parameter node: what stands under `slurm`; nil where there is none.
  init(_ node: ScenarioNode?) throws(Diagnostic) {
    guard let node else { return }
    guard let members = try node.members() else {
      throw node.place.trouble("it must be a mapping", hint: "slurm: {partition: name, time: 30}")
    }
    for (name, value) in members {
      places[name] = .scenario(value.place)
      if name == "options" {
        for element in value.elements ?? [value] { try add(option: element) }
        continue
      }
      guard let text = value.scalar, !text.isEmpty else { throw value.place.trouble("it must be a single value") }
      try set(name, text)
    }
  }

  /// Takes a flag's value in the scenario's place.
  mutating func set(_ key: String, _ text: String?, flag: String) throws(Diagnostic) {
    guard let text else { return }
    places[key] = .flag(flag)
    try set(key, text)
  }

  private mutating func set(_ key: String, _ text: String) throws(Diagnostic) {
    switch key {
    case "partition":
      guard text.wholeMatch(of: #/[A-Za-z0-9_.,-]+/#) != nil else { throw trouble(key, "\(text) is no name") }
      partition = text
    case "time":
      guard text.wholeMatch(of: #/\d+|\d+:\d\d|\d+:\d\d:\d\d|\d+-\d+(:\d\d(:\d\d)?)?/#) != nil else {
        throw trouble(key, "\(text) is no time", hint: "minutes, hours:minutes:seconds or days-hours")
      }
      time = text
    case "memory":
      guard text.wholeMatch(of: #/[1-9]\d*[KMGT]?/#) != nil else {
        throw trouble(key, "\(text) is no size", hint: "mebibytes, or a number with K, M, G or T, such as 2G")
      }
      memory = text
    case "cpus": cpus = try count(text, key, atMost: 4096)
    case "throttle": throttle = try count(text, key, atMost: 1_000_000)
    case "pointsPerTask": pointsPerTask = try count(text, key, atMost: 100_000)
    case "attempts": attempts = try count(text, key, atMost: 100)
    default:
      let near = nearest(to: key, among: Self.keys.map(\.name))
      throw trouble(
        key, "there is no such key",
        hint: near.map { "did you mean \($0)?" } ?? "known: " + Self.keys.map(\.name).joined(separator: ", "))
    }
  }

  private func count(_ text: String, _ key: String, atMost most: Int) throws(Diagnostic) -> Int {
    guard let number = Int(text), 1...most ~= number else {
      throw trouble(key, "\(text) where a whole number from 1 to \(most) is meant")
    }
    return number
  }

  /// What this tool decides itself, by the names that sbatch has for it.
  private static let taken = [
    "-a", "--array", "-o", "--output", "-e", "--error", "-J", "--job-name", "--parsable", "--requeue", "--no-requeue",
    "--wrap", "-D", "--chdir", "-W", "--wait", "-p", "--partition", "-t", "--time", "--mem", "-c", "--cpus-per-task",
    "--open-mode",
  ]

  private mutating func add(option node: ScenarioNode) throws(Diagnostic) {
    guard let text = node.scalar, text.hasPrefix("-"), text != "-", text != "--" else {
      throw node.place.trouble("it must be an option of sbatch", hint: "such as --account=physics")
    }
    let name = text.prefix { $0 != "=" && $0 != " " }
    guard !text.contains(" "), !Self.taken.contains(String(name)) else {
      throw node.place.trouble(
        "\(text) can't stand there",
        hint: text.contains(" ")
          ? "write it with =, as --name=value" : "known keys: " + Self.keys.map(\.name).joined(separator: ", "))
    }
    options.append(text)
  }

  /// The message for what is wrong with a key's value.
  func trouble(_ key: String, _ message: String, hint: String? = nil) -> Diagnostic {
    (places[key] ?? .flag("slurm." + key)).trouble(message, hint: hint)
  }

  /// What sbatch is told of them.
  var arguments: [String] {
    var arguments = ["--cpus-per-task=\(cpus)"]
    if let partition { arguments.append("--partition=" + partition) }
    if let time { arguments.append("--time=" + time) }
    if let memory { arguments.append("--mem=" + memory) }
    return arguments + options
  }

  /// How many points each task of an array computes, sizes that differ by at most one.
  ///
  /// - Parameters:
  ///   - points: how many there are.
  ///   - mostTasks: the most tasks that the cluster takes in one array.
  ///   - apart: whether as few as can be are to share a task, since one of them may have ended its task before.
  func taskSizes(points: Int, mostTasks: Int, apart: Bool) -> [Int] {
    guard points > 0 else { return [] }
    let wanted = apart ? 1 : pointsPerTask ?? 1
    let tasks = min((points + wanted - 1) / wanted, mostTasks)
    return (0..<tasks).map { (points * ($0 + 1)) / tasks - (points * $0) / tasks }
  }
}
