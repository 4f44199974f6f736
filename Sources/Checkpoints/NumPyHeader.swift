import CoRNNKernels

/// The header of a `.npy` array: its type, order and shape, and where its numbers begin.
struct NumPyHeader: Equatable {
  /// No header that NumPy writes for an array of numbers is longer.
  static let limit = 1 << 16

  /// What an entry is.
  enum Element: Equatable {
    case number(NumberFormat)
    /// Text of at most so many UTF-32 characters.
    case text(Int)
  }

  let element: Element
  let bigEndian: Bool
  let isFortranOrder: Bool
  let shape: [Int]
  /// The first number's place in the file.
  let dataStart: Int

  /// Reads the header at the start of `bytes`, of an array called `name`.
  init(_ bytes: [UInt8], name: String) throws(CheckpointError.Problem) {
    func malformed(_ reason: String) -> CheckpointError.Problem { .malformed(part: "array \(name)", reason: reason) }
    guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else { throw malformed("it doesn't begin as a .npy file") }
    guard bytes.count >= 12 else {
      throw .truncated(part: "header of array \(name)", needed: 12, available: bytes.count)
    }
    let wide = bytes[6] >= 2
    let length = (wide ? 8..<12 : 8..<10).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
    dataStart = (wide ? 12 : 10) + length
    guard length <= Self.limit else {
      throw .tooLarge(part: "header of array \(name)", bytes: length, limit: Self.limit)
    }
    guard dataStart <= bytes.count else {
      throw .truncated(part: "header of array \(name)", needed: dataStart, available: bytes.count)
    }
    let text = String(decoding: bytes[(wide ? 12 : 10)..<dataStart], as: UTF8.self)
    guard let description = Self.value(of: "descr", in: text), let order = Self.value(of: "fortran_order", in: text),
      let shape = Self.value(of: "shape", in: text)
    else { throw malformed("no descr, fortran_order and shape in its header") }
    guard let quote = description.first, quote == "'" || quote == "\"",
      let (element, bigEndian) = Self.element(description.dropFirst().dropLast())
    else { throw .unsupportedType(tensor: name, type: description) }
    self.element = element
    self.bigEndian = bigEndian
    guard order == "True" || order == "False" else { throw malformed("fortran_order \(order)") }
    isFortranOrder = order == "True"
    guard shape.hasPrefix("("), shape.hasSuffix(")") else { throw malformed("shape \(shape)") }
    var extents: [Int] = []
    for part in shape.dropFirst().dropLast().split(separator: ",") {
      let digits = part.filter { $0 != " " && $0 != "L" }
      if digits.isEmpty { continue }
      guard let extent = Int(digits), extent >= 0 else { throw malformed("shape \(shape)") }
      extents.append(extent)
    }
    self.shape = extents
  }

  /// The text of a key's value: quoted, in brackets, or up to the next comma.
  private static func value(of key: String, in text: String) -> String? {
    guard let found = ["'\(key)'", "\"\(key)\""].compactMap({ text.firstRange(of: $0) }).first else { return nil }
    let rest = text[found.upperBound...].drop { $0 == ":" || $0 == " " }
    guard let first = rest.first else { return nil }
    let close: Character? = ["(": ")", "[": "]", "'": "'", "\"": "\""][first]
    if let close {
      guard let end = rest.dropFirst().firstIndex(of: close) else { return nil }
      return String(rest[...end])
    }
    return String(rest.prefix { $0 != "," && $0 != "}" && $0 != " " })
  }

  private static func element(_ description: Substring) -> (Element, bigEndian: Bool)? {
    guard let order = description.first, "<>|=".contains(order) else { return nil }
    if description.dropFirst().first == "U", let count = Int(description.dropFirst(2)), 0...256 ~= count {
      return (.text(count), order == ">")
    }
    let formats: [Substring: NumberFormat] = [
      "f8": .float64, "f4": .float32, "f2": .float16, "i8": .int64, "i4": .int32, "i2": .int16, "i1": .int8,
      "u8": .uint64, "u4": .uint32, "u2": .uint16, "u1": .uint8, "b1": .bool,
    ]
    guard let format = formats[description.dropFirst()] else { return nil }
    return (.number(format), order == ">")
  }

  /// The header of a C-ordered little-endian array, of doubles unless `description` says otherwise.
  static func bytes(shape: [Int], description: String = "<f8") -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(description)', 'fortran_order': False, 'shape': (\(extents)), }"
    let length = 10 + text.utf8.count + 1
    text += String(repeating: " ", count: (64 - length % 64) % 64) + "\n"
    let count = text.utf8.count
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + Array(text.utf8)
  }
}
