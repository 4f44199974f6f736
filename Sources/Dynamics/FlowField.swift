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

  /// Takes `steps` sampling steps of `timeStep` from step number `first` on, each as `substeps` classical Runge–Kutta
  /// steps of order 4, of a state and rows of tangents. There is one for every field; a field may have a faster one.
  mutating func rungeKutta(
    from first: Int, steps: Int, timeStep: Double, substeps: Int, state: inout [Double], tangents: inout [Double],
    room: inout RungeKuttaRoom)
}

extension FlowField {
  public var period: Double? { nil }
  public var angles: [Int] { [] }
  public var isAutonomous: Bool { true }
  public mutating func enter(step: Int) {}
}
