import CoRNNDynamics
import CoRNNModel

/// The gain rung's account: positions and velocities of each unit against what any forcing can reach.
struct GainAccount {
  private let rung: EnergyRung
  private let oscillators: Oscillators
  private let hypotheses: [Hypothesis]
  private let units: [LinearUnit]
  let gains: [Reach]
  private let transitions: [LinearUnit.Operator]
  /// `L^n X_0` by unit, B×m; nil for a zero start, where it stays zero.
  private var free: [LinearUnit.Vector]?
  private var positions: [Tightness]
  private var velocities: [Tightness]
  private var largest: [Double]
  private var rounding = 0.0

  /// What a unit can reach, and how much the error of a state may be, relative to its size.
  struct Reach {
    let position: Double
    let velocity: Double
    let relativeError: Double
  }

  /// Nil where the rung doesn't apply. `tolerance` is the flow's integration error, relative.
  init?(
    _ rung: EnergyRung, oscillators: Oscillators, units: [LinearUnit], trajectory: Trajectory, tolerance: Double = 0
  ) {
    self.rung = rung
    hypotheses = rung.hypotheses(for: oscillators)
    guard hypotheses.allSatisfy(\.holds) else { return nil }
    switch rung.system {
    case .map:
      // Each step's rounding is carried on by powers of L, whose norms add up to at most totalNorm.
      gains = zip(ImpulseGain.gains(of: oscillators), units).compactMap { gain, unit in
        gain.map {
          Reach(
            position: $0.position, velocity: $0.velocity, relativeError: $0.totalNorm * unit.roundingFactor)
        }
      }
      transitions = units.map(\.transition)
    case .flow:
      gains = units.map { unit in
        let gain = FlowGain(gamma: unit.gamma, epsilon: unit.epsilon)
        return Reach(position: gain.position, velocity: gain.velocity, relativeError: tolerance)
      }
      transitions = units.map(\.flowTransition)
    }
    guard gains.count == units.count else { return nil }
    self.oscillators = oscillators
    self.units = units
    let m = units.count
    if trajectory.start.contains(where: { $0 != 0 }) {
      free = (0..<trajectory.batch * m).map { place in
        LinearUnit.Vector(
          position: trajectory.start[place / m * 2 * m + place % m],
          velocity: trajectory.start[place / m * 2 * m + m + place % m])
      }
    }
    positions = Array(repeating: Tightness(), count: m)
    velocities = positions
    largest = Array(repeating: 0, count: m)
  }

  /// The energy that the gains allow in total: the sum of `gamma·Gy² + Gz²`; nil for a start other than zero.
  var energyLevel: Double? {
    guard free == nil else { return nil }
    return zip(units, gains).reduce(0) { sum, pair in
      sum + pair.0.gamma * pair.1.position * pair.1.position + pair.1.velocity * pair.1.velocity
    }
  }

  @inline(__always)
  mutating func enter(unit: Int, of trajectory: Int, step: Int, position: Double, velocity: Double) {
    var bound = LinearUnit.Vector(position: gains[unit].position, velocity: gains[unit].velocity)
    if free != nil {
      let place = trajectory * units.count + unit
      let response = transitions[unit] * free![place]
      free![place] = response
      bound.position += abs(response.position)
      bound.velocity += abs(response.velocity)
    }
    largest[unit] = max(largest[unit], max(abs(position), abs(velocity)), bound.position, bound.velocity)
    let allowance = gains[unit].relativeError * largest[unit]
    rounding = max(rounding, allowance)
    positions[unit].enter(
      value: abs(position), bound: bound.position, rounding: allowance, step: step, trajectory: trajectory)
    velocities[unit].enter(
      value: abs(velocity), bound: bound.velocity, rounding: allowance, step: step, trajectory: trajectory)
  }

  var record: EnergyBounds.Rung {
    let all =
      positions.indices.map { (positions[$0], $0, "position") }
      + velocities.indices.map { (velocities[$0], $0, "velocity") }
    let worst = all.max { $0.0.ratio < $1.0.ratio }
    let seen = worst.map { $0.0.step > 0 } ?? false
    let violation = all.compactMap { $0.0.firstViolation }.min()
    let isClear = all.allSatisfy { $0.0.isClear } && hypotheses.allSatisfy(\.isDecided)
    return EnergyBounds.Rung(
      name: rung.rawValue, system: rung.system, statement: rung.statement,
      kind: rung.kind(isClear: isClear || !seen), origin: rung.origin(for: oscillators),
      hypotheses: hypotheses, applies: true, holds: seen ? violation == nil : nil,
      tightness: seen ? worst?.0.ratio : nil,
      margin: seen ? all.map(\.0.margin).min() : nil, tightestStep: seen ? worst?.0.step : nil,
      rounding: seen ? rounding : nil, firstViolation: violation,
      worstUnit: seen
        ? worst.map { tightness, unit, quantity in
          EnergyBounds.WorstUnit(
            unit: unit, quantity: quantity, tightness: tightness.ratio, margin: tightness.margin,
            step: tightness.step, trajectory: tightness.trajectory, firstViolation: tightness.firstViolation)
        } : nil)
  }
}
