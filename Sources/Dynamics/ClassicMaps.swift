import CoRNNKernels
import RealModule

/// A map without a time of its own, given by its value, its derivative and the derivative's determinant.
protocol ClassicMap: DynamicalSystem {
  /// Takes a state to its image.
  func move(_ state: inout MutableSpan<Double>)
  /// Takes rows of tangents to their images under the derivative at a state.
  func push(_ tangents: inout MutableSpan<Double>, at state: Span<Double>)
  /// log|det| of the derivative at a state.
  func logDeterminantOfDerivative(_ state: [Double]) -> Double
}

extension ClassicMap {
  public var timeStep: Double { 1 }
  public var hasTime: Bool { false }
  public var hasDeterminantFormula: Bool { true }

  public mutating func advance(_ state: inout [Double]) throws(IntegrationFailure) {
    var values = state.mutableSpan
    move(&values)
    step += 1
    guard state.allSatisfy(\.isFinite) else {
      throw IntegrationFailure(time: Double(step), reason: "the state left the range of doubles")
    }
  }

  public mutating func advance(_ state: inout [Double], tangents: inout [Double]) throws(IntegrationFailure) {
    var rows = tangents.mutableSpan
    push(&rows, at: state.span)
    try advance(&state)
  }

  public mutating func logDeterminant(at state: [Double]) throws(IntegrationFailure) -> Double {
    logDeterminantOfDerivative(state)
  }
}

/// Hénon's map: `x' = 1 − a·x² + y, y' = b·x`. Hénon, "A two-dimensional mapping with a strange attractor" (1976).
public struct HenonMap: ClassicMap {
  /// What x² is multiplied by.
  public let a: Double
  /// How much area is left after a step.
  public let b: Double
  public var step = 0
  public var dimension: Int { 2 }

  /// The map with these parameters.
  public init(a: Double, b: Double) {
    self.a = a
    self.b = b
  }

  func move(_ state: inout MutableSpan<Double>) {
    let (x, y) = (state[0], state[1])
    state[0] = 1 - a * x * x + y
    state[1] = b * x
  }
  func push(_ tangents: inout MutableSpan<Double>, at state: Span<Double>) {
    let slope = -2 * a * state[0]
    for row in stride(from: 0, to: tangents.count, by: 2) {
      let (u, v) = (tangents[row], tangents[row + 1])
      tangents[row] = slope * u + v
      tangents[row + 1] = b * u
    }
  }
  func logDeterminantOfDerivative(_ state: [Double]) -> Double { Double.log(abs(b)) }
}

/// The logistic map: `x' = r·x·(1 − x)`.
public struct LogisticMap: ClassicMap {
  /// The growth.
  public let r: Double
  public var step = 0
  public var dimension: Int { 1 }

  /// The map with this parameter.
  public init(r: Double) { self.r = r }

  func move(_ state: inout MutableSpan<Double>) { state[0] = r * state[0] * (1 - state[0]) }
  func push(_ tangents: inout MutableSpan<Double>, at state: Span<Double>) {
    for row in tangents.indices { tangents[row] *= r * (1 - 2 * state[0]) }
  }
  func logDeterminantOfDerivative(_ state: [Double]) -> Double { Double.log(abs(r * (1 - 2 * state[0]))) }
}

/// Arnold's cat map: `x' = 2x + y, y' = x + y`, modulo 1.
public struct CatMap: ClassicMap {
  public var step = 0
  public var dimension: Int { 2 }

  /// The map.
  public init() {}

  func move(_ state: inout MutableSpan<Double>) {
    let (x, y) = (2 * state[0] + state[1], state[0] + state[1])
    state[0] = x - x.rounded(.down)
    state[1] = y - y.rounded(.down)
  }
  func push(_ tangents: inout MutableSpan<Double>, at state: Span<Double>) {
    for row in stride(from: 0, to: tangents.count, by: 2) {
      let (u, v) = (tangents[row], tangents[row + 1])
      tangents[row] = 2 * u + v
      tangents[row + 1] = u + v
    }
  }
  func logDeterminantOfDerivative(_ state: [Double]) -> Double { 0 }
}
