/// What small-gain tests say about all trajectories of a network at once: whether any two under one input come
/// together, and how fast.
///
/// Differences obey `dX_n = L·dX_{n−1} + G·v_n`, `v_n = D_n·[W Z]·dX_{n−1}` with slopes `0 <= D_n <= I` that depend on
/// inputs and trajectories (the flow likewise). A test on the circle `|s| = rho` that is proved gives
/// `|dX_n| <= C·rhoⁿ·|dX_0|` for every input, so the largest Lyapunov exponent is at most `log(rho)/dt`. A test that
/// is refused says nothing.
public struct Contraction: Encodable, Equatable, Sendable {
  /// The map or the flow.
  public let system: MovingSystem
  /// Whether a method proves that no input makes the network chaotic.
  public let certified: Bool
  /// The method with the smallest bound; null where none proves it.
  public let method: ContractionMethod?
  /// `rigorous` where certified; a refusal is `numerical`.
  public let kind: ClaimKind
  /// A bound on the largest Lyapunov exponent under any input, per unit time; null where not certified.
  public let largestExponentBound: Double?
  /// The smallest gain of any method at rate 0; null where a unit by itself doesn't decay.
  public let gain: Double?
  /// The largest exponent of the units by themselves, below which nothing can be certified.
  public let unitExponent: Double
  /// The largest exponent of the network with every slope 1/2, a cross-check from eigenvalues: at or below the bound.
  /// Null for large networks.
  public let nominalExponent: Double?
  /// Each method, from plain to sharp; empty where a unit by itself doesn't decay.
  public let methods: [Outcome]
  /// The methods' quantities over frequency, for plots.
  public let series: Series

  /// One method.
  public struct Outcome: Encodable, Equatable, Sendable {
    /// The method.
    public let method: ContractionMethod
    /// The supremum of its quantity at rate 0, computed; it certifies below 1.
    public let gain: Double
    /// The angular frequency there, in radians a unit of time.
    public let frequency: Double
    /// Whether it proves that no input makes the network chaotic.
    public let certified: Bool
    /// The smallest exponent proved, per unit time; null where it isn't certified.
    public let largestExponentBound: Double?
    /// The arcs of the proof of that bound; null likewise.
    public let arcs: Int?
    /// The ratio of the largest to the smallest entry of T.
    public let scalingRange: Double
  }

  /// Quantities at rate 0 over angular frequency.
  public struct Series: Encodable, Equatable, Sendable {
    /// Radians a unit of time.
    public let frequency: [Double]
    /// A curve for each method but the plainest.
    public let curves: [Curve]
  }

  /// The quantity of one method.
  public struct Curve: Encodable, Equatable, Sendable {
    /// The method.
    public let method: ContractionMethod
    /// Its quantity at each frequency.
    public let values: [Double]
  }

  private enum CodingKeys: String, CodingKey {
    case system, certified, method, kind, largestExponentBound, gain, unitExponent, nominalExponent, methods
  }
}
