public import CoRNNDynamics
public import CoRNNKernels
import RealModule

/// How the error of forecasts fed back grows, over many starts.
public struct ClosedLoopForecast: Encodable, Equatable, Sendable {
  /// For each threshold asked for.
  public let validPredictionTimes: [ValidPredictionTime]
  /// The normalised error after so many samples: its median and spread over the starts.
  public let growth: Growth
  /// Starts whose forecast left the range that it was allowed: a hundred times the largest true value, or no number.
  public let diverged: Int
  /// The first start's forecast, samples×n from the last state seen on; not part of a result's bytes.
  public let example: [Double]

  private enum CodingKeys: String, CodingKey {
    case validPredictionTimes, diverged, growth
  }

  /// Normalised errors against time; a forecast that left the range counts as a hundred times the largest true value.
  public struct Growth: Encodable, Equatable, Sendable {
    /// Units of time since the last state shown.
    public let time: [Double]
    /// The median over starts.
    public let median: [Double]
    /// The tenth percentile.
    public let tenth: [Double]
    /// The ninetieth.
    public let ninetieth: [Double]
  }

  /// From forecasts of each start, `forecasts[start]` with samples×n values, the last state seen first.
  init(forecasts: [[Double]], truth: ClosedLoopTruth, task: ClosedLoopTask, exponent: LargestExponent) {
    let n = truth.variables
    let limit = 100 * truth.largest
    let cap = limit / truth.deviation
    var diverged = 0
    let errors = forecasts.enumerated().map { start, forecast in
      var isIn = true
      let series = (1...task.length).map { k in
        var sum = 0.0
        for j in 0..<n {
          let value = forecast[k * n + j]
          isIn = isIn && abs(value) <= limit
          let difference = value - truth.value(start: start, after: k, variable: j)
          sum += difference * difference
        }
        return isIn ? min((sum / Double(n)).squareRoot() / truth.deviation, cap) : cap
      }
      if !isIn { diverged += 1 }
      return series
    }
    validPredictionTimes = task.thresholds.map {
      ValidPredictionTime(threshold: $0, errors: errors, interval: truth.interval, exponent: exponent)
    }
    self.diverged = diverged
    let sorted = (0..<task.length).map { k in errors.map { $0[k] }.sorted() }
    growth = Growth(
      time: (1...task.length).map { Double($0) * truth.interval }, median: sorted.map { $0.quantile(0.5) },
      tenth: sorted.map { $0.quantile(0.1) }, ninetieth: sorted.map { $0.quantile(0.9) })
    example = forecasts[0]
  }

  /// That of a model that forecasts one sample ahead.
  public init(
    of model: any ForecastModel, truth: ClosedLoopTruth, task: ClosedLoopTask, exponent: LargestExponent, threads: Int
  ) {
    let block = 16
    let blocks = (task.starts + block - 1) / block
    let parts = parallelMap(count: blocks, threads: threads) { place in
      let starts = place * block..<min((place + 1) * block, task.starts)
      return model.freeRun(
        after: truth.trajectories.part(
          steps: task.transient..<task.transient + task.warmUp, trajectories: starts), count: task.length)
    }
    self.init(forecasts: parts.flatMap { $0 }, truth: truth, task: task, exponent: exponent)
  }

  /// That of one integrator against another: Runge–Kutta steps of half a sample as the truth, of a whole one as the
  /// forecast. Both are right; where they part, comparison with either means nothing more.
  public static func integrators(
    truth: ClosedLoopTruth, task: ClosedLoopTask, exponent: LargestExponent, threads: Int
  ) -> ClosedLoopForecast {
    let n = truth.variables
    let runs = parallelMap(count: task.starts, threads: threads) { start in
      [1, 2].map { substeps in
        var state = (0..<n).map { truth.value(start: start, after: 0, variable: $0) }
        var (run, none): ([Double], [Double]) = (state, [])
        for _ in 0..<task.length {
          lorenz96Steps(
            count: substeps, step: truth.interval / Double(substeps), forcing: truth.forcing, state: &state,
            tangents: &none)
          run += state
        }
        return run
      }
    }
    let other = ClosedLoopTruth(truth, states: runs.map { $0[1] }, task: task)
    return ClosedLoopForecast(forecasts: runs.map { $0[0] }, truth: other, task: task, exponent: exponent)
  }
}

extension ForecastModel {
  /// Runs on its own forecasts after it has seen `inputs`; for each trajectory the last input, then `count` forecasts.
  func freeRun(after inputs: InputSequence, count: Int) -> [[Double]] {
    let (n, batch) = (variables, inputs.batch)
    var carry = start(batch: batch)
    var states = [Double](repeating: 0, count: batch * n)
    var predictions = states
    for t in 0..<inputs.steps {
      states = Array(inputs.values[t * batch * n..<(t + 1) * batch * n])
      advance(inputs: states, carry: &carry, predictions: &predictions)
    }
    var runs = (0..<batch).map { b in
      var run: [Double] = []
      run.reserveCapacity((count + 1) * n)
      run += states[b * n..<(b + 1) * n]
      return run
    }
    for step in 0..<count {
      if step > 0 {
        states = predictions
        advance(inputs: states, carry: &carry, predictions: &predictions)
      }
      for b in 0..<batch { runs[b] += predictions[b * n..<(b + 1) * n] }
    }
    return runs
  }
}

/// The true trajectories that closed loops start from and are held against.
public struct ClosedLoopTruth: Sendable {
  /// Transient, warm-up and what follows, time first.
  public let trajectories: InputSequence
  /// F.
  public let forcing: Double
  /// The time from one sample to the next.
  public let interval: Double
  /// The standard deviation of the states after the transient, over all variables and times about their mean: what
  /// errors are divided by.
  public let deviation: Double
  /// The largest size of a value.
  public let largest: Double
  /// The sample before the first forecast.
  private let last: Int

  /// n.
  public var variables: Int { trajectories.width }

  /// Integrates the trajectories, by rk8pd with tolerance 1e-12 as all data are.
  public init(_ data: ForecastDataRecipe, task: ClosedLoopTask, threads: Int = 1) throws(IntegrationFailure) {
    var recipe = data
    recipe.trajectories = task.starts
    recipe.samples = task.transient + task.warmUp + task.length
    trajectories = try ForecastData.trajectories(recipe, .closedLoop, threads: threads)
    forcing = data.forcing
    interval = data.interval
    last = task.transient + task.warmUp - 1
    let kept = trajectories.values[task.transient * task.starts * data.variables..<trajectories.values.count]
    let mean = kept.reduce(0, +) / Double(kept.count)
    deviation = (kept.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(kept.count)).squareRoot()
    largest = kept.reduce(0) { max($0, abs($1)) }
  }

  /// The same starts with other trajectories from there on.
  fileprivate init(_ truth: ClosedLoopTruth, states: [[Double]], task: ClosedLoopTask) {
    let n = truth.variables
    var values: [Double] = []
    for k in 0...task.length {
      for run in states { values += run[k * n..<(k + 1) * n] }
    }
    trajectories = InputSequence(steps: task.length + 1, batch: states.count, width: n, values: values)
    forcing = truth.forcing
    interval = truth.interval
    deviation = truth.deviation
    largest = truth.largest
    last = 0
  }

  /// A variable some samples after the last state that a model is shown.
  public func value(start: Int, after k: Int, variable: Int) -> Double {
    trajectories.values[((last + k) * trajectories.batch + start) * variables + variable]
  }
}
