/// How far forecasts are from what came: the root mean square error over variables, steps and trajectories, divided by
/// the root mean square of the targets.
public struct ForecastScore: Encodable, Equatable, Sendable {
  /// RMSE over the targets' root mean square.
  public let nrmse: Double
  /// Its standard error over trajectories (the delta method on the ratio of means); null for a single one.
  public let standardError: Double?
  /// RMSE over the targets' standard deviation about each variable's mean.
  public let byDeviation: Double
  /// The error itself, and what it is divided by.
  public let rootMeanSquareError: Double
  /// The targets' root mean square.
  public let targetRootMeanSquare: Double
  /// Their standard deviation about each variable's mean.
  public let targetDeviation: Double
  /// The first sample that a forecast is scored from, the number of them in a trajectory, and the trajectories.
  public let firstScored: Int
  /// The scored samples in a trajectory.
  public let scoredSteps: Int
  /// How many trajectories.
  public let trajectories: Int

  /// Sums over one trajectory.
  struct Squares: Sendable {
    var errors = 0.0
    var targets = 0.0
    /// Of each variable's target.
    var sums: [Double]

    init(variables: Int) { sums = [Double](repeating: 0, count: variables) }

    /// Takes in one forecast and its target.
    mutating func add(_ predictions: [Double], at p: Int, targets values: [Double], at v: Int) {
      for j in sums.indices {
        let target = values[v + j]
        let error = predictions[p + j] - target
        errors += error * error
        targets += target * target
        sums[j] += target
      }
    }
  }

  /// The score of trajectories that were each scored at `steps`.
  init(_ trajectories: [Squares], steps: Range<Int>, variables: Int) {
    let count = Double(trajectories.count)
    let cells = count * Double(steps.count * variables)
    let errors = trajectories.reduce(0) { $0 + $1.errors }
    let targets = trajectories.reduce(0) { $0 + $1.targets }
    var variance = targets / cells
    for j in 0..<variables {
      let mean = trajectories.reduce(0) { $0 + $1.sums[j] } / (count * Double(steps.count))
      variance -= mean * mean / Double(variables)
    }
    rootMeanSquareError = (errors / cells).squareRoot()
    targetRootMeanSquare = (targets / cells).squareRoot()
    targetDeviation = max(0, variance).squareRoot()
    let ratio = (errors / targets).squareRoot()
    nrmse = ratio
    byDeviation = rootMeanSquareError / targetDeviation
    if trajectories.count > 1 {
      let scatter = trajectories.reduce(0) { sum, trajectory in
        let part = trajectory.errors / (errors / count) - trajectory.targets / (targets / count)
        return sum + part * part
      }
      standardError = errors == 0 ? 0 : ratio / 2 * (scatter / (count - 1) / count).squareRoot()
    } else {
      standardError = nil
    }
    firstScored = steps.lowerBound
    scoredSteps = steps.count
    self.trajectories = trajectories.count
  }
}
