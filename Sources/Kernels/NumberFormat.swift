/// How a number is stored in a file.
public enum NumberFormat: String, CaseIterable, Codable, Sendable {
  /// Floating point by its width, and the 16 bits of bfloat16.
  case float64, float32, float16, bfloat16
  /// Whole numbers with a sign, by their width.
  case int64, int32, int16, int8
  /// Whole numbers without, by their width.
  case uint64, uint32, uint16, uint8
  /// A byte, 0 or 1.
  case bool

  /// Bytes in one number.
  public var size: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// Whether the numbers are whole.
  public var isInteger: Bool {
    switch self {
    case .float64, .float32, .float16, .bfloat16: false
    default: true
    }
  }

  /// Reads evenly spaced numbers as doubles (exact but for 64-bit integers beyond 2⁵³).
  ///
  /// - Parameters:
  ///   - bytes: where they are.
  ///   - offset: the first number's place, in bytes.
  ///   - stride: from one number to the next, in numbers.
  ///   - bigEndian: the order of a number's bytes.
  ///   - values: replaced, from `start` on, by `count` numbers.
  ///   - start: where in `values` the first goes.
  ///   - count: how many numbers.
  public func decode(
    _ bytes: RawSpan, at offset: Int, stride: Int, bigEndian: Bool, into values: inout [Double], from start: Int,
    count: Int
  ) {
    guard count > 0 else { return }
    precondition(
      offset >= 0 && stride >= 0 && start >= 0 && start + count <= values.count
        && offset + ((count - 1) * stride + 1) * size <= bytes.byteCount,
      "\(count) numbers at \(offset), \(stride) apart, in \(bytes.byteCount) bytes")
    unsafe bytes.withUnsafeBytes { buffer in
      unsafe values.withUnsafeMutableBufferPointer { values in
        let source = unsafe Source(
          bytes: UnsafeRawBufferPointer(rebasing: buffer[offset...]), step: stride * size, bigEndian: bigEndian)
        let target = unsafe UnsafeMutableBufferPointer(rebasing: values[start..<start + count])
        switch self {
        case .float64: unsafe source.read(UInt64.self, to: target) { Double(bitPattern: $0) }
        case .float32: unsafe source.read(UInt32.self, to: target) { Double(Float(bitPattern: $0)) }
        case .float16: unsafe source.read(UInt16.self, to: target) { Double(widened($0)) }
        case .bfloat16: unsafe source.read(UInt16.self, to: target) { Double(Float(bitPattern: UInt32($0) << 16)) }
        case .int64: unsafe source.read(Int64.self, to: target) { Double($0) }
        case .int32: unsafe source.read(Int32.self, to: target) { Double($0) }
        case .int16: unsafe source.read(Int16.self, to: target) { Double($0) }
        case .int8: unsafe source.read(Int8.self, to: target) { Double($0) }
        case .uint64: unsafe source.read(UInt64.self, to: target) { Double($0) }
        case .uint32: unsafe source.read(UInt32.self, to: target) { Double($0) }
        case .uint16: unsafe source.read(UInt16.self, to: target) { Double($0) }
        case .uint8: unsafe source.read(UInt8.self, to: target) { Double($0) }
        case .bool: unsafe source.read(UInt8.self, to: target) { $0 == 0 ? 0 : 1 }
        }
      }
    }
  }

  @unsafe private struct Source {
    let bytes: UnsafeRawBufferPointer
    let step: Int
    let bigEndian: Bool

    @inline(__always)
    func read<Stored: FixedWidthInteger>(
      _ type: Stored.Type, to target: UnsafeMutableBufferPointer<Double>, _ convert: (Stored) -> Double
    ) {
      let step = unsafe step
      let swaps = unsafe bigEndian
      for i in 0..<target.count {
        let stored = unsafe bytes.loadUnaligned(fromByteOffset: i * step, as: Stored.self)
        unsafe target[i] = convert(swaps ? Stored(bigEndian: stored) : Stored(littleEndian: stored))
      }
    }
  }
}

/// The number that `half` is as IEEE binary16, exactly. Without the CPU's own conversion, which the baseline
/// instruction set lacks, `Float16` calls a function for each.
private func widened(_ half: UInt16) -> Float {
  let size = UInt32(half & 0x7FFF)
  let normal = size << 13 + (size >= 0x7C00 ? 224 << 23 : 112 << 23)
  let magnitude = size < 0x400 ? (Float(Int32(size)) * 0x1p-24).bitPattern : normal
  return Float(bitPattern: magnitude | UInt32(half & 0x8000) << 16)
}

/// The bytes of `values` as little-endian doubles.
public func littleEndianBytes(of values: [Double]) -> [UInt8] {
  unsafe [UInt8](unsafeUninitializedCapacity: values.count * 8) { buffer, count in
    for (i, value) in values.enumerated() {
      unsafe UnsafeMutableRawBufferPointer(buffer).storeBytes(
        of: value.bitPattern.littleEndian, toByteOffset: 8 * i, as: UInt64.self)
    }
    count = values.count * 8
  }
}
