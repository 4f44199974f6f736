public import CoRNNModel

/// A way to make a forecast model: a row of the table.
public protocol ForecastMethod: Sendable {
  /// Its name, as the command line has it.
  var name: String { get }
  /// What it is, in a few words.
  var summary: String { get }
  /// Whether it depends on the seed, so that several are worth fitting.
  var isRandom: Bool { get }

  /// The method with the best settings of `trials` drawn from `seed`, by their validation score; itself where there is
  /// nothing to choose.
  func tuned(
    on data: ForecastData, task: ForecastTask, trials: Int, seed: UInt64, threads: Int
  ) throws(ForecastFailure) -> TunedForecast

  /// A model fitted to the training trajectories; validation ones may choose between settings.
  func fitted(
    to data: ForecastData, task: ForecastTask, seed: UInt64, threads: Int
  ) throws(ForecastFailure) -> FittedForecast
}

extension ForecastMethod {
  public var isRandom: Bool { false }

  public func tuned(
    on data: ForecastData, task: ForecastTask, trials: Int, seed: UInt64, threads: Int
  ) throws(ForecastFailure) -> TunedForecast { TunedForecast(method: self, trials: []) }
}

/// A setting of a model, as text.
public struct ForecastSetting: Encodable, Equatable, Sendable {
  /// What it is called.
  public let name: String
  /// Its value.
  public let value: String

  /// A setting as text.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// A number with all its digits.
  public init(_ name: String, _ value: Double) { self.init(name, "\(value)") }
}

/// What a search for settings tried.
public struct TunedForecast: Sendable {
  /// The best method found.
  public let method: any ForecastMethod
  /// Everything tried, in order.
  public let trials: [Trial]

  /// Settings tried and how they did.
  public struct Trial: Encodable, Equatable, Sendable {
    /// What was tried.
    public let settings: [ForecastSetting]
    /// NRMSE on the validation trajectories; not a number where it diverged.
    public let validation: Double

    /// What was tried, and its score.
    public init(settings: [ForecastSetting], validation: Double) {
      self.settings = settings
      self.validation = validation
    }
  }

  /// A method, and what led to it.
  public init(method: any ForecastMethod, trials: [Trial]) {
    self.method = method
    self.trials = trials
  }
}

/// A model and what it took.
public struct FittedForecast: Sendable {
  /// The model.
  public let model: any ForecastModel
  /// Numbers fitted to data, and numbers drawn and left as they are.
  public let parameters: Int
  /// The numbers drawn at random and kept.
  public let fixedParameters: Int
  /// Chosen or found on the way.
  public let settings: [ForecastSetting]
  /// The network, for raw data; nil for anything but a coRNN.
  public let network: OscillatorNetwork?

  /// A model with what it took.
  public init(
    model: any ForecastModel, parameters: Int, fixedParameters: Int = 0, settings: [ForecastSetting] = [],
    network: OscillatorNetwork? = nil
  ) {
    self.network = network
    self.model = model
    self.parameters = parameters
    self.fixedParameters = fixedParameters
    self.settings = settings
  }
}

/// Why a model couldn't be fitted.
public enum ForecastFailure: Error, Equatable, Sendable {
  /// More regressors than the limit.
  case tooManyRegressors(method: String, count: Int, most: Int)
  /// Trajectories too short for the past it looks at.
  case tooShort(method: String, needed: Int, firstScored: Int)
  /// Values that aren't finite, or LAPACK without convergence.
  case notSolved(method: String)
  /// A training without a single finite score.
  case diverged(method: String, steps: Int)
  /// It was told to stop.
  case interrupted
}
