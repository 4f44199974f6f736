/// A vector field `x' = f(t, x)` with its exact derivative. ``SampledFlow`` makes a ``DynamicalSystem`` of it.
public protocol FlowField: Sendable {
  /// The number of state variables, n.
  var dimension: Int { get }
  /// The period of the field in time; nil where it doesn't depend on time, or not periodically.
  var period: Double? { get }
  /// The state variables that are angles: values 2π apart are one place.
  var angles: [Int] { get }
  /// Whether f depends on t.
  var isAutonomous: Bool { get }

  /// Told the number of a sampling step, from 0, before it is integrated: fields with inputs that are held over
  /// steps look there for the one that acts.
  mutating func enter(step: Int)

  /// `f(t, x)`.
  func derivative(time: Double, state: Span<Double>, into derivative: inout MutableSpan<Double>)

  /// `∂f/∂x · v` for each row v of n values in `tangents`, into the rows of `rates`.
  func tangentRates(
    time: Double, state: Span<Double>, tangents: Span<Double>, into rates: inout MutableSpan<Double>)

  /// The trace of `∂f/∂x`.
  func divergence(time: Double, state: Span<Double>) -> Double

  /// Takes `count` classical Runge–Kutta steps of a state and rows of tangents by a kernel of its own; false where
  /// there is none.
  func rungeKutta(step: Double, count: Int, state: inout [Double], tangents: inout [Double]) -> Bool
}

extension FlowField {
  public var period: Double? { nil }
  public var angles: [Int] { [] }
  public var isAutonomous: Bool { true }
  public mutating func enter(step: Int) {}
  public func rungeKutta(step: Double, count: Int, state: inout [Double], tangents: inout [Double]) -> Bool { false }
}
