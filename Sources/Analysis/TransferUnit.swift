import CoRNNModel
import ComplexModule
import RealModule

/// How one unit's position and velocity answer its forcing at a complex frequency, as quotients over one quadratic.
///
/// In h, with `p(h) = h² + linear·h + constant`: `g_y = (positionConstant + positionLinear·h)/p`,
/// `g_z = velocityLinear·h/p`. The map's `(s·I − L)⁻¹·G` has h = s − 1, which keeps differences of nearly equal
/// numbers out of p; the flow's has h = s.
struct TransferUnit: Hashable {
  let linear: Double
  let constant: Double
  let positionConstant: Double
  let positionLinear: Double
  let velocityLinear: Double

  /// Values of g_y and g_z.
  struct Response {
    var position: Complex<Double>
    var velocity: Complex<Double>
    /// `sqrt(|g_y|² + |g_z|²)`.
    var length: Double { Double.hypot(position.length, velocity.length) }
  }

  /// The unit of the map: with c the scale of a new velocity, `p = h² + c·(epsilon·dt + gamma·dt²)·h + c·gamma·dt²`.
  init(map unit: LinearUnit) {
    let dt = unit.timeStep
    let c = unit.damping == .implicit ? 1 / (1 + unit.epsilon * dt) : 1
    linear = c * (unit.epsilon * dt + unit.gamma * dt * dt)
    constant = c * unit.gamma * dt * dt
    positionConstant = c * dt * dt
    positionLinear = c * dt * dt
    velocityLinear = c * dt
  }

  /// The unit of the flow: `p = s² + epsilon·s + gamma`.
  init(flow unit: LinearUnit) {
    linear = unit.epsilon
    constant = unit.gamma
    positionConstant = 1
    positionLinear = 0
    velocityLinear = 1
  }

  /// g_y and g_z at `h`.
  func response(at h: Complex<Double>) -> Response {
    let p = h * (h + Complex(linear)) + Complex(constant)
    let numerator = Complex(positionConstant) + h.multiplied(by: positionLinear)
    return Response(position: numerator / p, velocity: h.multiplied(by: velocityLinear) / p)
  }

  /// What holds of g_y and g_z throughout a disc.
  struct Enclosure {
    /// Upper bounds on the first and the second derivative by h.
    var position: (first: Double, second: Double)
    var velocity: (first: Double, second: Double)
    /// Upper bounds on what rounding adds to a computed response at a given h of the disc.
    var rounding: (position: Double, velocity: Double)
  }

  /// Bounds that hold in the disc of `radius` around `centre`; nil where a pole can't be excluded from it.
  ///
  /// On the disc `|p| >= |p(c)| − |p'(c)|·r − r²`, `|p'| <= |p'(c)| + 2r`, and the quotient rule does the rest, with
  /// `p'' = 2` and affine numerators n: `g' = n'/p − n·p'/p²`, `g'' = −2n'·p'/p² + n·(2p'²/p³ − 2/p²)`. The rounding
  /// errors of p are at most 32u times the sum of its terms' sizes, those of a quotient 32u of itself besides.
  func enclosure(centre: Complex<Double>, radius: Double) -> Enclosure? {
    let unit = Double.ulpOfOne / 2
    let size = centre.length + radius
    let rounding = 32 * unit * (size * size + linear * size + constant)
    let p = centre * (centre + Complex(linear)) + Complex(constant)
    let slope = (centre.multiplied(by: 2) + Complex(linear)).length
    let least = (p.length - slope * radius - radius * radius - 2 * rounding) * (1 - 1e-12)
    guard least > 0 else { return nil }
    let steepest = slope + 2 * radius
    func bounds(constant: Double, linear: Double) -> (first: Double, second: Double, rounding: Double) {
      let numerator = constant + linear * size
      let local = (Complex(constant) + centre.multiplied(by: linear)).length + linear * radius
      let first = (linear + local * steepest / least) / least
      let second =
        (2 * linear * steepest + local * (2 * steepest * steepest / least + 2)) / (least * least)
      let error = numerator / least * (rounding / least + 32 * unit)
      return (first * (1 + 1e-9), second * (1 + 1e-9), error * (1 + 1e-9))
    }
    let y = bounds(constant: positionConstant, linear: positionLinear)
    let z = bounds(constant: 0, linear: velocityLinear)
    return Enclosure(
      position: (y.first, y.second), velocity: (z.first, z.second), rounding: (y.rounding, z.rounding))
  }
}
