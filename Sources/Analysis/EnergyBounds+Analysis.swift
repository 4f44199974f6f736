public import CoRNNDynamics
public import CoRNNModel

extension EnergyBounds {
  /// Holds the energy of a run against the identity and every rung.
  ///
  /// Costs about as much as the run. Each bound's comparison allows for what rounding can have added: a step
  /// perturbs a unit's energy by at most 32 rounding units times the sum of the identity's terms, and the
  /// perturbations of all steps add up.
  ///
  /// - Parameter progress: told how many steps (times trajectories) were looked at since it was last told.
  public init(
    network: OscillatorNetwork, inputs: InputSequence, trajectory: Trajectory, progress: ((Int) -> Void)? = nil
  ) {
    var ledger = EnergyLedger(network.oscillators, trajectory)
    var activations = RecomputedActivations(network: network, inputs: inputs, trajectory: trajectory)
    var step = 1
    while step <= trajectory.steps, ledger.enter(step: step, sigma: activations.step(step)) {
      step += 1
      progress?(trajectory.batch)
    }
    self = ledger.bounds(divergedAt: step <= trajectory.steps ? step : trajectory.divergedAt)
  }
}

/// The running account of a trajectory's energy.
private struct EnergyLedger {
  let oscillators: Oscillators
  let units: [LinearUnit]
  let trajectory: Trajectory
  var accounts: [RungAccount]
  var gain: GainAccount?
  /// What rounding can have added to each unit's energy so far, B×m.
  var rounding: [Double]
  var energies: [[Double]]
  var weighted: [[Double]]
  var steps = 0
  var residual = 0.0

  init(_ oscillators: Oscillators, _ trajectory: Trajectory) {
    self.oscillators = oscillators
    self.trajectory = trajectory
    let units = (0..<oscillators.count).map { LinearUnit(oscillators, unit: $0) }
    self.units = units
    rounding = [Double](repeating: 0, count: trajectory.batch * oscillators.count)
    energies = Array(repeating: [], count: trajectory.batch)
    weighted = energies
    accounts = EnergyRung.allCases.filter { $0 != .gain }.map {
      RungAccount($0, oscillators: oscillators, units: units, trajectory: trajectory)
    }
    gain = GainAccount(oscillators: oscillators, units: units, trajectory: trajectory)
  }

  /// Enters one step; false if it left the range of doubles.
  mutating func enter(step n: Int, sigma: ArraySlice<Double>) -> Bool {
    let m = oscillators.count
    let new = State(trajectory, after: n)
    let old = State(trajectory, after: n - 1)
    let time = Double(n) * oscillators.timeStep
    for b in 0..<trajectory.batch {
      var energy = 0.0
      var weightedEnergy = 0.0
      var allowance = 0.0
      var largestResidual = 0.0
      var largestTerm = 0.0
      for i in 0..<m {
        let unit = units[i]
        let (y, z) = new.unit(i, of: b)
        let (oldY, oldZ) = old.unit(i, of: b)
        let identity = EnergyIdentity(
          unit: unit, position: y, velocity: z, oldPosition: oldY, oldVelocity: oldZ,
          sigma: sigma[sigma.startIndex + b * m + i])
        guard identity.termSum.isFinite else { return false }
        largestResidual = max(largestResidual, identity.residual)
        largestTerm = max(largestTerm, identity.largestTerm)
        rounding[b * m + i] += 16 * Double.ulpOfOne * identity.termSum
        allowance += rounding[b * m + i]
        let stiff = unit.gamma * y * y
        energy += stiff + z * z
        weightedEnergy += stiff + (1 - unit.epsilon * unit.timeStep) * z * z
        for k in accounts.indices where accounts[k].applies {
          accounts[k].enter(
            unit: i, of: b, step: n, time: time, stiff: stiff, velocity: z, rounding: rounding[b * m + i])
        }
        gain?.enter(unit: i, of: b, step: n, position: y, velocity: z)
      }
      // A unit at rest has terms no larger than what rounding leaves of its drive: the scale is the step's.
      if largestTerm > 0 { residual = max(residual, largestResidual / largestTerm) }
      energies[b].append(energy)
      weighted[b].append(weightedEnergy)
      for k in accounts.indices where accounts[k].applies {
        accounts[k].enterTotal(
          of: b, step: n, time: time, value: accounts[k].isWeighted ? weightedEnergy : energy, rounding: allowance)
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
      curves.append(EnergyBounds.Bound(name: EnergyRung.gain.rawValue, values: times.map { _ in level }))
    }
    return EnergyBounds(
      steps: steps, trajectories: trajectory.batch, divergedAt: divergedAt,
      maximum: energies[top].max() ?? 0, maximumStep: (peaks[top] ?? -1) + 1, maximumTrajectory: top,
      identityResidual: residual, rungs: accounts.map { $0.record } + [gainRecord],
      gains: gain.map { EnergyBounds.Gains(position: $0.gains.map(\.position), velocity: $0.gains.map(\.velocity)) },
      series: EnergyBounds.Series(
        time: times, energy: Array(energies[top].prefix(steps)),
        weightedEnergy: accounts.contains { $0.isWeighted && $0.applies } ? Array(weighted[top].prefix(steps)) : [],
        bounds: curves))
  }

  private var gainRecord: EnergyBounds.Rung {
    gain?.record
      ?? EnergyBounds.Rung(
        name: EnergyRung.gain.rawValue, statement: EnergyRung.gain.statement, kind: .rigorous,
        origin: EnergyRung.gain.origin(for: oscillators), hypotheses: EnergyRung.gain.hypotheses(for: oscillators),
        applies: false, holds: nil, tightness: nil, margin: nil, tightestStep: nil, rounding: nil,
        firstViolation: nil, worstUnit: nil)
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
