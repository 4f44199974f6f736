public import CoRNNKernels

/// Something that moves in steps: a map, or a flow sampled in time. What the analyses are written against.
///
/// A system may keep scratch space and a clock of its own (a driven one reads its inputs by it), so that stepping
/// mutates it; copies are independent. Derivatives are exact.
public protocol DynamicalSystem: Sendable {
  /// The number of state variables, n.
  var dimension: Int { get }
  /// The time that a step takes; 1 for a map that has no time of its own.
  var timeStep: Double { get }
  /// Whether steps have a time, so that exponents can be given per unit of it.
  var hasTime: Bool { get }
  /// The number of the next step, from 0: a driven system's place in its inputs. Set it to start elsewhere.
  var step: Int { get set }

  /// Moves a state by one step.
  ///
  /// - Throws: ``IntegrationFailure`` where a flow can't be integrated.
  mutating func advance(_ state: inout [Double]) throws(IntegrationFailure)

  /// Moves a state by one step, and tangent vectors by the step's derivative at it.
  ///
  /// - Parameter tangents: rows of n values, as many as there are tangents.
  mutating func advance(_ state: inout [Double], tangents: inout [Double]) throws(IntegrationFailure)

  /// log|det J| of the step that `advance` would take from `state`, computed apart from the tangents where a formula
  /// is known; the clock stays.
  mutating func logDeterminant(at state: [Double]) throws(IntegrationFailure) -> Double
}

/// A vector field `x' = f(t, x)` with its exact derivative. ``SampledFlow`` makes a ``DynamicalSystem`` of it.
public protocol FlowField: Sendable {
  /// The number of state variables, n.
  var dimension: Int { get }
  /// The period of the field in time; nil where it doesn't depend on time, or not periodically.
  var period: Double? { get }
  /// Whether f depends on t.
  var isAutonomous: Bool { get }

  /// `f(t, x)`.
  func derivative(time: Double, state: Span<Double>, into derivative: inout MutableSpan<Double>)

  /// `∂f/∂x · v` for each row v of n values in `tangents`, into the rows of `rates`.
  func tangentRates(
    time: Double, state: Span<Double>, tangents: Span<Double>, into rates: inout MutableSpan<Double>)

  /// The trace of `∂f/∂x`.
  func divergence(time: Double, state: Span<Double>) -> Double
}
