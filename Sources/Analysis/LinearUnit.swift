import CoRNNModel

/// The linear part of one unit's map: `X_n = L·X_{n−1} + G·sigma_n` for X = (y, z).
///
/// implicit, c = 1/(1 + epsilon·dt): L = [[1 − c·dt²·gamma, c·dt], [−c·dt·gamma, c]], G = [c·dt², c·dt];
/// explicit: L = [[1 − dt²·gamma, dt·(1 − epsilon·dt)], [−dt·gamma, 1 − epsilon·dt]], G = [dt², dt].
struct LinearUnit: Hashable {
  let gamma: Double
  let epsilon: Double
  let timeStep: Double
  let damping: Damping

  /// A vector of position and velocity.
  struct Vector: Equatable {
    var position: Double
    var velocity: Double
    var norm: Double { max(abs(position), abs(velocity)) }
  }

  /// A 2×2 matrix that acts on such vectors.
  struct Operator: Equatable {
    var yy: Double
    var yz: Double
    var zy: Double
    var zz: Double

    static func * (a: Operator, x: Vector) -> Vector {
      Vector(position: a.yy * x.position + a.yz * x.velocity, velocity: a.zy * x.position + a.zz * x.velocity)
    }

    static func * (a: Operator, b: Operator) -> Operator {
      Operator(
        yy: a.yy * b.yy + a.yz * b.zy, yz: a.yy * b.yz + a.yz * b.zz,
        zy: a.zy * b.yy + a.zz * b.zy, zz: a.zy * b.yz + a.zz * b.zz)
    }

    /// The infinity norm.
    var norm: Double { max(abs(yy) + abs(yz), abs(zy) + abs(zz)) }
  }

  init(_ oscillators: Oscillators, unit: Int) {
    gamma = oscillators.gamma[unit]
    epsilon = oscillators.epsilon[unit]
    timeStep = oscillators.timeStep
    damping = oscillators.damping
  }

  /// L.
  var transition: Operator {
    let dt = timeStep
    switch damping {
    case .implicit:
      let c = 1 / (1 + epsilon * dt)
      return Operator(yy: 1 - c * dt * dt * gamma, yz: c * dt, zy: -c * dt * gamma, zz: c)
    case .explicit:
      let rest = 1 - epsilon * dt
      return Operator(yy: 1 - dt * dt * gamma, yz: dt * rest, zy: -dt * gamma, zz: rest)
    }
  }

  /// G.
  var entry: Vector {
    let c = damping == .implicit ? 1 / (1 + epsilon * timeStep) : 1
    return Vector(position: c * timeStep * timeStep, velocity: c * timeStep)
  }

  /// A bound on the rounding error of `L·X` in floating point, relative to the norm of X.
  ///
  /// An entry of L is at most six rounded operations, a product and the sum three more; where an entry is a
  /// difference the error is relative to what was subtracted, which the terms in dt²·gamma and epsilon·dt add.
  var roundingFactor: Double {
    let l = transition
    let dt = timeStep
    let c = damping == .implicit ? 1 / (1 + epsilon * dt) : 1
    let position = abs(l.yy) + 2 * c * dt * dt * gamma + abs(l.yz) + epsilon * dt * dt
    let velocity = abs(l.zy) + abs(l.zz) + epsilon * dt
    return 8 * (Double.ulpOfOne / 2) * max(position, velocity)
  }
}
