import RealModule

/// A closed interval of real numbers. What its operations return holds every exact result for numbers in their operands:
/// each bound is moved to the next double outward after rounding to nearest.
public struct Interval: Equatable, Sendable {
  /// The bounds, both included.
  public let lower: Double
  /// The upper end.
  public let upper: Double

  /// The numbers from `lower` to `upper`.
  public init(_ lower: Double, _ upper: Double) {
    precondition(lower <= upper, "an interval from \(lower) to \(upper)")
    self.lower = lower
    self.upper = upper
  }

  /// A single double.
  public init(_ value: Double) { self.init(value, value) }

  /// A double in the interval, near its middle.
  public var midpoint: Double { min(max(lower + 0.5 * (upper - lower), lower), upper) }

  /// A bound on the width.
  public var width: Double { (upper - lower).nextUp }

  /// The largest absolute value.
  public var magnitude: Double { max(abs(lower), abs(upper)) }

  /// Whether a number is in it.
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

  /// Whether all of it is in `other`.
  public func isContained(in other: Interval) -> Bool { other.lower <= lower && upper <= other.upper }

  /// Whether all of it is in `other` without that one's ends.
  public func isInterior(of other: Interval) -> Bool { other.lower < lower && upper < other.upper }

  /// What both have; nil if they are apart.
  public func intersection(_ other: Interval) -> Interval? {
    let (low, high) = (max(lower, other.lower), min(upper, other.upper))
    return low <= high ? Interval(low, high) : nil
  }

  /// All numbers: what is known of a result once bounds have left the range of doubles.
  public static let everything = Interval(-.infinity, .infinity)

  /// Bounds rounded to nearest, each moved outward; everything where one is infinity less itself or times 0.
  private static func outward(_ lower: Double, _ upper: Double) -> Interval {
    lower <= upper ? Interval(lower.nextDown, upper.nextUp) : everything
  }

  /// The smallest interval that holds both.
  public func hull(_ other: Interval) -> Interval { Interval(min(lower, other.lower), max(upper, other.upper)) }

  /// All sums.
  public static func + (a: Interval, b: Interval) -> Interval { outward(a.lower + b.lower, a.upper + b.upper) }

  /// All differences.
  public static func - (a: Interval, b: Interval) -> Interval { outward(a.lower - b.upper, a.upper - b.lower) }

  /// All products.
  public static func * (a: Interval, b: Interval) -> Interval {
    let (p, q, r, s) = (a.lower * b.lower, a.lower * b.upper, a.upper * b.lower, a.upper * b.upper)
    // NaN spreads through the sum, where least and largest may pass it over.
    return (p + q + r + s).isNaN ? everything : outward(min(p, q, r, s), max(p, q, r, s))
  }

  /// All products of a number with those in the interval.
  public static func * (a: Double, b: Interval) -> Interval {
    let (p, q) = (a * b.lower, a * b.upper)
    return (p + q).isNaN ? everything : outward(min(p, q), max(p, q))
  }

  /// The quotients by a number greater than 0.
  public func divided(by divisor: Double) -> Interval {
    precondition(divisor > 0, "an interval divided by \(divisor)")
    return Interval((lower / divisor).nextDown, (upper / divisor).nextUp)
  }

  /// The squares of its numbers.
  public var squared: Interval {
    let (p, q) = (lower * lower, upper * upper)
    let least = lower <= 0 && upper >= 0 ? 0 : max(0, min(p, q).nextDown)
    return Interval(least, max(p, q).nextUp)
  }

  /// How far the C library's tanh may be from the exact value, in units in the last place. glibc states 2.
  public static let tanhError = 4.0

  /// The hyperbolic tangents of its numbers: tanh grows, so that the ends are enough.
  public var tanh: Interval {
    let (low, high) = (Double.tanh(lower), Double.tanh(upper))
    return Interval(
      max(-1, (low - Self.tanhError * low.ulp).nextDown), min(1, (high + Self.tanhError * high.ulp).nextUp))
  }

  /// The slopes `1 − tanh²` of the hyperbolic tangent at its numbers.
  public var tanhSlope: Interval {
    let slope = Interval(1) - tanh.squared
    return Interval(max(0, slope.lower), min(1, slope.upper))
  }
}
