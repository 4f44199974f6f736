import CoRNNDynamics
import CoRNNKernels

/// Where a section cuts a flow: the zeros of a function s of the state.
public enum SectionSurface: Encodable, Equatable, Sendable {
  /// The plane `normal·x = offset`.
  case plane(normal: [Double], offset: Double)
  /// Where variable `index` turns: s is its rate of change, which falls through 0 at a maximum.
  case extremum(index: Int)

  /// s and ds/dt along the flow.
  func value(_ field: some FlowField, _ x: [Double], time: Double) -> (s: Double, rate: Double) {
    let n = field.dimension
    var f = [Double](repeating: 0, count: n)
    var rates = f.mutableSpan
    field.derivative(time: time, state: x.span, into: &rates)
    switch self {
    case .plane(let normal, let offset):
      return (
        zip(normal, x).reduce(-offset) { $0 + $1.0 * $1.1 }, zip(normal, f).reduce(0) { $0 + $1.0 * $1.1 }
      )
    case .extremum(let index):
      var pushed = [Double](repeating: 0, count: n)
      var second = pushed.mutableSpan
      field.tangentRates(time: time, state: x.span, tangents: f.span, into: &second)
      return (f[index], pushed[index])
    }
  }
}

/// Which crossings of a surface count.
public enum SectionDirection: String, CaseIterable, Codable, Sendable {
  /// s goes from negative to positive, or from positive to negative.
  case rising, falling
  /// Crossings in both directions.
  case both

  func admits(isRising: Bool) -> Bool { self == .both || (self == .rising) == isRising }
}

/// A point where an orbit crosses a surface.
public struct SectionPoint: Encodable, Equatable, Sendable {
  /// The time of the crossing.
  public let time: Double
  /// The state there.
  public let state: [Double]
  /// Whether s rises through 0.
  public let isRising: Bool
  /// |s| at the state.
  public let residual: Double
}
