/// The linear part of a unit's motion over one step: `X_n = L·X_{n−1} + G·sigma_n` for X = (y, z).
struct LinearUnit {
  let yy: Double
  let yz: Double
  let zy: Double
  let zz: Double

  /// That of the map.
  init(map network: Network, unit i: Int) {
    let (g, e, dt) = (network.gamma[i], network.epsilon[i], network.timeStep)
    if network.isImplicit {
      let c = 1 / (1 + e * dt)
      self.init(yy: 1 - c * dt * dt * g, yz: c * dt, zy: -c * dt * g, zz: c)
    } else {
      let rest = 1 - e * dt
      self.init(yy: 1 - dt * dt * g, yz: dt * rest, zy: -dt * g, zz: rest)
    }
  }

  /// That of the ODE, `exp(A·dt)` with A = [[0, 1], [−gamma, −epsilon]].
  init(flow network: Network, unit i: Int) {
    let (g, dt, half) = (network.gamma[i], network.timeStep, network.epsilon[i] / 2)
    let discriminant = g - half * half
    let decay = exponential(-half * dt)
    var (c, s) = (1.0, dt)
    if discriminant > 0 {
      let w = discriminant.squareRoot()
      (c, s) = (cosine(w * dt), sine(w * dt) / w)
    } else if discriminant < 0 {
      let r = (-discriminant).squareRoot()
      (c, s) = (hyperbolicCosine(r * dt), hyperbolicSine(r * dt) / r)
    }
    self.init(yy: decay * (c + half * s), yz: decay * s, zy: -decay * g * s, zz: decay * (c - half * s))
  }

  init(yy: Double, yz: Double, zy: Double, zz: Double) {
    self.yy = yy
    self.yz = yz
    self.zy = zy
    self.zz = zz
  }

  func applied(to x: (Double, Double)) -> (Double, Double) { (yy * x.0 + yz * x.1, zy * x.0 + zz * x.1) }

  static func * (a: LinearUnit, b: LinearUnit) -> LinearUnit {
    LinearUnit(
      yy: a.yy * b.yy + a.yz * b.zy, yz: a.yy * b.yz + a.yz * b.zz, zy: a.zy * b.yy + a.zz * b.zy,
      zz: a.zy * b.yz + a.zz * b.zz)
  }

  /// The infinity norm.
  var norm: Double { max(abs(yy) + abs(yz), abs(zy) + abs(zz)) }
}

/// What a unit can reach from rest under any forcing of at most 1: the l1 norms of its impulse response.
struct Gain {
  var position = 0.0
  var velocity = 0.0
  /// How large the error of a state that rounding makes can be, relative to the largest state.
  var relativeError = 0.0

  private static let mostTerms = 400_000

  /// That of the map, from above: the terms that aren't summed and rounding are bounded. Nil unless the unit is Schur
  /// stable.
  ///
  /// With the first p such that `q = ‖Lᵖ‖∞ < 1/2`, the terms from N on add up to at most
  /// `(sum over i < p of ‖Lⁱ‖∞)·‖h_N‖∞/(1 − q)`.
  init?(map network: Network, unit i: Int) {
    let (g, e, dt) = (network.gamma[i], network.epsilon[i], network.timeStep)
    guard network.isSchurStable(unit: i) else { return nil }
    let l = LinearUnit(map: network, unit: i)
    guard let total = Self.totalNorm(l) else { return nil }
    let c = network.isImplicit ? 1 / (1 + e * dt) : 1
    let roundingUnit = Double.ulpOfOne / 2
    let rounding =
      8 * roundingUnit
      * max(abs(l.yy) + 2 * c * dt * dt * g + abs(l.yz) + e * dt * dt, abs(l.zy) + abs(l.zz) + e * dt)
    var h = (c * dt * dt, c * dt)
    var positions = CompensatedSum()
    var velocities = CompensatedSum()
    var norms = 0.0
    for _ in 0..<Self.mostTerms {
      let norm = max(abs(h.0), abs(h.1))
      guard total * norm > 1e-18 * min(positions.value, velocities.value) else { break }
      positions.add(abs(h.0))
      velocities.add(abs(h.1))
      norms += norm
      h = l.applied(to: h)
    }
    let excess =
      total * max(abs(h.0), abs(h.1)) + total * rounding * norms
      + 4 * Double.ulpOfOne * max(positions.value, velocities.value)
    position = positions.value + excess
    velocity = velocities.value + excess
    relativeError = total * rounding
  }

  /// A bound on the sum of `‖Lⁱ‖∞` over all i.
  private static func totalNorm(_ l: LinearUnit) -> Double? {
    var power = LinearUnit(yy: 1, yz: 0, zy: 0, zz: 1)
    var sum = 0.0
    var exponent = 0.0
    while power.norm >= 0.5, exponent < 10_000 {
      sum += power.norm
      power = l * power
      exponent += 1
    }
    // Beyond that by doubling: the norms of L⁰ … L²ⁿ⁻¹ add up to at most (1 + ‖Lⁿ‖) times those of L⁰ … Lⁿ⁻¹.
    while power.norm >= 0.5 {
      guard exponent < 1e15, sum.isFinite else { return nil }
      sum *= 1 + power.norm
      power = power * power
      exponent *= 2
    }
    return sum / (1 - power.norm) * (1 + 1e-9 + 64 * exponent * Double.ulpOfOne)
  }

  /// That of the ODE, in closed form; nil without damping.
  init?(flow network: Network, unit i: Int) {
    let (g, half) = (network.gamma[i], network.epsilon[i] / 2)
    guard half > 0 else { return nil }
    let discriminant = g - half * half
    if discriminant > 0 {
      let w = discriminant.squareRoot()
      let decay = Double.pi * half / w
      position = 1 / (g * hyperbolicTangent(decay / 2))
      velocity =
        2 / g.squareRoot() * exponential(-half * arcTangent(w, half) / w) / -exponentialMinusOne(-decay)
    } else {
      position = 1 / g
      let r = (-discriminant).squareRoot()
      // The response peaks where tanh(r·t) = r/half.
      let time = r > 1e-9 * half ? inverseHyperbolicTangent(r / half) / r : 1 / half
      velocity = 2 * exponential(-half * time) / g.squareRoot()
    }
  }
}

/// A sum of nonnegative numbers by Kahan's method: within two rounding units of the exact one.
struct CompensatedSum {
  private(set) var value = 0.0
  private var lost = 0.0

  mutating func add(_ term: Double) {
    let corrected = term - lost
    let next = value + corrected
    lost = (next - value) - corrected
    value = next
  }
}
