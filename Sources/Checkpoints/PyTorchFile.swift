import CoRNNKernels

/// PyTorch's zip format: a pickle that describes tensors, and their numbers in files beside it.
enum PyTorchFile {
  /// More than this is no description of tensors.
  private static let pickleLimit = 16 << 20

  /// The keys that wrap a state dictionary in what training scripts save.
  static let wrappers = ["state_dict", "model_state_dict"]

  /// The storage classes that are read, and how each holds its numbers.
  static let storageFormats: [String: NumberFormat] = [
    "torch.DoubleStorage": .float64, "torch.FloatStorage": .float32, "torch.HalfStorage": .float16,
    "torch.BFloat16Storage": .bfloat16, "torch.LongStorage": .int64, "torch.IntStorage": .int32,
    "torch.ShortStorage": .int16, "torch.CharStorage": .int8, "torch.ByteStorage": .uint8,
    "torch.BoolStorage": .bool,
  ]

  /// Whether a file begins as PyTorch wrote files before its zip format.
  static func isLegacy(_ start: [UInt8]) -> Bool {
    // A pickled magic number, or (before version 0.1.10) a tar archive.
    let magic: [UInt8] = [0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    return start.dropFirst(2).starts(with: magic) || start.dropFirst(257).starts(with: Array("ustar".utf8))
  }

  /// What the archive holds, or nil if PyTorch didn't write it.
  static func contents(of archive: ZipArchive) throws(CheckpointError.Problem) -> Checkpoint.Contents? {
    guard let pickled = archive.members.first(where: { $0.name.hasSuffix("/data.pkl") }) else { return nil }
    let folder = String(pickled.name.dropLast("data.pkl".count))
    if archive.members.contains(where: { $0.name == folder + "constants.pkl" }) { throw .torchScript }
    guard pickled.size <= pickleLimit else {
      throw .tooLarge(part: "pickle \(pickled.name)", bytes: pickled.size, limit: pickleLimit)
    }
    var bigEndian = false
    if let order = archive.members.first(where: { $0.name == folder + "byteorder" }) {
      bigEndian = try archive.read(order, limit: 16) == Array("big".utf8)
    }
    let pickle = try Pickle(archive.read(pickled, limit: pickleLimit))
    guard let root = pickle.entries(of: pickle.root) else {
      throw .malformed(part: "pickle", reason: "it holds something other than a dictionary of tensors")
    }
    var state = root
    var isWrapped = false
    for case .string(let key) in root.map(\.key) where wrappers.contains(key) {
      if let entry = root.first(where: { $0.key == .string(key) }), let inner = pickle.entries(of: entry.value) {
        state = inner
        isWrapped = true
      }
    }
    var contents = Checkpoint.Contents(archive: archive)
    var places: [String: Int] = [:]
    var found: [String: StoredTensor] = [:]
    var order: [String] = []
    // Beside a wrapped state dictionary only constants are of use.
    let constants: Set<String> = ["dt", "gamma", "epsilon", "input_scale"]
    let beside =
      isWrapped ? root.filter { if case .string(let key) = $0.key { constants.contains(key) } else { false } } : []
    for entry in state + beside {
      guard case .string(let name) = entry.key, case .object(let index) = entry.value,
        case .tensor(let reference) = pickle[index]
      else { continue }
      let path = folder + "data/" + reference.storage.key
      guard let member = archive.members.first(where: { $0.name == path }) else {
        throw .truncated(part: "tensor \(name) (\(path))", needed: reference.storage.count, available: 0)
      }
      let place = places[path] ?? contents.add(.member(member))
      places[path] = place
      if found[name] == nil { order.append(name) }
      found[name] = try StoredTensor(
        name: name, format: reference.storage.format, shape: reference.shape, strides: reference.strides,
        offset: reference.offset, storage: place, bytes: member.size, bigEndian: bigEndian)
    }
    guard !order.isEmpty else {
      throw .malformed(
        part: "pickle",
        reason: "no tensors in it, nor in its \(wrappers.joined(separator: " or "))")
    }
    contents.tensors = order.compactMap { found[$0] }
    for entry in isWrapped ? root + state : root {
      guard case .string(let key) = entry.key else { continue }
      switch entry.value {
      case .int(let value): contents.metadata[key] = .number(Double(value))
      case .double(let value): contents.metadata[key] = .number(value)
      case .string(let value): contents.metadata[key] = .text(value)
      default: break
      }
    }
    return contents
  }
}
