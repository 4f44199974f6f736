public import CoRNNCheckpoints
public import CoRNNModel

/// What `certify` finds: what holds for every input.
public struct CertifyResult: Encodable, Equatable, Sendable {
  /// The checkpoint as it was named.
  public let file: String
  /// How the file was read; null without one.
  public let layout: Layout?
  /// m.
  public let hidden: Int
  /// The kind of damping of the map.
  public let damping: Damping
  /// The activation.
  public let activation: Activation
  /// dt.
  public let timeStep: Double
  /// The constants, and where each came from.
  public let constants: [Inspection.Constant]
  /// Whether the network's outputs are its inputs: W stands for `W + V·Q` then.
  public let closedLoop: Bool
  /// What each unit can reach from a zero start; null where a unit has no gain or the activation no bound.
  public let gains: EnergyBounds.Gains?
  /// What the gradient's parts can come to by lag.
  public let gradient: GradientEnvelope
  /// The map.
  public let contraction: Contraction
  /// The flow; null where it wasn't asked for.
  public let flowContraction: Contraction?
  /// A published condition, for comparison.
  public let published: PublishedCondition

  /// The results for `network`, which `stored` holds.
  public init(
    _ stored: StoredNetwork, network: OscillatorNetwork, closedLoop: Bool, gradient: GradientEnvelope,
    contraction: Contraction, flowContraction: Contraction?
  ) {
    file = stored.checkpoint.path
    layout = stored.layout
    hidden = network.hidden
    damping = network.oscillators.damping
    activation = network.oscillators.activation
    timeStep = network.oscillators.timeStep
    constants = stored.constants.list
    self.closedLoop = closedLoop
    let gains = ImpulseGain.gains(of: network.oscillators).compactMap { $0 }
    self.gains =
      gains.count == network.hidden && activation.isBounded
      ? EnergyBounds.Gains(position: gains.map(\.position), velocity: gains.map(\.velocity)) : nil
    self.gradient = gradient
    self.contraction = contraction
    self.flowContraction = flowContraction
    published = PublishedCondition(network)
  }

  /// Whether every certificate asked for is given.
  public var allCertified: Bool { contraction.certified && flowContraction?.certified != false }
}
