import CoRNNDynamics
public import CoRNNKernels

/// Models that forecast one sample ahead, fed their own forecasts, beside what two right integrators do.
public struct ClosedLoopComparison: Encodable, Equatable, Sendable {
  /// How the data are made.
  public let data: ForecastDataRecipe
  /// How loops are run and judged.
  public let task: ClosedLoopTask
  /// The system's own largest exponent.
  public let exponent: LargestExponent
  /// What errors are divided by: the standard deviation of the true states about their mean.
  public let normaliser: Double
  /// Runge–Kutta with half a sample's step against a whole one's: beyond this a score means nothing.
  public let integrators: ClosedLoopForecast
  /// In the order asked for.
  public let models: [Entry]
  /// Null where no long runs were asked for.
  public let longRun: LongRunStatistics?
  /// The system's own Lyapunov exponents, by Runge–Kutta steps of a sample; null where none were asked for.
  public let spectrum: LoopSpectrum?
  /// The first start's true states, samples×n from the last one shown on; not part of a result's bytes.
  public let exampleTruth: [Double]

  private enum CodingKeys: String, CodingKey {
    case data, task, exponent, normaliser, integrators, models, longRun, spectrum
  }

  /// A model's row.
  public struct Entry: Encodable, Equatable, Sendable {
    /// What it is called.
    public let name: String
    /// What it is, in a line.
    public let summary: String
    /// The numbers that were fitted.
    public let parameters: Int
    /// The numbers drawn at random and kept.
    public let fixedParameters: Int
    /// Its settings.
    public let settings: [ForecastSetting]
    /// What a search tried, on the one-sample error of the validation trajectories; empty where nothing was to choose.
    public let trials: [TunedForecast.Trial]
    /// The one-sample error on the test trajectories, open loop; null where the fit failed.
    public let oneStep: ForecastScore?
    /// How its errors grow.
    public let forecast: ClosedLoopForecast?
    /// As many of the loop's Lyapunov exponents as the system has; null for models without a derivative, where none were
    /// asked for, and where forecasts left the range of doubles.
    public let spectrum: LoopSpectrum?
    /// Why there is no forecast; null where there is.
    public let failure: String?
  }

  /// Fits each method to forecast one sample ahead and closes the loop.
  ///
  /// - Parameters:
  ///   - methods: the models, in the table's order.
  ///   - data: the trajectories.
  ///   - task: how loops are run and judged.
  ///   - exponent: the system's own largest exponent.
  ///   - options: trials, seeds and threads.
  ///   - progress: called as each method is done.
  /// - Throws: ``Failure``: a true trajectory can't be made, or it was told to stop.
  public init(
    _ methods: [any ForecastMethod], on data: ForecastData, task: ClosedLoopTask, exponent: LargestExponent,
    options: ForecastComparison.Options, progress: ((Int) -> Void)? = nil
  ) throws(Failure) {
    let truth = try Self.integrating { () throws(IntegrationFailure) in
      try ClosedLoopTruth(data.recipe, task: task, threads: options.threads)
    }
    let next = ForecastTask(horizon: 1)
    var models: [Entry] = []
    var fits: [(name: String, model: any ForecastModel)] = []
    for method in methods {
      do throws(ForecastFailure) {
        let tuned = try method.tuned(
          on: data, task: next, trials: options.trials, seed: options.seed, threads: options.threads)
        let fitted = try tuned.method.fitted(to: data, task: next, seed: options.seed, threads: options.threads)
        fits.append((method.name, fitted.model))
        models.append(
          Entry(
            name: method.name, summary: tuned.method.summary, parameters: fitted.parameters,
            fixedParameters: fitted.fixedParameters, settings: fitted.settings, trials: tuned.trials,
            oneStep: fitted.model.score(on: data.test, task: next, threads: options.threads),
            forecast: ClosedLoopForecast(
              of: fitted.model, truth: truth, task: task, exponent: exponent, threads: options.threads),
            spectrum: Self.spectrum(of: fitted.model, truth, task), failure: nil))
      } catch {
        guard error != .interrupted else { throw .interrupted }
        models.append(
          Entry(
            name: method.name, summary: method.summary, parameters: 0, fixedParameters: 0, settings: [], trials: [],
            oneStep: nil, forecast: nil, spectrum: nil, failure: error.text))
      }
      progress?(1)
    }
    self.data = data.recipe
    self.task = task
    self.exponent = exponent
    normaliser = truth.deviation
    integrators = .integrators(truth: truth, task: task, exponent: exponent, threads: options.threads)
    self.models = models
    longRun =
      task.longRuns > 0 && !fits.isEmpty
      ? try Self.integrating { () throws(IntegrationFailure) in
        try LongRunStatistics(of: fits, data: data.recipe, task: task, threads: options.threads)
      } : nil
    spectrum = Self.spectrum(truth, task)
    exampleTruth = (0...task.length).flatMap { k in
      (0..<truth.variables).map { truth.value(start: 0, after: k, variable: $0) }
    }
  }

  /// Why there is no comparison.
  public enum Failure: Error, Equatable, Sendable {
    /// The true trajectories can't be integrated.
    case integration(IntegrationFailure)
    /// It was told to stop.
    case interrupted
  }

  private static func integrating<Result>(
    _ body: () throws(IntegrationFailure) -> Result
  ) throws(Failure) -> Result {
    do throws(IntegrationFailure) {
      return try body()
    } catch {
      throw .integration(error)
    }
  }

  private static func spectrum(_ truth: ClosedLoopTruth, _ task: ClosedLoopTask) -> LoopSpectrum? {
    guard task.exponentSteps > 0 else { return nil }
    let n = truth.variables
    let system = Lorenz96(variables: n, forcing: truth.forcing).sampled(every: truth.interval)
    let start = (0..<n).map { truth.value(start: 0, after: 0, variable: $0) }
    return try? LoopSpectrum(of: system, from: start, count: n, transient: 500, steps: task.exponentSteps)
  }

  private static func spectrum(
    of model: any ForecastModel, _ truth: ClosedLoopTruth, _ task: ClosedLoopTask
  ) -> LoopSpectrum? {
    guard task.exponentSteps > 0, let model = model as? any DifferentiableForecastModel else { return nil }
    let n = truth.variables
    var carry = model.start(batch: 1)
    var state = [Double](repeating: 0, count: n)
    var none: [Double] = []
    for k in stride(from: task.warmUp - 1, through: 0, by: -1) {
      state = (0..<n).map { truth.value(start: 0, after: -k, variable: $0) }
      guard k > 0 else { break }
      var input = state
      model.advance(input: &input, carry: &carry, tangents: &none)
    }
    // Forecasts that leave the range of doubles have no exponents.
    return try? LoopSpectrum(
      of: ClosedLoopSystem(model, timeStep: truth.interval), from: state + carry, count: n, transient: 500,
      steps: task.exponentSteps)
  }
}
