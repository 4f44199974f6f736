import CoRNNDynamics
public import CoRNNKernels

/// Forecasting as something to train on: windows of the training trajectories, and the whole validation ones.
///
/// Networks see `(x − mean)/deviation` with one mean and one deviation for all variables, those of the training
/// trajectories from the first scored sample on. A window starts from rest; its first steps, the washout, aren't scored.
public struct ForecastTraining: TrainingTask {
  /// What is forecast, and what is scored.
  public let task: ForecastTask
  /// The steps of a window, and of those at its start the ones that aren't scored.
  public let steps: Int
  /// The first samples of a window, which aren't scored.
  public let washout: Int
  /// What networks' inputs and outputs are shifted and divided by.
  public let mean: Double
  /// What they are divided by.
  public let deviation: Double
  private let training: InputSequence
  private let held: InputSequence
  /// Of the validation targets, raw.
  private let targetMeanSquare: Double
  private let dataSettings: [ForecastSetting]

  /// Why windows can't be cut.
  public enum Problem: Error, Equatable, Sendable {
    /// A window, with the horizon, is longer than a trajectory.
    case windowTooLong(steps: Int, most: Int)
    /// Nothing of a window is scored.
    case nothingScored(steps: Int, washout: Int)
    /// Fewer trajectories than a batch takes.
    case batchTooLarge(batch: Int, trajectories: Int)
  }

  /// The longest window of trajectories of so many samples.
  public static func longestWindow(samples: Int, task: ForecastTask) -> Int { samples - task.horizon }

  /// A task of windows of `steps`.
  public init(_ data: ForecastData, task: ForecastTask, steps: Int, washout: Int) throws(Problem) {
    let most = Self.longestWindow(samples: data.recipe.samples, task: task)
    guard steps <= most else { throw .windowTooLong(steps: steps, most: most) }
    guard 0..<steps ~= washout else { throw .nothingScored(steps: steps, washout: washout) }
    self.task = task
    self.steps = steps
    self.washout = washout
    training = data.training
    held = data.validation
    let width = data.training.batch * data.training.width
    let seen = data.training.values[min(task.firstScored, data.recipe.samples - 1) * width..<data.training.values.count]
    let mean = seen.reduce(0, +) / Double(seen.count)
    let variance = seen.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(seen.count)
    self.mean = mean
    deviation = variance > 0 ? variance.squareRoot() : 1
    let scored = task.scored(of: held.steps)
    let targets = held.values[
      (scored.lowerBound + task.horizon) * width..<(scored.upperBound + task.horizon) * width]
    targetMeanSquare = targets.reduce(0) { $0 + $1 * $1 } / Double(targets.count)
    let recipe = data.recipe
    dataSettings = [
      ForecastSetting("task", "lorenz96"), ForecastSetting("variables", "\(recipe.variables)"),
      ForecastSetting("forcing", recipe.forcing), ForecastSetting("trajectories", "\(recipe.trajectories)"),
      ForecastSetting("samples", "\(recipe.samples)"), ForecastSetting("data seed", "\(recipe.seed)"),
      ForecastSetting("integrator", recipe.integration.method.rawValue),
      ForecastSetting("tolerance", recipe.integration.relativeTolerance),
    ]
  }

  public var inputs: Int { training.width }
  public var outputs: Int { training.width }
  public var objective: Objective { .meanSquaredError }
  public var summary: String {
    "forecast of Lorenz-96, \(task.horizon) samples ahead, on windows of \(steps) of which \(steps - washout) are scored"
  }
  public var scoreName: String {
    "validation NRMSE: RMSE over the targets' root mean square, from sample \(task.firstScored) on"
  }

  public var settings: [ForecastSetting] {
    dataSettings + [
      ForecastSetting("horizon", "\(task.horizon)"), ForecastSetting("first scored", "\(task.firstScored)"),
      ForecastSetting("window", "\(steps)"), ForecastSetting("washout", "\(washout)"),
    ]
  }

  public func batch<Scalar: TrainingScalar>(step: Int, size: Int, random: SplittableRandom) -> SequenceBatch<Scalar> {
    let order = MiniBatches(count: training.batch, size: size, random: random.split(0))
    var offsets = random.split(1).split(UInt64(step))
    let last = training.steps - task.horizon - steps
    // No step is scored before the first that any model is scored at.
    let first = min(last, max(0, task.firstScored - washout))
    let windows = order.trajectories(step: step).map { ($0, Int.random(in: first...last, using: &offsets)) }
    return sequences(training, windows: windows, steps: steps, washout: washout)
  }

  public func validation<Scalar: TrainingScalar>() -> SequenceBatch<Scalar> {
    sequences(
      held, windows: (0..<held.batch).map { ($0, 0) }, steps: held.steps - task.horizon, washout: task.firstScored)
  }

  public func score(_ objective: Double) -> Double {
    (objective * deviation * deviation / targetMeanSquare).squareRoot()
  }

  public func onRawData(_ parameters: [Double], of cell: any RecurrentCell) -> [Double] {
    cell.unscaled(parameters, mean: mean, deviation: deviation)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func sequences<Scalar: TrainingScalar>(
    _ data: InputSequence, windows: [(trajectory: Int, start: Int)], steps: Int, washout: Int
  ) -> SequenceBatch<Scalar> {
    let (n, batch) = (data.width, data.batch)
    func gather(_ times: Range<Int>) -> [Scalar] {
      var values: [Scalar] = []
      values.reserveCapacity(times.count * windows.count * n)
      for t in times {
        for (trajectory, start) in windows {
          let place = ((start + t) * batch + trajectory) * n
          for j in place..<place + n { values.append(Scalar((data.values[j] - mean) / deviation)) }
        }
      }
      return values
    }
    return SequenceBatch(
      steps: steps, count: windows.count, inputs: gather(0..<steps),
      targets: gather(washout + task.horizon..<steps + task.horizon), scoredFrom: washout + 1)
  }
}
