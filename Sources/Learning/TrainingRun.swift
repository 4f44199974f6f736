public import CoRNNDynamics
public import CoRNNKernels

/// A training run: Adam on mini-batches, a look at the validation data now and then, the best weights kept.
///
/// What happens is a function of recipe, task and state alone: the same bits on any number of threads, and after being
/// taken up again from a ``state``. Not to be used from two threads at a time.
public final class TrainingRun<Scalar: TrainingScalar> {
  /// How it is trained.
  public let recipe: TrainingRecipe
  /// What it is trained on.
  public let task: any TrainingTask
  /// What is trained.
  public let cell: any RecurrentCell
  /// Where it is.
  public private(set) var state: TrainingState<Scalar>
  /// How it ended; nil while it goes on.
  public private(set) var outcome: TrainingOutcome?
  /// Called for the weights at each record of oscillators, with the network as it is trained; nil leaves them out.
  public var watch: (@Sendable (OscillatorCell, [Double]) -> WeightRecord?)?
  private let engine: GradientEngine<Scalar>
  private let judge: GradientEngine<Scalar>
  private let held: SequenceBatch<Scalar>
  private let test: (data: SequenceBatch<Scalar>, judge: GradientEngine<Scalar>)?
  private let rateFactors: [(range: Range<Int>, factor: Double)]
  private let random: SplittableRandom

  /// A run that begins, or goes on from `state`.
  ///
  /// - Throws: ``OscillatorCell/Problem``.
  public convenience init(
    _ recipe: TrainingRecipe, on task: any TrainingTask, from state: TrainingState<Scalar>? = nil, threads: Int
  ) throws(OscillatorCell.Problem) {
    let cell = try recipe.cell.cell(inputs: task.inputs, outputs: task.outputs)
    self.init(recipe, cell, on: task, from: state, threads: threads)
  }

  /// The same of the recipe's cell.
  init(
    _ recipe: TrainingRecipe, _ cell: any RecurrentCell, on task: any TrainingTask,
    from state: TrainingState<Scalar>? = nil, threads: Int
  ) {
    self.recipe = recipe
    self.task = task
    self.cell = cell
    let stream = SplittableRandom(seed: recipe.seed)
    random = stream.split(1)
    if let state {
      precondition(state.parameters.count == cell.parameterCount, "a state of another network")
      self.state = state
    } else {
      var start = stream.split(0)
      let parameters = cell.initialParameters(&start).map { Scalar($0) }
      self.state = TrainingState(parameters: parameters, optimiser: Adam(count: parameters.count))
    }
    engine = GradientEngine(cell, steps: task.steps, batch: recipe.batch, threads: threads)
    held = task.validation()
    judge = GradientEngine(cell, steps: held.steps, batch: held.count, threads: threads)
    test = (task.test() as SequenceBatch<Scalar>?).map {
      ($0, GradientEngine(cell, steps: $0.steps, batch: $0.count, threads: threads))
    }
    rateFactors = cell.blocks.compactMap { block in
      guard let factor = cell.rateFactors[block.name], let range = cell.range(of: block.name) else { return nil }
      return (range, factor)
    }
    outcome = ending
  }

  /// How the run has ended at a state; nil where it goes on.
  private var ending: TrainingOutcome? {
    if let patience = recipe.patience, state.stale >= patience { return .stoppedImproving }
    return state.step >= recipe.steps ? .finished : nil
  }

  /// Takes a step, if the run goes on; a record at every `validateEvery`-th and at the last.
  ///
  /// The state is left as it was at a step whose objective or gradient isn't finite, or that would lead to numbers that
  /// aren't.
  public func advance() -> TrainingRecord? {
    guard outcome == nil else { return nil }
    let step = state.step
    let rate = recipe.rate.rate(at: step)
    let batch: SequenceBatch<Scalar> = task.batch(step: step, size: recipe.batch, random: random)
    var (value, gradient) = engine.valueAndGradient(task.objective, parameters: state.parameters, on: batch)
    let norm = recipe.clip.map { clip(&gradient, toNorm: $0) } ?? globalNorm(gradient)
    var next = state
    if value.isFinite, norm.isFinite { next.take(gradient, rate: rate, factors: rateFactors, loss: value) }
    guard next.step > step, next.allFinite() else {
      outcome = .diverged(step: step + 1)
      return nil
    }
    state = next
    guard state.step.isMultiple(of: recipe.validateEvery) || state.step == recipe.steps else { return nil }

    let score = validationScore(state.parameters)
    let isBest = score.isFinite && score < state.best?.score ?? .infinity
    if isBest { state.best = .init(parameters: state.parameters, score: score, step: state.step) }
    state.stale = isBest ? 0 : state.stale + 1
    let tested = testScore(state.parameters)
    let record = TrainingRecord(
      step: state.step, loss: state.lossSum / Double(state.lossCount), gradientNorm: norm, rate: rate,
      score: score.isFinite ? score : nil, test: tested.flatMap { $0.isFinite ? $0 : nil }, isBest: isBest,
      weights: (cell as? OscillatorCell).flatMap { watch?($0, state.parameters.map { Double($0) }) })
    (state.lossSum, state.lossCount) = (0, 0)
    outcome = ending
    return record
  }

  /// The score of parameters on the validation data.
  public func validationScore(_ parameters: [Scalar]) -> Double {
    task.score(judge.value(task.objective, parameters: parameters, on: held))
  }

  /// The score of parameters on the test data; nil for a task that isn't tested along the way.
  public func testScore(_ parameters: [Scalar]) -> Double? {
    test.map { task.score($0.judge.value(task.objective, parameters: parameters, on: $0.data)) }
  }

  /// The outputs of parameters on the test data, S×B×o, and what they should be.
  public func testOutputs(_ parameters: [Scalar]) -> (outputs: [Scalar], targets: [Scalar])? {
    test.map { ($0.judge.outputs(parameters: parameters, on: $0.data), $0.data.targets) }
  }

  /// The first validation sequence's inputs, as the network sees them.
  public var firstValidationInputs: InputSequence {
    let width = task.inputs
    return InputSequence(
      steps: held.steps, batch: 1, width: width,
      values: (0..<held.steps).flatMap { t in
        (0..<width).map { Double(held.inputs[t * held.count * width + $0]) }
      })
  }
}
