/// How closed loops are run and judged: a model that forecasts one sample ahead is given its own forecasts as inputs.
public struct ClosedLoopTask: Encodable, Equatable, Sendable {
  /// Starts, from trajectories of their own.
  public var starts: Int
  /// Samples left out of each first, so that it has come to the attractor.
  public var transient: Int
  /// Samples of the truth that the model is shown before it is on its own.
  public var warmUp: Int
  /// Samples that it then forecasts.
  public var length: Int
  /// Valid prediction times end where the error first exceeds these: the root mean square over the variables, divided
  /// by the standard deviation of the true states.
  public var thresholds: [Double]
  /// Free runs for statistics over long times, and samples in each; none for 0.
  public var longRuns: Int
  /// The samples of each.
  public var longRunSamples: Int
  /// Steps that Lyapunov exponents of the loops and of the system are averaged over; none for 0.
  public var exponentSteps: Int

  /// A task.
  public init(
    starts: Int = 100, transient: Int = 2000, warmUp: Int = 200, length: Int, thresholds: [Double] = [0.3, 0.5, 1],
    longRuns: Int = 4, longRunSamples: Int = 20_000,
    exponentSteps: Int = 20_000
  ) {
    precondition(starts > 0 && warmUp > 0 && length > 0 && transient >= 0, "\(starts) starts, \(length) samples")
    self.starts = starts
    self.transient = transient
    self.warmUp = warmUp
    self.length = length
    self.thresholds = thresholds
    self.longRuns = longRuns
    self.longRunSamples = longRunSamples
    self.exponentSteps = exponentSteps
  }
}
