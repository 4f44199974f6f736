import CoRNNDynamics

/// Forecasts the mean of the training targets, whatever it sees.
public struct Climatology: ForecastMethod {
  public let name = "climatology"
  public let summary = "the training targets' mean of each variable"

  /// The model's kind; it is fitted to data.
  public init() {}

  public func fitted(
    to data: ForecastData, task: ForecastTask, seed: UInt64, threads: Int
  ) throws(ForecastFailure) -> FittedForecast {
    let (n, batch) = (data.training.width, data.training.batch)
    let scored = task.scored(of: data.training.steps)
    var sums = [Double](repeating: 0, count: n)
    for t in scored {
      for b in 0..<batch {
        for j in 0..<n { sums[j] += data.training.values[((t + task.horizon) * batch + b) * n + j] }
      }
    }
    let mean = sums.map { $0 / Double(scored.count * batch) }
    return FittedForecast(model: ConstantForecast(mean: mean), parameters: n)
  }

  private struct ConstantForecast: ForecastModel {
    let mean: [Double]
    var variables: Int { mean.count }
    var carried: Int { 0 }

    func advance(inputs: [Double], carry: inout [Double], predictions: inout [Double]) {
      for i in inputs.indices { predictions[i] = mean[i % mean.count] }
    }
  }
}

/// Forecasts what it sees.
public struct Persistence: ForecastMethod {
  public let name = "persistence"
  public let summary = "the state stays as it is"

  /// The model's kind; it has nothing to fit.
  public init() {}

  public func fitted(
    to data: ForecastData, task: ForecastTask, seed: UInt64, threads: Int
  ) throws(ForecastFailure) -> FittedForecast {
    FittedForecast(model: PersistentForecast(variables: data.training.width), parameters: 0)
  }

  private struct PersistentForecast: ForecastModel {
    let variables: Int
    var carried: Int { 0 }

    func advance(inputs: [Double], carry: inout [Double], predictions: inout [Double]) {
      for i in inputs.indices { predictions[i] = inputs[i] }
    }
  }
}
