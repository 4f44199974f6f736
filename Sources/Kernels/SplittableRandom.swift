import RealModule

/// A seeded stream of random numbers that splits into independent streams by index, so that a run gives the
/// same numbers however its parts are spread over threads.
///
/// SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195).
public struct SplittableRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The stream that belongs to `seed`.
  public init(seed: UInt64) { state = Self.mix(seed &+ Self.increment) }

  /// The stream with number `index` under this one; the same whenever it is taken before any draw.
  public func split(_ index: UInt64) -> SplittableRandom {
    var child = self
    child.state = Self.mix(state ^ Self.mix(index &+ 0xA076_1D64_78BD_642F))
    return child
  }

  /// Sixty-four random bits.
  public mutating func next() -> UInt64 {
    state &+= Self.increment
    return Self.mix(state)
  }

  /// A number from the uniform distribution on `range`, with 53 random bits.
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * (Double(next() >> 11) * 0x1p-53)
  }

  /// A number from the standard normal distribution (Box–Muller).
  public mutating func normal() -> Double {
    let radius = Double.sqrt(-2 * .log(Double((next() >> 11) + 1) * 0x1p-53))
    return radius * .cos(2 * .pi * (Double(next() >> 11) * 0x1p-53))
  }

  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
