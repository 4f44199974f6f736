import ArgumentParser
import CoRNNKernels

/// What a key's number must be, asked of the command itself: its own refusal of a number says so, and so the page about
/// keys can't say another thing than what is checked.
struct KeyRange: Equatable, Sendable {
  /// As the refusal has it: `at least 1`, `greater than 0`, `1 to 20000`.
  let text: String

  init(text: String) { self.text = text }

  /// The range of a key; nil where any number is taken.
  init?(of key: ScenarioKey, in kind: ScenarioKind) {
    let values: [String]
    switch key.form {
    case .wholeNumber: values = ["-1", "0", "1", "999999999999"]
    case .number, .numbers: values = ["-1", "0", "1e300"]
    default: return nil
    }
    let (start, message) = ("--\(key.flag) is ", "it must be ")
    for situation in Self.situations(of: kind, key) {
      for value in values {
        let arguments = situation + ["--\(key.flag)=\(value)"]
        guard let refusal = Self.refusal(kind, arguments) else { continue }
        // Seeds and the like aren't signed.
        if refusal.contains("'\(value)' is invalid for '--\(key.flag)") {
          self.init(text: "at least 0")
          return
        }
        guard let about = refusal.range(of: start, then: message) else { continue }
        self.init(text: String(about.prefix { $0 != ";" }).trimmingEnd)
        return
      }
    }
    return nil
  }

  /// Command lines that a kind takes, so that a number that is refused is refused for its range.
  private static func situations(of kind: ScenarioKind, _ key: ScenarioKey) -> [[String]] {
    let known = Set(ScenarioKey.keys(of: kind).map(\.flag))
    func isKnown(_ argument: String) -> Bool {
      !argument.hasPrefix("--") || argument == "--output=."
        || known.contains(String(argument.dropFirst(2).prefix { $0 != "=" }))
    }
    let bases: [[String]] =
      kind.subject == .required
      ? [
        ["x.pt"], ["x.pt", "--constant-input=0"], ["x.pt", "--signal=cosine", "--steps=9"], ["--system=lorenz63"],
        ["--random-hidden=3", "--constant-input=0"],
      ]
      : [
        ["--forcing=8", "--output=."], ["x.pt", "--forcing=8"],
        [
          "--forcing=8", "--steps=9", "--rate=1", "--dt=1", "--gamma=1", "--epsilon=1", "--damping=implicit",
          "--output=.",
        ],
      ]
    let more: [[String]] = [
      [], ["--flow"], ["--worst-case", "--output=."], ["--orders"], ["--signal=lorenz96", "--steps=9"],
      ["--schedule=cosine"], ["--schedule=steps", "--drop-at=5"], ["--cell=lstm"], ["--closed-loop"], ["--models=lstm"],
      ["--sweep=W=1:2:3"], ["--zero-one"], ["--exponent"], ["--stroboscopic"], ["--extrema"],
    ]
    return bases.flatMap { base in more.map { base + $0 } }
      .filter { $0.allSatisfy(isKnown) }
      .map { $0.filter { !$0.hasPrefix("--\(key.flag)=") } }
  }

  private static func refusal(_ kind: ScenarioKind, _ arguments: [String]) -> String? {
    do {
      _ = try kind.command.parse(arguments)
      return nil
    } catch {
      return kind.command.message(for: error)
    }
  }

  /// The range as JSON Schema has it; empty for words that it can't say.
  var schema: [JSONValue.Member] {
    let words = text.split(separator: " ").map(String.init)
    let numbers = words.compactMap { Double($0.filter { $0 != "," }) }
    func member(_ name: String, _ number: Double) -> JSONValue.Member { .init(name: name, value: .number(number)) }
    switch words.first {
    case "at" where words.count > 2 && words[1] == "least" && numbers.count == 1: return [member("minimum", numbers[0])]
    case "greater" where numbers.count == 1: return [member("exclusiveMinimum", numbers[0])]
    case "between" where numbers.count == 2:
      return [member("exclusiveMinimum", numbers[0]), member("exclusiveMaximum", numbers[1])]
    default:
      guard words.contains("to"), numbers.count == 2 else { return [] }
      return [member("minimum", numbers[0]), member("maximum", numbers[1])]
    }
  }
}

extension String {
  /// What stands after `second`, if that follows `first`.
  fileprivate func range(of first: String, then second: String) -> Substring? {
    guard let start = self.firstRange(of: first), let next = self[start.upperBound...].firstRange(of: second) else {
      return nil
    }
    return self[next.upperBound...]
  }

  fileprivate var trimmingEnd: String { hasSuffix(".") ? String(dropLast()) : self }
}

/// The keys of all kinds with their ranges.
struct ScenarioSchema {
  let kinds: [(kind: ScenarioKind, keys: [(key: ScenarioKey, range: KeyRange?)])]

  /// Asks every command.
  init(threads: Int) {
    let all = ScenarioKind.allCases.map { ($0, ScenarioKey.keys(of: $0)) }
    // The same flag with the same words is the same option.
    var distinct: [(kind: ScenarioKind, key: ScenarioKey)] = []
    for (kind, keys) in all {
      for key in keys where !distinct.contains(where: { $0.key == key }) { distinct.append((kind, key)) }
    }
    let asked = distinct
    let ranges = parallelMap(count: asked.count, threads: threads) { KeyRange(of: asked[$0].key, in: asked[$0].kind) }
    kinds = all.map { kind, keys in
      (kind, keys.map { key in (key, asked.firstIndex { $0.key == key }.flatMap { ranges[$0] }) })
    }
  }
}
