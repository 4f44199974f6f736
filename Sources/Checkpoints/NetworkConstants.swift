public import CoRNNModel

/// Where a constant came from.
public enum ConstantSource: String, Codable, Equatable, Sendable {
  /// A flag of the command line.
  case flag
  /// The JSON of the same base name beside the checkpoint.
  case sidecar
  /// The checkpoint itself: its metadata, or a tensor of that name.
  case checkpoint
  /// The documented default.
  case standard
}

/// A constant that isn't there. Its flag is the way out: there is no silent default.
public struct MissingConstant: Error, Equatable, Sendable {
  /// `dt`, `gamma`, `epsilon` or `damping`.
  public let key: String
  /// Where it was looked for.
  public let checkpoint: String
  /// The JSON beside it, and whether it exists.
  public let sidecar: String
  /// Whether that file exists.
  public let sidecarExists: Bool
}

/// The constants given by flags; nil leaves them to the files.
public struct GivenConstants: Equatable, Sendable {
  /// dt.
  public var timeStep: Double?
  /// One value for all units, or one for each.
  public var gamma: [Double]?
  /// As for gamma.
  public var epsilon: [Double]?
  /// The kind of damping.
  public var damping: Damping?
  /// The activation.
  public var activation: Activation?

  /// The constants that are known; nil leaves one to the files.
  public init(
    timeStep: Double? = nil, gamma: [Double]? = nil, epsilon: [Double]? = nil, damping: Damping? = nil,
    activation: Activation? = nil
  ) {
    self.timeStep = timeStep
    self.gamma = gamma
    self.epsilon = epsilon
    self.damping = damping
    self.activation = activation
  }
}

/// One constant as it was settled: by flag before sidecar before checkpoint.
public struct SettledConstant<Value: Equatable & Sendable>: Equatable, Sendable {
  /// The value in force.
  public let value: Value
  /// Where it came from.
  public let source: ConstantSource
  /// Different values that it overrides, the nearest first.
  public let overridden: [Alternative]

  /// A value that lost.
  public struct Alternative: Equatable, Sendable {
    /// The value.
    public let value: Value
    /// Where it stood.
    public let source: ConstantSource
  }

  /// The first of `candidates` that is there, or nil.
  init?(_ candidates: [(Value?, ConstantSource)]) {
    let present = candidates.compactMap { value, source in value.map { Alternative(value: $0, source: source) } }
    guard let first = present.first else { return nil }
    value = first.value
    source = first.source
    overridden = present.dropFirst().filter { $0.value != first.value }
  }
}

/// All constants of a network in a file, settled.
public struct NetworkConstants: Equatable, Sendable {
  /// dt.
  public let timeStep: SettledConstant<Double>
  /// One value for all units, or one for each.
  public let gamma: SettledConstant<[Double]>
  /// As for gamma.
  public let epsilon: SettledConstant<[Double]>
  /// The kind of damping.
  public let damping: SettledConstant<Damping>
  /// The activation; tanh where nothing says otherwise.
  public let activation: SettledConstant<Activation>
  /// What raw inputs are divided by before the network sees them.
  public let inputScale: SettledConstant<Double>

  /// Where the constant that `invalid` is about came from; nil for the checkpoint's weights.
  func source(of invalid: InvalidNetwork) -> ConstantSource? {
    switch invalid {
    case .shape(let name, _, _), .notFinite(let name, _, _), .outOfRange(let name, _, _, _):
      switch name {
      case "dt": timeStep.source
      case "gamma": gamma.source
      case "epsilon": epsilon.source
      default: nil
      }
    case .empty: nil
    }
  }

  /// The units of a network of `hidden` units with these constants.
  public func oscillators(hidden: Int) throws(InvalidNetwork) -> Oscillators {
    func each(_ values: [Double]) -> [Double] {
      values.count == 1 ? Array(repeating: values[0], count: hidden) : values
    }
    let gamma = each(gamma.value)
    guard gamma.count == hidden else { throw .shape(name: "gamma", found: [gamma.count], expected: [hidden]) }
    return try Oscillators(
      gamma: gamma, epsilon: each(epsilon.value), timeStep: timeStep.value, damping: damping.value,
      activation: activation.value)
  }
}
