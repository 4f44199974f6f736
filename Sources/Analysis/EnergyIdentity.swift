import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import RealModule

/// The activations of a run, computed apart from the engine that made it: whole products over many steps and
/// the C library's tanh.
struct RecomputedActivations {
  private let network: OscillatorNetwork
  private let inputs: InputSequence
  private let trajectory: Trajectory
  private var firstStep = 1
  private var values: [Double] = []
  private static let chunk = 1 << 18

  init(network: OscillatorNetwork, inputs: InputSequence, trajectory: Trajectory) {
    self.network = network
    self.inputs = inputs
    self.trajectory = trajectory
  }

  /// `sigma(A_{n−1})` for all trajectories and units, B×m. Steps must be asked for in order from 1.
  mutating func step(_ n: Int) -> ArraySlice<Double> {
    let row = trajectory.batch * trajectory.hidden
    if n >= firstStep + values.count / row {
      firstStep = n
      values = activations(steps: n..<min(n + max(1, Self.chunk / row), trajectory.steps + 1))
    }
    let start = (n - firstStep) * row
    return values[start..<start + row]
  }

  private func activations(steps: Range<Int>) -> [Double] {
    let m = trajectory.hidden
    let batch = trajectory.batch
    let row = batch * m
    guard network.oscillators.activation != .none else {
      return [Double](repeating: 0, count: steps.count * row)
    }
    var drives: [Double] = []
    drives.reserveCapacity(steps.count * row)
    for _ in 0..<steps.count * batch { drives += network.bias }
    network.inputWeights.multiply(
      count: steps.count * batch, vectors: inputs.values, from: (steps.lowerBound - 1) * batch * inputs.width,
      stride: inputs.width, keeping: 1, into: &drives)
    func add(_ weights: Matrix, _ states: [Double], startingAt offset: Int) {
      var steps = steps
      var place = 0
      if steps.lowerBound == 1 {
        var first: [Double] = []
        for b in 0..<batch { first += trajectory.start[b * 2 * m + offset..<b * 2 * m + offset + m] }
        weights.multiply(count: batch, vectors: first, stride: m, keeping: 1, into: &drives)
        steps = 2..<steps.upperBound
        place = row
      }
      weights.multiply(
        count: steps.count * batch, vectors: states, from: max(0, (steps.lowerBound - 2) * row), stride: m,
        keeping: 1, into: &drives, at: place)
    }
    add(network.positionWeights, trajectory.positions, startingAt: 0)
    add(network.velocityWeights, trajectory.velocities, startingAt: m)
    guard network.oscillators.activation == .tanh else { return drives }
    return drives.map { Double.tanh($0) }
  }
}

/// The exact identity of one unit's energy over one step.
///
/// implicit: e_n − e_{n−1} = −(z_n − z_{n−1})² + (gamma·dt² − 2·epsilon·dt)·z_n² + 2·dt·z_n·sigma;
/// explicit: e_n − e_{n−1} = −(1 − epsilon·dt)·(z_n − z_{n−1})² + (gamma·dt² − epsilon·dt)·z_n²
/// − epsilon·dt·z_{n−1}² + 2·dt·z_n·sigma.
struct EnergyIdentity {
  /// The sides' difference.
  let residual: Double
  /// The largest absolute value among the terms.
  let largestTerm: Double
  /// The sum of the terms' absolute values.
  let termSum: Double

  init(
    unit: LinearUnit, position: Double, velocity z: Double, oldPosition: Double, oldVelocity v: Double,
    sigma: Double
  ) {
    let dt = unit.timeStep
    let damping = unit.epsilon * dt
    let energy = unit.gamma * position * position + z * z
    let oldEnergy = unit.gamma * oldPosition * oldPosition + v * v
    let jump = (z - v) * (z - v)
    let stiff = unit.gamma * dt * dt * z * z
    let work = 2 * dt * z * sigma
    let (jumpTerm, newLoss, oldLoss) =
      unit.damping == .implicit
      ? (jump, 2 * damping * z * z, 0.0) : ((1 - damping) * jump, damping * z * z, damping * v * v)
    residual = abs((energy - oldEnergy) + jumpTerm - stiff + newLoss + oldLoss - work)
    let terms = (energy, oldEnergy, abs(jumpTerm), stiff, newLoss, oldLoss, abs(work))
    largestTerm = max(
      max(max(terms.0, terms.1), max(terms.2, terms.3)), max(max(terms.4, terms.5), terms.6))
    termSum = terms.0 + terms.1 + terms.2 + terms.3 + terms.4 + terms.5 + terms.6
  }
}
