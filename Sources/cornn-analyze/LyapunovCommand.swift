import ArgumentParser
import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNReport

/// Measures Lyapunov exponents.
struct LyapunovCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lyapunov",
    abstract: "Measure the Lyapunov exponents of a network's map or ODE, or of a classic system.",
    discussion: """
      Without --length or --repeat the run goes on until every exponent can be trusted to --until-error, or --most-steps \
      are done. --output DIR writes lyapunov.json, lyapunov.md, and plots with their data and scripts; a run that is \
      interrupted goes on with --resume, to the same bytes.
      --sweep measures the largest exponent over a parameter, beside what certify proves there: each point is certified, \
      measured stable, measured chaotic, or undecided. --refinements halves dt and holds the exponents against the ODE's.
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

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Exponents of windows of n steps along the trajectory, too.", valueName: "n"))
  var window: Int?

  @Option(
    help: ArgumentHelp(
      "The largest exponent over a parameter: key=low:high:count, key=low:high:count:log or key=a,b,c.",
      discussion: """
        Keys of a system are its parameters; keys of a network are W, Z, V (the input's amplitude), Q (the readout), \
        gamma and epsilon, which are multiplied, and dt, which is set.
        """, valueName: "sweep"))
  var sweep: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Networks at each value of a sweep, with --random-hidden. (default: 1)", valueName: "n"))
  var networks: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How often dt is halved, to hold the map's exponents against the ODE's.", valueName: "n"))
  var refinements: Int?

  @Flag(help: "Go on with the interrupted run in --output.")
  var resume = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds after which --output is told where the run is, again and again.", valueName: "s"))
  var saveEvery = 10.0

  func validate() throws {
    for (flag, value, least) in [
      ("--exponents", exponents ?? 1, 1), ("--length", length ?? 1, 1), ("--repeat", passes ?? 1, 1),
      ("--transient", transient, 0), ("--most-steps", mostSteps, 1), ("--interval", interval, 1),
      ("--check-every", checkEvery, 1), ("--window", window ?? 1, 1), ("--networks", networks ?? 1, 1),
    ] where value < least {
      throw ValidationError("\(flag) is \(value); it must be at least \(least).")
    }
    for (flag, value) in [("--until-error", untilError), ("--save-every", saveEvery)] where !(value > 0) {
      throw ValidationError("\(flag) is \(value); it must be greater than 0.")
    }
    if length != nil, passes != nil { throw ValidationError("--length and --repeat contradict each other: give one.") }
    try system.requireDrive()
    if passes != nil, system.drive.inputs == nil, system.drive.steps == nil {
      throw ValidationError("--repeat is about --inputs or --signal.")
    }
    if tangents == .unit {
      if tangentSeed != nil { throw ValidationError("--tangent-seed means nothing to --tangents unit.") }
      try system.drive.refuseIdleSeed()
    }
    if let window, !window.isMultiple(of: interval) {
      throw ValidationError("--window is \(window); it must be a multiple of --interval, \(interval).")
    }
    if let refinements, !(2...16 ~= refinements) {
      throw ValidationError("--refinements is \(refinements); it must be from 2 to 16.")
    }
    try validateStudies()
  }

  private func validateStudies() throws {
    if sweep != nil, refinements != nil {
      throw ValidationError("--sweep and --refinements contradict each other: give one.")
    }
    let idle: [(String, Bool, String, Bool)] = [
      ("--window", window != nil, "--sweep", sweep != nil), ("--exponents", exponents != nil, "--sweep", sweep != nil),
      ("--window", window != nil, "--refinements", refinements != nil),
      ("--resume", resume, "--refinements", refinements != nil),
      ("--flow", system.usesFlow, "--refinements", refinements != nil),
      ("--system", system.system != nil, "--refinements", refinements != nil),
    ]
    if let (flag, _, other, _) = idle.first(where: { $0.1 && $0.3 }) {
      throw ValidationError("\(flag) means nothing to \(other).")
    }
    if networks != nil, sweep == nil || system.random.randomHidden == nil {
      throw ValidationError("--networks belongs to --sweep of --random-hidden.")
    }
    if resume, output.output == nil { throw ValidationError("--resume needs --output, where the run was kept.") }
    if let sweep { _ = try SweptValues(parsing: sweep) }
  }

  func run() async throws {
    let folder = try output.folder()
    if folder != nil, refinements == nil { Interruption.hold() }
    if let sweep { return try await runSweep(SweptValues(parsing: sweep), folder) }
    if let refinements { return try await runRefinements(refinements, folder) }
    let loaded = try system.load(integrating: .usual)
    let options = try options(loaded)
    let memory = folder.map { folder in
      RunMemory<LyapunovMemory>(
        folder: folder, name: "lyapunov.memory.json", identity: identity([loaded], options))
    }
    let spectrum = try spectrum(loaded, options, memory)
    let result = LyapunovResult(system: loaded.description, spectrum: spectrum)
    let json = jsonText(schema: "cornn-analyze/lyapunov/1", result)
    if let folder, let windows = spectrum.finiteTime {
      try folder.write(windows.arrays(timeStep: spectrum.timeStep), to: "finite-time.npz")
    }
    try await output.publish(
      result.document, question: "How fast do neighbouring orbits part or meet, and has the estimate converged?",
      json: json, plots: result.plots, name: "lyapunov", to: folder)
    memory?.remove()
    if output.strict, !result.converged {
      throw Diagnostic(
        .unreached,
        "not converged: " + spectrum.obstacles.map { $0.text(target: untilError) }.joined(separator: "; "))
    }
  }

  /// The spectrum, its run kept in `memory` again and again.
  private func spectrum(
    _ loaded: LoadedSystem, _ options: LyapunovSpectrum.Options, _ memory: RunMemory<LyapunovMemory>?
  ) throws(Diagnostic) -> LyapunovSpectrum {
    let progress = Progress(
      "lyapunov", total: transient + (options.steps ?? options.mostSteps), quiet: output.quiet)
    defer { progress.finish() }
    var known = try kept(memory)
    if let known { progress.advance(known.transient + known.steps) }
    while true {
      let next = ContinuousClock.now + .seconds(saveEvery)
      do throws(LyapunovSpectrum.Failure) {
        return try LyapunovSpectrum(
          of: loaded.system, from: loaded.start, options: options, resuming: known,
          mayGoOn: { memory == nil || (!Interruption.isRequested && ContinuousClock.now < next) },
          progress: { progress.advance($0) })
      } catch {
        guard case .interrupted(let state) = error, let memory else { throw Diagnostic(error) }
        try memory.write(state)
        known = state
        guard Interruption.isRequested else { continue }
        throw memory.stopped("after \(state.transient + state.steps) steps")
      }
    }
  }

  /// What `--resume` goes on from; notes what happens where that isn't plain.
  func kept<Content>(_ memory: RunMemory<Content>?) throws(Diagnostic) -> Content? {
    guard let memory else { return nil }
    guard resume else {
      if memory.exists { output.note("starting anew; --resume would go on with the unfinished run in the folder") }
      return nil
    }
    let content = try memory.read()
    if content == nil { output.note("no unfinished run in the folder: starting from the beginning") }
    return content
  }

  /// The run's options for a system.
  func options(_ loaded: LoadedSystem) throws(Diagnostic) -> LyapunovSpectrum.Options {
    if let exponents, exponents > loaded.system.dimension {
      throw Diagnostic(.usage, "--exponents is \(exponents); the system has \(loaded.system.dimension)")
    }
    return LyapunovSpectrum.Options(
      count: exponents, transient: transient, steps: try averaged(loaded), mostSteps: mostSteps, target: untilError,
      interval: interval, tangents: tangents == .unit ? .unit : .random(seed: tangentSeed ?? system.drive.seed ?? 0),
      checkEvery: checkEvery, window: window)
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

  /// What a run's bytes depend on, by name.
  func identity(_ systems: [LoadedSystem], _ options: LyapunovSpectrum.Options) -> [String: String] {
    var identity = [
      "exponents": options.count.map { "\($0)" } ?? "all", "transient": "\(options.transient)",
      "length": options.steps.map { "\($0)" } ?? "until the error is small", "most-steps": "\(options.mostSteps)",
      "until-error": "\(options.target)", "interval": "\(options.interval)", "tangents": "\(options.tangents)",
      "check-every": "\(options.checkEvery ?? 0)", "window": options.window.map { "\($0)" } ?? "none",
      "sweep": sweep ?? "none", "version": CornnAnalyze.versionNumber, "kernels": OpenBLAS.instructionSet,
    ]
    for (name, value) in LoadedSystem.identity(systems) { identity[name] = value }
    return identity
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
      self.init(.interrupted, "stopped after \(memory.steps) steps")
    }
  }
}
