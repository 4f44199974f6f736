public import CoRNNKernels
import RealModule

/// The Lyapunov exponents of a system along an orbit: mean rates at which tangent vectors, kept orthogonal, grow.
///
/// Benettin et al. (1980): k tangents move with the state and are made orthonormal every few steps; the logarithms of
/// the diagonal of R add up to the exponents times the time. Natural logarithms.
public struct LyapunovSpectrum: Encodable, Equatable, Sendable {
  /// The exponents, the largest first, each with its standard error.
  public let exponents: [Exponent]
  /// What they are per.
  public let unit: Unit
  /// The time of a step, by which exponents per step are divided; 1 for a map without one.
  public let timeStep: Double
  /// The steps averaged over, those before that, and those between two orthonormalisations.
  public let steps: Int
  public let transient: Int
  public let interval: Int
  /// The number of state variables.
  public let dimension: Int
  /// Where the sum of the first exponents crosses 0, interpolated (Kaplan and Yorke, 1979): 0 where all are negative, n
  /// where it never does; null where too few exponents were computed to tell.
  public let kaplanYorkeDimension: Double?
  /// The sum of the positive ones.
  public let positiveSum: Double
  /// The sum of all exponents minus the mean of log|det J| computed apart, per `unit`, over the steps where that was
  /// done; null unless all exponents were computed.
  public let traceIdentityResidual: Double?
  /// The steps over which it was compared.
  public let checkedSteps: Int
  /// For flows: the sum of the exponents minus the mean divergence of the continuous system, the integrator's own error.
  public let divergenceResidual: Double?
  /// The standard error asked for, and whether every exponent's is within it.
  public let target: Double
  public let converged: Bool
  /// Whether the length was the most allowed, where it was to go on until the errors were small.
  public let stoppedAtCap: Bool
  /// The running estimates of each exponent, and the steps at which they were taken.
  public let trace: Trace

  /// One exponent.
  public struct Exponent: Encodable, Equatable, Sendable {
    public let value: Double
    /// From the means of blocks of the run; null for fewer than four blocks.
    public let standardError: Double?
  }

  /// What exponents are per.
  public enum Unit: String, Encodable, Sendable {
    case perTime, perStep
  }

  /// Running estimates.
  public struct Trace: Encodable, Equatable, Sendable {
    public let step: [Int]
    /// For each exponent, in the order of the tangents, the mean so far.
    public let values: [[Double]]
  }

  /// How a run is made.
  public struct Options: Equatable, Sendable {
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
    /// Every how many intervals the trace identity is checked.
    public var checkEvery: Int

    /// How tangents begin.
    public enum Tangents: Equatable, Sendable {
      /// The first unit vectors.
      case unit
      /// Normal numbers of this seed.
      case random(seed: UInt64)
    }

    /// Options for a run.
    public init(
      count: Int? = nil, transient: Int = 1000, steps: Int? = nil, mostSteps: Int = 2_000_000, target: Double = 3e-3,
      interval: Int = 1, tangents: Tangents = .random(seed: 0), checkEvery: Int = 10
    ) {
      self.count = count
      self.transient = transient
      self.steps = steps
      self.mostSteps = mostSteps
      self.target = target
      self.interval = interval
      self.tangents = tangents
      self.checkEvery = checkEvery
    }
  }

  /// Why there is no spectrum.
  public enum Failure: Error, Equatable, Sendable {
    /// The start has a value that isn't finite.
    case start(index: Int, value: Double)
    /// The orbit or its tangents left the range of doubles.
    case diverged(IntegrationFailure)
  }
}
