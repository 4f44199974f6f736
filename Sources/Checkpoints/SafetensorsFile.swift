import CoRNNKernels
import FoundationEssentials

/// The safetensors format: a length, a JSON directory, then the tensors' numbers.
enum SafetensorsFile {
  /// More than this is no directory of tensors.
  private static let headerLimit = 16 << 20

  private struct Entry: Codable {
    let dtype: String
    let shape: [Int]
    let dataOffsets: [Int]

    private enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }
  }

  /// What the file holds, or nil if it doesn't begin as one.
  static func contents(of data: Data) throws(CheckpointError.Problem) -> Checkpoint.Contents? {
    guard data.count > 8, data[8] == UInt8(ascii: "{") else { return nil }
    let length = Int(clamping: (0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(data[$1]) })
    guard length <= headerLimit else {
      throw .tooLarge(part: "safetensors header", bytes: length, limit: headerLimit)
    }
    guard length <= data.count - 8 else {
      throw .truncated(part: "safetensors header", needed: 8 + length, available: data.count)
    }
    let header = data.subdata(in: 8..<8 + length)
    var contents = Checkpoint.Contents()
    let directory: [String: Directory]
    do {
      directory = try JSONDecoder().decode([String: Directory].self, from: header)
    } catch {
      throw .malformed(part: "safetensors header", reason: jsonReason(error))
    }
    let start = 8 + length
    for (name, item) in directory {
      switch item {
      case .metadata(let texts):
        for (key, text) in texts { contents.metadata[key] = Double(text).map { .number($0) } ?? .text(text) }
      case .tensor(let entry):
        contents.tensors.append(try tensor(name, entry, start: start, in: data, &contents))
      }
    }
    let storages = contents.storages
    contents.tensors.sort { ($0.start(in: storages), $0.name) < ($1.start(in: storages), $1.name) }
    return contents
  }

  private enum Directory: Decodable {
    case metadata([String: String])
    case tensor(Entry)

    init(from decoder: any Decoder) throws {
      self =
        decoder.codingPath.last?.stringValue == "__metadata__"
        ? .metadata(try [String: String](from: decoder)) : .tensor(try Entry(from: decoder))
    }
  }

  private static func tensor(
    _ name: String, _ entry: Entry, start: Int, in data: Data, _ contents: inout Checkpoint.Contents
  ) throws(CheckpointError.Problem) -> StoredTensor {
    guard let format = formats[entry.dtype] else { throw .unsupportedType(tensor: name, type: entry.dtype) }
    guard entry.dataOffsets.count == 2, entry.dataOffsets[0] >= 0,
      entry.dataOffsets[1] >= entry.dataOffsets[0]
    else { throw .malformed(part: "tensor \(name)", reason: "data_offsets \(entry.dataOffsets)") }
    let size = entry.dataOffsets[1] - entry.dataOffsets[0]
    guard entry.dataOffsets[1] <= data.count - start else {
      throw .truncated(
        part: "tensor \(name)", needed: start.addingClamped(entry.dataOffsets[1]), available: data.count)
    }
    let declared = entry.shape.reduce(into: format.size) { $0 = $0.multipliedClamped(by: max($1, 0)) }
    guard declared == size else {
      throw .malformed(
        part: "tensor \(name)", reason: "shape \(entry.shape) takes \(declared) bytes, data_offsets span \(size)")
    }
    let place = contents.add(.file(start + entry.dataOffsets[0]..<start + entry.dataOffsets[1]))
    return try StoredTensor(name: name, format: format, shape: entry.shape, storage: place, bytes: size)
  }

  private static let formats: [String: NumberFormat] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64, "I32": .int32,
    "I16": .int16, "I8": .int8, "U64": .uint64, "U32": .uint32, "U16": .uint16, "U8": .uint8, "BOOL": .bool,
  ]

  /// The bytes of a safetensors file of doubles.
  ///
  /// - Parameters:
  ///   - tensors: names, shapes and entries in row-major order; they stand in the file in this order.
  ///   - metadata: text by key.
  static func bytes(
    _ tensors: [(name: String, shape: [Int], values: [Double])], metadata: [String: String]
  ) -> [UInt8] {
    var directory: [String] = []
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func json(_ value: some Encodable) -> String {
      guard let data = try? encoder.encode(value) else { preconditionFailure("\(value) isn't JSON") }
      return String(decoding: data, as: UTF8.self)
    }
    directory.append("\"__metadata__\":" + json(metadata))
    var offset = 0
    for tensor in tensors {
      let end = offset + 8 * tensor.values.count
      let entry = Entry(dtype: "F64", shape: tensor.shape, dataOffsets: [offset, end])
      directory.append(json(tensor.name) + ":" + json(entry))
      offset = end
    }
    var header = Array(("{" + directory.joined(separator: ",") + "}").utf8)
    while !header.count.isMultiple(of: 8) { header.append(UInt8(ascii: " ")) }
    var bytes = littleEndian(UInt64(header.count))
    bytes += header
    for tensor in tensors { bytes += littleEndianBytes(of: tensor.values) }
    return bytes
  }

  private static func littleEndian(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

extension StoredTensor {
  fileprivate func start(in storages: [Checkpoint.Storage]) -> Int {
    if case .file(let range) = storages[storage] { range.lowerBound } else { 0 }
  }
}

/// What a JSON decoder says is wrong, in one line.
func jsonReason(_ error: any Error) -> String {
  func path(_ context: DecodingError.Context) -> String {
    context.codingPath.isEmpty ? "" : " at " + context.codingPath.map(\.stringValue).joined(separator: ".")
  }
  switch error {
  case DecodingError.keyNotFound(let key, let context):
    return "no key \"\(key.stringValue)\"\(path(context))"
  case DecodingError.typeMismatch(let type, let context): return "not a \(type)\(path(context))"
  case DecodingError.valueNotFound(let type, let context): return "null instead of a \(type)\(path(context))"
  case DecodingError.dataCorrupted(let context): return context.debugDescription + path(context)
  default: return String(describing: error)
  }
}
