public import CoRNNKernels

/// The adding problem (Hochreiter & Schmidhuber 1997): T values uniform in [0, 1] with two of them marked, one in each half;
/// the output at the last step is to be the sum of the marked ones.
///
/// As the coRNN's published code has it: inputs (value, marker), the first marker uniform over the first ⌊T/2⌋ places, the
/// second over the rest, mean squared error at the last step, a new batch at every training step. To predict 1, the mean,
/// has an expected error of 1/6.
public struct AddingTask: TrainingTask {
  /// T, at least 2.
  public let steps: Int
  /// Sequences that choose the best weights, and those of the test set.
  public let validationSequences: Int
  /// Sequences of the test set.
  public let testSequences: Int
  /// The seed of both sets.
  public let seed: UInt64

  /// A task.
  public init(length: Int, validationSequences: Int = 200, testSequences: Int = 1000, seed: UInt64 = 1) {
    precondition(length >= 2 && validationSequences > 0 && testSequences > 0, "sequences of \(length)")
    steps = length
    self.validationSequences = validationSequences
    self.testSequences = testSequences
    self.seed = seed
  }

  public var inputs: Int { 2 }
  public var outputs: Int { 1 }
  public var objective: Objective { .meanSquaredError }
  public var summary: String {
    "adding problem: \(steps) values uniform in [0, 1], one marked in each half; the output at the last step is to be the "
      + "sum of the two"
  }
  public var scoreName: String { "mean squared error at the last step, on \(validationSequences) validation sequences" }

  public var settings: [ForecastSetting] {
    [
      ForecastSetting("task", "adding"), ForecastSetting("length", "\(steps)"),
      ForecastSetting("validation sequences", "\(validationSequences)"),
      ForecastSetting("test sequences", "\(testSequences)"), ForecastSetting("data seed", "\(seed)"),
    ]
  }

  public func batch<Scalar: TrainingScalar>(step: Int, size: Int, random: SplittableRandom) -> SequenceBatch<Scalar> {
    var stream = random.split(UInt64(step))
    return sequences(size, random: &stream)
  }

  public func validation<Scalar: TrainingScalar>() -> SequenceBatch<Scalar> {
    var stream = SplittableRandom(seed: seed).split(0)
    return sequences(validationSequences, random: &stream)
  }

  public func test<Scalar: TrainingScalar>() -> SequenceBatch<Scalar>? {
    var stream = SplittableRandom(seed: seed).split(1)
    return sequences(testSequences, random: &stream)
  }

  public func score(_ objective: Double) -> Double { objective }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func sequences<Scalar: TrainingScalar>(
    _ count: Int, random: inout SplittableRandom
  ) -> SequenceBatch<Scalar> {
    var inputs = [Scalar](repeating: 0, count: steps * count * 2)
    for place in 0..<steps * count { inputs[2 * place] = Scalar(random.uniform(in: 0...1)) }
    let half = steps / 2
    let targets = (0..<count).map { b in
      [Int.random(in: 0..<half, using: &random), Int.random(in: half..<steps, using: &random)].reduce(Scalar(0)) {
        let place = 2 * ($1 * count + b)
        inputs[place + 1] = 1
        return $0 + inputs[place]
      }
    }
    return SequenceBatch(steps: steps, count: count, inputs: inputs, targets: targets, scoredFrom: steps)
  }
}

/// A mean squared error over sequences, with its standard error over them.
public struct SquaredError: Encodable, Equatable, Sendable {
  /// The mean.
  public let value: Double
  /// Null for a single sequence.
  public let standardError: Double?

  /// The error of outputs, one for each sequence.
  public init<Scalar: TrainingScalar>(_ outputs: [Scalar], targets: [Scalar]) {
    precondition(outputs.count == targets.count && !targets.isEmpty, "\(outputs.count) outputs")
    let squares = zip(outputs, targets).map { (Double($0) - Double($1)) * (Double($0) - Double($1)) }
    let count = Double(squares.count)
    let mean = squares.reduce(0, +) / count
    value = mean
    let spread = squares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardError = squares.count > 1 ? (spread / (count - 1) / count).squareRoot() : nil
  }
}

/// A trained network on the adding problem's test set, beside the prediction of the mean.
public struct AddingScore: Encodable, Equatable, Sendable {
  /// The sequences of the test set.
  public let sequences: Int
  /// What predicting 1 is expected to score, 1/6, and what it scores on the test set.
  public let expectedBaseline: Double
  /// What predicting 1 scores on the test set.
  public let baseline: SquaredError
  /// The weights that were best on validation, and the last ones.
  public let best: SquaredError?
  /// That of the last weights.
  public let last: SquaredError
  /// The first look at which the test error was below 0.01; null where none was.
  public let firstBelowHundredth: Int?

  /// The score of a run that has ended; nil for another task.
  public init?<Scalar>(_ run: TrainingRun<Scalar>, records: [TrainingRecord]) {
    guard run.task is AddingTask, let last = run.testOutputs(run.state.parameters) else { return nil }
    sequences = last.targets.count
    expectedBaseline = 1.0 / 6
    baseline = SquaredError(last.targets.map { _ in Scalar(1) }, targets: last.targets)
    best = run.state.best.flatMap { run.testOutputs($0.parameters) }.map {
      SquaredError($0.outputs, targets: $0.targets)
    }
    self.last = SquaredError(last.outputs, targets: last.targets)
    firstBelowHundredth = records.first { ($0.test ?? .infinity) < 1e-2 }?.step
  }
}
