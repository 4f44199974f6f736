/// How a network is trained, but for the data: everything that a run follows from.
public struct TrainingRecipe: Equatable, Sendable {
  /// The numbers that training computes in.
  public enum Precision: String, CaseIterable, Codable, Sendable {
    /// Single or double precision.
    case float32, float64
  }

  /// What is trained.
  public var cell: CellRecipe
  /// The numbers that training computes in.
  public var precision: Precision
  /// The optimiser's steps at most.
  public var steps: Int
  /// Trajectories in a batch.
  public var batch: Int
  /// The learning rate over steps.
  public var rate: LearningRate
  /// The longest gradient; longer ones are scaled down. Nil for no clipping.
  public var clip: Double?
  /// Steps between two looks at the validation data.
  public var validateEvery: Int
  /// Looks without a better score after which training stops; nil to go on to the last step.
  public var patience: Int?
  /// Starts and batches have streams of their own under this seed.
  public var seed: UInt64

  /// A recipe.
  public init(
    cell: CellRecipe, precision: Precision = .float32, steps: Int, batch: Int, rate: LearningRate, clip: Double? = nil,
    validateEvery: Int = 100, patience: Int? = nil, seed: UInt64
  ) {
    precondition(
      steps > 0 && batch > 0 && validateEvery > 0, "\(steps) steps of \(batch), looked at each \(validateEvery)")
    self.cell = cell
    self.precision = precision
    self.steps = steps
    self.batch = batch
    self.rate = rate
    self.clip = clip
    self.validateEvery = validateEvery
    self.patience = patience
    self.seed = seed
  }

  /// The settings by name.
  public var settings: [ForecastSetting] {
    cell.settings + [
      ForecastSetting("precision", precision.rawValue), ForecastSetting("steps", "\(steps)"),
      ForecastSetting("batch", "\(batch)"), ForecastSetting("rate", rate.text),
      ForecastSetting("clip", clip.map { "\($0)" } ?? "none"),
      ForecastSetting("validate every", "\(validateEvery)"),
      ForecastSetting("patience", patience.map { "\($0)" } ?? "none"), ForecastSetting("seed", "\(seed)"),
    ]
  }
}

extension LearningRate {
  /// The schedule in words.
  public var text: String {
    switch self {
    case .constant(let rate): "\(rate)"
    case .steps(let start, let factor, let at):
      "\(start), divided by \(factor) at step " + at.map { "\($0)" }.joined(separator: ", ")
    case .cosine(let start, let end, let over): "\(start) to \(end) by a cosine over \(over) steps"
    }
  }
}
