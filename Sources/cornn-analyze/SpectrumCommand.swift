import ArgumentParser
import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNReport

/// Power spectra.
struct SpectrumCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spectrum",
    abstract: "Power spectrum of a variable along an orbit, and the 0–1 test for chaos.",
    discussion: """
      Welch's method: segments under a Hann window, half overlapping, their means removed; one-sided, so that the \
      integral is the variance. Frequencies are in cycles per unit of time, per step for a map without time. --output \
      DIR writes spectrum.json, spectrum.md, and a plot with its data and script.
      """)

  @OptionGroup var system: SystemOptions
  @OptionGroup var output: OutputOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Which state variable, from 0.", valueName: "k"))
  var variable = 0

  @Option(parsing: .unconditional, help: ArgumentHelp("Steps kept.", valueName: "n"))
  var length = 65536

  @Option(parsing: .unconditional, help: ArgumentHelp("Steps left out first.", valueName: "n"))
  var transient = 5000

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Steps in a segment. (default: a sixteenth of all)", valueName: "n"))
  var segment: Int?

  @Flag(help: "The 0–1 test for chaos too.")
  var zeroOne = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps from one value of the 0–1 test to the next. (default: 1 for maps without time, the steps of a period under "
        + "periodic forcing, else those after which the variable has lost its correlation)", valueName: "n"))
  var every: Int?

  func validate() throws {
    if !(64...100_000_000 ~= length) { throw ValidationError("--length is \(length); it must be 64 to 100000000.") }
    if !(0...1_000_000_000 ~= transient) {
      throw ValidationError("--transient is \(transient); it must be at least 0.")
    }
    if let segment, !(8...length ~= segment) {
      throw ValidationError("--segment is \(segment); it must be 8 to --length (\(length)).")
    }
    if let every, every < 1 { throw ValidationError("--every is \(every); it must be at least 1.") }
    if every != nil, !zeroOne { throw ValidationError("--every is about the 0–1 test: add --zero-one.") }
    if variable < 0 { throw ValidationError("--variable is \(variable); it must be at least 0.") }
    try system.requireDrive()
    if !zeroOne { try system.drive.refuseIdleSeed() }
  }

  func run() async throws {
    let folder = try output.folder()
    let moving = try system.load()
    try moving.check(variable: variable)
    let progress = Progress("moving", total: transient + length, quiet: output.quiet)
    let series = OrbitSeries(
      of: moving.system, from: moving.start, transient: transient, steps: length, variable: variable,
      isAngle: moving.description.angles.contains(variable),
      progress: { progress.advance($0) })
    progress.finish()
    let segment = segment ?? max(8, length / 16)
    let isWhole = series.failure == nil
    // A flow that is driven periodically is a map from one period to the next.
    let usual =
      moving.stepsPerPeriod
      ?? (zeroOne && moving.description.hasTime ? ZeroOneTest.decorrelation(of: series.values) : 1)
    guard let thinning = every ?? usual else {
      throw Diagnostic(
        .usage, "the 0–1 test needs values apart, and the variable keeps its correlation for a tenth of the run",
        hint: "raise --length, or give --every")
    }
    let used = series.values.count / max(1, thinning)
    if zeroOne, isWhole, used < 100 {
      throw Diagnostic(
        .usage, "the 0–1 test would have \(used) values, every \(thinning) of \(series.values.count) steps",
        hint: "it needs at least 100: raise --length, or lower --every")
    }
    let result = SpectrumResult(
      system: moving.description, variable: variable, transient: transient, series: series.values,
      spectrum: isWhole
        ? PowerSpectrum(of: series.values, interval: moving.description.timeStep, segmentLength: segment) : nil,
      zeroOne: zeroOne && isWhole
        ? ZeroOneTest(of: series.values, every: thinning, seed: system.drive.seed ?? 0, threads: output.threadCount)
        : nil,
      isStroboscopic: moving.stepsPerPeriod.map { thinning.isMultiple(of: $0) } ?? false,
      failure: series.failure)
    let json = jsonText(schema: "cornn-analyze/spectrum/1", result)
    try await output.publish(
      result.document, question: "How is the motion's power spread over frequencies, and is it chaotic?", json: json,
      plots: result.plots, name: "spectrum", to: folder)
    if output.strict, let failure = series.failure {
      throw Diagnostic(.unreached, "the run ended at time \(failure.time): \(failure.reason)")
    }
  }
}
