// The teaching page's arithmetic, compiled to WebAssembly (see `make playground-wasm`) together with the Step module:
// Embedded Swift without any library, so that what the page shows is the tool's own map.

/// A coRNN of a few units: the constants and row-major weights of arXiv 2010.00951, equations (1)–(3).
struct Network {
  let units: Int
  let inputs: Int
  var gamma: [Double]
  var epsilon: [Double]
  var timeStep = 1.0
  var isImplicit = true
  var activation = Activation.tanh
  /// W and Z, units×units, and V, units×inputs.
  var positionWeights: [Double]
  var velocityWeights: [Double]
  var inputWeights: [Double]
  var bias: [Double]

  /// `sigma`, numbered as the page does.
  enum Activation: Int32 {
    /// tanh a.
    case tanh = 0
    /// a.
    case identity = 1
    /// 0.
    case none = 2
  }

  init(units: Int, inputs: Int) {
    self.units = units
    self.inputs = inputs
    gamma = [Double](repeating: 1, count: units)
    epsilon = gamma
    positionWeights = [Double](repeating: 0, count: units * units)
    velocityWeights = positionWeights
    inputWeights = [Double](repeating: 0, count: units * inputs)
    bias = [Double](repeating: 0, count: units)
  }

  /// `sigma(A_i)` at a state.
  func force(on unit: Int, position: [Double], velocity: [Double], input: [Double]) -> Double {
    if activation == .none { return 0 }
    let a = drive(
      ofUnit: unit, position: position, velocity: velocity, input: input, positionWeights: positionWeights,
      velocityWeights: velocityWeights, inputWeights: inputWeights, bias: bias)
    return activation == .identity ? a : hyperbolicTangent(a)
  }

  /// `sigma'` at the argument `a`.
  func slope(at a: Double) -> Double {
    switch activation {
    case .none: return 0
    case .identity: return 1
    case .tanh:
      let t = hyperbolicTangent(a)
      return (1 - t) * (1 + t)
    }
  }

  /// Whether the linear part of a unit's map is Schur stable: `gamma·dt² < 4 + 2·epsilon·dt` (implicit), or
  /// `epsilon·dt < 2` and `gamma·dt² < 4 − 2·epsilon·dt` (explicit), with damping greater than rounding.
  func isSchurStable(unit: Int) -> Bool {
    let damping = epsilon[unit] * timeStep
    let stiffness = gamma[unit] * timeStep * timeStep
    guard damping > 1e-15 else { return false }
    return isImplicit ? stiffness < 4 + 2 * damping : damping < 2 && stiffness < 4 - 2 * damping
  }

  /// The largest time step at which the linear part of a unit's map is Schur stable.
  ///
  /// The root is written without a difference of like numbers.
  func stabilityLimit(ofUnit unit: Int, isImplicit: Bool) -> Double {
    let (g, e) = (gamma[unit], epsilon[unit])
    let root = (e * e + 4 * g).squareRoot()
    return isImplicit ? (e + root) / g : 4 / (e + root)
  }
}
