public import CoRNNKernels

/// The Lyapunov exponents of a system along an orbit: mean rates at which tangent vectors, kept orthogonal, grow.
///
/// Benettin et al. (doi:10.1007/BF02128236): k tangents move with the state and are made orthonormal every few steps;
/// the logarithms of the diagonal of R add up to the exponents times the time. Natural logarithms.
public struct LyapunovSpectrum: Encodable, Equatable, Sendable {
  /// The exponents, the largest first, each with its standard error.
  public let exponents: [Exponent]
  /// What they are per.
  public let unit: Unit
  /// The same per step of the map or per sampling step of the flow.
  public let exponentsPerStep: [Double]
  /// The time of a step, by which exponents per step are divided; 1 for a map without one.
  public let timeStep: Double
  /// The steps averaged over, those before that, and those between two orthonormalisations.
  public let steps: Int
  /// The steps before them.
  public let transient: Int
  /// The steps between two orthonormalisations.
  public let interval: Int
  /// The number of state variables.
  public let dimension: Int
  /// Where the sum of the first exponents crosses 0, interpolated (Kaplan and Yorke, 1979): 0 where all are negative, n
  /// where it never does; null where too few exponents were computed to tell.
  public let kaplanYorkeDimension: Double?
  /// Its standard error, to first order in the exponents' and with their correlations; null as theirs.
  public let kaplanYorkeError: Double?
  /// The sum of the positive ones, and its standard error.
  public let positiveSum: Double
  /// The standard error of `positiveSum`; null as theirs.
  public let positiveSumError: Double?
  /// The sum of all exponents minus the mean of log|det J| computed apart, per `unit`, absolute, over the steps where
  /// that was done; null unless all exponents were computed: fewer than all have no such identity.
  public let traceIdentityResidual: Double?
  /// The steps over which it was compared.
  public let checkedSteps: Int
  /// For flows: the sum of the exponents minus the mean divergence of the continuous system, the integrator's own error.
  public let divergenceResidual: Double?
  /// The standard error asked for, whether every exponent can be trusted to it, and what stands in the way.
  public let target: Double
  /// Whether every exponent can be trusted to `target`.
  public let converged: Bool
  /// What stands in the way.
  public let obstacles: [LyapunovObstacle]
  /// 1 over the time averaged over: what a change of a tangent's length by the factor e makes of an exponent.
  public let resolution: Double
  /// Whether the length was the most allowed, where it was to go on until the errors were small.
  public let stoppedAtCap: Bool
  /// Where the orbit ended at a fixed point: the exponents that its eigenvalues give. Null elsewhere.
  public let fixedPoint: FixedPoint?
  /// The last state.
  public let finalState: [Double]
  /// The running estimates of the first exponents, and the steps at which they were taken.
  public let trace: Trace
  /// The exponents over windows of the orbit; null unless asked for.
  public let finiteTime: FiniteTime?

  // What a result says beside these stands there.
  private enum CodingKeys: String, CodingKey {
    case timeStep, steps, transient, interval, dimension, kaplanYorkeError, positiveSum, positiveSumError
    case checkedSteps, divergenceResidual, target, obstacles, resolution, stoppedAtCap, exponentsPerStep, fixedPoint
    case finiteTime, trace
  }

  /// One exponent.
  public struct Exponent: Encodable, Equatable, Sendable {
    /// Its value per ``LyapunovSpectrum/unit``.
    public let value: Double
    /// From the means of blocks of the run, the largest over block lengths; null for fewer than four blocks,
    /// and for −∞.
    public let standardError: Double?
    /// Whether it is told from 0: by more than three standard errors, and by more than the run's resolution.
    public let sign: Sign

    init(value: Double, standardError: Double?, resolution: Double) {
      self.value = value
      self.standardError = standardError
      if value == -.infinity {
        sign = .negative
        return
      }
      guard let standardError else {
        sign = .unknown
        return
      }
      let band = max(3 * standardError, resolution)
      sign = value > band ? .positive : value < -band ? .negative : .neutral
    }
  }

  /// What an exponent's sign is known to be.
  public enum Sign: String, Encodable, Sendable {
    /// Told from 0.
    case positive, negative
    /// Not told from 0.
    case neutral
    /// Without a standard error nothing is.
    case unknown
  }

  /// What exponents are per.
  public enum Unit: String, Encodable, Sendable {
    /// Per unit time, or per step of a map without time.
    case perTime, perStep
  }

  /// A fixed point of the step at the orbit's end.
  public struct FixedPoint: Encodable, Equatable, Sendable {
    /// The largest change of a component in a step.
    public let displacement: Double
    /// `log|eigenvalue|` of the step's Jacobian there, per `unit`, sorted.
    public let exponents: [Double]
    /// The largest difference from those measured.
    public let difference: Double
  }

  /// Running estimates of at most ``mostTraced`` exponents, in the order of `exponents`.
  public struct Trace: Encodable, Equatable, Sendable {
    /// The steps at which they were taken.
    public let step: [Int]
    /// For each exponent the mean so far, and its standard error (null for fewer than four blocks).
    public let values: [[Double]]
    /// The standard error of each.
    public let standardErrors: [[Double?]]

    /// No more exponents are traced.
    public static let mostTraced = 16

    private enum CodingKeys: String, CodingKey {
      case step, values
    }
  }

  /// Exponents over consecutive windows, in the order of `exponents`: the first of each window is not the largest in it,
  /// but the one that leads on average.
  public struct FiniteTime: Encodable, Equatable, Sendable {
    /// The steps in a window.
    public let window: Int
    /// The step after which each window ended, counted from the start of the average.
    public let step: [Int]
    /// For each exponent its value in each window, and over all windows the mean, standard deviation, least and largest.
    public let values: [[Double]]
    /// Each exponent's mean over windows.
    public let mean: [Double]
    /// Its standard deviation.
    public let deviation: [Double]
    /// Its least value.
    public let least: [Double]
    /// Its largest value.
    public let largest: [Double]
  }

  /// How a run is made.
  public struct Options: Codable, Equatable, Sendable {
    /// The number of exponents; nil for all.
    public var count: Int?
    /// Steps before the average begins; tangents move from the first.
    public var transient: Int
    /// Steps averaged over; nil to go on until the errors are small.
    public var steps: Int?
    /// The most steps, where they aren't given.
    public var mostSteps: Int
    /// The standard error to reach, per unit time (or per step of a map without time).
    public var target: Double
    /// Steps between two orthonormalisations.
    public var interval: Int
    /// How tangents begin.
    public var tangents: Tangents
    /// Every how many intervals the trace identity is checked; nil for each where the system has a formula for it, and
    /// as often as costs little elsewhere.
    public var checkEvery: Int?
    /// Steps in a window of finite-time exponents; nil for none.
    public var window: Int?

    /// How tangents begin.
    public enum Tangents: Codable, Equatable, Sendable {
      /// The first unit vectors.
      case unit
      /// Normal numbers of this seed.
      case random(seed: UInt64)
    }

    /// Options for a run.
    public init(
      count: Int? = nil, transient: Int = 1000, steps: Int? = nil, mostSteps: Int = 2_000_000, target: Double = 3e-3,
      interval: Int = 1, tangents: Tangents = .random(seed: 0), checkEvery: Int? = nil, window: Int? = nil
    ) {
      self.count = count
      self.transient = transient
      self.steps = steps
      self.mostSteps = mostSteps
      self.target = target
      self.interval = interval
      self.tangents = tangents
      self.checkEvery = checkEvery
      self.window = window
    }
  }

  /// Why there is no spectrum.
  public enum Failure: Error, Equatable, Sendable {
    /// The start has a value that isn't finite.
    case start(index: Int, value: Double)
    /// The orbit or its tangents left the range of doubles.
    case diverged(IntegrationFailure)
    /// It was told to stop; it can go on from here to the same bits.
    case interrupted(LyapunovMemory)
  }
}
