public import CoRNNCheckpoints
public import CoRNNDynamics
public import CoRNNKernels
public import CoRNNModel

/// What was run: the network, its constants and its inputs. Part of every result about a run.
public struct RunDescription: Encodable, Equatable, Sendable {
  /// The checkpoint as it was named.
  public let file: String
  /// How the file was read; null without one.
  public let layout: Layout?
  /// m.
  public let hidden: Int
  /// The kind of damping of the map that was run.
  public let damping: Damping
  /// The activation.
  public let activation: Activation
  /// dt.
  public let timeStep: Double
  /// The constants, and where each came from.
  public let constants: [Inspection.Constant]
  /// Where the inputs came from.
  public let input: InputDescription

  /// A run of the network in `stored` under `input`.
  public init(_ stored: StoredNetwork, input: InputDescription) {
    file = stored.checkpoint.path
    layout = stored.layout
    hidden = stored.blocks.hidden
    damping = stored.oscillators.damping
    activation = stored.oscillators.activation
    timeStep = stored.oscillators.timeStep
    constants = stored.constants.list
    self.input = input
  }
}

/// Where the inputs of a run came from.
public struct InputDescription: Encodable, Equatable, Sendable {
  /// A file's name, or the signal with its parameters.
  public let source: String
  /// The number of steps, N.
  public let steps: Int
  /// The number of trajectories, B.
  public let trajectories: Int
  /// The width of an input, d.
  public let width: Int
  /// What raw inputs were divided by; 1 where they were taken as they are.
  public let dividedBy: Double
  /// The start: `zero`, or the file it came from.
  public let start: String

  /// Inputs from `source`.
  public init(source: String, inputs: InputSequence, dividedBy: Double, start: String) {
    self.source = source
    steps = inputs.steps
    trajectories = inputs.batch
    width = inputs.width
    self.dividedBy = dividedBy
    self.start = start
  }
}

/// What `bounds` finds.
public struct BoundsResult: Encodable, Equatable, Sendable {
  /// What was run.
  public let run: RunDescription
  /// The map's energy, and every rung: those about the map, then those about the flow.
  public let energy: EnergyBounds
  /// The gradient of the loss and its bounds; null where it wasn't asked for, or can't be taken (`gradientReason`).
  public let gradient: GradientBounds?
  /// Why there is no gradient; null where there is one.
  public let gradientReason: String?
  /// The continuous system under the same inputs; null where it wasn't asked for.
  public let flow: FlowEnergy?
  /// The worst inputs found for each rung about the map; null where they weren't looked for.
  public let worstCase: [WorstCase]?
  /// The checkpoints of a training run, where several were given; the rest is about the last.
  public let series: TrainingSeries?

  /// The energy and the gradient of a run against their bounds.
  public init(
    run: RunDescription, energy: EnergyBounds, gradient: GradientBounds? = nil, gradientReason: String? = nil,
    flow: FlowEnergy?, worstCase: [WorstCase]? = nil, series: TrainingSeries? = nil
  ) {
    self.run = run
    self.energy = flow.map { energy.addingRungs(of: $0.bounds) } ?? energy
    self.gradient = gradient
    self.gradientReason = gradientReason
    self.flow = flow
    self.worstCase = worstCase
    self.series = series
  }
}

/// The energy of the continuous system in a run.
public struct FlowEnergy: Encodable, Equatable, Sendable {
  /// The largest energy, and the step after which it was met.
  public let maximum: Double
  /// Its step.
  public let maximumStep: Int
  /// The largest residual of `de/dt = 2·z·sigma − 2·epsilon·z²`, integrated, relative to its largest term.
  public let identityResidual: Double
  /// What each unit can reach under any forcing of at most 1, in closed form; null where damping is 0.
  public let gains: EnergyBounds.Gains?
  /// How it was integrated, and what that took.
  public let options: IntegrationOptions
  /// What the input is between two samples.
  public let hold: InputHold
  /// What the integration took.
  public let counts: IntegrationCounts
  /// Why the integrator stopped before the end; null if it didn't.
  public let failure: IntegrationFailure?
  /// Everything, for plots.
  public let bounds: EnergyBounds

  private enum CodingKeys: String, CodingKey {
    case maximum, maximumStep, identityResidual, gains, options, hold, counts, failure
  }

  /// The energy of `flow`, which was integrated with the energy it gained.
  public init(network: OscillatorNetwork, flow: OscillatorFlow.Result, options: IntegrationOptions, hold: InputHold) {
    bounds = EnergyBounds(network: network, flow: flow, options: options)
    maximum = bounds.maximum
    maximumStep = bounds.maximumStep
    identityResidual = bounds.identityResidual
    gains = bounds.gains
    self.options = options
    self.hold = hold
    counts = flow.counts
    failure = flow.failure
  }
}

/// What `simulate` finds; the states themselves are in the trajectory.
public struct SimulationResult: Encodable, Equatable, Sendable {
  /// What was run.
  public let run: RunDescription
  /// The number of states kept, N.
  public let steps: Int
  /// The step at which a value overflowed, if one did.
  public let divergedAt: Int?
  /// y_N and z_N, a row for each trajectory.
  public let finalPosition: [[Double]]
  /// The last velocities of each trajectory.
  public let finalVelocity: [[Double]]
  /// The readout of the last state, a row for each trajectory; null without a readout.
  public let finalOutput: [[Double]]?
  /// How the flow was integrated; null for the map.
  public let integration: Integration?
  /// The largest |y| and |z| of any unit.
  public let largestPosition: Double
  /// The largest |z|.
  public let largestVelocity: Double

  /// How a flow was integrated, and what that took.
  public struct Integration: Encodable, Equatable, Sendable {
    /// Method and tolerances.
    public let options: IntegrationOptions
    /// What the input is between two samples.
    public let hold: InputHold
    /// What the integration took.
    public let counts: IntegrationCounts
    /// Why the integrator stopped before the end; null if it didn't.
    public let failure: IntegrationFailure?

    /// An integration of this kind.
    public init(
      options: IntegrationOptions, hold: InputHold, counts: IntegrationCounts, failure: IntegrationFailure?
    ) {
      self.options = options
      self.hold = hold
      self.counts = counts
      self.failure = failure
    }
  }

  /// A summary of `trajectory`.
  public init(
    run: RunDescription, network: OscillatorNetwork, trajectory: Trajectory, integration: Integration? = nil
  ) {
    self.run = run
    self.integration = integration
    steps = trajectory.steps
    divergedAt = trajectory.divergedAt
    func last(_ values: [Double]) -> [[Double]] {
      guard trajectory.steps > 0 else { return [] }
      let m = trajectory.hidden
      let row = values.suffix(trajectory.batch * m)
      return (0..<trajectory.batch).map { Array(row.dropFirst($0 * m).prefix(m)) }
    }
    let positions = last(trajectory.positions)
    finalPosition = positions
    finalVelocity = last(trajectory.velocities)
    finalOutput = network.readout.map { readout in
      positions.map { position in
        var output = readout.bias
        readout.weights.multiply(count: 1, vectors: position, stride: position.count, keeping: 1, into: &output)
        return output
      }
    }
    largestPosition = trajectory.positions.reduce(0) { max($0, abs($1)) }
    largestVelocity = trajectory.velocities.reduce(0) { max($0, abs($1)) }
  }
}
