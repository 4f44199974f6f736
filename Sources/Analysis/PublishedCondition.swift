import CoRNNKernels
public import CoRNNModel

/// The published sufficient condition for heterogeneous networks without friction (Z = 0), for comparison.
///
/// With `xi = max|1 − epsilon·dt|`, `eta = max|1 − gamma·dt²|` and S = ‖W‖₂ it asks for
/// `max(xi, eta + dt²·S) + dt·max(xi, S + max gamma) < 1`, a bound on the norm of one step's Jacobian, by its diagonal
/// and its off-diagonal blocks. Reconstructed from the function `check` in `utils.py` of the authors' code,
/// AndreaCossu/RandomizedCoupledOscillators (Ceni et al., Random Oscillators Network for Time Series Processing,
/// AISTATS 2024), which takes the Frobenius norm for S and cases for the maxima; the paper's own wording wasn't at
/// hand. In one of the cases the code has xi where this derivation has dt·xi.
///
/// It can't hold for `dt <= 1`: there `eta + dt·max gamma >= 1`.
public struct PublishedCondition: Encodable, Equatable, Sendable {
  /// The left side.
  public let value: Double
  /// Whether its hypotheses hold, so that it says something.
  public let applies: Bool
  /// Whether it proves contraction; nil where it doesn't apply.
  public let holds: Bool?
  /// The condition in formulas.
  public let statement: String
  /// Numerical: evaluated without a bound on rounding.
  public let kind: ClaimKind
  /// What it needs.
  public let hypotheses: [Hypothesis]

  /// The condition on `network`. Costs one spectral norm.
  public init(_ network: OscillatorNetwork) {
    let oscillators = network.oscillators
    let dt = oscillators.timeStep
    let xi = oscillators.epsilon.map { abs(1 - $0 * dt) }.max() ?? 0
    let eta = oscillators.gamma.map { abs(1 - $0 * dt * dt) }.max() ?? 0
    let norm = network.positionWeights.spectralNorm
    let stiffest = oscillators.gamma.max() ?? 0
    let value = max(xi, eta + dt * dt * norm) + dt * max(xi, norm + stiffest)
    let hypotheses = [
      Hypothesis("Z = 0", holds: network.isUncoupledInVelocity),
      Hypothesis("explicit damping", holds: oscillators.damping == .explicit),
    ]
    let applies = hypotheses.allSatisfy(\.holds)
    self.value = value
    self.applies = applies
    holds = applies ? value < 1 : nil
    statement =
      "max(xi, eta + dt²·‖W‖₂) + dt·max(xi, ‖W‖₂ + max gamma) < 1, xi = max|1 − epsilon·dt|, eta = max|1 − gamma·dt²|"
    kind = .numerical
    self.hypotheses = hypotheses
  }
}
