import ArgumentParser
import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import CoRNNReport

/// Finds fixed points.
struct FixedPointsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fixed-points",
    abstract: "Find the fixed points under a constant input, and whether the ODE and the maps are stable there.",
    discussion: """
      Newton's method from many starts; each point found is proved in interval arithmetic where it can be. Up to 3 units \
      the search is complete. --output DIR writes fixed-points.json, fixed-points.md, and plots with their data and \
      scripts.
      """)

  @OptionGroup var system: SystemOptions
  @OptionGroup var output: OutputOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("How many starts.", valueName: "n"))
  var starts = 200

  @Flag(help: "Look for slow points too: minima of the ODE's speed that aren't fixed points.")
  var slow = false

  func validate() throws {
    if !(1...1_000_000 ~= starts) { throw ValidationError("--starts is \(starts); it must be 1 to 1000000.") }
    if system.system != nil {
      if slow { throw ValidationError("--slow belongs to a checkpoint, not to --system.") }
      return
    }
    if system.usesFlow {
      throw ValidationError("--flow: a network's map and flow have the same fixed points, and both are shown.")
    }
    if system.drive.isGiven, !system.drive.isConstant {
      throw ValidationError(
        "\(system.drive.inputs == nil ? "--signal \(system.drive.signal?.rawValue ?? "")" : "--inputs"): fixed points need "
          + "an input that stays; give --constant-input.")
    }
    if system.start != nil || system.drive.initial != nil {
      throw ValidationError(
        "\(system.start == nil ? "--initial" : "--start"): the search in a network has starts of its own; see --starts."
      )
    }
  }

  func run() async throws {
    let folder = try output.folder()
    let loaded = try system.load()
    if case .network(let open, let path, let drive, _) = loaded.family {
      let network = drive == nil ? try open.closedLoop(path: path) : open
      var input: [Double] = []
      if case .constant(let values)? = drive { input = values }
      var description = loaded.description
      // The search has starts of its own.
      description.start = nil
      try await analyse(network, input: input, description, folder)
    } else {
      try await analyse(loaded, folder)
    }
  }

  private var seed: UInt64 { system.drive.seed ?? 0 }

  private func analyse(
    _ network: OscillatorNetwork, input: [Double], _ description: SystemDescription, _ folder: OutputFolder?
  ) async throws {
    let search = FixedPointSearch(starts: starts, seed: seed)
    let progress = Progress("looking for fixed points", total: starts * (slow ? 2 : 1), quiet: output.quiet)
    let findings = search.findings(
      in: network, input: input, threads: output.threadCount, progress: { progress.advance($0) })
    let slowPoints =
      slow
      ? search.slowPoints(in: network, input: input, threads: output.threadCount, progress: { progress.advance($0) })
      : nil
    progress.finish()
    let result = FixedPointsResult(
      system: description, network: network, constantInput: input, search: search, findings: findings,
      slowPoints: slowPoints)
    let json = jsonText(schema: "cornn-analyze/fixed-points/1", result)
    try await output.publish(
      result.document, question: "Where can it rest, and are those points stable?", json: json, plots: result.plots,
      name: "fixed-points", to: folder)
    if output.strict, result.fixedPoints.isEmpty { throw Diagnostic(.unreached, "no fixed point was found") }
    if output.strict, result.count.complete == false {
      throw Diagnostic(.unreached, "the search for fixed points isn't complete")
    }
  }

  private func analyse(_ moving: LoadedSystem, _ folder: OutputFolder?) async throws {
    let search = FixedPointSearch(starts: starts, seed: seed)
    let threads = output.threadCount
    let found: [FixedPoint]
    if let field = moving.field, field.isAutonomous {
      found = search.rest(of: field, orbit: moving.system, from: moving.start, threads: threads)
    } else {
      found = search.fixedPoints(
        ofMap: moving.system, steps: moving.stepsPerPeriod ?? 1, from: moving.start, angles: moving.description.angles,
        threads: threads)
    }
    let result = SystemFixedPointsResult(
      system: moving.description, period: moving.stepsPerPeriod.map { Double($0) * moving.description.timeStep },
      search: search, fixedPoints: found)
    let json = jsonText(schema: "cornn-analyze/fixed-points/1", result)
    try await output.publish(
      result.document, question: "Where can it rest, and are those points stable?", json: json, plots: result.plots,
      name: "fixed-points", to: folder)
    if output.strict, found.isEmpty { throw Diagnostic(.unreached, "no fixed point was found") }
  }
}
