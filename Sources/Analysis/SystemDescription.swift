public import CoRNNCheckpoints
public import CoRNNDynamics
import CoRNNKernels
public import CoRNNModel

/// A dynamical system that was studied: a checkpoint's network or a classic one, what drives it, where it started.
/// Part of every result about dynamics.
public struct SystemDescription: Encodable, Equatable, Sendable {
  /// The checkpoint as it was named, or a classic system's name.
  public let name: String
  /// Which exponents are meant.
  public let mode: SystemMode
  /// What drives it, in words.
  public let drivenBy: String
  /// The network in a checkpoint; null for a classic system.
  public let network: Network?
  /// A classic system's parameters; null for a checkpoint.
  public let parameters: [Parameter]?
  /// Whether it is the continuous system, integrated.
  public let isFlow: Bool
  /// How a flow is integrated; null for a map.
  public let integration: Integration?
  /// The number of state variables.
  public let dimension: Int
  /// The time of a step; 1 for a map without a time.
  public let timeStep: Double
  /// Whether its steps take time: exponents are per unit of it then.
  public let hasTime: Bool
  /// The steps after which what drives it is the same again; null where nothing repeats.
  public let stepsPerPeriod: Int?
  /// Where it starts, in words; null where that has no meaning.
  public var start: String?
  /// The state variables that are angles, shown in [−π, π].
  public let angles: [Int]

  /// A network as it was read.
  public struct Network: Encodable, Equatable, Sendable {
    /// Null where `--map` says what is what, and for a random network.
    public let layout: Layout?
    /// Whether it was drawn at random instead of read.
    public let isRandom: Bool
    /// m.
    public let hidden: Int
    /// The kind of damping of the map; null for the ODE.
    public let damping: Damping?
    /// The activation.
    public let activation: Activation
    /// The constants, and where each came from.
    public let constants: [Inspection.Constant]
  }

  /// A parameter and its value.
  public struct Parameter: Encodable, Equatable, Sendable {
    /// What it is called.
    public let name: String
    /// Its value.
    public let value: Double

    /// A parameter called `name`.
    public init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// How a flow gets from one sample to the next.
  public struct Integration: Encodable, Equatable, Sendable {
    /// `rungeKutta4` with equal steps, or GSL's stepper with step control.
    public let method: String
    /// The equal steps in a sample; null under step control.
    public let stepsPerSample: Int?
    /// The errors allowed in a step; null without step control.
    public let absoluteTolerance: Double?
    /// The relative tolerance of the integration; null without step control.
    public let relativeTolerance: Double?

    init(_ integration: FlowIntegration) {
      switch integration {
      case .rungeKutta(let substeps):
        method = "rungeKutta4"
        stepsPerSample = substeps
        absoluteTolerance = nil
        relativeTolerance = nil
      case .adaptive(let options):
        method = options.method.rawValue
        stepsPerSample = nil
        absoluteTolerance = options.absoluteTolerance
        relativeTolerance = options.relativeTolerance
      }
    }
  }

  /// The network in `stored`, run as `network`.
  ///
  /// - Parameters:
  ///   - stored: the file it was read from.
  ///   - network: the network as it is run.
  ///   - mode: which exponents are meant.
  ///   - drivenBy: the input in words.
  ///   - integration: how its ODE is integrated; nil for its map.
  ///   - stepsPerPeriod: steps in a period of the forcing; nil where there is none.
  ///   - start: the start in words.
  public init(
    _ stored: StoredNetwork, network: OscillatorNetwork, mode: SystemMode, drivenBy: String,
    integration: FlowIntegration?, stepsPerPeriod: Int?, start: String
  ) {
    self.init(
      name: stored.checkpoint.path, network: network, layout: stored.layout, isRandom: false,
      constants: stored.constants.list, mode: mode, drivenBy: drivenBy, integration: integration,
      stepsPerPeriod: stepsPerPeriod, start: start)
  }

  /// A network called `name`, read or drawn at random, with these constants.
  ///
  /// - Parameters:
  ///   - name: what it is called.
  ///   - network: the network.
  ///   - layout: how its file was read; nil without a file.
  ///   - isRandom: whether it was drawn at random.
  ///   - constants: its constants, and where each came from.
  ///   - mode: which exponents are meant.
  ///   - drivenBy: the input in words.
  ///   - integration: how its ODE is integrated; nil for its map.
  ///   - stepsPerPeriod: steps in a period of the forcing; nil where there is none.
  ///   - start: the start in words.
  public init(
    name: String, network: OscillatorNetwork, layout: Layout?, isRandom: Bool, constants: [Inspection.Constant],
    mode: SystemMode, drivenBy: String, integration: FlowIntegration?, stepsPerPeriod: Int?, start: String
  ) {
    self.name = name
    self.mode = mode
    self.drivenBy = drivenBy
    self.network = Network(
      layout: layout, isRandom: isRandom, hidden: network.hidden,
      damping: integration == nil ? network.oscillators.damping : nil,
      activation: network.oscillators.activation, constants: constants)
    parameters = nil
    isFlow = integration != nil
    self.integration = integration.map(Integration.init)
    dimension = 2 * network.hidden
    timeStep = network.oscillators.timeStep
    hasTime = true
    self.stepsPerPeriod = stepsPerPeriod
    self.start = start
    angles = []
  }

  /// A system called `name` with these parameters.
  ///
  /// - Parameters:
  ///   - name: what it is called.
  ///   - parameters: its parameters.
  ///   - mode: which exponents are meant.
  ///   - drivenBy: the input in words.
  ///   - integration: how a flow is integrated; nil for a map.
  ///   - system: the system.
  ///   - stepsPerPeriod: steps in a period of the forcing; nil where there is none.
  ///   - start: the start in words.
  ///   - angles: the variables that are angles, from 0.
  public init(
    name: String, parameters: [Parameter], mode: SystemMode, drivenBy: String, integration: FlowIntegration?,
    system: some DynamicalSystem, stepsPerPeriod: Int?, start: String, angles: [Int] = []
  ) {
    self.name = name
    self.mode = mode
    self.drivenBy = drivenBy
    network = nil
    self.parameters = parameters
    isFlow = integration != nil
    self.integration = integration.map(Integration.init)
    dimension = system.dimension
    timeStep = system.timeStep
    hasTime = system.hasTime
    self.stepsPerPeriod = stepsPerPeriod
    self.start = start
    self.angles = angles
  }
}
