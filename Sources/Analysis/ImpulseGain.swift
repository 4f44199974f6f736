public import CoRNNModel

/// What a unit can reach under any forcing of at most 1: the l1 norms of its impulse response.
///
/// `|y_n| <= position` and `|z_n| <= velocity` for all n from a zero start, whatever the weights and inputs. The
/// values are upper bounds: they hold a proved bound on the tail of the sum and on rounding.
public struct ImpulseGain: Encodable, Equatable, Sendable {
  /// Gy, in the unit of positions.
  public let position: Double
  /// Gz, in the unit of velocities.
  public let velocity: Double
  /// How much of each is the bound on the terms not summed.
  public let tail: Double
  /// How much of each is the bound on rounding errors.
  public let rounding: Double
  /// The number of terms summed.
  public let terms: Int
  /// A bound on the sum of `‖Lⁱ‖∞` over all i: what a perturbation of 1 in each step can add up to.
  let totalNorm: Double

  /// More terms than this aren't summed: the tail's bound covers the rest.
  private static let mostTerms = 4_000_000

  /// Whether the unit's linear map is Schur stable, without which it has no gain: its damping is greater than
  /// rounding (`epsilon·dt > 1e-15`), and `gamma·dt² < 4 + 2·epsilon·dt` (implicit), or `epsilon·dt < 2` and `gamma·dt² < 4 − 2·epsilon·dt`
  /// (explicit).
  static func isSchurStable(_ unit: LinearUnit) -> Bool {
    let damping = unit.epsilon * unit.timeStep
    let stiffness = unit.gamma * unit.timeStep * unit.timeStep
    return switch unit.damping {
    case .implicit: damping > 1e-15 && stiffness < 4 + 2 * damping
    case .explicit: damping > 1e-15 && damping < 2 && stiffness < 4 - 2 * damping
    }
  }

  /// The gain of `unit`; nil if its linear map isn't Schur stable.
  ///
  /// With the first p such that `q = ‖Lᵖ‖∞ < 1/2`, the terms from N on add up to at most
  /// `(sum over i < p of ‖Lⁱ‖∞)·‖h_N‖∞/(1 − q)`. Where millions of terms don't bring the tail down (damping near
  /// 0), the bound holds all the same and is loose; `tail` tells.
  init?(_ unit: LinearUnit) {
    guard Self.isSchurStable(unit), let total = Self.totalNorm(unit.transition) else { return nil }
    let l = unit.transition
    var h = unit.entry
    var positions = CompensatedSum()
    var velocities = CompensatedSum()
    var norms = 0.0
    var count = 0
    while count < Self.mostTerms, total * h.norm > 1e-18 * min(positions.value, velocities.value) {
      positions.add(abs(h.position))
      velocities.add(abs(h.velocity))
      norms += h.norm
      h = l * h
      count += 1
    }
    tail = total * h.norm
    rounding =
      total * unit.roundingFactor * norms + 4 * Double.ulpOfOne * max(positions.value, velocities.value)
    position = positions.value + tail + rounding
    velocity = velocities.value + tail + rounding
    terms = count
    totalNorm = total
  }

  /// A bound on the sum of `‖Lⁱ‖∞` over all i.
  private static func totalNorm(_ l: LinearUnit.Operator) -> Double? {
    var power = LinearUnit.Operator(yy: 1, yz: 0, zy: 0, zz: 1)
    var sum = 0.0
    for _ in 0..<100_000 where power.norm >= 0.5 {
      sum += power.norm
      power = l * power
    }
    var exponent = 100_000.0
    // Beyond that by doubling: the norms of L⁰ … L²ⁿ⁻¹ add up to at most (1 + ‖Lⁿ‖) times those of L⁰ … Lⁿ⁻¹.
    while power.norm >= 0.5 {
      guard exponent < 1e15, sum.isFinite else { return nil }
      sum *= 1 + power.norm
      power = power * power
      exponent *= 2
    }
    // The powers are rounded too: far less than a part in 10⁹ until their exponents are enormous.
    return sum / (1 - power.norm) * (1 + 1e-9 + 64 * exponent * Double.ulpOfOne)
  }

  /// The gain of each unit, nil where there is none.
  public static func gains(of oscillators: Oscillators) -> [ImpulseGain?] {
    var known: [LinearUnit: ImpulseGain?] = [:]
    return (0..<oscillators.count).map { index in
      let unit = LinearUnit(oscillators, unit: index)
      if let gain = known[unit] { return gain }
      let gain = ImpulseGain(unit)
      known[unit] = gain
      return gain
    }
  }
}

/// A sum of nonnegative numbers by Kahan's method: within two rounding units of the exact one.
private struct CompensatedSum {
  private(set) var value = 0.0
  private var lost = 0.0

  mutating func add(_ term: Double) {
    let corrected = term - lost
    let next = value + corrected
    lost = (next - value) - corrected
    value = next
  }
}
