import CoRNNCheckpoints
import CoRNNReport
import FoundationEssentials
import Yams

/// Where something stands in a scenario: the file, the line, and the key's path.
struct ScenarioPlace: Equatable, Sendable {
  /// Nil for what `--set` says.
  let file: String?
  let line: Int
  let key: String

  /// The message for what is wrong there.
  func trouble(_ message: String, hint: String? = nil) -> Diagnostic {
    let key = key.isEmpty ? "" : key + ": "
    guard let file else { return Diagnostic(.usage, "--set \(key)\(message)", hint: hint) }
    return Diagnostic(.data, "\(file):\(line): \(key)\(message)", hint: hint)
  }
}

/// A YAML value with the place it stands at.
struct ScenarioNode {
  var node: Node
  let place: ScenarioPlace

  /// A value by itself; nil for lists and mappings.
  var scalar: String? { node.scalar?.string }

  /// The elements of a list.
  var elements: [ScenarioNode]? {
    node.sequence.map { sequence in sequence.enumerated().map { child($1, place.key + "[\($0)]") } }
  }

  /// The members of a mapping; nil for what isn't one.
  func members() throws(Diagnostic) -> [(name: String, value: ScenarioNode)]? {
    guard let mapping = node.mapping else { return nil }
    var members: [(name: String, value: ScenarioNode)] = []
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        throw child(key, place.key).place.trouble("a key that isn't text")
      }
      // A member is named by its key's line: its value may begin on the next.
      let path = place.key.isEmpty ? name : place.key + "." + name
      let here = ScenarioPlace(file: place.file, line: key.mark?.line ?? place.line, key: path)
      members.append((name, ScenarioNode(node: value, place: here)))
    }
    return members
  }

  private func child(_ node: Node, _ key: String) -> ScenarioNode {
    ScenarioNode(node: node, place: ScenarioPlace(file: place.file, line: node.mark?.line ?? place.line, key: key))
  }
}

/// A scenario's file as it is written.
struct ScenarioText {
  /// As it was named.
  let path: String
  /// What its first comment line asks; empty without one.
  let question: String
  let root: ScenarioNode
  /// The keys and what stands under them.
  let members: [(name: String, value: ScenarioNode)]

  private static let mostBytes = 1 << 20
  private static let mostNodes = 200_000
  private static let deepest = 8

  /// Reads a file: one mapping of plain YAML, without tabs, anchors and what is beyond reason.
  init(path: String) throws(Diagnostic) {
    self.path = path
    let bytes: [UInt8]
    do {
      bytes = try readBytes(path, atMost: Self.mostBytes + 1)
    } catch {
      throw Diagnostic(CheckpointError(path: path, problem: error))
    }
    func trouble(_ line: Int, _ message: String, hint: String? = nil) -> Diagnostic {
      ScenarioPlace(file: path, line: line, key: "").trouble(message, hint: hint)
    }
    guard bytes.count <= Self.mostBytes else { throw trouble(1, "more than a mebibyte is no scenario") }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (place, line) in lines.enumerated() {
      guard String(validating: line, as: UTF8.self) != nil else {
        throw trouble(place + 1, "not UTF-8", hint: "save the file as UTF-8")
      }
      if line.prefix(while: { $0 == 0x20 || $0 == 0x09 }).contains(0x09) {
        throw trouble(place + 1, "a tab before the text", hint: "YAML is indented by spaces")
      }
      if line.contains(where: { $0 < 0x20 && $0 != 0x09 && $0 != 0x0D }) {
        throw trouble(place + 1, "a control character", hint: "a scenario is plain text")
      }
      if let mark = Self.anchor(in: line) {
        throw trouble(
          place + 1, "\(mark): anchors and aliases aren't taken",
          hint: "write the value out; a text that begins with & or * needs quotes")
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    question =
      text.hasPrefix("#")
      ? String((text.split(whereSeparator: \.isNewline).first ?? "").drop { $0 == "#" || $0 == " " }) : ""
    root = ScenarioNode(
      node: try Self.compose(text, path), place: ScenarioPlace(file: path, line: 1, key: ""))
    var count = 0
    try Self.check(root, depth: 0, count: &count)
    guard let members = try root.members() else {
      throw trouble(
        root.node.mark?.line ?? 1, "a scenario is a list of key: value lines", hint: "start with kind: and checkpoint:")
    }
    self.members = members
  }

  /// Parses YAML, with the parser's trouble in this tool's words.
  private static func compose(_ text: String, _ path: String) throws(Diagnostic) -> Node {
    func trouble(_ line: Int, _ message: String, hint: String? = nil) -> Diagnostic {
      ScenarioPlace(file: path, line: line, key: "").trouble(message, hint: hint)
    }
    do {
      guard let node = try Yams.compose(yaml: text), !(node.scalar?.string.isEmpty ?? false) else {
        throw trouble(1, "nothing is in it", hint: "start with kind: and checkpoint:")
      }
      return node
    } catch let diagnostic as Diagnostic {
      throw diagnostic
    } catch let error as YamlError {
      switch error {
      case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
        .composer(let context, let problem, let mark, _):
        guard !problem.hasPrefix("Maximum nesting") else {
          throw trouble(mark.line, "nested more than \(deepest) deep")
        }
        let about = context.map { " (" + $0.text + ")" } ?? ""
        throw trouble(mark.line, "not YAML: " + problem + about)
      case .duplicatedKeysInMapping(let names, let context):
        let name = names.sorted().first ?? ""
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().filter { place, line in
          place + 1 >= context.mark.line && line.drop { $0 == " " }.hasPrefix(name + ":")
        }
        throw ScenarioPlace(
          file: path, line: lines.dropFirst().first.map { $0.offset + 1 } ?? context.mark.line, key: name
        ).trouble("it is given twice")
      default: throw trouble(1, "not YAML: \(error)".split(whereSeparator: \.isNewline).joined(separator: " "))
      }
    } catch {
      throw trouble(1, "not YAML: \(error)".split(whereSeparator: \.isNewline).joined(separator: " "))
    }
  }

  /// Refuses what only a machine would write.
  private static func check(_ node: ScenarioNode, depth: Int, count: inout Int) throws(Diagnostic) {
    count += 1
    guard count <= mostNodes else { throw node.place.trouble("more than \(mostNodes) values are no scenario") }
    guard depth <= deepest else { throw node.place.trouble("nested more than \(deepest) deep") }
    for element in node.elements ?? [] { try check(element, depth: depth + 1, count: &count) }
    for (_, value) in try node.members() ?? [] { try check(value, depth: depth + 1, count: &count) }
  }

  /// An anchor or alias in a line of YAML, outside of quotes and comments.
  private static func anchor(in line: some Sequence<UInt8>) -> String? {
    var quote: UInt8?
    var mayBegin = true
    var found: [UInt8]?
    for byte in line {
      if found != nil {
        guard byte > 0x20, !",]}".utf8.contains(byte) else { break }
        found?.append(byte)
        continue
      }
      if let open = quote {
        if byte == open { quote = nil }
        continue
      }
      if mayBegin, byte == UInt8(ascii: "#") { break }
      if mayBegin, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { quote = byte }
      if mayBegin, byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*") { found = [byte] }
      mayBegin = byte == 0x20 || ",[{".utf8.contains(byte)
    }
    return found.flatMap { $0.count > 1 ? String(decoding: $0, as: UTF8.self) : nil }
  }
}
