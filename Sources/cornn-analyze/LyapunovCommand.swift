import ArgumentParser
import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNReport

/// Measures Lyapunov exponents.
struct LyapunovCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lyapunov",
    abstract: "Measure the Lyapunov exponents of a network's map, or of a classic system.",
    discussion: """
      Without --length or --repeat the run goes on until every standard error is at most --until-error, or --most-steps \
      are done. --output DIR writes lyapunov.json, lyapunov.md, and plots with their data and scripts.
      """)

  /// How tangents begin.
  enum Tangents: String, CaseIterable, ExpressibleByArgument {
    case unit, random
  }

  @OptionGroup var system: SystemOptions
  @OptionGroup var output: OutputOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("The number of exponents. (default: all)", valueName: "k"))
  var exponents: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Steps averaged over.", valueName: "n"))
  var length: Int?

  @Option(
    name: .customLong("repeat"), parsing: .unconditional,
    help: ArgumentHelp("Passes through the inputs, the transient included, instead of --length.", valueName: "n"))
  var passes: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps before the average begins; tangents move from the first.", valueName: "n"))
  var transient = 1000

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The standard error to reach, per unit time, or per step of a map without time.", valueName: "x")
  )
  var untilError = 3e-3

  @Option(parsing: .unconditional, help: ArgumentHelp("The most steps of a run without a length.", valueName: "n"))
  var mostSteps = 2_000_000

  @Option(parsing: .unconditional, help: ArgumentHelp("Steps between two orthonormalisations.", valueName: "n"))
  var interval = 1

  @Option(help: "How tangents begin: the first unit vectors, or normal numbers.")
  var tangents: Tangents = .random

  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of random tangents. (default: --seed)", valueName: "n"))
  var tangentSeed: UInt64?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Every how many intervals the trace identity is checked.", valueName: "n"))
  var checkEvery = 10

  func validate() throws {
    for (flag, value, least) in [
      ("--exponents", exponents ?? 1, 1), ("--length", length ?? 1, 1), ("--repeat", passes ?? 1, 1),
      ("--transient", transient, 0), ("--most-steps", mostSteps, 1), ("--interval", interval, 1),
      ("--check-every", checkEvery, 1),
    ] where value < least {
      throw ValidationError("\(flag) is \(value); it must be at least \(least).")
    }
    if !(untilError > 0) { throw ValidationError("--until-error is \(untilError); it must be greater than 0.") }
    if length != nil, passes != nil { throw ValidationError("--length and --repeat contradict each other: give one.") }
    try system.requireDrive()
    if passes != nil, system.drive.inputs == nil, system.drive.steps == nil {
      throw ValidationError("--repeat is about --inputs or --signal.")
    }
    if tangents == .unit {
      if tangentSeed != nil { throw ValidationError("--tangent-seed means nothing to --tangents unit.") }
      try system.drive.refuseIdleSeed()
    }
  }

  func run() async throws {
    let loaded = try system.load(integrating: .usual)
    let folder = try output.output.map { path throws(Diagnostic) in try OutputFolder(path) }
    if let exponents, exponents > loaded.system.dimension {
      throw Diagnostic(.usage, "--exponents is \(exponents); the system has \(loaded.system.dimension)")
    }
    let steps = try averaged(loaded)
    let progress = Progress("lyapunov", total: transient + (steps ?? mostSteps), quiet: output.quiet)
    let options = LyapunovSpectrum.Options(
      count: exponents, transient: transient, steps: steps, mostSteps: mostSteps, target: untilError,
      interval: interval, tangents: tangents == .unit ? .unit : .random(seed: tangentSeed ?? system.drive.seed ?? 0),
      checkEvery: checkEvery)
    let spectrum: LyapunovSpectrum
    do throws(LyapunovSpectrum.Failure) {
      spectrum = try LyapunovSpectrum(
        of: loaded.system, from: loaded.start, options: options,
        progress: { progress.advance($0) })
    } catch {
      progress.finish()
      throw Diagnostic(error)
    }
    progress.finish()
    let result = LyapunovResult(system: loaded.description, spectrum: spectrum)
    var document = result.document
    let json = jsonText(schema: "cornn-analyze/lyapunov/1", result)
    if let folder {
      try folder.write(json, to: "lyapunov.json")
      try folder.write(document.markdown, to: "lyapunov.md")
      let trouble = try await Gnuplot.draw(result.plots, in: folder)
      if let trouble { output.note(trouble) }
      output.tellPlaces(
        &document, ["report, result and \(trouble == nil ? "plots" : "plot scripts"): \(folder.path)"])
    }
    try output.show(document, json: json)
    if output.strict, !result.converged {
      throw Diagnostic(.unreached, "not converged: a standard error is above \(untilError)")
    }
  }

  /// The steps to average over; nil to go on until the errors are small.
  private func averaged(_ loaded: LoadedSystem) throws(Diagnostic) -> Int? {
    guard let passes else { return length }
    let whole = passes * loaded.inputSteps
    guard whole > transient else {
      throw Diagnostic(
        .usage, "--repeat \(passes) is \(whole) steps, no more than the transient's \(transient)",
        hint: "give a shorter --transient")
    }
    return whole - transient
  }
}

extension Diagnostic {
  /// The message for a spectrum that can't be computed.
  init(_ error: LyapunovSpectrum.Failure) {
    switch error {
    case .start(let index, let value):
      self.init(.data, "the start isn't finite: value \(index) is \(value)")
    case .diverged(let failure):
      self.init(
        .data, "no exponents: at time \(failure.time) \(failure.reason)",
        hint: "start elsewhere, or with other parameters")
    case .interrupted(let memory):
      self.init(.unreached, "stopped after \(memory.steps) steps")
    }
  }
}
