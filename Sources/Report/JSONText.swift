/// JSON text of a result record, with keys in the order of its declaration.
///
/// Every number is finite: one that isn't, and an absent value, become null; the reasons for numbers that
/// aren't finite stand under `nulls`, by path.
public func jsonText(schema: String, _ record: some Encodable) -> String {
  let tree = JSONTree(schema: schema)
  do {
    try record.encode(to: JSONTree.Encoder(tree: tree, node: tree.root, codingPath: []))
  } catch {
    preconditionFailure("\(schema): \(error)")
  }
  return tree.text
}

/// Text as JSON has it, in quotes.
public func jsonQuoted(_ text: String) -> String {
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case "\n": quoted += "\\n"
    case "\t": quoted += "\\t"
    case _ where scalar.value < 0x20:
      let hex = String(scalar.value, radix: 16)
      quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}

/// A JSON document while it is made.
final class JSONTree {
  /// A value in the document.
  final class Node {
    enum Content {
      case null
      case literal(String)
      case array([Node])
      case object([(String, Node)])
    }
    var content = Content.null

    func member(_ key: String) -> Node {
      let node = Node()
      if case .object(var members) = content {
        content = .null  // so that appending doesn't copy
        members.append((key, node))
        content = .object(members)
      } else {
        content = .object([(key, node)])
      }
      return node
    }

    func element() -> Node {
      let node = Node()
      if case .array(var elements) = content {
        content = .null
        elements.append(node)
        content = .array(elements)
      } else {
        content = .array([node])
      }
      return node
    }
  }

  let root = Node()
  private var nulls: [(String, String)] = []

  init(schema: String) { root.member("schema").content = .literal(jsonQuoted(schema)) }

  var text: String {
    if !nulls.isEmpty {
      let list = root.member("nulls")
      for (path, reason) in nulls { list.member(path).content = .literal(jsonQuoted(reason)) }
    }
    var text = ""
    write(root, indent: "", to: &text)
    return text + "\n"
  }

  func set(_ node: Node, _ value: Double, path: [any CodingKey]) {
    if value.isFinite {
      node.content = .literal("\(value)")
    } else {
      node.content = .null
      let name = path.map { $0.intValue.map { "[\($0)]" } ?? "." + $0.stringValue }.joined()
      nulls.append((String(name.drop { $0 == "." }), "not a finite number: \(value)"))
    }
  }

  private func write(_ node: Node, indent: String, to text: inout String) {
    let inner = indent + "  "
    switch node.content {
    case .null: text += "null"
    case .literal(let literal): text += literal
    case .array(let elements):
      // Lists of plain values stand on one line.
      let isPlain = elements.allSatisfy { if case .literal = $0.content { true } else { false } }
      text += "["
      for (place, element) in elements.enumerated() {
        if place > 0 { text += isPlain ? ", " : "," }
        if !isPlain { text += "\n" + inner }
        write(element, indent: inner, to: &text)
      }
      text += isPlain ? "]" : "\n" + indent + "]"
    case .object(let members):
      text += "{"
      for (place, member) in members.enumerated() {
        text += (place > 0 ? "," : "") + "\n" + inner + jsonQuoted(member.0) + ": "
        write(member.1, indent: inner, to: &text)
      }
      text += members.isEmpty ? "}" : "\n" + indent + "}"
    }
  }
}
