/// The classic systems by name, with their parameters.
public enum NamedSystem: String, CaseIterable, Sendable {
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

  /// The system with its usual parameters, but for those in `given`, and a start near its attractor.
  ///
  /// - Parameter timeStep: the sampling step of a flow; nil for its own.
  public func make(
    _ given: [String: Double] = [:], timeStep: Double? = nil
  ) throws(ParameterError) -> (system: any DynamicalSystem, start: [Double]) {
    var values: [String: Double] = [:]
    for (name, value) in parameters { values[name] = value }
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard values[name] != nil else { throw .unknown(name) }
      guard value.isFinite else { throw .outOfRange(name, value, requirement: "finite") }
      values[name] = value
    }
    func p(_ name: String) -> Double { values[name] ?? 0 }
    let h = timeStep ?? self.timeStep
    switch self {
    case .henon:
      guard p("b") != 0 else { throw .outOfRange("b", 0, requirement: "other than 0") }
      return (HenonMap(a: p("a"), b: p("b")), [0.1, 0.1])
    case .logistic: return (LogisticMap(r: p("r")), [0.3141])
    case .cat: return (CatMap(), [0.2385, 0.6173])
    case .lorenz63:
      return (SampledFlow(Lorenz63(sigma: p("sigma"), rho: p("rho"), beta: p("beta")), timeStep: h), [1, 2, 20])
    case .rossler: return (SampledFlow(Rossler(a: p("a"), b: p("b"), c: p("c")), timeStep: h), [1, 1, 0])
    case .lorenz96:
      guard let n = Int(exactly: p("n")), n >= 4 else {
        throw .outOfRange("n", p("n"), requirement: "a whole number of at least 4")
      }
      let field = Lorenz96(variables: n, forcing: p("forcing"))
      return (SampledFlow(field, timeStep: h), (0..<n).map { p("forcing") + ($0 == 0 ? 0.01 : 0.001 * Double($0 % 7)) })
    case .pendulum:
      let field = DrivenPendulum(damping: p("damping"), amplitude: p("amplitude"), frequency: p("frequency"))
      return (SampledFlow(field, timeStep: h), [0.2, 0])
    case .oscillator:
      let field = DrivenOscillator(
        gamma: p("gamma"), epsilon: p("epsilon"), amplitude: p("amplitude"), frequency: p("frequency"))
      return (SampledFlow(field, timeStep: h), [1, 0])
    }
  }
}
