import CoRNNReport
import Yams

extension SettingValue {
  /// A value that is right for a key by its form; its range is for the command to check.
  init(_ node: ScenarioNode, as key: ScenarioKey) throws(Diagnostic) {
    let place = node.place
    if let elements = node.elements {
      guard [.numbers, .list, .pairs].contains(key.form) else {
        throw place.trouble("a list where \(key.form.words) is meant", hint: "to run it with each, list it under grid")
      }
      guard !elements.isEmpty else { throw place.trouble("the list is empty") }
      var texts: [String] = []
      for element in elements {
        guard let text = element.scalar, !text.isEmpty else { throw element.place.trouble("it must be a single value") }
        if key.form == .numbers { try Self.number(text, element.place) }
        guard !text.contains(","), key.form != .pairs || text.contains("=") else {
          throw element.place.trouble("\(text) isn't a single value")
        }
        texts.append(text)
      }
      self = .list(texts)
      return
    }
    if let members = try node.members() {
      guard key.form == .pairs else { throw place.trouble("a mapping where \(key.form.words) is meant") }
      guard !members.isEmpty else { throw place.trouble("the mapping is empty") }
      var pairs: [Pair] = []
      for (name, value) in members {
        guard let text = value.scalar, !text.isEmpty else { throw value.place.trouble("it must be a single value") }
        try Self.number(text, value.place)
        pairs.append(Pair(name: name, value: text))
      }
      self = .pairs(pairs)
      return
    }
    guard let text = node.scalar, !text.isEmpty, text != "~", text != "null" else {
      throw place.trouble("it has no value", hint: "give \(key.form.words), or remove the key")
    }
    switch key.form {
    case .flag, .choice:
      guard let flag = node.node.bool else { throw place.trouble("\(text) where true or false is meant") }
      self = .single(flag ? "true" : "false")
      return
    case .number: try Self.number(text, place)
    case .wholeNumber:
      guard Int64(text) != nil || UInt64(text) != nil else {
        throw place.trouble("\(text) where a whole number is meant")
      }
    case .word(let words):
      guard words.contains(text) else {
        let near = nearest(to: text, among: words).map { "did you mean \($0)?" }
        throw place.trouble("there is no \(text)", hint: near ?? "one of \(words.joined(separator: ", "))")
      }
    case .numbers:
      if Double(text) != nil { try Self.number(text, place) }
    case .pairs:
      guard text.contains("=") else { throw place.trouble("\(text) where \(key.form.words) is meant") }
      self = .list([text])
      return
    case .text, .path, .list: break
    }
    self = .single(text)
  }

  private static func number(_ text: String, _ place: ScenarioPlace) throws(Diagnostic) {
    // YAML has names of its own for them.
    let isName = [".nan", ".inf", "-.inf", "+.inf"].contains(text.lowercased())
    guard !isName, let number = Double(text) else {
      throw place.trouble(isName ? "\(text) is not a finite number" : "\(text) where a number is meant")
    }
    guard number.isFinite else { throw place.trouble("\(text) is not a finite number") }
  }
}

extension ScenarioKey.Form {
  /// What a value of the form is.
  var words: String {
    switch self {
    case .text: "text"
    case .word(let words): words.joined(separator: ", ")
    case .number: "a number"
    case .wholeNumber: "a whole number"
    case .path: "a file"
    case .numbers: "a number, a list of numbers, or a file"
    case .list: "a list"
    case .pairs: "a number for each name"
    case .flag, .choice: "true or false"
    }
  }
}
