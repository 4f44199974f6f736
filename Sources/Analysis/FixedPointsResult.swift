public import CoRNNCheckpoints
public import CoRNNModel

/// What `fixed-points` finds.
public struct FixedPointsResult: Encodable, Equatable, Sendable {
  /// The checkpoint as it was named.
  public let file: String
  public let layout: Layout?
  public let hidden: Int
  /// The kind of damping of the checkpoint's own map.
  public let damping: Damping
  public let activation: Activation
  /// dt.
  public let timeStep: Double
  public let constants: [Inspection.Constant]
  /// Whether the network's outputs are its inputs: W stands for `W + V·Q` then.
  public let closedLoop: Bool
  /// u, d values, held for ever.
  public let constantInput: [Double]
  /// How many starts there were, from which seed, and how many Newton's method brought to a fixed point.
  public let starts: Int
  public let seed: UInt64
  public let converged: Int
  /// Sorted by position.
  public let fixedPoints: [FixedPoint]
  public let count: FixedPointCount
  /// Up to which time step a critical one was looked for.
  public let largestTimeStep: Double
  /// The slowest first; null where they weren't looked for.
  public let slowPoints: [SlowPoint]?
  /// Trajectories with the points, for plots; nil where none stayed in range.
  public let picture: FixedPointPicture?

  private enum CodingKeys: String, CodingKey {
    case file, layout, hidden, damping, activation, timeStep, constants, closedLoop, constantInput, starts, seed,
      converged, fixedPoints, count, largestTimeStep, slowPoints
  }

  /// The findings for `network`, which `stored` holds.
  public init(
    _ stored: StoredNetwork, network: OscillatorNetwork, closedLoop: Bool, constantInput: [Double],
    search: FixedPointSearch, findings: FixedPointSearch.Findings, slowPoints: [SlowPoint]?
  ) {
    file = stored.checkpoint.path
    layout = stored.layout
    hidden = network.hidden
    damping = network.oscillators.damping
    activation = network.oscillators.activation
    timeStep = network.oscillators.timeStep
    constants = stored.constants.list
    self.closedLoop = closedLoop
    self.constantInput = constantInput
    starts = search.starts
    seed = search.seed
    converged = findings.converged
    fixedPoints = findings.fixedPoints
    count = findings.count
    largestTimeStep = findings.largestTimeStep
    self.slowPoints = slowPoints
    picture = search.picture(
      of: network, input: constantInput, fixedPoints: findings.fixedPoints, slowPoints: slowPoints ?? [])
  }
}
