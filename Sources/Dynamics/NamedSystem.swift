/// The classic systems by name, with their parameters.
public enum NamedSystem: String, CaseIterable, Sendable {
  /// The name on the command line.
  case henon, logistic, cat, lorenz63, rossler, lorenz96, pendulum, oscillator

  /// The parameters and their usual values, in order.
  public var parameters: [(name: String, value: Double)] {
    switch self {
    case .henon: [("a", 1.4), ("b", 0.3)]
    case .logistic: [("r", 4)]
    case .cat: []
    case .lorenz63: [("sigma", 10), ("rho", 28), ("beta", 8.0 / 3)]
    case .rossler: [("a", 0.2), ("b", 0.2), ("c", 5.7)]
    case .lorenz96: [("n", 40), ("forcing", 8)]
    case .pendulum: [("damping", 0.5), ("amplitude", 1.5), ("frequency", 2.0 / 3)]
    case .oscillator: [("gamma", 1), ("epsilon", 0.25), ("amplitude", 1), ("frequency", 4)]
    }
  }

  /// Whether it is a flow, sampled every `timeStep`.
  public var isFlow: Bool {
    switch self {
    case .henon, .logistic, .cat: false
    case .lorenz63, .rossler, .lorenz96, .pendulum, .oscillator: true
    }
  }

  /// The step that its flow is sampled at unless another is asked for.
  public var timeStep: Double {
    switch self {
    case .henon, .logistic, .cat: 1
    case .lorenz63: 0.005
    case .rossler: 0.02
    case .lorenz96: 0.01
    case .pendulum, .oscillator: 0.02
    }
  }

  /// Why a parameter can't be what it was given as.
  public enum ParameterError: Error, Equatable, Sendable {
    /// The system has no such parameter.
    case unknown(String)
    /// It is out of range.
    case outOfRange(String, Double, requirement: String)
  }

  /// A system, and a start near its attractor.
  public struct Made: Sendable {
    /// The system.
    public let system: any DynamicalSystem
    /// A state near its attractor.
    public let start: [Double]

    fileprivate init(_ system: any DynamicalSystem, _ start: [Double]) {
      self.system = system
      self.start = start
    }
  }

  /// The system with its usual parameters, but for those in `given`, and a start near its attractor.
  ///
  /// - Parameters:
  ///   - given: parameters by name in place of the usual ones.
  ///   - timeStep: the sampling step of a flow; nil for its own.
  ///   - integration: how a flow gets from one sample to the next.
  public func make(
    _ given: [String: Double] = [:], timeStep: Double? = nil, integration: FlowIntegration = .rungeKutta(substeps: 1)
  ) throws(ParameterError) -> Made {
    if let field = try field(given) {
      return Made(
        field.sampled(every: timeStep ?? self.timeStep, integration: integration), start(field))
    }
    let p = try values(given)
    switch self {
    case .henon:
      guard p["b"] != 0 else { throw .outOfRange("b", 0, requirement: "other than 0") }
      return Made(HenonMap(a: p["a"] ?? 0, b: p["b"] ?? 0), [0.1, 0.1])
    case .logistic: return Made(LogisticMap(r: p["r"] ?? 0), [0.3141])
    default: return Made(CatMap(), [0.2385, 0.6173])
    }
  }

  /// The vector field of a flow; nil for a map.
  public func field(_ given: [String: Double] = [:]) throws(ParameterError) -> (any FlowField)? {
    let values = try values(given)
    func p(_ name: String) -> Double { values[name] ?? 0 }
    switch self {
    case .henon, .logistic, .cat: return nil
    case .lorenz63: return Lorenz63(sigma: p("sigma"), rho: p("rho"), beta: p("beta"))
    case .rossler: return Rossler(a: p("a"), b: p("b"), c: p("c"))
    case .lorenz96:
      guard let n = Int(exactly: p("n")), 4...10_000 ~= n else {
        throw .outOfRange("n", p("n"), requirement: "a whole number from 4 to 10000")
      }
      return Lorenz96(variables: n, forcing: p("forcing"))
    case .pendulum:
      return DrivenPendulum(damping: p("damping"), amplitude: p("amplitude"), frequency: p("frequency"))
    case .oscillator:
      return DrivenOscillator(
        gamma: p("gamma"), epsilon: p("epsilon"), amplitude: p("amplitude"), frequency: p("frequency"))
    }
  }

  /// All parameters, those in `given` in place of the usual ones.
  public func values(_ given: [String: Double]) throws(ParameterError) -> [String: Double] {
    var values: [String: Double] = [:]
    for (name, value) in parameters { values[name] = value }
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard values[name] != nil else { throw .unknown(name) }
      guard value.isFinite else { throw .outOfRange(name, value, requirement: "finite") }
      values[name] = value
    }
    return values
  }

  /// Lorenz-96 a little off its rest, unevenly.
  private static func nearRest(_ field: any FlowField) -> [Double] {
    let forcing = (field as? Lorenz96)?.forcing ?? 0
    return (0..<field.dimension).map { $0 == 0 ? forcing + 0.01 : forcing + 0.001 * Double($0 % 7) }
  }

  private func start(_ field: any FlowField) -> [Double] {
    switch self {
    case .lorenz63: [1, 2, 20]
    case .rossler: [1, 1, 0]
    case .pendulum: [0.2, 0]
    case .lorenz96: Self.nearRest(field)
    default: [1, 0]
    }
  }
}

extension FlowField {
  /// The field sampled in time, as a system.
  public func sampled(
    every timeStep: Double, integration: FlowIntegration = .rungeKutta(substeps: 1)
  ) -> any DynamicalSystem {
    SampledFlow(self, timeStep: timeStep, integration: integration)
  }
}
