import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
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

  @OptionGroup var motion: MotionOptions
  @OptionGroup var output: OutputOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("How many starts.", valueName: "n"))
  var starts = 200

  @Option(help: ArgumentHelp("Seed of the starts.", valueName: "n"))
  var seed: UInt64 = 0

  @Flag(help: "Look for slow points too: minima of the ODE's speed that aren't fixed points.")
  var slow = false

  func validate() throws {
    if !(1...1_000_000 ~= starts) { throw ValidationError("--starts is \(starts); it must be 1 to 1000000.") }
    let driven = [("--inputs", motion.inputs != nil), ("--signal", motion.signal != nil), ("--flow", motion.usesFlow)]
    if let flag = driven.first(where: \.1)?.0 {
      throw ValidationError(
        flag == "--flow"
          ? "--flow: a network's map and flow have the same fixed points, and both are shown."
          : "\(flag): fixed points need an input that stays; give --constant-input.")
    }
    if motion.system != nil, slow { throw ValidationError("--slow belongs to a checkpoint, not to --system.") }
  }

  func run() async throws {
    let folder = try output.output.map { path throws(Diagnostic) in try OutputFolder(path) }
    if motion.system == nil { try await analyseNetwork(folder) } else { try await analyseSystem(folder) }
  }

  private func analyseNetwork(_ folder: OutputFolder?) async throws {
    let checkpoint = try motion.checkpointOptions()
    let stored = try checkpoint.stored()
    var network = try checkpoint.network(stored)
    if motion.closedLoop { network = try network.closedLoop(path: checkpoint.checkpoint) }
    let input = try Motion.constantInput(motion.constantInput, width: network.inputs)
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
      stored, network: network, closedLoop: motion.closedLoop, constantInput: input, search: search, findings: findings,
      slowPoints: slowPoints)
    var document = result.document
    let json = jsonText(schema: "cornn-analyze/fixed-points/1", result)
    if let folder {
      try await output.write(&document, json: json, plots: result.plots, name: "fixed-points", to: folder)
    }
    try output.show(document, json: json)
    if output.strict, result.fixedPoints.isEmpty { throw Diagnostic(.unreached, "no fixed point was found") }
    if output.strict, result.count.complete == false {
      throw Diagnostic(.unreached, "the search for fixed points isn't complete")
    }
  }

  private func analyseSystem(_ folder: OutputFolder?) async throws {
    let moving = try Motion(motion, steps: 1)
    let search = FixedPointSearch(starts: starts, seed: seed)
    let threads = output.threadCount
    let found: [FixedPoint]
    if let field = moving.field, field.isAutonomous {
      found = search.rest(of: field, orbit: moving.system, from: moving.start, threads: threads)
    } else {
      found = search.fixedPoints(
        ofMap: moving.system, steps: moving.stepsPerPeriod ?? 1, from: moving.start, threads: threads)
    }
    let result = SystemFixedPointsResult(
      motion: moving.description, period: moving.stepsPerPeriod.map { Double($0) * moving.description.timeStep },
      search: search, fixedPoints: found)
    var document = result.document
    let json = jsonText(schema: "cornn-analyze/fixed-points/1", result)
    if let folder {
      try await output.write(&document, json: json, plots: result.plots, name: "fixed-points", to: folder)
    }
    try output.show(document, json: json)
    if output.strict, found.isEmpty { throw Diagnostic(.unreached, "no fixed point was found") }
  }
}

extension OutputOptions {
  /// Writes a result as JSON, its report and its plots to a folder, and adds to the report where they are.
  func write(
    _ document: inout Document, json: String, plots: [Plot], name: String, to folder: OutputFolder
  ) async throws(Diagnostic) {
    try folder.write(json, to: name + ".json")
    try folder.write(document.markdown, to: name + ".md")
    let trouble = try await Gnuplot.draw(plots, in: folder)
    if let trouble { note(trouble) }
    tellPlaces(
      &document, ["report, result and \(trouble == nil ? "plots" : "plot scripts"): \(folder.path)"])
  }
}
