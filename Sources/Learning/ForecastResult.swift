import CoRNNDynamics

/// What `forecast` finds: models on one task, and how their errors change with the horizon and with F.
public struct ForecastResult: Encodable, Equatable, Sendable {
  /// How the data are made.
  public let data: ForecastDataRecipe
  /// What is forecast, and what is scored.
  public let task: ForecastTask
  /// The system's own largest exponent.
  public let exponent: LargestExponent
  /// The models' scores.
  public let models: [ForecastComparison.Entry]
  /// The same models at other horizons and under other forcings, in rising order; empty where none were asked for.
  public let byHorizon: [ForecastComparison]
  /// The same over F, each with its own data.
  public let byForcing: [ForecastComparison]
  /// The first two variables of test trajectories; not part of a result's bytes.
  public let portraits: [Portrait]
  /// What the models' examples were to forecast, steps×n; not part of a result's bytes.
  public let exampleTruth: [Double]
  /// What making the trajectories took, and how many samples that was; not part of a result's bytes.
  public let dataSeconds: Double

  private enum CodingKeys: String, CodingKey {
    case data, task, exponent, models, byHorizon, byForcing
  }

  /// The first two variables of some trajectories.
  public struct Portrait: Equatable, Sendable {
    /// F.
    public let forcing: Double
    /// For each trajectory.
    public let first: [[Double]]
    /// The second variable of each trajectory.
    public let second: [[Double]]

    /// Those of the first `count` test trajectories, from sample `from` on.
    public init(_ data: ForecastData, from: Int, count: Int = 3) {
      let (n, batch) = (data.test.width, data.test.batch)
      forcing = data.recipe.forcing
      let kept = min(count, batch)
      first = (0..<kept).map { b in (from..<data.test.steps).map { data.test.values[($0 * batch + b) * n] } }
      second = (0..<kept).map { b in (from..<data.test.steps).map { data.test.values[($0 * batch + b) * n + 1] } }
    }
  }

  /// A result.
  public init(
    _ comparison: ForecastComparison, byHorizon: [ForecastComparison], byForcing: [ForecastComparison],
    portraits: [Portrait], dataSeconds: Double
  ) {
    data = comparison.data
    task = comparison.task
    exponent = comparison.exponent
    models = comparison.models
    exampleTruth = comparison.exampleTruth
    self.byHorizon = byHorizon
    self.byForcing = byForcing
    self.portraits = portraits
    self.dataSeconds = dataSeconds
  }
}
