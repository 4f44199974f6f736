import CoRNNDynamics
import CoRNNModel

/// The tightest place of a bound, and whether it was ever crossed.
struct Tightness {
  private(set) var ratio = -Double.infinity
  private(set) var margin = Double.infinity
  private(set) var step = 0
  private(set) var trajectory = 0
  private(set) var firstViolation: Int?
  /// Whether the margin was always larger than what rounding can have added.
  private(set) var isClear = true

  @inline(__always)
  mutating func enter(value: Double, bound: Double, rounding: Double, step: Int, trajectory: Int) {
    if value > ratio * bound {
      ratio = value / bound
      self.step = step
      self.trajectory = trajectory
    }
    let rest = bound - value
    if rest < margin { margin = rest }
    if rest <= rounding {
      isClear = false
      if rest < -rounding, firstViolation == nil { firstViolation = step }
    }
  }
}

/// The parts of the energy of all units at one time.
struct EnergySums {
  /// The sum of gamma·y².
  var stiff = 0.0
  /// The sum of z².
  var kinetic = 0.0
  /// The sum of (1 − epsilon·dt)·z².
  var weightedKinetic = 0.0

  func value(_ quantity: EnergyRung.Quantity) -> Double {
    switch quantity {
    case .energy: stiff + kinetic
    case .weightedEnergy: stiff + weightedKinetic
    case .largerPart: max(stiff, kinetic)
    }
  }
}

extension EnergyRung {
  /// What the rung is worth when held against a run: the flow's states carry an integrator's error that has no
  /// proved bound.
  func kind(isClear: Bool) -> ClaimKind { isClear && system == .map ? .rigorous : .numerical }
}

/// An energy rung's account, in total and by unit.
struct RungAccount {
  let rung: EnergyRung
  let applies: Bool
  private let quantity: EnergyRung.Quantity
  private let hypotheses: [Hypothesis]
  private let origin: ClaimOrigin
  private let slopes: [Double]
  /// The weight of z² in each unit's energy: below 1 for the weighted one.
  private let weights: [Double]
  private let totalSlope: Double
  /// What the bound starts from, B×m and B.
  private let starts: [Double]
  private let totalStarts: [Double]
  private var total = Tightness()
  private var units: [Tightness]
  private var rounding = 0.0

  init(_ rung: EnergyRung, oscillators: Oscillators, units: [LinearUnit], trajectory: Trajectory) {
    self.rung = rung
    hypotheses = rung.hypotheses(for: oscillators)
    applies = hypotheses.allSatisfy(\.holds)
    origin = rung.origin(for: oscillators)
    quantity = rung.quantity
    let m = oscillators.count
    slopes = units.map { rung.slope($0) ?? 0 }
    let isWeighted = rung.quantity == .weightedEnergy
    let weights = units.map { isWeighted ? 1 - $0.epsilon * $0.timeStep : 1 }
    self.weights = weights
    totalSlope = slopes.reduce(0, +)
    let starts = (0..<trajectory.batch * m).map { place in
      let y = trajectory.start[place / m * 2 * m + place % m]
      let z = trajectory.start[place / m * 2 * m + m + place % m]
      return units[place % m].gamma * y * y + weights[place % m] * z * z
    }
    self.starts = starts
    totalStarts = (0..<trajectory.batch).map { b in starts[b * m..<(b + 1) * m].reduce(0, +) }
    self.units = Array(repeating: Tightness(), count: m)
  }

  @inline(__always)
  mutating func enter(
    unit: Int, of trajectory: Int, step: Int, time: Double, stiff: Double, velocity: Double, rounding: Double
  ) {
    let kinetic = velocity * velocity
    units[unit].enter(
      value: quantity == .largerPart ? max(stiff, kinetic) : stiff + weights[unit] * kinetic,
      bound: time * slopes[unit] + starts[trajectory * slopes.count + unit], rounding: rounding, step: step,
      trajectory: trajectory)
  }

  mutating func enterTotal(
    of trajectory: Int, step: Int, time: Double, sums: EnergySums, rounding: Double
  ) {
    total.enter(
      value: sums.value(quantity), bound: totalBound(of: trajectory, time: time), rounding: rounding, step: step,
      trajectory: trajectory)
    self.rounding = max(self.rounding, rounding)
  }

  func totalBound(of trajectory: Int, time: Double) -> Double { time * totalSlope + totalStarts[trajectory] }

  var record: EnergyBounds.Rung {
    let seen = applies && total.step > 0
    let worst = units.indices.max { units[$0].ratio < units[$1].ratio }
    let violation = ([total] + units).compactMap(\.firstViolation).min()
    let isClear = total.isClear && units.allSatisfy(\.isClear) && hypotheses.allSatisfy(\.isDecided)
    return EnergyBounds.Rung(
      name: rung.rawValue, system: rung.system, statement: rung.statement, kind: rung.kind(isClear: isClear || !seen),
      origin: origin, hypotheses: hypotheses, applies: applies, holds: seen ? violation == nil : nil,
      tightness: seen ? total.ratio : nil, margin: seen ? total.margin : nil,
      tightestStep: seen ? total.step : nil, rounding: seen ? rounding : nil, firstViolation: violation,
      worstUnit: seen
        ? worst.map {
          EnergyBounds.WorstUnit(
            unit: $0, quantity: rung.quantity == .largerPart ? "larger of gamma·y² and z²" : "energy",
            tightness: units[$0].ratio, margin: units[$0].margin,
            step: units[$0].step, trajectory: units[$0].trajectory, firstViolation: units[$0].firstViolation)
        } : nil)
  }
}
