import Glibc

/// An array that several threads fill at once, each its own part.
@safe
public struct SharedArray: @unchecked Sendable {
  private let start: UnsafeMutablePointer<Double>
  /// The number of values.
  public let count: Int

  /// An array that `body` fills, of up to `count` values: as many as it returns, all of which it must have written.
  ///
  /// `body` must not let two threads write to the same place. Memory is touched where it is written only, by the
  /// thread that writes.
  public static func filled(count: Int, by body: (SharedArray) -> Int) -> [Double] {
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
      let kept = unsafe body(SharedArray(start: start, count: count))
      precondition(0...count ~= kept, "\(kept) values of \(count)")
      initialized = kept
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
