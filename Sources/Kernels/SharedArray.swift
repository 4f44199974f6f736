import Glibc

/// An array that several threads fill at once, each its own part.
@safe
public struct SharedArray: @unchecked Sendable {
  private let start: UnsafeMutablePointer<Double>
  /// The number of values.
  public let count: Int

  /// An array of `count` values that `body` fills; what it leaves out is 0.
  ///
  /// `body` must not let two threads write to the same place.
  public static func filled(count: Int, by body: (SharedArray) -> Void) -> [Double] {
    unsafe [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let start = buffer.baseAddress else { return }
      // Large pages: without them a long trajectory spends a fifth of its time on page faults.
      let page = 1 << 21
      let address = UInt(bitPattern: start)
      let aligned = (address + UInt(page) - 1) / UInt(page) * UInt(page)
      let end = address + UInt(8 * count)
      if aligned < end {
        unsafe madvise(UnsafeMutableRawPointer(bitPattern: aligned), Int(end - aligned), MADV_HUGEPAGE)
      }
      unsafe buffer.initialize(repeating: 0)
      unsafe body(SharedArray(start: start, count: count))
      initialized = count
    }
  }

  private init(start: UnsafeMutablePointer<Double>, count: Int) {
    unsafe self.start = start
    self.count = count
  }

  /// Copies `values[range]` to the places from `place` on.
  public func store(_ values: [Double], _ range: Range<Int>, at place: Int) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= values.count && place >= 0 && place + range.count <= count,
      "\(range) of \(values.count) values at \(place) of \(count)")
    unsafe values.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      unsafe (start + place).update(from: first + range.lowerBound, count: range.count)
    }
  }
}
