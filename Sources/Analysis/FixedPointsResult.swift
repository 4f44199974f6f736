public import CoRNNDynamics
public import CoRNNModel

/// What `fixed-points` finds.
public struct FixedPointsResult: Encodable, Equatable, Sendable {
  /// The network, and what drives it.
  public let system: SystemDescription
  /// Which exponents are meant.
  public let mode: SystemMode
  /// u, d values, held for ever.
  public let constantInput: [Double]
  /// How many starts there were, from which seed, and how many Newton's method brought to a fixed point.
  public let starts: Int
  /// What random numbers come from.
  public let seed: UInt64
  /// Of the starts, how many led to a fixed point.
  public let converged: Int
  /// Sorted by position.
  public let fixedPoints: [FixedPoint]
  /// Whether all are known.
  public let count: FixedPointCount
  /// Up to which time step a critical one was looked for.
  public let largestTimeStep: Double
  /// The slowest first; null where they weren't looked for.
  public let slowPoints: [SlowPoint]?
  /// The median of |F| along the trajectories that starts were taken from: what slow points are slow beside; null where
  /// they weren't looked for.
  public let typicalSpeed: Double?
  /// Trajectories with the points, for plots; nil where none stayed in range.
  public let picture: FixedPointPicture?

  private enum CodingKeys: String, CodingKey {
    case system, mode, constantInput, starts, seed, converged, fixedPoints, count, largestTimeStep, slowPoints,
      typicalSpeed
  }

  /// The findings for `network`, which `system` describes.
  public init(
    system: SystemDescription, network: OscillatorNetwork, constantInput: [Double],
    search: FixedPointSearch, findings: FixedPointSearch.Findings, slowPoints: [SlowPoint]?
  ) {
    self.system = system
    mode = system.mode
    self.constantInput = constantInput
    starts = search.starts
    seed = search.seed
    converged = findings.converged
    fixedPoints = findings.fixedPoints
    count = findings.count
    largestTimeStep = findings.largestTimeStep
    self.slowPoints = slowPoints
    typicalSpeed = slowPoints == nil ? nil : search.typicalSpeed(in: network, input: constantInput)
    picture = search.picture(
      of: network, input: constantInput, fixedPoints: findings.fixedPoints, slowPoints: slowPoints ?? [])
  }
}
