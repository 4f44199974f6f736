import CoRNNKernels
import RealModule

/// A map without a time of its own, given by its value, its derivative and the derivative's determinant.
protocol ClassicMap: DynamicalSystem {
  /// The image of a state.
  func image(_ state: [Double]) -> [Double]
  /// The derivative at a state, row-major.
  func derivative(_ state: [Double]) -> [Double]
  /// log|det| of the derivative at a state.
  func logDeterminantOfDerivative(_ state: [Double]) -> Double
}

extension ClassicMap {
  public var timeStep: Double { 1 }
  public var hasTime: Bool { false }
  public var hasDeterminantFormula: Bool { true }

  public mutating func advance(_ state: inout [Double]) throws(IntegrationFailure) {
    state = image(state)
    step += 1
    guard state.allSatisfy(\.isFinite) else {
      throw IntegrationFailure(time: Double(step), reason: "the state left the range of doubles")
    }
  }

  public mutating func advance(_ state: inout [Double], tangents: inout [Double]) throws(IntegrationFailure) {
    let n = dimension
    let derivative = derivative(state)
    for row in stride(from: 0, to: tangents.count, by: n) {
      let old = Array(tangents[row..<row + n])
      for i in 0..<n { tangents[row + i] = (0..<n).reduce(0) { $0 + derivative[i * n + $1] * old[$1] } }
    }
    try self.advance(&state)
  }

  public mutating func logDeterminant(at state: [Double]) throws(IntegrationFailure) -> Double {
    logDeterminantOfDerivative(state)
  }
}

/// Hénon's map: `x' = 1 − a·x² + y, y' = b·x`. Hénon, "A two-dimensional mapping with a strange attractor" (1976).
public struct HenonMap: ClassicMap {
  public let a: Double
  public let b: Double
  public var step = 0
  public var dimension: Int { 2 }

  /// The map with these parameters.
  public init(a: Double, b: Double) {
    self.a = a
    self.b = b
  }

  func image(_ state: [Double]) -> [Double] { [1 - a * state[0] * state[0] + state[1], b * state[0]] }
  func derivative(_ state: [Double]) -> [Double] { [-2 * a * state[0], 1, b, 0] }
  func logDeterminantOfDerivative(_ state: [Double]) -> Double { Double.log(abs(b)) }
}

/// The logistic map: `x' = r·x·(1 − x)`.
public struct LogisticMap: ClassicMap {
  public let r: Double
  public var step = 0
  public var dimension: Int { 1 }

  /// The map with this parameter.
  public init(r: Double) { self.r = r }

  func image(_ state: [Double]) -> [Double] { [r * state[0] * (1 - state[0])] }
  func derivative(_ state: [Double]) -> [Double] { [r * (1 - 2 * state[0])] }
  func logDeterminantOfDerivative(_ state: [Double]) -> Double { Double.log(abs(r * (1 - 2 * state[0]))) }
}

/// Arnold's cat map: `x' = 2x + y, y' = x + y`, modulo 1.
public struct CatMap: ClassicMap {
  public var step = 0
  public var dimension: Int { 2 }

  /// The map.
  public init() {}

  func image(_ state: [Double]) -> [Double] {
    [2 * state[0] + state[1], state[0] + state[1]].map { $0 - $0.rounded(.down) }
  }
  func derivative(_ state: [Double]) -> [Double] { [2, 1, 1, 1] }
  func logDeterminantOfDerivative(_ state: [Double]) -> Double { 0 }
}
