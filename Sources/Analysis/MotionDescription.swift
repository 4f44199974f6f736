public import CoRNNCheckpoints
public import CoRNNModel

/// What moves in an analysis of dynamics: a checkpoint's network or a named system, and what drives it.
public struct MotionDescription: Encodable, Equatable, Sendable {
  /// The checkpoint as it was named; null for a named system.
  public let file: String?
  public let layout: Layout?
  public let hidden: Int?
  /// The kind of damping of a network's map.
  public let damping: Damping?
  public let activation: Activation?
  public let constants: [Inspection.Constant]?
  /// What drives a network, in words.
  public let input: String?
  /// The system's name; null for a checkpoint.
  public let system: String?
  /// Its parameters.
  public let parameters: [Parameter]?
  /// Whether it is the continuous system, integrated.
  public let isFlow: Bool
  /// The number of state variables.
  public let dimension: Int
  /// The time of a step; 1 for a map without a time.
  public let timeStep: Double
  public let hasTime: Bool
  /// Where it starts, in words.
  public let start: String

  /// A parameter and its value.
  public struct Parameter: Encodable, Equatable, Sendable {
    public let name: String
    public let value: Double

    public init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// The network in `stored` under `input`.
  public init(
    _ stored: StoredNetwork, network: OscillatorNetwork, input: String, isFlow: Bool, start: String = "zero"
  ) {
    file = stored.checkpoint.path
    layout = stored.layout
    hidden = network.hidden
    damping = isFlow ? nil : network.oscillators.damping
    activation = network.oscillators.activation
    constants = stored.constants.list
    self.input = input
    system = nil
    parameters = nil
    self.isFlow = isFlow
    dimension = 2 * network.hidden
    timeStep = network.oscillators.timeStep
    hasTime = true
    self.start = start
  }

  /// A named system with these parameters.
  public init(
    system: String, parameters: [Parameter], isFlow: Bool, dimension: Int, timeStep: Double, hasTime: Bool,
    start: String
  ) {
    file = nil
    layout = nil
    hidden = nil
    damping = nil
    activation = nil
    constants = nil
    input = nil
    self.system = system
    self.parameters = parameters
    self.isFlow = isFlow
    self.dimension = dimension
    self.timeStep = timeStep
    self.hasTime = hasTime
    self.start = start
  }
}
