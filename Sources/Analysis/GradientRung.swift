public import CoRNNModel

/// A bound on how far a change spreads from step k to step n, or on what step k adds to the gradient of E_n.
public enum GradientRung: String, CaseIterable, Sendable {
  /// `‖dX_n/dX_k‖∞` by the row sums of the run's own Jacobians.
  case product = "J product"
  /// The same by what any Jacobian's row sums can be, with the paper's triangle inequalities.
  case aPriori = "J a priori"
  /// The same by the exact supremum over all slopes.
  case aPrioriSharp = "J a priori+"
  /// The paper's, which drops terms of order dt^{2r}.
  case paper = "J paper"
  /// `‖dX_n/dX_k‖₂` by the Volterra comparison.
  case volterra = "J Volterra"
  /// `|dE_n^(k)/dtheta|` with the run's Jacobians and states.
  case gradientProduct = "G product"
  /// With any Jacobians and the run's states.
  case gradientAPriori = "G a priori+"
  /// With the Volterra comparison and the run's states.
  case gradientVolterra = "G Volterra"
  /// The last two for every run from a zero start.
  case gradientAPrioriForAll = "G a priori+, all inputs"
  /// The Volterra comparison for every run from a zero start.
  case gradientVolterraForAll = "G Volterra, all inputs"

  /// What is bounded.
  public enum Quantity: String, Encodable, Sendable {
    /// The largest row sum of a product of Jacobians.
    case jacobianInfinity = "‖dX_n/dX_k‖∞"
    /// Its spectral norm.
    case jacobianSpectral = "‖dX_n/dX_k‖₂"
    /// The largest entry of what step k adds to the gradient of E_n.
    case gradient = "largest entry of dE_n^(k)"
  }

  /// What is bounded.
  public var quantity: Quantity {
    switch self {
    case .product, .aPriori, .aPrioriSharp, .paper: .jacobianInfinity
    case .volterra: .jacobianSpectral
    default: .gradient
    }
  }

  /// The bound in formulas.
  public var statement: String {
    switch self {
    case .product: "the product over j of ‖dX_j/dX_{j−1}‖∞ along the run"
    case .aPriori:
      "q^(n−k), q = max_i max(kappa, 1 + dt·kappa), kappa = delta + s·dt·(gamma + Σ|W| + Σ|Z|)"
    case .aPrioriSharp: "q^(n−k), q the largest row sum of the Jacobian over all slopes from 0 to 1"
    case .paper: "1 + 3·(n−k)·dt^r"
    case .volterra: "R_{n−k}: units exactly, coupling by its norm"
    case .gradientProduct: "|dE_n/dy_n|₁ · J product · |d⁺X_k/dtheta|∞"
    case .gradientAPriori: "|dE_n/dy_n|₁ · J a priori+ · |d⁺X_k/dtheta|∞"
    case .gradientVolterra: "|dE_n/dy_n|₂ · ry_{n−k} · |y_{k−1}|∞ (W; z for Z, u for V, 1 for b)"
    case .gradientAPrioriForAll: "G a priori+ with gains and ranges in place of the run"
    case .gradientVolterraForAll: "G Volterra with gains and ranges in place of the run"
    }
  }

  /// What the bound is worth before rounding is looked at.
  public var kind: ClaimKind { self == .paper ? .asymptotic : .rigorous }

  /// Where it comes from.
  public func origin(for oscillators: Oscillators) -> ClaimOrigin {
    switch self {
    case .product: .generalised
    case .aPriori: .generalised
    case .paper: .paper
    default: .derived
    }
  }

  /// Whether it holds whatever the inputs are, rather than along one run.
  public var isForAllInputs: Bool {
    switch self {
    case .aPriori, .aPrioriSharp, .volterra, .gradientAPrioriForAll, .gradientVolterraForAll: true
    case .product, .paper, .gradientProduct, .gradientAPriori, .gradientVolterra: false
    }
  }

  /// What it needs.
  func hypotheses(for oscillators: Oscillators, assumption: WeightAssumption, startsAtZero: Bool) -> [Hypothesis] {
    switch self {
    case .paper: WeightAssumption.hypotheses(oscillators, assumption)
    case .gradientAPrioriForAll, .gradientVolterraForAll:
      [
        Hypothesis("zero start", holds: startsAtZero),
        Hypothesis("|sigma| <= 1", holds: oscillators.activation.isBounded),
        Hypothesis(
          "every unit Schur stable",
          holds: (0..<oscillators.count).allSatisfy {
            ImpulseGain.isSchurStable(LinearUnit(oscillators, unit: $0))
          }),
      ]
    default: []
    }
  }
}

extension WeightAssumption {
  /// What the paper's gradient propositions assume of a network.
  static func hypotheses(_ oscillators: Oscillators, _ assumption: WeightAssumption) -> [Hypothesis] {
    let dt = oscillators.timeStep
    return [
      Hypothesis("implicit damping", holds: oscillators.damping == .implicit),
      Hypothesis("gamma = epsilon = 1", holds: assumption.statedCase),
      Hypothesis("dt < 1", value: dt, limit: 1, isStrict: true),
      Hypothesis("(6): eta <= dt^(1/2)", value: assumption.eta, limit: dt.squareRoot()),
    ]
  }
}
