import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

/// The derivative of a run by a single entry of W, Z, V or b, and of its adjoint with it.
///
/// Forward: `dA_n = [W Z]·dX_{n−1} + f·e_i` with f the entry's factor (y_j of step n − 1 for W_ij …), then as a tangent.
/// Backward, the tangent of each line of the adjoint: `da = dt·(D''·dA·q + D·dq)`, and likewise for lambda and mu.
struct ParameterTangent {
  private let line: Linearization
  private let entry: NetworkGradient.Entry
  /// dX_0 … dX_N by theta, rows of 2m.
  private let tangents: [Double]
  /// dA_n in row n − 1, N×m, and the second derivatives of sigma.
  private let drives: [Double]
  private let curvatures: [Double]
  /// dy_1 … dy_N by theta, N×m.
  let positions: [Double]

  init(network: OscillatorNetwork, inputs: InputSequence, run: Trajectory, entry: NetworkGradient.Entry) {
    let line = Linearization(network: network, inputs: inputs, trajectory: run)
    let m = network.hidden
    let recurrent = network.recurrentWeights
    var state = [Double](repeating: 0, count: 2 * m)
    var tangents = state
    var drives: [Double] = []
    var positions: [Double] = []
    for n in 1...max(run.steps, 1) where n <= run.steps {
      var drive = [Double](repeating: 0, count: m)
      recurrent.multiply(count: 1, vectors: state, stride: 2 * m, keeping: 0, into: &drive)
      drive[entry.row] += Self.factor(entry, line, step: n)
      drives += drive
      for i in 0..<m { drive[i] *= line.slopes[(n - 1) * m + i] }
      advanceOscillators(
        state: &state, sigma: drive, timeStep: network.oscillators.timeStep, gamma: network.oscillators.gamma,
        retain: network.oscillators.velocityRetention, scale: network.oscillators.velocityScale)
      tangents += state
      positions += state.prefix(m)
    }
    self.line = line
    self.entry = entry
    self.tangents = tangents
    self.drives = drives
    self.positions = positions
    curvatures = line.curvatures
  }

  private static func factor(_ entry: NetworkGradient.Entry, _ line: Linearization, step n: Int) -> Double {
    let m = line.network.hidden
    switch entry.block {
    case .w: return line.states[(n - 1) * 2 * m + entry.column]
    case .z: return line.states[(n - 1) * 2 * m + m + entry.column]
    case .v: return line.inputs[(n - 1) * line.network.inputs + entry.column]
    case .b: return 1
    }
  }

  /// The gradient by the inputs of `dE/dtheta`, E the mean over steps of `½·|y_n − target_n|²`: N×d.
  func inputGradient(targets: [Double]) -> [Double] {
    let network = line.network
    let oscillators = network.oscillators
    let m = network.hidden
    let d = network.inputs
    let dt = oscillators.timeStep
    let steps = line.steps
    let (scale, retain) = (oscillators.velocityScale, oscillators.velocityRetention)
    let backward = network.recurrentWeights.transposed
    let inputWeights = network.inputWeights.transposed
    var cotangent = [Double](repeating: 0, count: 2 * m)
    var change = cotangent
    var gradient = [Double](repeating: 0, count: steps * d)
    for n in stride(from: steps, through: 1, by: -1) {
      for i in 0..<m {
        cotangent[i] += (line.states[n * 2 * m + i] - targets[(n - 1) * m + i]) / Double(steps)
        change[i] += positions[(n - 1) * m + i] / Double(steps)
      }
      var a = [Double](repeating: 0, count: m)
      var da = a
      for i in 0..<m {
        let place = (n - 1) * m + i
        let q = scale[i] * (cotangent[m + i] + dt * cotangent[i])
        let dq = scale[i] * (change[m + i] + dt * change[i])
        a[i] = dt * line.slopes[place] * q
        da[i] = dt * (curvatures[place] * drives[place] * q + line.slopes[place] * dq)
        cotangent[i] -= dt * oscillators.gamma[i] * q
        cotangent[m + i] = retain[i] * q
        change[i] -= dt * oscillators.gamma[i] * dq
        change[m + i] = retain[i] * dq
      }
      inputWeights.multiply(count: 1, vectors: da, stride: m, keeping: 0, into: &gradient, at: (n - 1) * d)
      // theta itself stands in the weights that lead back, and in those that the inputs enter by.
      switch entry.block {
      case .w: change[entry.column] += a[entry.row]
      case .z: change[m + entry.column] += a[entry.row]
      case .v: gradient[(n - 1) * d + entry.column] += a[entry.row]
      case .b: break
      }
      backward.multiply(count: 1, vectors: a, stride: m, keeping: 1, into: &cotangent)
      backward.multiply(count: 1, vectors: da, stride: m, keeping: 1, into: &change)
    }
    return gradient
  }
}

extension Linearization {
  /// The second derivatives of sigma at the drives, `−2·tanh·sech²`, N×m.
  var curvatures: [Double] {
    guard network.oscillators.activation == .tanh else { return [Double](repeating: 0, count: slopes.count) }
    var drives: [Double] = []
    for _ in 0..<steps { drives += network.bias }
    let m = network.hidden
    network.inputWeights.multiply(
      count: steps, vectors: inputs, stride: network.inputs, keeping: 1, into: &drives)
    network.recurrentWeights.multiply(count: steps, vectors: states, stride: 2 * m, keeping: 1, into: &drives)
    applyTanh(to: &drives)
    return zip(drives, slopes).map { -2 * $0 * $1 }
  }
}
