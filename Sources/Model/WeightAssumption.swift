import RealModule

/// The weight assumption of arXiv 2010.00951, equation (6): `eta <= dt^r` for an r in [1/2, 1].
public struct WeightAssumption: Codable, Equatable, Sendable {
  /// `max(dt·(1 + |W|∞)/(1 + dt), dt·|Z|∞/(1 + dt))`, as the paper states it (for gamma = epsilon = 1).
  public let eta: Double
  /// The first term of `eta`, the one with W.
  public let positionTerm: Double
  /// The second term of `eta`, the one with Z.
  public let velocityTerm: Double
  /// The same with the network's own constants: the largest over units of
  /// `s·dt·max(gamma + sum_j |W_ij|, sum_j |Z_ij|)`, s = 1/(1 + epsilon·dt) (implicit) or 1 (explicit).
  public let etaOwn: Double
  /// r* = log eta / log dt, the largest r that holds, at most 1; nil for dt >= 1, where the assumption has no
  /// meaning.
  public let exponent: Double?
  /// Whether `eta <= dt^(1/2)`, with dt < 1.
  public let holds: Bool
  /// Whether gamma = epsilon = 1 in every unit, the case that the paper states.
  public let statedCase: Bool

  /// The assumption for units coupled by weights with these absolute row sums.
  public init(oscillators: Oscillators, positionRowSums: [Double], velocityRowSums: [Double]) {
    precondition(
      positionRowSums.count == oscillators.count && velocityRowSums.count == oscillators.count,
      "\(positionRowSums.count) and \(velocityRowSums.count) row sums for \(oscillators.count) units")
    let dt = oscillators.timeStep
    positionTerm = dt * (1 + (positionRowSums.max() ?? 0)) / (1 + dt)
    velocityTerm = dt * (velocityRowSums.max() ?? 0) / (1 + dt)
    let eta = max(positionTerm, velocityTerm)
    self.eta = eta
    let scale = oscillators.velocityScale
    etaOwn =
      (0..<oscillators.count).map {
        scale[$0] * dt * max(oscillators.gamma[$0] + positionRowSums[$0], velocityRowSums[$0])
      }.max() ?? 0
    exponent = dt < 1 ? min(1, Double.log(eta) / Double.log(dt)) : nil
    holds = dt < 1 && eta <= dt.squareRoot()
    statedCase = oscillators.gamma.allSatisfy { $0 == 1 } && oscillators.epsilon.allSatisfy { $0 == 1 }
  }
}
