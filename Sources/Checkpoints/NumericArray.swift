import CoRNNKernels
import FoundationEssentials

/// An array of numbers from a file: `.npy`, `.npz`, `.csv` or a JSON list.
public struct NumericArray: Equatable, Sendable {
  /// Its extent in each dimension.
  public let shape: [Int]
  /// Its entries in row-major order, each finite.
  public let values: [Double]
  /// Whether its numbers are stored as integers (or, in text, all written as whole numbers).
  public let isInteger: Bool
  /// Whether they were written as text, which doesn't say of which type they are.
  public let isText: Bool

  /// Reads an array.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - names: the arrays to take from a `.npz`, in order of preference; a file with one array needs no name.
  ///   - memoryLimit: the most bytes that a compressed array may unpack to.
  /// - Throws: ``CheckpointError``.
  public init(path: String, names: [String] = [], memoryLimit: Int) throws(CheckpointError) {
    do {
      let file = try FileContents(path: path)
      let start = [UInt8](file.data.prefix(NumPyHeader.limit + 12))
      if start.starts(with: [0x50, 0x4B]) {
        self = try Self.fromArchive(path: path, names: names, memoryLimit: memoryLimit)
      } else if start.starts(with: [0x93]) {
        self = try Self.fromNumPy(file.data, start: start)
      } else if start.first(where: { !Character(UnicodeScalar($0)).isWhitespace }) == UInt8(ascii: "[") {
        self = try Self.fromJSON(file.data)
      } else {
        self = try Self.fromText(file.data)
      }
    } catch {
      throw CheckpointError(path: path, problem: error)
    }
  }

  private init(shape: [Int], values: [Double], isInteger: Bool, isText: Bool = false) {
    self.isText = isText
    self.shape = shape
    self.values = values
    self.isInteger = isInteger
  }

  private static func fromArchive(
    path: String, names: [String], memoryLimit: Int
  ) throws(CheckpointError.Problem) -> NumericArray {
    let checkpoint: Checkpoint
    do {
      checkpoint = try Checkpoint(path: path, memoryLimit: memoryLimit)
    } catch {
      throw error.problem
    }
    let named = names.lazy.compactMap { checkpoint.tensor(named: $0) }.first
    guard let tensor = named ?? (checkpoint.tensors.count == 1 ? checkpoint.tensors[0] : nil) else {
      throw .noTensor(name: names.joined(separator: " or "), available: checkpoint.tensors.map(\.name))
    }
    return NumericArray(
      shape: tensor.shape, values: try checkpoint.values(of: tensor), isInteger: tensor.format.isInteger)
  }

  private static func fromNumPy(_ data: Data, start: [UInt8]) throws(CheckpointError.Problem) -> NumericArray {
    let header = try NumPyHeader(start, name: "the array")
    let tensor = try header.tensor(named: "the array", storage: 0, bytes: data.count)
    let checkpoint = Checkpoint(array: tensor, in: data)
    return NumericArray(
      shape: tensor.shape, values: try checkpoint.values(of: tensor), isInteger: tensor.format.isInteger)
  }

  private static func fromJSON(_ data: Data) throws(CheckpointError.Problem) -> NumericArray {
    do {
      let values = try JSONDecoder().decode([Double].self, from: data)
      return NumericArray(
        shape: [values.count], values: values, isInteger: values.allSatisfy { $0 == $0.rounded() })
    } catch {
      throw .malformed(part: "JSON list of numbers", reason: jsonReason(error))
    }
  }

  /// Rows of numbers between commas, semicolons, tabs or spaces; lines that begin with `#` are passed over, as is
  /// a first row of names.
  private static func fromText(_ data: Data) throws(CheckpointError.Problem) -> NumericArray {
    var values: [Double] = []
    var width: Int?
    var rows = 0
    var isFirst = true
    let text = String(decoding: data, as: UTF8.self)
    let lines = (text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in lines.enumerated() where !line.hasPrefix("#") && !line.allSatisfy(\.isWhitespace) {
      let fields = fields(of: line)
      defer { isFirst = false }
      if isFirst, fields.allSatisfy(isName) { continue }
      let numbers = fields.map { Double($0) }
      if let place = numbers.firstIndex(where: { $0 == nil }) {
        throw .malformed(part: "line \(number + 1)", reason: "\"\(fields[place].prefix(40))\" isn't a number")
      }
      guard width == nil || width == numbers.count else {
        throw .malformed(
          part: "line \(number + 1)", reason: "\(numbers.count) numbers, the lines above have \(width ?? 0)")
      }
      width = numbers.count
      rows += 1
      values += numbers.compactMap { $0 }
      if let place = numbers.firstIndex(where: { $0?.isFinite == false }) {
        throw .notFinite(tensor: "line \(number + 1)", index: place, value: numbers[place] ?? .nan)
      }
    }
    guard let width, width > 0 else { throw .malformed(part: "text", reason: "there are no numbers in it") }
    return NumericArray(
      shape: [rows, width], values: values, isInteger: values.allSatisfy { $0 == $0.rounded() }, isText: true)
  }

  /// A line's fields: between commas, semicolons or tabs each counts, even an empty one.
  private static func fields(of line: Substring) -> [Substring] {
    for separator in [",", ";", "\t"] as [Character] where line.contains(separator) {
      return line.split(separator: separator, omittingEmptySubsequences: false).map { field in
        let start = field.drop(while: \.isWhitespace)
        return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
      }
    }
    return line.split(whereSeparator: \.isWhitespace)
  }

  private static func isName(_ field: Substring) -> Bool {
    guard let first = field.first(where: { $0 != "\"" }) else { return false }
    return (first.isLetter || first == "_") && Double(field) == nil
  }
}
