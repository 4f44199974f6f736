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
  /// - Throws: `IntegrationFailure` where a flow can't be integrated.
  mutating func advance(_ state: inout [Double]) throws(IntegrationFailure)

  /// Moves a state by one step, and tangent vectors by the step's derivative at it.
  ///
  /// - Parameters:
  ///   - state: the state, n values.
  ///   - tangents: rows of n values, as many as there are tangents.
  mutating func advance(_ state: inout [Double], tangents: inout [Double]) throws(IntegrationFailure)

  /// Moves both by some steps, as that many calls would; systems that do it faster at once have their own.
  mutating func advance(_ state: inout [Double], tangents: inout [Double], steps: Int) throws(IntegrationFailure)

  /// log|det J| of the step that `advance` would take from `state`, computed apart from the tangents where a formula
  /// is known; the clock stays.
  mutating func logDeterminant(at state: [Double]) throws(IntegrationFailure) -> Double

  /// Whether ``logDeterminant(at:)`` costs little beside pushing n tangents through the step.
  var hasDeterminantFormula: Bool { get }

  /// The trace of the vector field's derivative at a state; nil for a map.
  func divergence(at state: [Double]) -> Double?
}

extension DynamicalSystem {
  public mutating func advance(
    _ state: inout [Double], tangents: inout [Double], steps: Int
  ) throws(IntegrationFailure) {
    for _ in 0..<steps { try advance(&state, tangents: &tangents) }
  }

  public mutating func logDeterminant(at state: [Double]) throws(IntegrationFailure) -> Double {
    try pushedBasis(at: state).logAbsoluteDeterminant
  }

  public var hasDeterminantFormula: Bool { false }

  public func divergence(at state: [Double]) -> Double? { nil }

  /// The Jacobian of the step that `advance` would take from `state`, n×n; the clock stays.
  ///
  /// Costs as much as a step with n tangents.
  public mutating func jacobian(at state: [Double]) throws(IntegrationFailure) -> Matrix {
    try pushedBasis(at: state).transposed
  }

  /// The images of the unit vectors in rows: the Jacobian's columns.
  private mutating func pushedBasis(at state: [Double]) throws(IntegrationFailure) -> Matrix {
    let n = dimension
    var identity = [Double](repeating: 0, count: n * n)
    for i in 0..<n { identity[i * n + i] = 1 }
    var moved = state
    let clock = step
    defer { step = clock }
    try advance(&moved, tangents: &identity)
    return Matrix(rows: n, columns: n, elements: identity)
  }
}

/// What moves a system: which exponents are meant.
public enum SystemMode: String, Codable, Sendable {
  /// Inputs that change in time: exponents are conditional on them.
  case driven
  /// Nothing, or inputs that stay as they are.
  case autonomous
  /// A network's own outputs as its inputs.
  case closedLoop
}
