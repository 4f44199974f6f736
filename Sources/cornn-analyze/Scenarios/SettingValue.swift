import CoRNNReport

/// A setting's value, as it was written.
enum SettingValue: Equatable, Sendable {
  case single(String)
  case list([String])
  case pairs([Pair])

  /// A value under a name.
  struct Pair: Equatable, Sendable {
    let name: String
    var value: String
  }

  var isTrue: Bool { self == .single("true") }

  /// A short form for tables.
  var text: String {
    switch self {
    case .single(let text): text
    case .list(let texts): "[" + texts.joined(separator: ", ") + "]"
    case .pairs(let pairs): "{" + pairs.map { $0.name + ": " + $0.value }.joined(separator: ", ") + "}"
    }
  }

  /// As JSON in which equal values are equal bytes: 1e-2 is 0.01, 3.0 is 3, but text stays text.
  func json(_ form: ScenarioKey.Form) -> String {
    func item(_ text: String) -> String {
      switch form {
      case .flag, .choice: return text
      case .text, .word, .path: return JSONValue.text(text).line
      case .number, .wholeNumber, .numbers, .list, .pairs: return Self.number(text) ?? JSONValue.text(text).line
      }
    }
    switch self {
    case .single(let text): return item(text)
    case .list(let texts): return "[" + texts.map(item).joined(separator: ", ") + "]"
    case .pairs(let pairs):
      let members = pairs.sorted { $0.name < $1.name }.map { JSONValue.text($0.name).line + ": " + item($0.value) }
      return "{" + members.joined(separator: ", ") + "}"
    }
  }

  /// A number's canonical text; nil for what isn't one.
  private static func number(_ text: String) -> String? {
    if let whole = Int64(text) { return "\(whole)" }
    if let whole = UInt64(text) { return "\(whole)" }
    guard let number = Double(text), number.isFinite else { return nil }
    return JSONValue.number(number).line
  }
}

/// A setting of a point.
struct PointSetting: Equatable, Sendable {
  let key: ScenarioKey
  var value: SettingValue
  /// Where it is from.
  var place: ScenarioPlace

  /// The arguments that it comes to.
  ///
  /// - Parameter prefix: what paths are found from.
  func arguments(pathPrefix prefix: String) -> [String] {
    func path(_ text: String) -> String { text.hasPrefix("/") ? text : prefix + text }
    let flag = "--" + key.flag
    switch (key.form, value) {
    case (.flag, _): return value.isTrue ? [flag] : []
    case (.choice, _): return [value.isTrue ? flag : "--no-" + key.flag]
    case (.path, .single(let text)): return key.flag.isEmpty ? [path(text)] : [flag + "=" + path(text)]
    case (.numbers, .single(let text)) where namesFile: return [flag + "=" + path(text)]
    case (.pairs, .list(let texts)): return texts.map { flag + "=" + $0 }
    case (_, .single(let text)): return [flag + "=" + text]
    case (_, .list(let texts)): return [flag + "=" + texts.joined(separator: ",")]
    case (_, .pairs(let pairs)): return pairs.map { flag + "=" + $0.name + "=" + $0.value }
    }
  }

  /// Whether it is the name of a file.
  var namesFile: Bool {
    guard case .single(let text) = value else { return false }
    return key.form == .path || (key.form == .numbers && constants(text) == nil)
  }
}
