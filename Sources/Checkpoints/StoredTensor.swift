public import CoRNNKernels

/// A tensor in a file: what it is called, what it looks like, and where its numbers are.
public struct StoredTensor: Equatable, Sendable {
  /// Its name in the file.
  public let name: String
  /// How its numbers are stored.
  public let format: NumberFormat
  /// Its extent in each dimension.
  public let shape: [Int]
  /// From one entry to the next in each dimension, in numbers.
  let strides: [Int]
  /// The first entry's place in its storage, in numbers.
  let offset: Int
  /// The storage that holds it.
  let storage: Int
  /// Whether the numbers' bytes stand in big-endian order.
  let bigEndian: Bool

  /// The number of entries.
  public var count: Int { shape.contains(0) ? 0 : shape.reduce(1, *) }

  /// Checks that the tensor lies within a storage of `bytes` bytes.
  ///
  /// A tensor that repeats its storage (a stride of 0) is refused, so that reading one never takes more than a
  /// small multiple of the file's size.
  init(
    name: String, format: NumberFormat, shape: [Int], strides: [Int]? = nil, offset: Int = 0, storage: Int,
    bytes: Int, bigEndian: Bool = false
  ) throws(CheckpointError.Problem) {
    guard shape.allSatisfy({ $0 >= 0 }), offset >= 0 else {
      throw .malformed(part: "tensor \(name)", reason: "negative extent in shape \(shape) or offset \(offset)")
    }
    let available = bytes / format.size
    let count = shape.contains(0) ? 0 : shape.reduce(into: 1) { $0 = $0.multipliedClamped(by: $1) }
    let strides = strides ?? Self.contiguousStrides(shape)
    guard strides.count == shape.count, strides.allSatisfy({ $0 >= 0 }) else {
      throw .malformed(part: "tensor \(name)", reason: "strides \(strides) for shape \(shape)")
    }
    var last = offset
    if count > 0 {
      for (extent, stride) in zip(shape, strides) {
        let (sum, overflow) = last.addingReportingOverflow((extent - 1).multipliedClamped(by: stride))
        last = overflow ? Int.max : sum
      }
    }
    guard count == 0 || last < available else {
      throw .truncated(
        part: "tensor \(name)", needed: last.addingClamped(1).multipliedClamped(by: format.size),
        available: bytes)
    }
    guard count <= available else {
      throw .malformed(
        part: "tensor \(name)",
        reason: "its \(count) entries repeat a storage of \(available); save a .contiguous() copy")
    }
    self.name = name
    self.format = format
    self.shape = shape
    self.strides = strides
    self.offset = offset
    self.storage = storage
    self.bigEndian = bigEndian
  }

  /// The strides of a tensor in C order.
  static func contiguousStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for i in shape.indices.dropLast().reversed() {
      strides[i] = strides[i + 1].multipliedClamped(by: Swift.max(shape[i + 1], 1))
    }
    return strides
  }

  /// The strides of a tensor in Fortran order.
  static func fortranStrides(_ shape: [Int]) -> [Int] { contiguousStrides(shape.reversed()).reversed() }
}

extension Int {
  /// The product, or the largest integer where it would overflow. Both factors are at least 0.
  func multipliedClamped(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }

  /// The sum, or the largest integer where it would overflow. Both terms are at least 0.
  func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
