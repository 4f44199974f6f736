import CoRNNDynamics

/// What a training run came to.
public struct TrainingResult: Encodable, Equatable, Sendable {
  /// What was to be learned.
  public let task: String
  /// Everything it followed from, by name.
  public let settings: [ForecastSetting]
  /// The parameters that were trained.
  public let parameters: Int
  /// What scores are, with their normaliser.
  public let scoreName: String
  /// How it ended: `finished`, `stoppedImproving` or `diverged`.
  public let outcome: String
  /// The step whose objective, gradient or outcome wasn't finite; null unless it diverged.
  public let divergedAt: Int?
  /// The steps taken.
  public let steps: Int
  /// The best score and the step that it was reached at; null where there was none.
  public let best: Best?
  /// Every record, in order.
  public let records: [TrainingRecord]
  /// The best weights on the test trajectories, beside models that need no training; null without a best.
  public let test: [TestScore]?
  /// The adding problem's test set; null for other tasks.
  public let adding: AddingScore?
  /// Seconds of training, all sittings of this process; not part of a result's bytes.
  public let seconds: Double
  /// Seconds for making the data; not part of a result's bytes.
  public let dataSeconds: Double

  private enum CodingKeys: String, CodingKey {
    case task, settings, parameters, scoreName, outcome, divergedAt, steps, best, records, test, adding
  }

  /// A score and the step it was reached at.
  public struct Best: Encodable, Equatable, Sendable {
    /// The step.
    public let step: Int
    /// The score.
    public let score: Double
  }

  /// A model on the test trajectories.
  public struct TestScore: Encodable, Equatable, Sendable {
    /// The model's name.
    public let name: String
    /// Its score.
    public let score: ForecastScore

    /// A model's score.
    public init(name: String, score: ForecastScore) {
      self.name = name
      self.score = score
    }
  }

  /// A result.
  public init<Scalar>(
    _ run: TrainingRun<Scalar>, outcome: TrainingOutcome, records: [TrainingRecord], test: [TestScore]?,
    seconds: Double, dataSeconds: Double
  ) {
    task = run.task.summary
    settings = run.task.settings + run.recipe.settings
    adding = AddingScore(run, records: records)
    parameters = run.cell.parameterCount
    scoreName = run.task.scoreName
    switch outcome {
    case .finished: (self.outcome, divergedAt) = ("finished", nil)
    case .stoppedImproving: (self.outcome, divergedAt) = ("stoppedImproving", nil)
    case .diverged(let step): (self.outcome, divergedAt) = ("diverged", step)
    }
    steps = run.state.step
    best = run.state.best.map { Best(step: $0.step, score: $0.score) }
    self.records = records
    self.test = test
    self.seconds = seconds
    self.dataSeconds = dataSeconds
  }
}
