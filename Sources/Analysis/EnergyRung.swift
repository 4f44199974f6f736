public import CoRNNModel

/// The rungs of the energy ladder, from the paper's bound to the sharpest, for the map and for the flow.
public enum EnergyRung: String, CaseIterable, Encodable, Sendable {
  /// 3.1 of arXiv 2010.00951, generalised: the total is at most `m·t_n`.
  case implicitPaper = "3.1"
  /// 3.1 with Young's inequality at its best.
  case implicitSharp = "3.1+"
  /// F.1 of arXiv 2010.00951: the total is at most `m·t_n`.
  case explicitPaper = "F.1"
  /// F.1 with Young's inequality at its best, on a weighted energy.
  case explicitSharp = "F.1+"
  /// The same on the energy itself; contains F.1.
  case explicitSharpest = "F.1++"
  /// What a unit can reach by its impulse response, for all time (``ImpulseGain``).
  case gain
  /// D.1 of arXiv 2010.00951, for the flow.
  case flowPaper = "D.1"
  /// D.1 with Young's inequality at its best.
  case flowSharp = "D.1+"
  /// What a unit of the flow can reach (``FlowGain``).
  case flowGain = "gain (ODE)"

  /// The rungs about the discrete map.
  static let ofMap: [EnergyRung] = [
    .implicitPaper, .implicitSharp, .explicitPaper, .explicitSharp, .explicitSharpest, .gain,
  ]
  /// The rungs about the continuous system.
  static let ofFlow: [EnergyRung] = [.flowPaper, .flowSharp, .flowGain]

  /// What moves: the map or the flow.
  public var system: MovingSystem { Self.ofMap.contains(self) ? .map : .flow }

  /// What it states.
  public var statement: String {
    switch self {
    case .implicitPaper, .explicitPaper: "the sum over units of e_n = gamma·y² + z² <= m·t_n + its start"
    case .implicitSharp: "e_n = gamma·y² + z² <= t_n/(2·epsilon − gamma·dt) + e_0 in each unit"
    case .explicitSharp:
      "gamma·y² + (1 − epsilon·dt)·z² <= t_n/(2·epsilon − gamma·dt) + its start in each unit"
    case .explicitSharpest: "e_n = gamma·y² + z² <= t_n/(2·epsilon − dt·(gamma + epsilon²)) + e_0 in each unit"
    case .flowPaper: "the sum over units of gamma·y² <= m·t + E_0, and that of z² <= m·t + E_0"
    case .flowSharp: "e = gamma·y² + z² <= t/(2·epsilon) + e_0 in each unit"
    case .flowGain: "|y| <= Gy + |(exp(A t) X_0)_y| and |z| <= Gz + |(exp(A t) X_0)_z| in each unit"
    case .gain: "|y_n| <= Gy + |(L^n X_0)_y| and |z_n| <= Gz + |(L^n X_0)_z| in each unit"
    }
  }

  /// Where it comes from; 3.1 and F.1 are the paper's own where gamma = epsilon = 1.
  public func origin(for oscillators: Oscillators) -> ClaimOrigin {
    switch self {
    case .implicitPaper:
      zip(oscillators.gamma, oscillators.epsilon).allSatisfy { $0 == 1 && $1 == 1 } ? .paper : .generalised
    case .explicitPaper, .flowPaper: .paper
    default: .derived
    }
  }

  /// What it needs, checked for `oscillators`.
  public func hypotheses(for oscillators: Oscillators) -> [Hypothesis] {
    let dt = oscillators.timeStep
    let gamma = oscillators.gamma
    let epsilon = oscillators.epsilon
    let steps = gamma.map { _ in dt }
    let units = zip(gamma, epsilon)
    let bounded = Hypothesis("|sigma| <= 1", holds: oscillators.activation.isBounded)
    let implicit = Hypothesis("implicit damping", holds: oscillators.damping == .implicit)
    let explicit = Hypothesis("explicit damping", holds: oscillators.damping == .explicit)
    let stiffness = Hypothesis(
      "gamma·dt < 2·epsilon", values: gamma.map { $0 * dt }, limits: epsilon.map { 2 * $0 }, isStrict: true)
    switch self {
    case .implicitPaper:
      return [
        implicit, bounded,
        Hypothesis(
          "dt <= (2·epsilon − 1)/gamma", values: steps, limits: units.map { (2 * $1 - 1) / $0 }, isStrict: false),
      ]
    case .implicitSharp:
      return [implicit, bounded, stiffness]
    case .explicitPaper:
      return [
        explicit, bounded,
        Hypothesis(
          "dt <= (2·epsilon − 1)/(gamma + epsilon²)", values: steps,
          limits: units.map { (2 * $1 - 1) / ($0 + $1 * $1) }, isStrict: false),
      ]
    case .explicitSharp:
      return [
        explicit, bounded,
        Hypothesis(
          "epsilon·dt <= 1", values: epsilon.map { $0 * dt }, limits: epsilon.map { _ in 1 }, isStrict: false),
        stiffness,
      ]
    case .explicitSharpest:
      return [
        explicit, bounded,
        Hypothesis(
          "dt·(gamma + epsilon²) < 2·epsilon", values: units.map { dt * ($0 + $1 * $1) },
          limits: epsilon.map { 2 * $0 }, isStrict: true),
      ]
    case .flowPaper:
      return [
        bounded, Hypothesis("1/2 <= epsilon", values: epsilon.map { _ in 0.5 }, limits: epsilon, isStrict: false),
      ]
    case .flowSharp, .flowGain:
      return [bounded, Hypothesis("0 < epsilon", values: epsilon.map { _ in 0 }, limits: epsilon, isStrict: true)]
    case .gain:
      let products = epsilon.map { $0 * dt }
      var list = [
        bounded,
        // Below this the unit's decay is lost in rounding, and so is its gain.
        Hypothesis(
          "1e-15 < epsilon·dt", values: epsilon.map { _ in 1e-15 }, limits: products, isStrict: true),
      ]
      let stiffness = gamma.map { $0 * dt * dt }
      switch oscillators.damping {
      case .implicit:
        list.append(
          Hypothesis(
            "gamma·dt² < 4 + 2·epsilon·dt (Schur stable)", values: stiffness, limits: products.map { 4 + 2 * $0 },
            isStrict: true))
      case .explicit:
        list.append(
          Hypothesis("epsilon·dt < 2 (Schur stable)", values: products, limits: products.map { _ in 2 }, isStrict: true)
        )
        list.append(
          Hypothesis(
            "gamma·dt² < 4 − 2·epsilon·dt (Schur stable)", values: stiffness,
            limits: products.map { 4 - 2 * $0 }, isStrict: true))
      }
      return list
    }
  }

  /// The growth of a unit's bound per unit time; nil for the gain, which doesn't grow.
  func slope(_ unit: LinearUnit) -> Double? {
    let dt = unit.timeStep
    return switch self {
    case .implicitPaper, .explicitPaper, .flowPaper: 1
    case .flowSharp: 1 / (2 * unit.epsilon)
    case .implicitSharp, .explicitSharp: 1 / (2 * unit.epsilon - unit.gamma * dt)
    case .explicitSharpest: 1 / (2 * unit.epsilon - dt * (unit.gamma + unit.epsilon * unit.epsilon))
    case .gain, .flowGain: nil
    }
  }

  /// What a rung bounds in a unit, and in the sum over units.
  enum Quantity {
    /// gamma·y² + z².
    case energy
    /// gamma·y² + (1 − epsilon·dt)·z².
    case weightedEnergy
    /// The larger of gamma·y² and z², each summed on its own.
    case largerPart
  }

  /// What the rung bounds.
  var quantity: Quantity {
    switch self {
    case .explicitSharp: .weightedEnergy
    case .flowPaper: .largerPart
    default: .energy
    }
  }
}

/// What moves: the discrete map or the continuous flow.
public enum MovingSystem: String, Encodable, Sendable {
  /// The discrete map, or the continuous flow.
  case map, flow
}
