import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNLearning
import CoRNNModel
import CoRNNReport

/// Trains a network.
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a coRNN or another recurrent network on Lorenz-96 or the adding problem.",
    discussion: """
      The settings are flags here, or the keys of a scenario of kind train: train x.yaml is run x.yaml. --output DIR is the \
      run's folder: recipe.json (all settings), metrics.jsonl (a line for each look at the validation data), checkpoints, \
      weights.safetensors (the best on validation, for raw inputs; every other command reads them), train.json, train.md \
      and plots. A run that is interrupted or killed goes on with --resume, to the same bytes. --task adding needs --length \
      and --steps alone: what else a cell takes there has published values, or such as a search found, which the report \
      lists and flags override.
      """)

  @Argument(help: "A scenario of kind train, instead of flags.")
  var scenario: String?

  @OptionGroup var training: TrainingOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Go on with the interrupted run in the run's folder.")
  var resume = false

  @Option(parsing: .unconditional, help: ArgumentHelp("Seconds between two checkpoints. (default: 10)", valueName: "s"))
  var saveEvery: Double?

  func validate() throws {
    if let saveEvery, !(saveEvery > 0) {
      throw ValidationError("--save-every is \(saveEvery); it must be greater than 0.")
    }
    guard scenario == nil else {
      // What was given can't be told from the values: some have defaults.
      let own = Set(ScenarioKey.keys(of: .train).map { "--" + $0.flag })
      let given = CommandLine.arguments.map { $0.prefix { $0 != "=" } }
      if let flag = given.first(where: { own.contains(String($0)) }) {
        throw ValidationError("\(flag) belongs in the scenario here: flags and a file contradict each other.")
      }
      return
    }
    try training.requireAll()
    if output.output == nil { throw ValidationError("train needs --output, the run's folder.") }
  }

  func run() async throws {
    if let scenario {
      let kinds = try Scenario(path: scenario).kinds
      guard kinds == [.train] else {
        throw Diagnostic(
          .data, "\(scenario): a scenario of kind \(kinds.map(\.rawValue).joined(separator: ", "))",
          hint: "run it with: run \(scenario)")
      }
      var command = try RunCommand.parse([scenario])
      (command.output, command.resume) = (output, resume)
      return try await command.run()
    }
    let recipe = try training.recipe()
    switch recipe.precision {
    case .float32: try await train(recipe, in: Float.self)
    case .float64: try await train(recipe, in: Double.self)
    }
  }

  private func train<Scalar: TrainingScalar>(_ recipe: TrainingRecipe, in: Scalar.Type) async throws {
    try output.tryReport()
    var folder = try TrainingFolder(OutputFolder(output.output ?? ""))
    if !resume, folder.holdsRun {
      throw Diagnostic(
        .usage, "\(folder.folder.path) holds a training run already",
        hint: "add --resume to go on with it, delete it, or choose another folder with --output")
    }
    let begun = ContinuousClock.now
    let subject = try subject()
    let dataSeconds = (ContinuousClock.now - begun) / .seconds(1)
    let task = subject.task
    let names =
      task.settings + recipe.settings + [ForecastSetting("exponent", training.exponent ? "measured" : "not measured")]
    let settings = Dictionary(uniqueKeysWithValues: names.map { ($0.name, $0.value) })

    let known: TrainingCheckpoint<Scalar>? = resume ? try folder.newest(settings: settings, note: output.note) : nil
    let run: TrainingRun<Scalar>
    do throws(OscillatorCell.Problem) {
      run = try TrainingRun(recipe, on: task, from: known?.state, threads: output.threadCount)
    } catch {
      throw Diagnostic(.usage, error.text)
    }
    let inputs = run.firstValidationInputs
    let withExponent = training.exponent
    run.watch = { cell, parameters in
      (try? cell.network(parameters)).map { WeightRecord(of: $0, inputs: inputs, withExponent: withExponent) }
    }
    var records = try folder.openRecords(keeping: known?.recordBytes ?? 0)
    try folder.folder.write(
      jsonText(
        schema: "cornn-analyze/recipe/1",
        Recipe(settings: names, tool: CornnAnalyze.versionNumber, gsl: GSL.version, kernels: OpenBLAS.instructionSet)),
      to: "recipe.json")

    Interruption.hold()
    let start = ContinuousClock.now
    let progress = Progress("training", total: recipe.steps, quiet: output.quiet)
    progress.advance(run.state.step)
    var saved = start
    while run.outcome == nil {
      if let record = run.advance() {
        records.append(record)
        try folder.append(record)
        progress.tell("score \(record.score.map { numberText($0) } ?? "not finite")")
      }
      progress.advance(1)
      guard Interruption.isRequested || ContinuousClock.now - saved >= .seconds(saveEvery ?? 10) else { continue }
      try folder.save(run.state, settings: settings)
      saved = .now
      guard Interruption.isRequested else { continue }
      progress.finish()
      throw Diagnostic(
        .interrupted, "interrupted after \(run.state.step) of \(recipe.steps) steps, which \(folder.folder.path) keeps",
        hint: "the same command with --resume goes on from there, to the same bytes")
    }
    progress.finish()
    try folder.save(run.state, settings: settings)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    try await finish(run, subject, records, folder.folder, seconds: seconds, dataSeconds: dataSeconds)
  }

  /// What is trained on.
  private enum Subject {
    case forecast(ForecastTraining, ForecastData)
    case adding(AddingTask)

    var task: any TrainingTask {
      switch self {
      case .forecast(let task, _): task
      case .adding(let task): task
      }
    }
  }

  private func subject() throws(Diagnostic) -> Subject {
    if let adding = training.adding { return .adding(adding) }
    let data: ForecastData
    do throws(IntegrationFailure) {
      data = try ForecastData(training.data, threads: output.threadCount)
    } catch {
      throw Diagnostic(trajectory: error, forcing: training.data.forcing)
    }
    return .forecast(try training.windows(data), data)
  }

  /// Writes weights, result and plots.
  private func finish<Scalar>(
    _ run: TrainingRun<Scalar>, _ subject: Subject, _ records: [TrainingRecord], _ folder: OutputFolder,
    seconds: Double,
    dataSeconds: Double
  ) async throws {
    guard let outcome = run.outcome else { preconditionFailure("a run that goes on") }
    let task = subject.task
    var test: [TrainingResult.TestScore]?
    if let best = run.state.best {
      let parameters = task.onRawData(best.parameters.map { Double($0) }, of: run.cell)
      try write(parameters, of: run.cell, to: folder.file("weights.safetensors"))
      if case .forecast(let task, let data) = subject {
        test = scores(
          of: RecurrentForecast(run.cell, parameters: parameters), named: run.cell.name, on: data, task.task)
      }
    }
    let last = task.onRawData(run.state.parameters.map { Double($0) }, of: run.cell)
    try write(last, of: run.cell, to: folder.file("weights-last.safetensors"))
    let result = TrainingResult(
      run, outcome: outcome, records: records, test: test, seconds: seconds, dataSeconds: dataSeconds)
    try await output.publish(
      result.document,
      question: "How well does the trained network forecast, and what became of its weights on the way?",
      json: jsonText(schema: "cornn-analyze/train/1", result), plots: result.plots,
      name: "train", to: folder)
    if output.strict, case .diverged(let step) = outcome {
      throw Diagnostic(.unreached, "training diverged at step \(step)", hint: "lower --rate, or give --clip")
    }
  }

  /// A trained model on the test trajectories, beside models that need no training.
  private func scores(
    of model: any ForecastModel, named name: String, on data: ForecastData, _ task: ForecastTask
  ) -> [TrainingResult.TestScore] {
    let threads = output.threadCount
    func score(_ name: String, _ model: any ForecastModel) -> TrainingResult.TestScore {
      .init(name: name, score: model.score(on: data.test, task: task, threads: threads))
    }
    return [score(name, model)]
      + ["climatology", "persistence", "cubic"].compactMap { name in
        guard let method = ForecastCatalogue.method(name),
          let fitted = try? method.fitted(to: data, task: task, seed: 0, threads: threads)
        else { return nil }
        return score(name, fitted.model)
      }
  }

  private func write(_ parameters: [Double], of cell: any RecurrentCell, to path: String) throws(Diagnostic) {
    do {
      guard try TrainedWeights.write(parameters, of: cell, to: path) else {
        return output.note("\(path): not written: its numbers, or constants that were learned, aren't finite any more")
      }
    } catch {
      throw Diagnostic(error)
    }
  }

  /// What a run follows from, and what computed it.
  private struct Recipe: Encodable {
    let settings: [ForecastSetting]
    let tool: String
    let gsl: String
    let kernels: String
  }
}
