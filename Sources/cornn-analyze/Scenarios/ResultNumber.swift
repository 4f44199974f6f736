import FoundationEssentials

/// A number somewhere in a result's JSON.
///
/// A path names members, elements by place or by their `name`, and with `count` how many there are: `energy.maximum`,
/// `exponents.0.value`, `energy.rungs.gain.tightness`, `fixedPoints.count`. True is 1. Where a part is `*`, all elements of
/// a list are meant: `records.*.score`.
struct ResultNumber: Decodable {
  /// The numbers that the path leads to, one unless it has a `*`: nil where it leads nowhere, or to what isn't a number.
  let values: [Double?]

  private static let key = CodingUserInfoKey(rawValue: "path")!

  /// The number that `path` leads to in a JSON text.
  static func find(_ path: [String], in json: some Sequence<UInt8>) -> Double? { list(path, in: json).first ?? nil }

  /// The numbers that a path with a `*` leads to.
  static func list(_ path: [String], in json: some Sequence<UInt8>) -> [Double?] {
    let decoder = JSONDecoder()
    decoder.userInfo[key] = path
    return (try? decoder.decode(ResultNumber.self, from: Data(json)))?.values ?? []
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let path = decoder.userInfo[Self.key] as? [String] ?? []
    values = Self.values(decoder, path[...])
  }

  private static func values(_ decoder: any Decoder, _ path: ArraySlice<String>) -> [Double?] {
    guard let part = path.first else {
      guard let single = try? decoder.singleValueContainer() else { return [nil] }
      return [(try? single.decode(Double.self)) ?? (try? single.decode(Bool.self)).map { $0 ? 1 : 0 }]
    }
    let rest = path.dropFirst()
    if var list = try? decoder.unkeyedContainer() {
      if part == "count" { return [rest.isEmpty ? list.count.map(Double.init) : nil] }
      var all: [Double?] = []
      while !list.isAtEnd {
        let place = list.currentIndex
        guard let element = try? list.superDecoder() else { return [nil] }
        if part == "*" {
          all += values(element, rest)
          continue
        }
        if Int(part) == place { return values(element, rest) }
        let name = try? element.container(keyedBy: Name.self).decode(String.self, forKey: Name("name"))
        if name == part { return values(element, rest) }
      }
      return part == "*" ? all : [nil]
    }
    guard let object = try? decoder.container(keyedBy: Name.self), object.contains(Name(part)),
      let member = try? object.superDecoder(forKey: Name(part))
    else { return [nil] }
    return values(member, rest)
  }
}

/// What a record says beside a result.
struct RecordEnd: Decodable {
  let error: Trouble?
  let unmet: Trouble?

  /// A message as it was recorded.
  struct Trouble: Decodable {
    let code: String
    let message: String
    let hint: String?
  }

  init(_ line: some Sequence<UInt8>) {
    guard let record = try? JSONDecoder().decode(RecordEnd.self, from: Data(line)) else {
      preconditionFailure("a record that isn't one")
    }
    self = record
  }
}
