import CoRNNReport

/// A JSON value that is put together by hand.
indirect enum JSONValue: Equatable, Sendable {
  case bool(Bool)
  case number(Double)
  case text(String)
  case array([JSONValue])
  /// Members in order.
  case object([Member])

  struct Member: Equatable, Sendable {
    let name: String
    let value: JSONValue
  }

  /// An object of these members.
  static func members(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(members.map { Member(name: $0.key, value: $0.value) })
  }

  /// On one line.
  var line: String {
    switch self {
    case .bool(let flag): flag ? "true" : "false"
    case .number(let number): Int64(exactly: number).map { "\($0)" } ?? "\(number)"
    case .text(let text): jsonQuoted(text)
    case .array(let elements): "[" + elements.map(\.line).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { jsonQuoted($0.name) + ": " + $0.value.line }.joined(separator: ", ") + "}"
    }
  }

  /// Over several lines, but what fits on one.
  func lines(indent: String = "") -> String {
    let short = line
    if short.count + indent.count <= 100 { return short }
    let inner = indent + "  "
    switch self {
    case .array(let elements):
      return "[\n" + elements.map { inner + $0.lines(indent: inner) }.joined(separator: ",\n") + "\n" + indent + "]"
    case .object(let members):
      let parts = members.map { inner + jsonQuoted($0.name) + ": " + $0.value.lines(indent: inner) }
      return "{\n" + parts.joined(separator: ",\n") + "\n" + indent + "}"
    default: return short
    }
  }
}
