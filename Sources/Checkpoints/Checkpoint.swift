import CoRNNKernels
import FoundationEssentials

/// A file of trained weights: the tensors in it and what it says besides. Numbers are read when asked for.
public final class Checkpoint {
  /// The formats that are read.
  public enum Format: String, Codable, Sendable {
    /// A zip file that `torch.save` wrote.
    case pyTorch = "PyTorch"
    /// A safetensors file.
    case safetensors
    /// NumPy's zip of arrays.
    case npz
    /// JSON of the project's own form.
    case json = "JSON"
  }

  /// A constant or a note that stands in the file beside the tensors.
  public enum Metadata: Equatable, Sendable {
    /// A number.
    case number(Double)
    /// A text.
    case text(String)
    /// Several numbers.
    case numbers([Double])
  }

  /// Where a tensor's numbers are.
  enum Storage {
    case file(Range<Int>)
    case member(ZipArchive.Member)
    case memory([UInt8])

    var byteCount: Int {
      switch self {
      case .file(let range): range.count
      case .member(let member): member.size
      case .memory(let bytes): bytes.count
      }
    }
  }

  /// What a format's reader finds in a file.
  struct Contents {
    var tensors: [StoredTensor] = []
    var storages: [Storage] = []
    var metadata: [String: Metadata] = [:]
    /// Tensors that can't be read, with their types.
    var unread: [String: String] = [:]
    var archive: ZipArchive?

    /// Notes a storage and answers its place.
    mutating func add(_ storage: Storage) -> Int {
      storages.append(storage)
      return storages.count - 1
    }
  }

  /// The file, as it was named.
  public let path: String
  /// Its size in bytes.
  public let fileSize: Int
  /// Its format.
  public let format: Format
  /// Its tensors in the file's order.
  public let tensors: [StoredTensor]
  /// What stands beside them, by key.
  public let metadata: [String: Metadata]
  /// Tensors of types that aren't read, and those types.
  public let unread: [String: String]

  private let file: FileContents
  private let contents: Contents
  private let memoryLimit: Int
  private var unpacked: (storage: Int, bytes: [UInt8])?

  /// Opens a file and reads its directory of tensors, not their numbers.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - memoryLimit: the most bytes that a compressed member may unpack to.
  /// - Throws: ``CheckpointError``: not there, not a known format, broken, or asking for Python code.
  public init(path: String, memoryLimit: Int) throws(CheckpointError) {
    typealias Problem = CheckpointError.Problem
    do throws(Problem) {
      let file = try FileContents(path: path)
      let (format, contents) = try Self.read(file, memoryLimit: memoryLimit)
      self.path = path
      self.file = file
      self.format = format
      self.contents = contents
      self.memoryLimit = memoryLimit
      fileSize = file.data.count
      tensors = contents.tensors
      metadata = contents.metadata
      unread = contents.unread
      var names: Set<String> = []
      for tensor in tensors where !names.insert(tensor.name).inserted {
        throw Problem.malformed(part: "file", reason: "two tensors are called \(tensor.name)")
      }
    } catch {
      throw CheckpointError(path: path, problem: error)
    }
  }

  /// A single array in memory, as a file that holds nothing else.
  init(array: StoredTensor, in data: Data) {
    path = ""
    file = FileContents(path: "", data: data)
    format = .npz
    contents = Contents(tensors: [array], storages: [.file(0..<data.count)])
    memoryLimit = 0
    fileSize = data.count
    tensors = [array]
    metadata = [:]
    unread = [:]
  }

  private static func read(
    _ file: FileContents, memoryLimit: Int
  ) throws(CheckpointError.Problem) -> (Format, Contents) {
    let start = [UInt8](file.data.prefix(300))
    if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) || start.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
      let archive = try ZipArchive(path: file.path, fileSize: file.data.count)
      if let contents = try PyTorchFile.contents(of: archive) { return (.pyTorch, contents) }
      if let contents = try NumPyArchive.contents(of: archive, memoryLimit: memoryLimit) { return (.npz, contents) }
      throw .unknownFormat(start: "a zip archive without data.pkl or .npy files")
    }
    if PyTorchFile.isLegacy(start) { throw .legacyPyTorch }
    if let contents = try SafetensorsFile.contents(of: file.data) { return (.safetensors, contents) }
    if start.first(where: { !Character(UnicodeScalar($0)).isWhitespace }) == UInt8(ascii: "{") {
      return (.json, try NetworkJSON.contents(of: file.data))
    }
    if start.isEmpty { throw .truncated(part: "file", needed: 1, available: 0) }
    throw .unknownFormat(start: start.prefix(8).map { "0x" + String($0, radix: 16) }.joined(separator: " "))
  }

  /// The tensor of this name.
  public func tensor(named name: String) -> StoredTensor? { tensors.last { $0.name == name } }

  /// Reads one run of evenly spaced numbers of a tensor's storage into `values`.
  func read(
    _ tensor: StoredTensor, at offset: Int, stride: Int, count: Int, into values: inout [Double], from start: Int
  ) throws(CheckpointError.Problem) {
    func decode(_ bytes: RawSpan) {
      tensor.format.decode(
        bytes, at: offset * tensor.format.size, stride: stride, bigEndian: tensor.bigEndian, into: &values,
        from: start, count: count)
    }
    switch contents.storages[tensor.storage] {
    case .file(let range): decode(file.data.bytes.extracting(range))
    case .memory(let bytes): unsafe decode(bytes.span.bytes)
    case .member(let member):
      if unpacked?.storage != tensor.storage {
        unpacked = nil
        guard let archive = contents.archive else { preconditionFailure("\(member.name) without an archive") }
        unpacked = (tensor.storage, try archive.read(member, limit: memoryLimit))
      }
      if let unpacked { unsafe decode(unpacked.bytes.span.bytes) }
    }
  }

  /// All entries of a tensor in row-major order.
  ///
  /// - Throws: a problem with the file, or ``CheckpointError/Problem/notFinite(tensor:index:value:)``.
  func values(of tensor: StoredTensor) throws(CheckpointError.Problem) -> [Double] {
    var values = [Double](repeating: 0, count: tensor.count)
    guard !values.isEmpty else { return [] }
    let extent = tensor.shape.last ?? 1
    let stride = tensor.strides.last ?? 1
    var position = [Int](repeating: 0, count: max(tensor.shape.count - 1, 0))
    for start in Swift.stride(from: 0, to: values.count, by: extent) {
      let offset = zip(position, tensor.strides).reduce(tensor.offset) { $0 + $1.0 * $1.1 }
      try read(tensor, at: offset, stride: stride, count: extent, into: &values, from: start)
      for axis in position.indices.reversed() {
        position[axis] += 1
        if position[axis] < tensor.shape[axis] { break }
        position[axis] = 0
      }
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(tensor: tensor.name, index: index, value: values[index])
    }
    return values
  }
}
