import ArgumentParser

/// The kinds of scenario, each the verb that runs it.
enum ScenarioKind: String, CaseIterable, Sendable {
  case inspect, simulate, compare, bounds, certify, lyapunov
  case fixedPoints = "fixed-points"
  case orbitDiagram = "orbit-diagram"
  case section, spectrum, train, forecast

  /// The names of all.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// The command whose flags are the kind's keys.
  var command: any ParsableCommand.Type {
    switch self {
    case .inspect: InspectCommand.self
    case .simulate: SimulateCommand.self
    case .compare: CompareCommand.self
    case .bounds: BoundsCommand.self
    case .certify: CertifyCommand.self
    case .lyapunov: LyapunovCommand.self
    case .fixedPoints: FixedPointsCommand.self
    case .orbitDiagram: OrbitDiagramCommand.self
    case .section: SectionCommand.self
    case .spectrum: SpectrumCommand.self
    case .train: TrainCommand.self
    case .forecast: ForecastCommand.self
    }
  }

  /// Whether it is about a network or a system that is given.
  enum Subject { case none, optional, required }

  var subject: Subject {
    switch self {
    case .train: .none
    case .forecast: .optional
    default: .required
    }
  }

  /// The numbers of a result that a table over many shows where `report:` doesn't say which.
  var headlines: [String] {
    switch self {
    case .inspect: ["weightAssumption.eta", "weightAssumption.exponent"]
    case .simulate: ["largestPosition", "largestVelocity"]
    case .compare: ["order.estimate", "error.position.maximum"]
    case .bounds: ["energy.maximum", "gradient.proposition32.ratio"]
    case .certify: ["contraction.certified", "contraction.largestExponentBound"]
    case .lyapunov: ["exponents.0.value", "exponents.0.standardError"]
    case .fixedPoints: ["fixedPoints.count"]
    case .orbitDiagram: ["exponents.0.value"]
    case .section: ["points.count", "meanReturnTime"]
    case .spectrum: ["spectrum.peaks.0.frequency", "variance"]
    case .train: ["best.score", "test.0.score.nrmse"]
    case .forecast: ["models.0.test.mean"]
    }
  }

  /// Whether a point of it keeps files of its own, from which it goes on after an interruption.
  func keepsFiles(_ settings: [PointSetting]) -> Bool {
    switch self {
    case .train, .forecast: true
    case .bounds: settings.contains { $0.key.name == "worstCase" && $0.value.isTrue }
    default: false
    }
  }
}
