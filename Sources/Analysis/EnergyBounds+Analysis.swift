public import CoRNNDynamics
public import CoRNNKernels
public import CoRNNModel

extension EnergyBounds {
  /// Holds the energy of a run against the identity and every rung.
  ///
  /// Costs about as much as the run. Each bound's comparison allows for what rounding can have added: a step
  /// perturbs a unit's energy by at most 32 rounding units times the sum of the identity's terms, and the
  /// perturbations of all steps add up.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - inputs: the run's inputs.
  ///   - trajectory: the run's states.
  ///   - progress: told how many steps (times trajectories) were looked at since it was last told.
  public init(
    network: OscillatorNetwork, inputs: InputSequence, trajectory: Trajectory, progress: ((Int) -> Void)? = nil
  ) {
    var ledger = EnergyLedger(network.oscillators, trajectory, rungs: EnergyRung.ofMap, gain: .gain)
    let failedAt = ledger.enter(trajectory, network: network, inputs: inputs, progress: progress)
    self = ledger.bounds(divergedAt: failedAt ?? trajectory.divergedAt)
  }

  /// The same for a run made a segment of steps at a time, so that only a segment's states are held.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - inputs: the run's inputs.
  ///   - start: y_0 and z_0, 2m values for all trajectories or B×2m; zero if nil.
  ///   - segment: the steps that are held at once.
  ///   - threads: how many cores share the batch.
  ///   - progress: told how many steps were done since it was last told.
  public init(
    network: OscillatorNetwork, inputs: InputSequence, start: [Double]?, segment: Int, threads: Int = 1,
    progress: ((Int) -> Void)? = nil
  ) {
    let map = OscillatorMap(network)
    var state = network.starts(start, batch: inputs.batch)
    var ledger: EnergyLedger?
    var failedAt: Int?
    for first in stride(from: 0, to: inputs.steps, by: segment) where failedAt == nil {
      let steps = first..<min(first + segment, inputs.steps)
      let part = inputs.part(steps: steps, trajectories: 0..<inputs.batch)
      let run = map.trajectory(inputs: part, start: state, threads: threads)
      var next = ledger ?? EnergyLedger(network.oscillators, run, rungs: EnergyRung.ofMap, gain: .gain)
      failedAt =
        next.enter(run, network: network, inputs: part, from: first, progress: progress)
        ?? run.divergedAt.map { first + $0 }
      ledger = next
      if failedAt == nil { state = run.lastState }
    }
    guard let ledger else { preconditionFailure("a run without steps") }
    self = ledger.bounds(divergedAt: failedAt)
  }

  /// Holds the energy of the continuous system against its identity `de/dt = 2·z·sigma − 2·epsilon·z²` and D.1,
  /// D.1+ and its gain.
  ///
  /// The identity compares each unit's energy with the integral of its rate, which the integrator carried along.
  /// Comparisons with bounds allow for a hundred times the tolerance of the integration at each step.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - flow: the run, with its energy gained.
  ///   - options: how `flow` was integrated.
  public init(network: OscillatorNetwork, flow: OscillatorFlow.Result, options: IntegrationOptions) {
    let trajectory = flow.trajectory
    let m = network.hidden
    precondition(flow.energyGained.count == trajectory.positions.count, "a flow without the energy it gained")
    let tolerance = 100 * (options.absoluteTolerance + options.relativeTolerance)
    var ledger = EnergyLedger(
      network.oscillators, trajectory, rungs: EnergyRung.ofFlow, gain: .flowGain, tolerance: tolerance)
    let row = trajectory.batch * m
    var step = 1
    while step <= trajectory.steps {
      let isFinite = ledger.enter(step: step) { unit, place, new, old in
        let y = trajectory.start[place / m * 2 * m + place % m]
        let z = trajectory.start[place / m * 2 * m + m + place % m]
        let startEnergy = unit.gamma * y * y + z * z
        let energy = unit.gamma * new.position * new.position + new.velocity * new.velocity
        let gained = flow.energyGained[(step - 1) * row + place]
        return (
          abs(energy - startEnergy - gained), max(energy, startEnergy, abs(gained)),
          tolerance * (1 + energy + startEnergy + abs(gained))
        )
      }
      guard isFinite else { break }
      step += 1
    }
    self = ledger.bounds(divergedAt: step <= trajectory.steps ? step : nil)
  }
}

/// The running account of a trajectory's energy.
private struct EnergyLedger {
  let oscillators: Oscillators
  let units: [LinearUnit]
  /// The run, or the segment of it that is looked at, and the steps before that.
  private var trajectory: Trajectory
  private var offset = 0
  let gainRung: EnergyRung
  var accounts: [RungAccount]
  var gain: GainAccount?
  /// What errors of the run can have added to each unit's energy so far, B×m.
  var rounding: [Double]
  var energies: [[Double]]
  var weighted: [[Double]]
  var steps = 0
  var residual = 0.0

  /// A unit's position and velocity.
  typealias UnitState = (position: Double, velocity: Double)

  init(
    _ oscillators: Oscillators, _ trajectory: Trajectory, rungs: [EnergyRung], gain gainRung: EnergyRung,
    tolerance: Double = 0
  ) {
    self.oscillators = oscillators
    self.trajectory = trajectory
    self.gainRung = gainRung
    let units = (0..<oscillators.count).map { LinearUnit(oscillators, unit: $0) }
    self.units = units
    rounding = [Double](repeating: 0, count: trajectory.batch * oscillators.count)
    energies = Array(repeating: [], count: trajectory.batch)
    weighted = energies
    accounts = rungs.filter { $0 != gainRung }.map {
      RungAccount($0, oscillators: oscillators, units: units, trajectory: trajectory)
    }
    gain = GainAccount(
      gainRung, oscillators: oscillators, units: units, trajectory: trajectory, tolerance: tolerance)
  }

  /// Enters a run of the map, or a segment of one that begins after step `offset`; the step at which the energy left
  /// the range of doubles, if it did.
  mutating func enter(
    _ run: Trajectory, network: OscillatorNetwork, inputs: InputSequence, from offset: Int = 0,
    progress: ((Int) -> Void)?
  ) -> Int? {
    trajectory = run
    self.offset = offset
    var activations = RecomputedActivations(network: network, inputs: inputs, trajectory: run)
    for step in 1...max(run.steps, 1) where step <= run.steps {
      let sigma = activations.step(step)
      let isFinite = enter(step: offset + step) { unit, place, new, old in
        let identity = EnergyIdentity(
          unit: unit, position: new.position, velocity: new.velocity, oldPosition: old.position,
          oldVelocity: old.velocity, sigma: sigma[sigma.startIndex + place])
        return (identity.residual, identity.largestTerm, 16 * Double.ulpOfOne * identity.termSum)
      }
      guard isFinite else { return offset + step }
      progress?(run.batch)
    }
    return nil
  }

  /// Enters one step; false if it left the range of doubles.
  ///
  /// `identity` gives, for a unit and its place among all trajectories' units, the identity's residual, the
  /// largest of its terms, and what errors of this step can have added to the energy.
  mutating func enter(
    step n: Int, identity: (LinearUnit, Int, UnitState, UnitState) -> (Double, Double, Double)
  ) -> Bool {
    let m = oscillators.count
    let new = State(trajectory, after: n - offset)
    let old = State(trajectory, after: n - offset - 1)
    let time = Double(n) * oscillators.timeStep
    for b in 0..<trajectory.batch {
      var sums = EnergySums()
      var allowance = 0.0
      var largestResidual = 0.0
      var largestTerm = 0.0
      for i in 0..<m {
        let unit = units[i]
        let state = new.unit(i, of: b)
        let (unitResidual, unitTerm, added) = identity(unit, b * m + i, state, old.unit(i, of: b))
        guard added.isFinite else { return false }
        largestResidual = max(largestResidual, unitResidual)
        largestTerm = max(largestTerm, unitTerm)
        rounding[b * m + i] += added
        allowance += rounding[b * m + i]
        let stiff = unit.gamma * state.position * state.position
        let kinetic = state.velocity * state.velocity
        sums.stiff += stiff
        sums.kinetic += kinetic
        sums.weightedKinetic += (1 - unit.epsilon * unit.timeStep) * kinetic
        for k in accounts.indices where accounts[k].applies {
          accounts[k].enter(
            unit: i, of: b, step: n, time: time, stiff: stiff, velocity: state.velocity,
            rounding: rounding[b * m + i])
        }
        gain?.enter(unit: i, of: b, step: n, position: state.position, velocity: state.velocity)
      }
      // A unit at rest has terms no larger than what rounding leaves of its drive: the scale is the step's.
      if largestTerm > 0 { residual = max(residual, largestResidual / largestTerm) }
      energies[b].append(sums.value(.energy))
      weighted[b].append(sums.value(.weightedEnergy))
      for k in accounts.indices where accounts[k].applies {
        accounts[k].enterTotal(of: b, step: n, time: time, sums: sums, rounding: allowance)
      }
    }
    steps = n
    return true
  }

  func bounds(divergedAt: Int?) -> EnergyBounds {
    let peaks = energies.map { series in series.indices.max { series[$0] < series[$1] } }
    let top = energies.indices.max { (energies[$0].max() ?? 0) < (energies[$1].max() ?? 0) } ?? 0
    let times = (0..<steps).map { Double($0 + 1) * oscillators.timeStep }
    var curves = accounts.filter(\.applies).map { account in
      EnergyBounds.Bound(name: account.rung.rawValue, values: times.map { account.totalBound(of: top, time: $0) })
    }
    if let gain, let level = gain.energyLevel {
      curves.append(EnergyBounds.Bound(name: gainRung.rawValue, values: times.map { _ in level }))
    }
    let isWeighted = accounts.contains { $0.rung.quantity == .weightedEnergy && $0.applies }
    return EnergyBounds(
      steps: steps, trajectories: trajectory.batch, divergedAt: divergedAt, maximum: energies[top].max() ?? 0,
      maximumStep: (peaks[top] ?? -1) + 1, maximumTrajectory: top, identityResidual: residual,
      rungs: accounts.map { $0.record } + [gainRecord],
      gains: gain.map {
        EnergyBounds.Gains(position: $0.gains.map(\.position), velocity: $0.gains.map(\.velocity))
      },
      series: EnergyBounds.Series(
        time: times, energy: Array(energies[top].prefix(steps)),
        weightedEnergy: isWeighted ? Array(weighted[top].prefix(steps)) : [], bounds: curves))
  }

  private var gainRecord: EnergyBounds.Rung {
    gain?.record
      ?? EnergyBounds.Rung(
        name: gainRung.rawValue, system: gainRung.system, statement: gainRung.statement,
        kind: gainRung.kind(isClear: true), origin: gainRung.origin(for: oscillators),
        hypotheses: gainRung.hypotheses(for: oscillators), applies: false, holds: nil, tightness: nil, margin: nil,
        tightestStep: nil, rounding: nil, firstViolation: nil, worstUnit: nil)
  }
}

/// The states of all trajectories at one time.
private struct State {
  private let trajectory: Trajectory
  private let step: Int

  init(_ trajectory: Trajectory, after step: Int) {
    self.trajectory = trajectory
    self.step = step
  }

  func unit(_ i: Int, of b: Int) -> (position: Double, velocity: Double) {
    let m = trajectory.hidden
    if step == 0 { return (trajectory.start[b * 2 * m + i], trajectory.start[b * 2 * m + m + i]) }
    let place = ((step - 1) * trajectory.batch + b) * m + i
    return (trajectory.positions[place], trajectory.velocities[place])
  }
}
