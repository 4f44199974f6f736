import CoRNNKernels

/// NumPy's `.npz`: a zip archive of `.npy` arrays, stored or deflated.
enum NumPyArchive {
  /// What the archive holds, or nil if there are no arrays in it.
  static func contents(
    of archive: ZipArchive, memoryLimit: Int
  ) throws(CheckpointError.Problem) -> Checkpoint.Contents? {
    let arrays = archive.members.filter { $0.name.hasSuffix(".npy") }
    guard !arrays.isEmpty else { return nil }
    var contents = Checkpoint.Contents(archive: archive)
    for member in arrays {
      let name = String(member.name.dropLast(4))
      let start = try archive.read(member, limit: memoryLimit, atMost: NumPyHeader.limit + 12)
      let header: NumPyHeader
      do {
        header = try NumPyHeader(start, name: name)
      } catch {
        // Objects, complex numbers, dates: of no use here, and no reason to refuse the rest.
        guard case .unsupportedType(_, let type) = error else { throw error }
        contents.unread[name] = type
        continue
      }
      if case .text = header.element {
        if let text = header.text(in: start) { contents.metadata[name] = .text(text) }
        continue
      }
      let tensor = try header.tensor(named: name, storage: contents.add(.member(member)), bytes: member.size)
      contents.tensors.append(tensor)
    }
    return contents
  }

  /// Writes arrays of doubles, and texts as arrays without extent, stored, to `path`.
  static func write(
    _ arrays: [(name: String, shape: [Int], values: [Double])], texts: [(name: String, text: String)] = [],
    to path: String
  ) throws(CheckpointError.Problem) {
    let numbers = arrays.map { array in
      (array.name + ".npy", NumPyHeader.bytes(shape: array.shape) + littleEndianBytes(of: array.values))
    }
    let characters = texts.map { name, text in
      let scalars = text.unicodeScalars
      let bytes = scalars.flatMap { scalar in (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * $0)) } }
      return (name + ".npy", NumPyHeader.bytes(shape: [], description: "<U\(scalars.count)") + bytes)
    }
    try ZipArchive.write(numbers + characters, to: path)
  }
}

extension NumPyHeader {
  /// The array as a tensor in a storage of `bytes` bytes that begins with this header.
  func tensor(named name: String, storage: Int, bytes: Int) throws(CheckpointError.Problem) -> StoredTensor {
    guard case .number(let format) = element else { throw .unsupportedType(tensor: name, type: "text") }
    // A storage counts in numbers; the numbers of a .npy file begin at a multiple of 16 (64 in new files).
    guard dataStart.isMultiple(of: format.size) else {
      throw .malformed(part: "array \(name)", reason: "its numbers begin at byte \(dataStart)")
    }
    return try StoredTensor(
      name: name, format: format, shape: shape,
      strides: isFortranOrder ? StoredTensor.fortranStrides(shape) : nil, offset: dataStart / format.size,
      storage: storage, bytes: bytes, bigEndian: bigEndian)
  }

  /// The text that an array of one entry holds in the file `bytes`; nil for any other array.
  func text(in bytes: [UInt8]) -> String? {
    guard case .text(let count) = element, shape.allSatisfy({ $0 == 1 }), dataStart + 4 * count <= bytes.count else {
      return nil
    }
    var scalars = String.UnicodeScalarView()
    for place in stride(from: dataStart, to: dataStart + 4 * count, by: 4) {
      let code = bytes[place..<place + 4].enumerated().reduce(UInt32(0)) { sum, byte in
        sum | UInt32(byte.element) << UInt32(8 * (bigEndian ? 3 - byte.offset : byte.offset))
      }
      guard let scalar = Unicode.Scalar(code), code != 0 else { break }
      scalars.append(scalar)
    }
    return String(scalars)
  }
}
