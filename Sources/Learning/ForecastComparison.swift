import CoRNNDynamics
import CoRNNKernels
import RealModule

/// The scores of several models on one task: the table.
public struct ForecastComparison: Encodable, Equatable, Sendable {
  /// How the data are made.
  public let data: ForecastDataRecipe
  /// What is forecast, and what is scored.
  public let task: ForecastTask
  /// The system's largest Lyapunov exponent, computed.
  public let exponent: LargestExponent
  /// In the order asked for.
  public let models: [Entry]
  /// What the first scored steps of the first test trajectory were to forecast, steps×n; not part of a result's bytes.
  public let exampleTruth: [Double]

  /// The most steps of an example.
  fileprivate static let exampleSteps = 600

  private enum CodingKeys: String, CodingKey {
    case data, task, exponent, models
  }

  /// A model's row.
  public struct Entry: Encodable, Equatable, Sendable {
    /// What it is called.
    public let name: String
    /// What it is, in a line.
    public let summary: String
    /// Numbers fitted to data, and numbers drawn and left as they are.
    public let parameters: Int
    /// The numbers drawn at random and kept.
    public let fixedParameters: Int
    /// What a search tried, on validation only; empty where there was nothing to choose.
    public let trials: [TunedForecast.Trial]
    /// One for each seed; one for models that have none.
    public let runs: [Run]
    /// NRMSE on validation and test trajectories, over the runs.
    public let validation: Summary
    /// On the test trajectories.
    public let test: Summary
    /// Why there are no runs; null where there are.
    public let failure: String?
    /// What the first run forecast for ``ForecastComparison/exampleTruth``; empty where there are no runs, and not part
    /// of a result's bytes.
    public let example: [Double]

    private enum CodingKeys: String, CodingKey {
      case name, summary, parameters, fixedParameters, trials, runs, validation, test, failure
    }
  }

  /// A fit and its scores.
  public struct Run: Encodable, Equatable, Sendable {
    /// Null for models without a seed.
    public let seed: UInt64?
    /// The settings it was fitted with.
    public let settings: [ForecastSetting]
    /// On the validation trajectories.
    public let validation: ForecastScore
    /// On the test trajectories.
    public let test: ForecastScore
    /// A coRNN under the first test trajectory; null for other models.
    public let dynamics: NetworkDynamics?
    /// What the fit took; not part of a result's bytes.
    public let fitSeconds: Double

    private enum CodingKeys: String, CodingKey {
      case seed, settings, validation, test, dynamics
    }
  }

  /// NRMSE over runs.
  public struct Summary: Encodable, Equatable, Sendable {
    /// The mean over runs.
    public let mean: Double
    /// The standard deviation over seeds; null for one run.
    public let deviation: Double?
    /// The standard error over trajectories, the mean over runs; null for a single trajectory.
    public let samplingError: Double?

    init(_ scores: [ForecastScore]) {
      let count = Double(scores.count)
      let mean = scores.reduce(0) { $0 + $1.nrmse } / count
      self.mean = mean
      deviation =
        scores.count > 1
        ? (scores.reduce(0) { $0 + ($1.nrmse - mean) * ($1.nrmse - mean) } / (count - 1)).squareRoot() : nil
      let errors = scores.compactMap(\.standardError)
      samplingError = errors.isEmpty ? nil : errors.reduce(0, +) / Double(errors.count)
    }
  }

  /// How the models are fitted.
  public struct Options: Sendable {
    /// The seed of searches and of the first fit; the next fits take the next seeds.
    public var seed: UInt64
    /// Fits of each model that depends on a seed.
    public var seeds: Int
    /// Settings tried for each model that has any.
    public var trials: Int
    /// How many threads share the work.
    public var threads: Int

    /// Fits of this kind.
    public init(seed: UInt64, seeds: Int = 3, trials: Int = 10, threads: Int = 1) {
      self.seed = seed
      self.seeds = seeds
      self.trials = trials
      self.threads = threads
    }
  }

  /// Tunes and fits each method to the training trajectories and scores it.
  ///
  /// A method that can't be fitted is an entry that says why.
  ///
  /// - Parameters:
  ///   - methods: the models, in the table's order.
  ///   - data: the trajectories.
  ///   - task: what is to be forecast, and what is scored.
  ///   - exponent: the system's own largest exponent.
  ///   - options: trials, seeds and threads.
  ///   - progress: called as each method is done.
  /// - Throws: ``ForecastFailure/interrupted``.
  public init(
    _ methods: [any ForecastMethod], on data: ForecastData, task: ForecastTask, exponent: LargestExponent,
    options: Options, progress: ((Int) -> Void)? = nil
  ) throws(ForecastFailure) {
    precondition(
      !task.scored(of: data.recipe.samples).isEmpty, "no sample is scored: \(task) of \(data.recipe.samples)")
    self.data = data.recipe
    self.task = task
    self.exponent = exponent
    let n = data.test.width
    exampleTruth = task.scored(of: data.test.steps).prefix(Self.exampleSteps).flatMap { t in
      let later = (t + task.horizon) * data.test.batch * n
      return data.test.values[later..<later + n]
    }
    var models: [Entry] = []
    for method in methods {
      do throws(ForecastFailure) {
        models.append(try Entry(method, data, task, options))
      } catch {
        guard error != .interrupted else { throw error }
        models.append(Entry(method, failure: error))
      }
      progress?(1)
    }
    self.models = models
  }
}

extension ForecastComparison.Entry {
  fileprivate init(
    _ method: any ForecastMethod, _ data: ForecastData, _ task: ForecastTask, _ options: ForecastComparison.Options
  ) throws(ForecastFailure) {
    let tuned = try method.tuned(
      on: data, task: task, trials: options.trials, seed: options.seed, threads: options.threads)
    var runs: [ForecastComparison.Run] = []
    var counts = (0, 0)
    var example: [Double] = []
    for k in 0..<(method.isRandom ? options.seeds : 1) {
      let start = ContinuousClock.now
      let seed = options.seed &+ UInt64(k)
      let fitted = try tuned.method.fitted(to: data, task: task, seed: seed, threads: options.threads)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      counts = (fitted.parameters, fitted.fixedParameters)
      if k == 0 {
        example = fitted.model.forecasts(
          of: data.test, trajectory: 0, task: task, count: ForecastComparison.exampleSteps)
      }
      runs.append(
        ForecastComparison.Run(
          seed: method.isRandom ? seed : nil, settings: fitted.settings,
          validation: fitted.model.score(on: data.validation, task: task, threads: options.threads),
          test: fitted.model.score(on: data.test, task: task, threads: options.threads),
          dynamics: fitted.network.map {
            NetworkDynamics(
              $0, inputs: data.test.part(steps: 0..<data.test.steps, trajectories: 0..<1),
              interval: data.recipe.interval)
          }, fitSeconds: seconds))
    }
    name = method.name
    summary = tuned.method.summary
    (parameters, fixedParameters) = counts
    trials = tuned.trials
    self.runs = runs
    validation = ForecastComparison.Summary(runs.map(\.validation))
    test = ForecastComparison.Summary(runs.map(\.test))
    failure = nil
    self.example = example
  }

  fileprivate init(_ method: any ForecastMethod, failure: ForecastFailure) {
    name = method.name
    summary = method.summary
    (parameters, fixedParameters) = (0, 0)
    trials = []
    runs = []
    validation = ForecastComparison.Summary([])
    test = validation
    self.failure = failure.text
    example = []
  }
}

extension ForecastFailure {
  /// What happened, for a table's cell.
  public var text: String {
    switch self {
    case .tooManyRegressors(_, let count, let most): "\(count) regressors, more than \(most)"
    case .tooShort(_, let needed, let firstScored):
      "looks \(needed) samples back, and scoring begins at sample \(firstScored)"
    case .notSolved: "the least squares had values that aren't finite"
    case .diverged(_, let steps): "training diverged after \(steps) steps, before the first look at the validation data"
    case .interrupted: "interrupted"
    }
  }
}
