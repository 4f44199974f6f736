/// A point that the dynamics leaves where it is.
public struct FixedPoint: Encodable, Equatable, Sendable {
  /// The positions, m values (velocities are 0); for another system its whole state.
  public let position: [Double]
  /// The largest `|gamma·y − tanh(W y + V u + b)|` there; for another system the largest rate, or change in a step.
  public let residual: Double
  /// Whether interval arithmetic proves that there is exactly one fixed point within `uniqueWithin`.
  public let verified: Bool
  /// How far the exact fixed point is from `position` at most, in any component; null where not verified.
  public let errorBound: Double?
  /// There is no other within this distance in every component; null where not verified.
  public let uniqueWithin: Double?
  /// The smallest singular value of `I − diag(sigma'/gamma)·W` there: 0 at a fold or a pitchfork. Null for other systems.
  public let smallestSingularValue: Double?
  /// How many starts led to it; 0 for one that the search over boxes found.
  public let starts: Int
  /// What becomes of small displacements.
  public let stability: Stability

  /// Small displacements under each kind of motion; null where there is no such, or no eigenvalues were found.
  public struct Stability: Encodable, Equatable, Sendable {
    /// The continuous system.
    public let flow: FixedPointStability?
    /// The coRNN map with explicit and with implicit damping, at the network's time step.
    public let explicit: FixedPointStability?
    /// The map with implicit damping.
    public let implicit: FixedPointStability?
    /// A system that is a map itself, or a flow looked at once a period.
    public let map: FixedPointStability?

    init(
      flow: FixedPointStability? = nil, explicit: FixedPointStability? = nil, implicit: FixedPointStability? = nil,
      map: FixedPointStability? = nil
    ) {
      self.flow = flow
      self.explicit = explicit
      self.implicit = implicit
      self.map = map
    }
  }
}

/// Whether all fixed points are known.
public struct FixedPointCount: Encodable, Equatable, Sendable {
  /// True where it is proved that there are no others; false where a search left something open; null where nothing was
  /// tried, for the reason in `method`.
  public let complete: Bool?
  /// How it is known, or why it isn't.
  public let method: Method
  /// What that is worth; null where nothing is known.
  public let kind: ClaimKind?
  /// ‖diag(1/gamma)·W‖₂; below 1 there is exactly one. Null for other systems.
  public let contractionNorm: Double?
  /// Boxes looked at, and those that couldn't be decided; null without a search over boxes.
  public let boxes: Int?
  /// Those that couldn't be decided.
  public let undecidedBoxes: Int?
  /// Boxes around those, neighbours in one: for each the lower and the upper bound of every position. All that isn't known
  /// is in them.
  public let undecidedRegions: [[[Double]]]?

  /// Ways to know.
  public enum Method: String, Encodable, Sendable {
    /// ‖diag(1/gamma)·W‖₂ < 1.
    case contraction
    /// Branch and bound over |y_i| <= 1/gamma_i.
    case branchAndBound
    /// Without an activation, or with none but the identity, the equations are linear and not singular.
    case linear
    /// Linear and singular, or nearly: there may be none, or a whole subspace.
    case singular
    /// The network is too large to be searched.
    case tooLarge
    /// Not a network.
    case unknown
  }
}
