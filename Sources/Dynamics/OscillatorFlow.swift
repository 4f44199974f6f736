public import CoRNNKernels
public import CoRNNModel

/// The continuous coRNN, `y' = z, z' = sigma(W y + Z z + V u(t) + b) − gamma·y − epsilon·z`, integrated by GSL.
///
/// Arxiv 2010.00951, equations (1)–(2). The kind of damping plays no part in it.
public struct OscillatorFlow: Sendable {
  /// The network that is integrated; its time step is the spacing of the inputs.
  public let network: OscillatorNetwork
  /// What the input is between samples.
  public let hold: InputHold
  /// How it is integrated.
  public let options: IntegrationOptions

  private let field: OscillatorField

  /// The flow of `network`.
  public init(_ network: OscillatorNetwork, hold: InputHold = .zeroOrder, options: IntegrationOptions = .init()) {
    self.network = network
    self.hold = hold
    self.options = options
    field = network.field
  }

  /// A flow's states at the times of the map's, and what they took.
  public struct Result: Equatable, Sendable {
    /// The states at t_1 … t_N, or up to where the integrator gave up.
    public let trajectory: Trajectory
    /// Steps and evaluations, over all trajectories.
    public let counts: IntegrationCounts
    /// For each state and unit, the integral of `2·z·sigma − 2·epsilon·z²` from the start, N×B×m: by the
    /// continuous identity, the energy gained. Empty unless asked for.
    public let energyGained: [Double]
    /// Why the integrator gave up, if it did.
    public let failure: IntegrationFailure?
  }

  /// The states at t_1 … t_N under `inputs`.
  ///
  /// - Parameters:
  ///   - inputs: the run's inputs.
  ///   - start: y_0 and z_0, 2m values for all trajectories or B×2m; zero if nil.
  ///   - withEnergy: whether each unit's gain of energy is integrated beside the state, to the same tolerance.
  ///   - threads: how many cores share the batch.
  ///   - progress: told how many steps (times trajectories) were done since it was last told.
  public func trajectory(
    inputs: InputSequence, start: [Double]? = nil, withEnergy: Bool = false, threads: Int = 1,
    progress: (@Sendable (Int) -> Void)? = nil
  ) -> Result {
    precondition(inputs.width == network.inputs, "inputs of width \(inputs.width), not \(network.inputs)")
    let m = network.hidden
    let states = network.starts(start, batch: inputs.batch)
    let parts = parallelMap(count: inputs.batch, threads: threads) { b in
      integrate(
        inputs.trajectories(b..<b + 1), start: Array(states[b * 2 * m..<(b + 1) * 2 * m]), withEnergy: withEnergy,
        progress: progress)
    }
    let kept = parts.map(\.steps).min() ?? 0
    func joined(_ values: (Part) -> [Double]) -> [Double] {
      let arrays = parts.map(values)
      var joined: [Double] = []
      joined.reserveCapacity(kept * inputs.batch * m)
      for step in 0..<kept {
        for array in arrays { joined += array[step * m..<(step + 1) * m] }
      }
      return joined
    }
    return Result(
      trajectory: Trajectory(
        steps: kept, batch: inputs.batch, hidden: m, timeStep: network.oscillators.timeStep, start: states,
        positions: joined(\.positions), velocities: joined(\.velocities), divergedAt: nil),
      counts: parts.reduce(IntegrationCounts()) { $0 + $1.counts }, energyGained: withEnergy ? joined(\.energy) : [],
      failure: parts.lazy.compactMap(\.failure).first)
  }

  private struct Part: Sendable {
    var steps = 0
    var positions: [Double] = []
    var velocities: [Double] = []
    var energy: [Double] = []
    var counts = IntegrationCounts()
    var failure: IntegrationFailure?
  }

  /// What the right-hand side looks at: which step it is in, and room for the drive.
  private final class Scratch {
    var step = 1
    var drive: [Double]
    var rate: [Double]

    init(hidden: Int) {
      drive = [Double](repeating: 0, count: hidden)
      rate = drive
    }
  }

  private func integrate(
    _ inputs: InputSequence, start: [Double], withEnergy: Bool, progress: (@Sendable (Int) -> Void)?
  ) -> Part {
    let m = network.hidden
    let dt = network.oscillators.timeStep
    let epsilon = network.oscillators.epsilon
    let gamma = network.oscillators.gamma
    let drive = ContinuousDrive(network, inputs: inputs, hold: hold)
    let scratch = Scratch(hidden: m)
    let isHeld = hold == .zeroOrder
    var integrator = ODEIntegrator(dimension: withEnergy ? 3 * m : 2 * m, firstStep: dt / 10, options: options) {
      time, state, derivative in
      if !isHeld { drive.fill(&scratch.drive, rate: &scratch.rate, at: time, step: scratch.step) }
      field.evaluate(drive: scratch.drive, state: state, into: &derivative)
      guard withEnergy else { return }
      for i in 0..<m {
        // z' holds sigma − gamma·y − epsilon·z.
        let z = state[m + i]
        let sigma = derivative[m + i] + gamma[i] * state[i] + epsilon[i] * z
        derivative[2 * m + i] = 2 * z * sigma - 2 * epsilon[i] * z * z
      }
    } jacobian: { time, state, byState, byTime in
      if !isHeld { drive.fill(&scratch.drive, rate: &scratch.rate, at: time, step: scratch.step) }
      network.jacobian(
        drive: scratch.drive, driveRate: isHeld ? nil : scratch.rate, state: state, withEnergy: withEnergy,
        byState: &byState, byTime: &byTime)
    }
    var part = Part()
    var state = start + [Double](repeating: 0, count: withEnergy ? m : 0)
    for n in 1...max(inputs.steps, 1) where n <= inputs.steps {
      scratch.step = n
      if isHeld {
        drive.fill(&scratch.drive, rate: &scratch.rate, at: 0, step: n)
        integrator.restart()
      }
      do {
        try integrator.advance(&state, from: Double(n - 1) * dt, to: Double(n) * dt)
      } catch {
        part.failure = error
        break
      }
      part.positions += state[..<m]
      part.velocities += state[m..<2 * m]
      if withEnergy { part.energy += state[2 * m..<3 * m] }
      part.steps = n
      progress?(1)
    }
    part.counts = integrator.counts
    return part
  }
}

extension OscillatorNetwork {
  /// The right-hand side's kernel.
  var field: OscillatorField {
    let activation: OscillatorField.Activation =
      switch oscillators.activation {
      case .tanh: .tanh
      case .identity: .identity
      case .none: .none
      }
    return OscillatorField(
      recurrentWeights: recurrentWeights, gamma: oscillators.gamma, epsilon: oscillators.epsilon,
      activation: activation)
  }

  /// Starts for a batch: zero for nil, the same for all from 2m values, or B×2m as given.
  public func starts(_ start: [Double]?, batch: Int) -> [Double] {
    let width = 2 * hidden
    guard let start else { return [Double](repeating: 0, count: batch * width) }
    guard start.count == width else {
      precondition(start.count == batch * width, "a start of \(start.count) values for \(batch)×\(width)")
      return start
    }
    return (0..<batch).flatMap { _ in start }
  }
}
