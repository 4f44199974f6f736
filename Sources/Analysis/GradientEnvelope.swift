import CoRNNKernels
public import CoRNNModel
import RealModule

/// What the gradient's parts can come to for every input from a zero start, by lag: |dE_n^(k)/dtheta| over |∂E_n/∂y_n|.
///
/// Volterra: `ry_{n−k}` times the factor of the block, which the gains bound (Gy for W, Gz for Z, the inputs' limit for
/// V, 1 for b), relative to `|∂E_n/∂y_n|₂`. A priori: `q^{n−k}·|d⁺X_k/dA|∞` times the same factor, relative to
/// `|∂E_n/∂y_n|₁`, q the largest row sum of the Jacobian over all slopes.
public struct GradientEnvelope: Encodable, Equatable, Sendable {
  /// What its bounds are worth.
  public let kind: ClaimKind
  /// What it needs; nothing is said where one fails.
  public let hypotheses: [Hypothesis]
  /// Whether they hold.
  public let applies: Bool
  /// The largest factor of each block; V's is null without a limit on inputs.
  public let factors: Factors?
  /// q, the paper's way and exactly.
  public let aPrioriFactor: Double
  /// The same by the exact supremum over slopes.
  public let aPrioriFactorSharp: Double
  /// The bounds for b by lag 0, 1, …; each list ends where it leaves the range of doubles. Another block's are these
  /// times its factor.
  public let volterra: [Double]
  /// The a priori bound for b by lag.
  public let aPriori: [Double]
  /// The comparison's sums, and whether the Volterra bound stays below a limit for all lags.
  public let comparison: VolterraEnvelope
  /// A bound on `|∂E_n/∂y_n|₂` for the loss on hidden states, where targets have a limit.
  public let cotangentNorm: Double?
  /// With it, and where the comparison is summable, bounds on every entry of dE_n^(k), for all n and k.
  public let limits: Limits?

  /// A bound for each block, null where it isn't known.
  public struct Factors: Encodable, Equatable, Sendable {
    /// By W.
    public let w: Double
    /// By Z.
    public let z: Double
    /// By V; null without a limit on inputs.
    public let v: Double?
    /// By b.
    public let b: Double

    private enum CodingKeys: String, CodingKey {
      case w = "W"
      case z = "Z"
      case v = "V"
      case b
    }

    fileprivate func scaled(by factor: Double) -> Factors {
      Factors(w: w * factor, z: z * factor, v: v.map { $0 * factor }, b: b * factor)
    }
  }

  /// Bounds for all lags.
  public typealias Limits = Factors

  /// The envelope for lags up to `lags`.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - lags: the largest lag.
  ///   - inputLimit: what inputs stay within, as ±x; nil says nothing of V.
  ///   - targetLimit: the same for hidden targets; nil leaves the bounds relative to `|∂E_n/∂y_n|`.
  ///   - threads: how many threads share the work.
  public init(
    network: OscillatorNetwork, lags: Int, inputLimit: Double?, targetLimit: Double?, threads: Int = 1
  ) {
    let oscillators = network.oscillators
    let gains = ImpulseGain.gains(of: oscillators).compactMap(\.self)
    kind = .rigorous
    hypotheses = [
      Hypothesis("every unit Schur stable", holds: gains.count == network.hidden),
      Hypothesis("|sigma| <= 1", holds: oscillators.activation.isBounded),
    ]
    applies = hypotheses.allSatisfy(\.holds)
    let rows = JacobianRows(network)
    aPrioriFactor = rows.aPriori
    aPrioriFactorSharp = rows.supremum
    let comparison = VolterraEnvelope(network: network, lags: lags, threads: threads)
    self.comparison = comparison
    let dt = oscillators.timeStep
    let isDriven = oscillators.activation != .none
    let entry = isDriven ? dt * max(1, dt) * (oscillators.velocityScale.max() ?? 0) : 0
    let growth = rows.supremum
    volterra = isDriven ? Array(comparison.position.prefix(while: \.isFinite)) : []
    aPriori = (0...lags).map { Double.pow(growth, $0) * entry }.prefix { $0.isFinite }.map(\.self)
    let reached: Factors? =
      applies
      ? Factors(
        w: gains.reduce(0) { max($0, $1.position) }, z: gains.reduce(0) { max($0, $1.velocity) }, v: inputLimit, b: 1)
      : nil
    factors = reached
    let cotangent: Double? =
      applies
      ? targetLimit.map { limit in
        gains.reduce(0) { $0 + ($1.position + limit) * ($1.position + limit) }.squareRoot()
      } : nil
    cotangentNorm = cotangent
    limits = cotangent.flatMap { size in
      comparison.positionLimit.flatMap { top in reached.map { $0.scaled(by: size * top) } }
    }
  }
}
