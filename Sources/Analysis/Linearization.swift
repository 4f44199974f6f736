import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

/// A single trajectory with the slopes of its activations: all that its tangents and adjoints depend on.
struct Linearization: Sendable {
  let derivative: OscillatorDerivative
  /// N.
  let steps: Int
  /// X_0 … X_N, rows of m positions and m velocities.
  let states: [Double]
  /// The slopes of step n in row n − 1, N×m.
  let slopes: [Double]
  /// u_n in row n − 1, N×d.
  let inputs: [Double]

  var network: OscillatorNetwork { derivative.network }

  /// The first trajectory of a run.
  init(network: OscillatorNetwork, inputs: InputSequence, trajectory: Trajectory) {
    derivative = OscillatorDerivative(network)
    steps = trajectory.steps
    var chunk = StateChunk(trajectories: 0..<1, hidden: network.hidden)
    chunk.take(trajectory, steps: 0..<steps)
    states = chunk.rows
    self.inputs = inputs.part(steps: 0..<steps, trajectories: 0..<1).values
    slopes = derivative.slopes(count: steps, states: states, inputs: self.inputs)
  }

  /// The slopes of step n, once for each of `count` rows.
  func slopes(_ n: Int, count: Int) -> [Double] {
    let m = network.hidden
    var rows: [Double] = []
    rows.reserveCapacity(count * m)
    for _ in 0..<count { rows += slopes[(n - 1) * m..<n * m] }
    return rows
  }

  /// The norms of what stands beside the drive in the immediate derivative at step k: y_{k−1} for W, z_{k−1} for Z,
  /// u_k for V, 1 for b.
  func factor(_ block: NetworkGradient.Block, step k: Int) -> VectorNorms {
    let m = network.hidden
    let d = network.inputs
    let row = k - 1
    return switch block {
    case .w: VectorNorms(states[row * 2 * m..<row * 2 * m + m])
    case .z: VectorNorms(states[row * 2 * m + m..<(row + 1) * 2 * m])
    case .v: VectorNorms(inputs[row * d..<(row + 1) * d])
    case .b: VectorNorms([1])
    }
  }

  /// The largest absolute row sum of the Jacobian of each step.
  var rowSums: [Double] {
    let m = network.hidden
    let bounds = JacobianRows(network)
    return (0..<steps).map { n in
      (0..<m).reduce(0) { max($0, bounds.sum($1, slope: slopes[n * m + $1])) }
    }
  }
}

/// The 1-norm, 2-norm and largest entry of a vector.
struct VectorNorms: Equatable, Sendable {
  var sum = 0.0
  var norm = 0.0
  var maximum = 0.0

  init(_ values: ArraySlice<Double>) {
    var squares = 0.0
    for value in values {
      sum += abs(value)
      squares += value * value
      maximum = max(maximum, abs(value))
    }
    norm = squares.squareRoot()
  }
}

/// The absolute row sums of the map's Jacobian, by unit, as functions of the slope of its activation.
struct JacobianRows: Sendable {
  private let dt: Double
  private let gamma: [Double]
  private let retain: [Double]
  private let scale: [Double]
  /// Sums of |W_ij| and |Z_ij| over j ≠ i, and W_ii and Z_ii.
  private let position: [Double]
  private let velocity: [Double]
  private let ownPosition: [Double]
  private let ownVelocity: [Double]

  init(_ network: OscillatorNetwork) {
    let oscillators = network.oscillators
    let m = network.hidden
    dt = oscillators.timeStep
    gamma = oscillators.gamma
    retain = oscillators.velocityRetention
    scale = oscillators.velocityScale
    let ownPosition = (0..<m).map { network.positionWeights[$0, $0] }
    let ownVelocity = (0..<m).map { network.velocityWeights[$0, $0] }
    position = zip(network.positionWeights.absoluteRowSums, ownPosition).map { $0 - abs($1) }
    velocity = zip(network.velocityWeights.absoluteRowSums, ownVelocity).map { $0 - abs($1) }
    self.ownPosition = ownPosition
    self.ownVelocity = ownVelocity
  }

  /// The larger of unit i's two rows, of its position and its velocity, at slope D.
  @inline(__always)
  func sum(_ i: Int, slope: Double) -> Double {
    let own = scale[i] * dt * (slope * ownPosition[i] - gamma[i])
    let others = scale[i] * dt * slope * (position[i] + velocity[i])
    let kept = abs(scale[i] * (retain[i] + dt * slope * ownVelocity[i]))
    return max(abs(own) + others + kept, abs(1 + dt * own) + dt * (others + kept))
  }

  /// The supremum over all slopes from 0 to 1 in every unit: row sums are convex in the slope.
  var supremum: Double {
    gamma.indices.reduce(0) { max($0, max(sum($1, slope: 0), sum($1, slope: 1))) }
  }

  /// `max_i max(kappa_i, 1 + dt·kappa_i)` with `kappa = delta + s·dt·(gamma + Σ|W_ij| + Σ|Z_ij|)` and delta = s
  /// (implicit) or |1 − epsilon·dt| (explicit).
  var aPriori: Double {
    gamma.indices.reduce(0) { largest, i in
      let weights = position[i] + abs(ownPosition[i]) + velocity[i] + abs(ownVelocity[i])
      let kappa = abs(scale[i] * retain[i]) + scale[i] * dt * (gamma[i] + weights)
      return max(largest, max(kappa, 1 + dt * kappa))
    }
  }
}
