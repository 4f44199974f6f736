import CoRNNKernels
import CoRNNModel
import RealModule

extension OscillatorNetwork {
  /// The exact Jacobian of the flow's right-hand side, with the energy gained as m more components or without.
  ///
  /// With D = diag sigma'(A): `∂z'/∂y = D·W − gamma`, `∂z'/∂z = D·Z − epsilon`, `∂z'/∂t = D·d(V u)/dt`; of the
  /// energy's rate `2·z·sigma − 2·epsilon·z²`: `2·z·D·W` by y and `2·z·D·Z + 2·(sigma − 2·epsilon·z)` by z.
  ///
  /// - Parameters:
  ///   - drive: `V u + b`, m values.
  ///   - driveRate: its rate of change; nil where the input is held.
  ///   - state: 2m or 3m values.
  ///   - byState: the Jacobian, row-major, overwritten.
  ///   - byTime: the derivative by time, overwritten.
  func jacobian(
    drive: [Double], driveRate: [Double]?, state: Span<Double>, withEnergy: Bool,
    byState: inout MutableSpan<Double>, byTime: inout MutableSpan<Double>
  ) {
    let m = hidden
    let n = withEnergy ? 3 * m : 2 * m
    for place in 0..<n * n { byState[place] = 0 }
    for place in 0..<n { byTime[place] = 0 }
    for i in 0..<m {
      var a = drive[i]
      for j in 0..<m {
        a += positionWeights[i, j] * state[j]
        a += velocityWeights[i, j] * state[m + j]
      }
      let (sigma, slope) = oscillators.activation.valueAndSlope(a)
      let z = state[m + i]
      byState[i * n + m + i] = 1
      for j in 0..<m {
        byState[(m + i) * n + j] = slope * positionWeights[i, j]
        byState[(m + i) * n + m + j] = slope * velocityWeights[i, j]
        if withEnergy {
          byState[(2 * m + i) * n + j] = 2 * z * slope * positionWeights[i, j]
          byState[(2 * m + i) * n + m + j] = 2 * z * slope * velocityWeights[i, j]
        }
      }
      byState[(m + i) * n + i] -= oscillators.gamma[i]
      byState[(m + i) * n + m + i] -= oscillators.epsilon[i]
      if withEnergy { byState[(2 * m + i) * n + m + i] += 2 * sigma - 4 * oscillators.epsilon[i] * z }
      if let driveRate {
        byTime[m + i] = slope * driveRate[i]
        if withEnergy { byTime[2 * m + i] = 2 * z * slope * driveRate[i] }
      }
    }
  }
}

extension Activation {
  /// `sigma(a)` and `sigma'(a)`.
  func valueAndSlope(_ a: Double) -> (value: Double, slope: Double) {
    switch self {
    case .tanh:
      let value = Double.tanh(a)
      return (value, 1 - value * value)
    case .identity: return (a, 1)
    case .none: return (0, 0)
    }
  }
}
