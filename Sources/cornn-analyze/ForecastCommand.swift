import ArgumentParser
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNLearning
import CoRNNModel
import CoRNNReport

/// Forecasts Lorenz-96 with several models, and scores them.
struct ForecastCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Fit models to Lorenz-96, score their forecasts, close their loops.",
    discussion: """
      The task of the coRNN paper: the state 25 samples of 0.01 ahead, from 128 trajectories each for training, validation \
      and test. NRMSE is the root mean square error over the targets' root mean square, at every step from --first-scored \
      on. A checkpoint is scored beside the models by the forecasts that it reads out, for the horizon that it was trained \
      for. --closed-loop gives models of one sample ahead their own forecasts as inputs, and tells how long they stay near \
      the truth. --output DIR writes forecast.json, forecast.md, and plots with their data and scripts.
      """)

  @Argument(help: "Trained weights to score as well: .pt, .pth, .safetensors, .npz or .json.")
  var checkpoint: String?

  @OptionGroup var task: ForecastOptions
  @OptionGroup var loop: ClosedLoopOptions
  @OptionGroup var output: OutputOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Samples ahead. (default: 25)", valueName: "n"))
  var horizon: Int?

  @Option(help: ArgumentHelp("Horizons to show the error against, commas between.", valueName: "n,n,…"))
  var horizons: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Forcings to show the error against, commas between.", valueName: "x,x,…"))
  var forcings: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What the checkpoint's outputs are multiplied by to be forecasts. (default: what its inputs are divided by, its input_scale)",
      valueName: "x"))
  var outputScale: Double?

  @OptionGroup var reading: ReadingOptions

  func validate() throws {
    if loop.closedLoop {
      for (flag, isGiven) in [
        ("--horizon", horizon != nil), ("--horizons", horizons != nil), ("--forcings", forcings != nil),
      ] where isGiven {
        throw ValidationError("\(flag) is about open-loop forecasts; closed loops forecast one sample ahead.")
      }
    }
    if checkpoint == nil {
      for flag in reading.givenFlags + (outputScale == nil ? [] : ["--output-scale"]) {
        throw ValidationError("\(flag) is about a checkpoint: name one.")
      }
    } else if horizons != nil {
      throw ValidationError("--horizons fits models anew for each, and a checkpoint knows the one it was trained for.")
    }
    if let outputScale, !(outputScale > 0 && outputScale.isFinite) {
      throw ValidationError("--output-scale is \(outputScale); it must be greater than 0.")
    }
    if let forcings, numberList(forcings)?.isEmpty ?? true {
      throw ValidationError("--forcings is \(forcings); it must be numbers with commas between.")
    }
    for horizon in try Self.wholeNumbers(horizons) + [horizon ?? 25] {
      guard horizon >= 1, task.firstScored + horizon < task.samples else {
        throw ValidationError(
          "a horizon of \(horizon) leaves nothing to score: it must be at least 1, and --first-scored "
            + "(\(task.firstScored)) and it together less than --samples (\(task.samples)).")
      }
    }
  }

  /// Whole numbers with commas between, sorted; none for nil.
  static func wholeNumbers(_ text: String?) throws -> [Int] {
    guard let text else { return [] }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.allSatisfy({ $0 != nil }) else {
      throw ValidationError("--horizons is \(text); it must be whole numbers with commas between.")
    }
    return Array(Set(numbers.compactMap { $0 })).sorted()
  }

  func run() async throws {
    let folder = try output.folder()
    let fits = folder.map { FitFolder($0) }
    if let fits, fits.count > 0 {
      output.note("\(fits.path) has \(fits.count) trainings; those with the same settings are taken")
    }
    if loop.closedLoop {
      try await closeLoops(folder, fits)
    } else {
      try await compare(folder, fits)
    }
  }

  private func compare(_ folder: OutputFolder?, _ fits: FitFolder?) async throws {
    let threads = output.threadCount
    let methods = task.methods(store: fits) + (try given())
    let asked = ForecastTask(horizon: horizon ?? 25, firstScored: task.firstScored)
    let horizons = try Self.wholeNumbers(horizons)
    let forcings = Array(Set(forcings.flatMap(numberList) ?? [])).sorted()
    let others = forcings.filter { $0 != task.forcing }
    let progress = Progress(
      "forecasting", total: methods.count * (1 + horizons.filter { $0 != asked.horizon }.count + others.count),
      quiet: output.quiet)
    var dataSeconds = 0.0
    func data(_ forcing: Double) throws -> ForecastData {
      let start = ContinuousClock.now
      let data = try task.data(forcing: forcing, threads: threads)
      dataSeconds += (ContinuousClock.now - start) / .seconds(1)
      return data
    }
    func comparison(
      _ data: ForecastData, _ task: ForecastTask, _ exponent: LargestExponent
    ) throws -> ForecastComparison {
      do {
        let found = try ForecastComparison(
          methods, on: data, task: task, exponent: exponent, options: self.task.fitting(threads: threads),
          progress: { progress.advance($0) })
        try fits?.check()
        return found
      } catch ForecastFailure.interrupted {
        progress.finish()
        throw FitFolder.reason(fits)
      }
    }
    let own = try data(task.forcing)
    let exponent = try task.exponent()
    let main = try comparison(own, asked, exponent)
    var portraits = [ForecastResult.Portrait(own, from: asked.firstScored)]
    let byHorizon = try horizons.map { horizon in
      horizon == asked.horizon
        ? main : try comparison(own, ForecastTask(horizon: horizon, firstScored: asked.firstScored), exponent)
    }
    let byForcing = try forcings.map { forcing in
      guard forcing != task.forcing else { return main }
      let data = try data(forcing)
      portraits.append(ForecastResult.Portrait(data, from: asked.firstScored))
      return try comparison(data, asked, try task.exponent(forcing: forcing))
    }
    progress.finish()
    let result = ForecastResult(
      main, byHorizon: byHorizon, byForcing: byForcing, portraits: portraits, dataSeconds: dataSeconds)
    try await finish(
      result.document, json: jsonText(schema: "cornn-analyze/forecast/1", result), plots: result.plots, folder)
    if output.strict, let entry = result.models.first(where: { $0.failure != nil }) {
      throw Diagnostic(.unreached, "\(entry.name) wasn't fitted: \(entry.failure ?? "")")
    }
  }

  private func closeLoops(_ folder: OutputFolder?, _ fits: FitFolder?) async throws {
    let threads = output.threadCount
    let methods = task.methods(leavingOut: ["climatology", "persistence"], store: fits) + (try given())
    let progress = Progress("closing loops", total: methods.count + 1, quiet: output.quiet)
    let data = try task.data(threads: threads)
    let exponent = try task.exponent()
    let closed = loop.task(exponent: exponent, interval: data.recipe.interval)
    progress.advance(1)
    let result: ClosedLoopComparison
    do throws(ClosedLoopComparison.Failure) {
      result = try ClosedLoopComparison(
        methods, on: data, task: closed, exponent: exponent, options: task.fitting(threads: threads),
        progress: { progress.advance($0) })
    } catch {
      progress.finish()
      guard case .integration(let failure) = error else { throw FitFolder.reason(fits) }
      throw Diagnostic(trajectory: failure, forcing: task.forcing)
    }
    try fits?.check()
    progress.finish()
    try await finish(
      result.document, json: jsonText(schema: "cornn-analyze/forecast-closed-loop/1", result), plots: result.plots,
      folder)
    if output.strict, let entry = result.models.first(where: { $0.failure != nil }) {
      throw Diagnostic(.unreached, "\(entry.name) wasn't fitted: \(entry.failure ?? "")")
    }
  }

  /// The checkpoint as a model; none without one.
  private func given() throws(Diagnostic) -> [any ForecastMethod] {
    guard let path = checkpoint else { return [] }
    let stored = try reading.stored(path)
    let network = try reading.network(stored)
    let scale = stored.constants.inputScale.value
    let method: GivenNetwork
    do throws(GivenNetwork.Problem) {
      method = try GivenNetwork(
        network, name: path.split(separator: "/").last.map(String.init) ?? path, inputScale: scale,
        outputScale: outputScale ?? scale)
    } catch {
      throw Diagnostic(error, path: path)
    }
    guard network.inputs == task.variables else {
      throw Diagnostic(
        .usage, "\(path) forecasts \(network.inputs) variables, and there are \(task.variables)",
        hint: network.inputs >= 4 ? "give --variables \(network.inputs)" : "Lorenz-96 has at least 4")
    }
    return [method]
  }

  private func finish(_ document: Document, json: String, plots: [Plot], _ folder: OutputFolder?) async throws {
    try await output.publish(
      document, question: "Which model forecasts Lorenz-96 best, and what is that worth?", json: json, plots: plots,
      name: "forecast", to: folder)
  }
}

/// How loops are closed.
struct ClosedLoopOptions: ParsableArguments {
  @Flag(help: "Feed models that forecast one sample ahead their own forecasts.")
  var closedLoop = false

  @Option(parsing: .unconditional, help: ArgumentHelp("Starts. (default: 100)", valueName: "n"))
  var starts: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("True samples before the model is on its own. (default: 200)", valueName: "n"))
  var warmUp: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples forecast. (default: 20 Lyapunov times, at least 500 and at most 5000)", valueName: "n"))
  var length: Int?

  @Option(
    help: ArgumentHelp(
      "Errors at which a valid time ends, in standard deviations. (default: 0.3,0.5,1)", valueName: "x,x,…"))
  var thresholds: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Free runs for statistics over long times; 0 for none. (default: 4)", valueName: "n"))
  var longRuns: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Samples in each of them. (default: 20000)", valueName: "n"))
  var longRunSamples: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps that Lyapunov exponents are averaged over; 0 for none. (default: 20000)", valueName: "n"))
  var exponentSteps: Int?

  func validate() throws {
    let given: [(flag: String, value: Int?, range: ClosedRange<Int>)] = [
      ("--starts", starts, 2...100_000), ("--warm-up", warmUp, 1...1_000_000), ("--length", length, 2...1_000_000),
      ("--long-runs", longRuns, 0...1000), ("--long-run-samples", longRunSamples, 100...10_000_000),
      ("--exponent-steps", exponentSteps, 0...100_000_000),
    ]
    for (flag, value, range) in given {
      guard let value else { continue }
      if !closedLoop { throw ValidationError("\(flag) is about closed loops: add --closed-loop.") }
      guard range ~= value else {
        throw ValidationError("\(flag) is \(value); it must be \(range.lowerBound) to \(range.upperBound).")
      }
    }
    guard let thresholds else { return }
    if !closedLoop { throw ValidationError("--thresholds is about closed loops: add --closed-loop.") }
    guard let numbers = numberList(thresholds), !numbers.isEmpty, numbers.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("--thresholds is \(thresholds); it must be positive numbers with commas between.")
    }
  }

  /// The task; its length follows from the exponent where none is given.
  func task(exponent: LargestExponent, interval: Double) -> ClosedLoopTask {
    let usual = exponent.value > 0 ? Int(20 / exponent.value / interval) : 5000
    return ClosedLoopTask(
      starts: starts ?? 100, warmUp: warmUp ?? 200, length: length ?? min(5000, max(500, usual)),
      thresholds: (thresholds.flatMap(numberList) ?? [0.3, 0.5, 1]).sorted(), longRuns: longRuns ?? 4,
      longRunSamples: longRunSamples ?? 20_000, exponentSteps: exponentSteps ?? 20_000)
  }
}
