public import CoRNNDynamics
public import CoRNNKernels
public import CoRNNModel

/// The map against the continuous system under the same input: how far apart, and at which order in dt.
public struct FlowComparison: Encodable, Equatable, Sendable {
  /// What `compare` ran.
  public let run: RunDescription
  /// The largest difference of any unit in any step and at the end.
  public let error: Errors
  /// The order at which the map approaches the flow as dt falls; 1 is expected.
  public let order: MeasuredOrder
  /// The integration.
  public let integration: Integration
  /// The energy of both.
  public let energy: Energies
  /// What plots show.
  public let series: Series

  /// Differences of positions and of velocities.
  public struct Errors: Encodable, Equatable, Sendable {
    /// Of positions.
    public let position: Quantity
    /// Of velocities.
    public let velocity: Quantity
  }

  /// The absolute difference of map and flow.
  public struct Quantity: Encodable, Equatable, Sendable {
    /// The largest over all steps and units, and where.
    public let maximum: Double
    /// Its step.
    public let step: Int
    /// Its unit, from 0.
    public let unit: Int
    /// The largest over units after the last step.
    public let final: Double
  }

  /// How the flow was integrated, and what its own error is.
  public struct Integration: Encodable, Equatable, Sendable {
    /// Method and tolerances.
    public let options: IntegrationOptions
    /// What the input is between two samples.
    public let hold: InputHold
    /// What the integration took.
    public let counts: IntegrationCounts
    /// The largest difference in any position or velocity from an integration with rk8pd (rkf45 where that is the
    /// method) at a hundredth of the tolerances, at least 1e-14.
    public let ownError: Double
    /// Whether that is below a hundredth of the map's largest error.
    public let isNegligible: Bool
    /// Why it stopped before the end; null if it didn't.
    public let failure: IntegrationFailure?
  }

  /// The largest total energies.
  public struct Energies: Encodable, Equatable, Sendable {
    /// The map's.
    public let mapMaximum: Double
    /// The flow's.
    public let flowMaximum: Double
    /// The largest difference of the total energies in any step.
    public let largestDifference: Double
  }

  /// What plots show, for the first trajectory and the unit with the largest error.
  public struct Series: Equatable, Sendable {
    /// The unit, from 0.
    public let unit: Int
    /// t_n.
    public let time: [Double]
    /// The map's position.
    public let mapPosition: [Double]
    /// The flow's.
    public let flowPosition: [Double]
    /// The map's velocity.
    public let mapVelocity: [Double]
    /// The flow's.
    public let flowVelocity: [Double]
    /// The map's total energy.
    public let mapEnergy: [Double]
    /// The flow's.
    public let flowEnergy: [Double]
  }

  private enum CodingKeys: String, CodingKey {
    case run, error, order, integration, energy
  }

  /// How many steps of the map one of the integration takes as long as, about.
  private static let stepWeight = 40

  /// The pieces of work in a comparison of one trajectory, for telling progress.
  public static func pieces(steps: Int, refinements: Int) -> Int { steps * (2 * stepWeight + (2 << refinements) - 1) }

  /// Compares the map with the flow.
  ///
  /// - Parameters:
  ///   - run: what is compared, for the result.
  ///   - network: the network.
  ///   - inputs: the run's inputs.
  ///   - start: y_0 and z_0; zero if nil.
  ///   - hold: what the input is between two samples.
  ///   - options: method and tolerances.
  ///   - refinements: how often dt is halved for the order, with the input signal held the same.
  ///   - threads: how many threads share the work.
  ///   - progress: told how many of `pieces(steps:refinements:)`, times trajectories, were done since it was last told.
  public init(
    run: RunDescription, network: OscillatorNetwork, inputs: InputSequence, start: [Double]?, hold: InputHold,
    options: IntegrationOptions, refinements: Int, threads: Int, progress: (@Sendable (Int) -> Void)? = nil
  ) {
    precondition(refinements >= 2, "an order from \(refinements + 1) levels")
    let integrated: @Sendable (Int) -> Void = { progress?($0 * Self.stepWeight) }
    self.run = run
    let flow = OscillatorFlow(network, hold: hold, options: options).trajectory(
      inputs: inputs, start: start, threads: threads, progress: integrated)
    let reached = flow.trajectory.steps
    let map = OscillatorMap(network).trajectory(inputs: inputs, start: start, threads: threads, progress: progress)
    let steps = min(reached, map.steps)

    let positions = Self.difference(map.positions, flow.trajectory.positions, steps: steps, map)
    let velocities = Self.difference(map.velocities, flow.trajectory.velocities, steps: steps, map)
    error = Errors(position: positions, velocity: velocities)

    var check = options
    check.method = options.method == .rk8pd ? .rkf45 : .rk8pd
    check.absoluteTolerance = max(options.absoluteTolerance / 100, 1e-14)
    check.relativeTolerance = max(options.relativeTolerance / 100, 1e-14)
    let again = OscillatorFlow(network, hold: hold, options: check).trajectory(
      inputs: inputs, start: start, threads: threads, progress: integrated)
    let common = min(steps, again.trajectory.steps)
    let own = max(
      Self.difference(again.trajectory.positions, flow.trajectory.positions, steps: common, map).maximum,
      Self.difference(again.trajectory.velocities, flow.trajectory.velocities, steps: common, map).maximum)
    integration = Integration(
      options: options, hold: hold, counts: flow.counts, ownError: own,
      isNegligible: own <= 0.01 * max(positions.maximum, velocities.maximum), failure: flow.failure)

    let mapEnergy = Self.energy(map, steps: steps, network.oscillators)
    let flowEnergy = Self.energy(flow.trajectory, steps: steps, network.oscillators)
    energy = Energies(
      mapMaximum: mapEnergy.max() ?? 0, flowMaximum: flowEnergy.max() ?? 0,
      largestDifference: zip(mapEnergy, flowEnergy).map { abs($0 - $1) }.max() ?? 0)
    order = Self.measureOrder(
      network, inputs: inputs, start: start, hold: hold, flow: flow.trajectory, coarsest: map, ownError: own,
      refinements: refinements, threads: threads, progress: progress)

    let unit = positions.unit
    func pick(_ values: [Double]) -> [Double] { (0..<steps).map { values[$0 * map.batch * map.hidden + unit] } }
    series = Series(
      unit: unit, time: (0..<steps).map { Double($0 + 1) * map.timeStep }, mapPosition: pick(map.positions),
      flowPosition: pick(flow.trajectory.positions), mapVelocity: pick(map.velocities),
      flowVelocity: pick(flow.trajectory.velocities),
      mapEnergy: (0..<steps).map { mapEnergy[$0 * map.batch] },
      flowEnergy: (0..<steps).map { flowEnergy[$0 * map.batch] })
  }

  private static func difference(_ a: [Double], _ b: [Double], steps: Int, _ shape: Trajectory) -> Quantity {
    let row = shape.batch * shape.hidden
    var largest = 0.0
    var place = 0
    for i in 0..<steps * row where abs(a[i] - b[i]) > largest {
      largest = abs(a[i] - b[i])
      place = i
    }
    let last = max(steps - 1, 0) * row
    let final = steps > 0 ? (last..<last + row).map { abs(a[$0] - b[$0]) }.max() ?? 0 : 0
    return Quantity(maximum: largest, step: place / row + 1, unit: place % shape.hidden, final: final)
  }

  /// The total energy of each trajectory after each step, N×B.
  private static func energy(_ run: Trajectory, steps: Int, _ oscillators: Oscillators) -> [Double] {
    (0..<steps * run.batch).map { row in
      (0..<run.hidden).reduce(0) { sum, i in
        let y = run.positions[row * run.hidden + i]
        let z = run.velocities[row * run.hidden + i]
        return sum + oscillators.gamma[i] * y * y + z * z
      }
    }
  }

  private static func measureOrder(
    _ network: OscillatorNetwork, inputs: InputSequence, start: [Double]?, hold: InputHold, flow: Trajectory,
    coarsest: Trajectory, ownError: Double, refinements: Int, threads: Int, progress: (@Sendable (Int) -> Void)?
  ) -> MeasuredOrder {
    var levels: [MeasuredOrder.Level] = []
    let row = flow.batch * flow.hidden
    for level in 0...refinements {
      let parts = 1 << level
      guard
        let fine = try? network.withTimeStep(network.oscillators.timeStep / Double(parts)),
        flow.steps == inputs.steps
      else { break }
      let run =
        level == 0
        ? coarsest
        : OscillatorMap(fine).trajectory(
          inputs: inputs.refined(by: parts, hold: hold, timeStep: network.oscillators.timeStep), start: start,
          threads: threads, progress: progress)
      var largest: Double? = run.divergedAt == nil ? 0 : nil
      if run.divergedAt == nil {
        for n in 1...max(flow.steps, 1) where n <= flow.steps {
          for i in 0..<row {
            let fine = run.positions[(n * parts - 1) * row + i]
            largest = max(largest ?? 0, abs(fine - flow.positions[(n - 1) * row + i]))
          }
        }
      }
      levels.append(MeasuredOrder.Level(timeStep: fine.oscillators.timeStep, error: largest))
    }
    let motion = flow.positions.reduce(0) { max($0, abs($1)) }
    let finest = levels.last?.error ?? 0
    let reason =
      flow.steps < inputs.steps
      ? "the integrator didn't reach the end"
      : finest > 0.1 * motion
        ? "even at the finest dt the error is a tenth of the motion or more: map and ODE have parted for good, and only a "
          + "shorter run can show an order" : nil
    return MeasuredOrder(levels, ownError: ownError, reason: reason)
  }
}
