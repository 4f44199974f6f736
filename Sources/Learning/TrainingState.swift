public import CoRNNKernels

/// Where a training run is: all that its next step depends on beside the recipe and the task.
public struct TrainingState<Scalar: TrainingScalar>: Equatable, Sendable {
  /// The parameters, as ``RecurrentCell/blocks`` has them.
  public internal(set) var parameters: [Scalar]
  /// The optimiser.
  public internal(set) var optimiser: Adam<Scalar>
  /// The parameters with the best score so far; nil before the first look.
  public internal(set) var best: Best?
  /// Looks at the validation data since the best one.
  public internal(set) var stale: Int
  /// The sum of the batches' objectives since the last look, and how many they are.
  public internal(set) var lossSum: Double
  /// How many losses are in the sum.
  public internal(set) var lossCount: Int

  /// Parameters and their score.
  public struct Best: Equatable, Sendable {
    /// The parameters.
    public let parameters: [Scalar]
    /// Their score.
    public let score: Double
    /// The step after which they were judged.
    public let step: Int

    /// Parameters that were judged.
    public init(parameters: [Scalar], score: Double, step: Int) {
      self.parameters = parameters
      self.score = score
      self.step = step
    }
  }

  /// The optimiser's steps taken.
  public var step: Int { optimiser.steps }

  /// A state.
  public init(
    parameters: [Scalar], optimiser: Adam<Scalar>, best: Best? = nil, stale: Int = 0, lossSum: Double = 0,
    lossCount: Int = 0
  ) {
    precondition(
      optimiser.mean.count == parameters.count && best?.parameters.count ?? parameters.count == parameters.count,
      "an optimiser or best parameters for another network than one of \(parameters.count)")
    self.parameters = parameters
    self.optimiser = optimiser
    self.best = best
    self.stale = stale
    self.lossSum = lossSum
    self.lossCount = lossCount
  }

  /// Whether all that an optimiser's step changes is finite.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func allFinite() -> Bool {
    for values in [parameters, optimiser.mean, optimiser.square] {
      for value in values where !value.isFinite { return false }
    }
    return true
  }

  /// Takes an optimiser's step.
  mutating func take(
    _ gradient: [Scalar], rate: Double, factors: [(range: Range<Int>, factor: Double)] = [], loss: Double
  ) {
    optimiser.update(&parameters, gradient: gradient, rate: rate, factors: factors)
    lossSum += loss
    lossCount += 1
  }
}

/// What is noted at a look at the validation data.
public struct TrainingRecord: Codable, Equatable, Sendable {
  /// The optimiser's steps taken.
  public let step: Int
  /// The mean of the batches' objectives since the last record.
  public let loss: Double
  /// The gradient's Euclidean norm at the last step, before clipping.
  public let gradientNorm: Double
  /// The rate of the last step.
  public let rate: Double
  /// The score on the validation data; null where it isn't finite.
  public let score: Double?
  /// The score on the test data, of tasks that look at them all along; null where it isn't finite.
  public let test: Double?
  /// Whether it is the best so far.
  public let isBest: Bool
  /// What the weights are like; null for other cells than oscillators.
  public let weights: WeightRecord?
}

/// How a run ended.
public enum TrainingOutcome: Equatable, Sendable {
  /// All steps were taken.
  case finished
  /// The score hadn't got better for as long as the recipe's patience.
  case stoppedImproving
  /// The objective, the gradient or what the optimiser made of it wasn't finite at this step.
  case diverged(step: Int)
}
