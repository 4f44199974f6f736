import ArgumentParser
import FoundationEssentials

/// A key of a scenario: a flag of its kind's command, by the command's own description of itself.
struct ScenarioKey: Equatable, Sendable {
  /// What its value must be.
  enum Form: Equatable, Sendable {
    /// Text.
    case text
    /// One of these.
    case word([String])
    case number, wholeNumber
    /// A file, found from the scenario's own folder.
    case path
    /// A number, a list with one for each unit, or a file.
    case numbers
    /// Values, as a list or as text with commas between.
    case list
    /// A value for each name.
    case pairs
    /// A flag that is given or left out.
    case flag
    /// A flag that can be given either way.
    case choice
  }

  /// In lowerCamelCase.
  let name: String
  /// Without dashes; empty for what stands on the command line by itself.
  let flag: String
  let form: Form
  let meaning: String

  /// The file that a kind is about.
  static let checkpoint = ScenarioKey(
    name: "checkpoint", flag: "", form: .path,
    meaning: "The network: trained weights, .pt, .pth, .safetensors, .npz or .json.")

  /// Flags of every command that say how it runs, not what it computes.
  private static let ofRun: Set<String> = [
    "format", "output", "report", "question", "threads", "quiet", "strict", "resume", "help", "version",
  ]

  /// The keys of a kind, in the order of its flags.
  static func keys(of kind: ScenarioKind) -> [ScenarioKey] {
    guard let dump = try? JSONDecoder().decode(Dump.self, from: Data(kind.command._dumpHelp().utf8)) else {
      preconditionFailure("\(kind) doesn't describe itself")
    }
    let arguments = dump.command.arguments.compactMap { argument -> (flag: String, argument: Dump.Argument)? in
      guard let flag = argument.names?.first(where: { $0.kind == "long" })?.name else { return nil }
      return (flag, argument)
    }
    let flags = Set(arguments.map(\.flag))
    return (kind.subject == .none ? [] : [checkpoint])
      + arguments.compactMap { flag, argument -> ScenarioKey? in
        let isOff = flag.hasPrefix("no-") && flags.contains(String(flag.dropFirst(3)))
        guard !isOff, !ofRun.contains(flag) else { return nil }
        return ScenarioKey(
          name: name(of: flag), flag: flag, form: argument.form(isChoice: flags.contains("no-" + flag)),
          meaning: argument.meaning)
      }
  }

  /// `absolute-tolerance` as `absoluteTolerance`.
  static func name(of flag: String) -> String {
    let words = flag.split(separator: "-")
    return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// What ArgumentParser says of a command.
  fileprivate struct Dump: Decodable {
    let command: Command

    struct Command: Decodable { let arguments: [Argument] }

    struct Argument: Decodable {
      let kind: String
      let names: [Name]?
      let valueName: String?
      let defaultValue: String?
      let allValues: [String]?
      let abstract: String?
      let discussion: String?
    }

    struct Name: Decodable {
      let kind: String
      let name: String
    }
  }
}

extension ScenarioKey.Dump.Argument {
  /// The form that its values have, by the name that the help gives them.
  fileprivate func form(isChoice: Bool) -> ScenarioKey.Form {
    if kind == "flag" { return isChoice ? .choice : .flag }
    if let allValues { return .word(allValues) }
    switch valueName ?? "" {
    case "n", "m", "k": return .wholeNumber
    case "x", "s", "c": return .number
    case "file": return .path
    case "x|file": return .numbers
    case "key=value": return .pairs
    case let name where name.hasSuffix(",…") || name == "names": return .list
    default: return .text
    }
  }

  /// The help's words, with keys for flags.
  fileprivate var meaning: String {
    let said = [abstract, discussion].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
      .replacing(#/--[a-z][-a-z0-9]*/#) { ScenarioKey.name(of: String($0.output.dropFirst(2))) }
    guard let defaultValue, !said.contains("(default") else { return said }
    guard defaultValue.hasPrefix("--") else { return said + " (default: \(defaultValue))" }
    return said + " (default: \(!defaultValue.hasPrefix("--no-")))"
  }
}

/// The known name nearest to one that isn't known, if it is near enough to be meant.
func nearest(to name: String, among known: some Sequence<String>) -> String? {
  let ranked = known.map { (name: $0, distance: editDistance(name.lowercased(), $0.lowercased())) }
  guard let best = ranked.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }),
    best.distance <= max(1, name.count / 3)
  else { return nil }
  return best.name
}

/// The fewest insertions, deletions, replacements and swaps of neighbours that turn one text into the other
/// (optimal string alignment).
private func editDistance(_ first: String, _ second: String) -> Int {
  let (a, b) = (Array(first), Array(second))
  var rows = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
  for i in 0...a.count { rows[i][0] = i }
  for j in 0...b.count { rows[0][j] = j }
  for i in a.indices {
    for j in b.indices {
      var least = min(rows[i][j + 1] + 1, rows[i + 1][j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, rows[i - 1][j - 1] + 1) }
      rows[i + 1][j + 1] = least
    }
  }
  return rows[a.count][b.count]
}
