public import CoRNNDynamics
public import CoRNNKernels

/// Trajectories of Lorenz-96 for training, validation and test.
///
/// Rusch & Mishra (arXiv 2010.00951): 5 variables, F = 0.9 or 8, 128 trajectories each, 2000 samples 0.01 apart, starts
/// uniform in [F − ½, F + ½]. Integrated by GSL's rk8pd with tolerance 1e-12.
public struct ForecastDataRecipe: Encodable, Equatable, Sendable {
  /// The system's variables, at least 4, and its forcing F.
  public var variables: Int
  /// F.
  public var forcing: Double
  /// Trajectories in each set, and samples in each of them.
  public var trajectories: Int
  /// Samples in a trajectory.
  public var samples: Int
  /// The time from one sample to the next.
  public let interval = Lorenz96.samplingInterval
  /// Each trajectory's start has a stream of its own under this seed, by set and number.
  public var seed: UInt64
  /// How they are integrated.
  public let integration = Lorenz96.integration

  /// The paper's, but for what is given.
  public init(variables: Int = 5, forcing: Double, trajectories: Int = 128, samples: Int = 2000, seed: UInt64) {
    self.variables = variables
    self.forcing = forcing
    self.trajectories = trajectories
    self.samples = samples
    self.seed = seed
  }
}

/// What is to be forecast, and which forecasts count: the state `horizon` samples after the newest one seen, at every
/// sample from `firstScored` on that has a target.
public struct ForecastTask: Encodable, Equatable, Sendable {
  /// Samples ahead.
  public var horizon: Int
  /// Samples at the start of each trajectory that every model sees but none is fitted to or scored on.
  public var firstScored: Int

  /// The paper's 25 samples ahead.
  public init(horizon: Int = 25, firstScored: Int = 200) {
    self.horizon = horizon
    self.firstScored = firstScored
  }

  /// The samples that forecasts are made from, of so many in a trajectory.
  public func scored(of samples: Int) -> Range<Int> { firstScored..<max(firstScored, samples - horizon) }
}

/// The trajectories made by a recipe, time first.
public struct ForecastData: Sendable {
  /// A set of trajectories, each with a stream of random numbers of its own.
  public enum Part: UInt64, CaseIterable, Sendable {
    /// What models are fitted to, what chooses between settings, and what scores are reported on.
    case training, validation, test
    /// Where closed loops start, and runs for statistics over long times.
    case closedLoop, longRun
  }

  /// How they were made.
  public let recipe: ForecastDataRecipe
  /// What models are fitted to, N×B×n.
  public let training: InputSequence
  /// What chooses between settings.
  public let validation: InputSequence
  /// What scores are reported on.
  public let test: InputSequence

  /// Integrates all trajectories; the same to the bit for any number of threads.
  ///
  /// Costs about 2 µs a sample of 5 variables.
  public init(
    _ recipe: ForecastDataRecipe, threads: Int = 1, progress: (@Sendable (Int) -> Void)? = nil
  ) throws(IntegrationFailure) {
    self.recipe = recipe
    training = try Self.trajectories(recipe, .training, threads: threads, progress: progress)
    validation = try Self.trajectories(recipe, .validation, threads: threads, progress: progress)
    test = try Self.trajectories(recipe, .test, threads: threads, progress: progress)
  }

  /// The trajectories of one part.
  ///
  /// - Parameters:
  ///   - recipe: how the data are made.
  ///   - part: which trajectories.
  ///   - threads: how many threads share the work.
  ///   - progress: told how many trajectories were made since it was last told.
  public static func trajectories(
    _ recipe: ForecastDataRecipe, _ part: Part, threads: Int = 1, progress: (@Sendable (Int) -> Void)? = nil
  ) throws(IntegrationFailure) -> InputSequence {
    let (n, count) = (recipe.variables, recipe.trajectories)
    let system = Lorenz96(variables: n, forcing: recipe.forcing)
    let stream = SplittableRandom(seed: recipe.seed).split(part.rawValue)
    var failures: [IntegrationFailure?] = []
    let values = SharedArray.filled(count: recipe.samples * count * n) { values in
      failures = parallelMap(count: count, threads: threads) { trajectory in
        var random = stream.split(UInt64(trajectory))
        let start = system.randomStart(&random)
        do throws(IntegrationFailure) {
          let samples = try system.samples(count: recipe.samples, interval: recipe.interval, from: start)
          for t in 0..<recipe.samples {
            values.store(samples, t * n..<(t + 1) * n, at: (t * count + trajectory) * n)
          }
        } catch {
          return error
        }
        progress?(1)
        return nil
      }
      // What a failed trajectory left unwritten isn't handed on.
      return failures.contains { $0 != nil } ? 0 : recipe.samples * count * n
    }
    if let failure = failures.compactMap({ $0 }).first { throw failure }
    return InputSequence(steps: recipe.samples, batch: count, width: n, values: values)
  }
}
