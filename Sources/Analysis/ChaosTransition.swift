public import CoRNNDynamics
import CoRNNKernels
public import CoRNNModel

/// The largest Lyapunov exponent over a parameter, for one system or several of a kind, with what is proved about it on
/// the same axis.
public struct ChaosTransition: Encodable, Equatable, Sendable {
  /// The parameter's name, and what exponents are per.
  public let parameter: String
  /// What exponents are per.
  public let unit: LyapunovSpectrum.Unit
  /// Whether certificates were tried: they are about networks.
  public let hasCertificates: Bool
  /// How many points are of each class.
  public let classes: Classes
  /// Of the points with a bound and an exponent: how many exponents are at most their bound, within what a run can tell.
  public let bounded: Int
  /// How many of them lie below their bound.
  public let belowBound: Int
  /// The smallest distance of an exponent from its bound; null without any.
  public let leastMargin: Double?
  /// By value, and within one by network.
  public let points: [Point]

  /// What is known of a point.
  public enum Class: String, CaseIterable, Codable, Sendable {
    /// A proof: under every input, any two trajectories come together.
    case certified
    /// Measured to be below or above 0, by more than three standard errors and than the run's resolution, with steady
    /// means.
    case measuredStable
    /// Measured, and told from 0: positive.
    case measuredChaotic
    /// Neither, such as a regular oscillation, whose largest exponent is 0.
    case undecided
  }

  /// Points of each class.
  public struct Classes: Encodable, Equatable, Sendable {
    /// Points that a certificate covers.
    public let certified: Int
    /// Points measured to be stable.
    public let measuredStable: Int
    /// Points measured to be chaotic.
    public let measuredChaotic: Int
    /// Points that neither tells.
    public let undecided: Int
  }

  /// One system at one value.
  public struct Point: Codable, Equatable, Sendable {
    /// The parameter's value, and the number of the network, from 0.
    public let value: Double
    /// Which network, from 0.
    public let network: Int
    /// What is known of it.
    public let `class`: Class
    /// The largest exponent; null where the orbit diverged.
    public let exponent: Double?
    /// Its standard error.
    public let standardError: Double?
    /// Whether the exponent can be trusted to the error asked for.
    public let converged: Bool
    /// What stands in the way of that.
    public let obstacles: [LyapunovObstacle]
    /// The steps averaged over, and one over their time.
    public let steps: Int
    /// 1 over the time averaged over.
    public let resolution: Double?
    /// Why there is no exponent.
    public let failure: String?
    /// What the proof bounds the exponent by, for every input; null where it isn't certified.
    public let largestExponentBound: Double?

    /// Whether the exponent is at most its bound, within three standard errors and the run's resolution.
    public var isBelowBound: Bool? {
      guard let bound = largestExponentBound, let exponent, let resolution else { return nil }
      return exponent <= bound + max(3 * (standardError ?? 0), resolution)
    }
  }

  /// The points of a sweep in their order.
  public init(parameter: String, unit: LyapunovSpectrum.Unit, hasCertificates: Bool, points: [Point]) {
    self.parameter = parameter
    self.unit = unit
    self.hasCertificates = hasCertificates
    self.points = points
    func count(_ which: Class) -> Int { points.count { $0.class == which } }
    classes = Classes(
      certified: count(.certified), measuredStable: count(.measuredStable), measuredChaotic: count(.measuredChaotic),
      undecided: count(.undecided))
    let checks = points.compactMap(\.isBelowBound)
    bounded = checks.count
    belowBound = checks.count { $0 }
    leastMargin = points.compactMap { point in
      point.exponent.flatMap { exponent in point.largestExponentBound.map { $0 - exponent } }
    }.min()
  }
}

/// How a transition is measured.
public struct TransitionSweep: Sendable {
  /// The parameter's values, and the number of systems at each.
  public let values: [Double]
  /// How many networks at each value.
  public let networks: Int
  /// A run at each point; one exponent is computed.
  public let options: LyapunovSpectrum.Options
  /// The system and its start at a value.
  public let system: @Sendable (_ value: Double, _ network: Int) -> (any DynamicalSystem, start: [Double])
  /// What certificates are tried on; nil for systems that aren't networks.
  public let certified: (@Sendable (_ value: Double, _ network: Int) -> (OscillatorNetwork, MovingSystem))?

  /// A sweep.
  public init(
    values: [Double], networks: Int, options: LyapunovSpectrum.Options,
    system: @escaping @Sendable (Double, Int) -> (any DynamicalSystem, start: [Double]),
    certified: (@Sendable (Double, Int) -> (OscillatorNetwork, MovingSystem))?
  ) {
    self.values = values
    self.networks = networks
    self.options = options
    self.system = system
    self.certified = certified
  }

  /// The number of points.
  public var count: Int { values.count * networks }

  /// The points, in the order of values and, at each, of networks; those known already are taken as they are.
  ///
  /// - Parameters:
  ///   - known: points by place, of an interrupted sweep.
  ///   - threads: how many threads share the work.
  ///   - mayGoOn: asked again and again; where it says no, the points not yet done are nil.
  ///   - finished: told each point as it is done, from any thread.
  public func points(
    known: [Int: ChaosTransition.Point] = [:], threads: Int = 1, mayGoOn: @Sendable () -> Bool = { true },
    finished: (@Sendable (Int, ChaosTransition.Point) -> Void)? = nil
  ) -> [ChaosTransition.Point?] {
    parallelMap(count: count, threads: threads) { place in
      if let point = known[place] { return point }
      guard mayGoOn(), let point = point(place, mayGoOn) else { return nil }
      finished?(place, point)
      return point
    }
  }

  private func point(_ place: Int, _ mayGoOn: () -> Bool) -> ChaosTransition.Point? {
    let (value, network) = (values[place / networks], place % networks)
    var options = options
    options.count = 1
    let (system, start) = system(value, network)
    let measured: Result<LyapunovSpectrum, LyapunovSpectrum.Failure> = Result {
      () throws(LyapunovSpectrum.Failure) in
      try LyapunovSpectrum(of: system, from: start, options: options, mayGoOn: mayGoOn)
    }
    if case .failure(.interrupted) = measured { return nil }
    let bound = certified.flatMap { certified in
      let (network, moving) = certified(value, network)
      return Contraction(network, system: moving, includingSeries: false).largestExponentBound
    }
    let spectrum = try? measured.get()
    let obstacles = spectrum?.obstacles ?? []
    let sign = obstacles.contains(where: \.isUnsteady) ? .unknown : spectrum?.exponents.first?.sign ?? .unknown
    let isProved = bound.map { $0 < 0 } ?? false
    return ChaosTransition.Point(
      value: value, network: network,
      class: isProved
        ? .certified : sign == .negative ? .measuredStable : sign == .positive ? .measuredChaotic : .undecided,
      exponent: spectrum?.exponents.first?.value, standardError: spectrum?.exponents.first?.standardError,
      converged: spectrum?.converged ?? false, obstacles: obstacles, steps: spectrum?.steps ?? 0,
      resolution: spectrum?.resolution, failure: measured.failure?.words, largestExponentBound: bound)
  }
}

extension Result where Failure == LyapunovSpectrum.Failure {
  fileprivate var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}

extension LyapunovSpectrum.Failure {
  fileprivate var words: String {
    switch self {
    case .start(let index, let value): "value \(index) of the start is \(value)"
    case .diverged(let failure): "at time \(failure.time) \(failure.reason)"
    case .interrupted(let memory): "stopped after \(memory.steps) steps"
    }
  }
}
