import RealModule

/// What a unit of the continuous system can reach under any forcing of at most 1: the l1 norms of its impulse
/// response, in closed form.
///
/// With `w = sqrt(gamma − epsilon²/4)`: underdamped, `Gy = coth(pi·epsilon/(4w))/gamma`; else Gy = 1/gamma. Gz is
/// the total variation of the response, twice the sum of its peaks.
public struct FlowGain: Encodable, Equatable, Sendable {
  /// Gy.
  public let position: Double
  /// Gz.
  public let velocity: Double

  /// The gains of a unit with gamma > 0 and epsilon > 0.
  public init(gamma: Double, epsilon: Double) {
    let half = epsilon / 2
    let discriminant = gamma - half * half
    // The response peaks at t with h'(t) = 0; later peaks are smaller by a constant factor each.
    if discriminant > 0 {
      let w = discriminant.squareRoot()
      let decay = Double.pi * half / w
      position = 1 / (gamma * Double.tanh(decay / 2))
      let phase = Double.atan2(y: w, x: half)
      velocity = 2 / gamma.squareRoot() * Double.exp(-half * phase / w) / -Double.expMinusOne(-decay)
    } else {
      position = 1 / gamma
      let r = (-discriminant).squareRoot()
      // h = exp(−half·t)·sinh(r·t)/r peaks where tanh(r·t) = r/half; there h = exp(−half·t)/sqrt(gamma).
      let time = r > 1e-9 * half ? Double.atanh(r / half) / r : 1 / half
      velocity = 2 * Double.exp(-half * time) / gamma.squareRoot()
    }
  }
}

extension LinearUnit {
  /// `exp(A·dt)` of the continuous unit, A = [[0, 1], [−gamma, −epsilon]].
  var flowTransition: Operator {
    let half = epsilon / 2
    let discriminant = gamma - half * half
    let decay = Double.exp(-half * timeStep)
    let (cosine, sine): (Double, Double)
    if discriminant > 0 {
      let w = discriminant.squareRoot()
      cosine = Double.cos(w * timeStep)
      sine = Double.sin(w * timeStep) / w
    } else {
      let r = (-discriminant).squareRoot()
      cosine = Double.cosh(r * timeStep)
      sine = r > 0 ? Double.sinh(r * timeStep) / r : timeStep
    }
    return Operator(
      yy: decay * (cosine + half * sine), yz: decay * sine, zy: -decay * gamma * sine,
      zz: decay * (cosine - half * sine))
  }
}
