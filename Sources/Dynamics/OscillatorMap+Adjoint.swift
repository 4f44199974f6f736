import CoRNNKernels
public import CoRNNModel

/// The map's adjoint, one step back.
///
/// With q = s·(mu + dt·lambda), s = 1/(1 + epsilon·dt) (implicit) or 1 (explicit), and a = dt·D·q:
/// `lambda ← lambda + Wᵀ a − dt·gamma·q`, `mu ← Zᵀ a + r·q` with r = 1 (implicit) or 1 − epsilon·dt (explicit).
public struct OscillatorAdjoint: Sendable {
  private let network: OscillatorNetwork
  /// [W Z], m×2m.
  private let forward: Matrix
  /// [W Z]ᵀ, 2m×m, and Vᵀ, d×m.
  private let recurrent: Matrix
  private let input: Matrix
  private let retain: [Double]
  private let scale: [Double]

  /// The adjoint of the map of `network`.
  public init(_ network: OscillatorNetwork) {
    self.network = network
    forward = network.recurrentWeights
    recurrent = forward.transposed
    input = network.inputWeights.transposed
    retain = network.oscillators.velocityRetention
    scale = network.oscillators.velocityScale
  }

  /// The gradient with respect to u_1 … u_n (n×d) of a function of the state after step n.
  ///
  /// - Parameters:
  ///   - inputs: those of the run, a single trajectory.
  ///   - run: its states.
  ///   - step: n, from 1.
  ///   - position, velocity: the function's derivatives by y_n and z_n.
  public func inputGradient(
    inputs: InputSequence, run: Trajectory, step: Int, position: [Double], velocity: [Double]
  ) -> [Double] {
    precondition(inputs.batch == 1 && run.batch == 1 && 1...run.steps ~= step, "step \(step) of \(run.steps)")
    let m = network.hidden
    let dt = network.oscillators.timeStep
    var lambda = position
    var mu = velocity
    var gradient = [Double](repeating: 0, count: step * inputs.width)
    var drive = [Double](repeating: 0, count: m)
    var back = [Double](repeating: 0, count: 2 * m)
    for n in stride(from: step, through: 1, by: -1) {
      let old =
        n == 1 ? run.start : Array(run.positions[(n - 2) * m..<(n - 1) * m] + run.velocities[(n - 2) * m..<(n - 1) * m])
      drive = network.bias
      network.inputWeights.multiply(
        count: 1, vectors: inputs.values, from: (n - 1) * inputs.width, stride: inputs.width, keeping: 1, into: &drive)
      forward.multiply(count: 1, vectors: old, stride: 2 * m, keeping: 1, into: &drive)
      var a = [Double](repeating: 0, count: m)
      var q = a
      for i in 0..<m {
        q[i] = scale[i] * (mu[i] + dt * lambda[i])
        a[i] = dt * network.oscillators.activation.valueAndSlope(drive[i]).slope * q[i]
      }
      input.multiply(count: 1, vectors: a, stride: m, keeping: 0, into: &gradient, at: (n - 1) * inputs.width)
      recurrent.multiply(count: 1, vectors: a, stride: m, keeping: 0, into: &back)
      for i in 0..<m {
        lambda[i] += back[i] - dt * network.oscillators.gamma[i] * q[i]
        mu[i] = back[m + i] + retain[i] * q[i]
      }
    }
    return gradient
  }
}
