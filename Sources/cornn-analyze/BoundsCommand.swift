import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import CoRNNReport

/// Holds a run against its bounds.
struct BoundsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bounds",
    abstract: "Hold a run's energy against the exact identity and every bound that applies.",
    discussion: "--output DIR writes bounds.json, bounds.md, and plots with their data and scripts.")

  @OptionGroup var checkpoint: CheckpointOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var flow: FlowOptions
  @OptionGroup var output: OutputOptions

  @Flag(
    name: .customLong("flow"), inversion: .prefixedNo,
    help: "Integrate the continuous system beside the map, for D.1, D.1+ and its gain.")
  var includesFlow = true

  @Flag(help: "Search inputs that drive each bound's value/bound as high as possible; saved to --output.")
  var worstCase = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What the worst inputs stay within, as ±x. (default: the range of the given inputs)", valueName: "x"))
  var inputLimit: Double?

  @Option(help: ArgumentHelp("Runs of the worst-case search from each of its two starts.", valueName: "n"))
  var iterations = 100

  func validate() throws {
    if worstCase, output.output == nil {
      throw ValidationError("--worst-case saves the inputs it finds: give --output DIR.")
    }
    if !includesFlow, flow.areGiven {
      throw ValidationError("--method, --hold, the tolerances and --largest-step contradict --no-flow.")
    }
    if inputLimit != nil, !worstCase { throw ValidationError("--input-limit belongs to --worst-case.") }
    if let inputLimit, !(inputLimit > 0 && inputLimit.isFinite) {
      throw ValidationError("--input-limit is \(inputLimit); it must be greater than 0.")
    }
    if iterations < 1 { throw ValidationError("--iterations is \(iterations); it must be at least 1.") }
  }

  func run() async throws {
    let prepared = try Prepared(checkpoint: checkpoint, input: input)
    let folder = try output.output.map { path throws(Diagnostic) in try OutputFolder(path) }
    let run = try Run(prepared, output: output)
    try flow.check(run.inputs)
    let worst = try folder.flatMap { folder throws(Diagnostic) in
      worstCase ? try search(run, folder: folder) : nil
    }
    let result = run.bounds(flow: includesFlow ? flow : nil, worstCase: worst, output: output)
    var document = result.document
    let json = jsonText(schema: "cornn-analyze/bounds/1", result)
    if let folder {
      try folder.write(json, to: "bounds.json")
      try folder.write(document.markdown, to: "bounds.md")
      let trouble = try await Gnuplot.draw(result.energyPlots + [run.trajectory.positionPlot], in: folder)
      if let trouble { output.note(trouble) }
      output.tellPlaces(
        &document, ["report, result and \(trouble == nil ? "plots" : "plot scripts"): \(folder.path)"])
    }
    try output.show(document, json: json)
    guard output.strict else { return }
    if !result.energy.allHold { throw Diagnostic(.violated, "a bound is violated: see the table") }
    if let failure = result.flow?.failure {
      throw Diagnostic(.unreached, "the integrator stopped at time \(failure.time): \(failure.reason)")
    }
    if let step = result.energy.divergedAt {
      throw Diagnostic(.unreached, "the energy left the range of doubles at step \(step)")
    }
  }
}

extension BoundsCommand {
  private func search(_ run: Run, folder: OutputFolder) throws(Diagnostic) -> [WorstCase] {
    let (low, high) = (run.inputs.values.min() ?? 0, run.inputs.values.max() ?? 0)
    let range = inputLimit.map { -$0...$0 } ?? low...high
    guard range.lowerBound < range.upperBound else {
      throw Diagnostic(
        .usage, "the given inputs are all \(low), so there is no range to search", hint: "give --input-limit X")
    }
    let rungs = EnergyRung.allCases.filter { rung in
      rung.system == .map && rung.hypotheses(for: run.network.oscillators).allSatisfy(\.holds)
    }
    let progress = Progress("worst case", total: 2 * iterations * rungs.count, quiet: output.quiet)
    defer { progress.finish() }
    var found = WorstCase.search(
      network: run.network, inputs: run.inputs, start: run.start, range: range, iterations: iterations,
      flow: includesFlow ? (flow.hold, flow.integration) : nil, progress: { progress.advance($0) })
    for place in found.indices {
      let name = "worst-\(found[place].rung == EnergyRung.flowGain.rawValue ? "gain-ode" : found[place].rung).npz"
      let inputs = found[place].inputs
      do {
        try ArrayWriter.write(
          [.init("inputs", shape: [inputs.steps, inputs.width], values: inputs.values)], to: folder.file(name))
      } catch {
        throw Diagnostic(error)
      }
      found[place].file = name
    }
    return found
  }
}

extension Run {
  /// The run's energy against its bounds, with the continuous system where options for it are given.
  func bounds(flow options: FlowOptions?, worstCase: [WorstCase]? = nil, output: OutputOptions) -> BoundsResult {
    let progress = Progress("energy", total: trajectory.steps * trajectory.batch, quiet: output.quiet)
    let energy = EnergyBounds(
      network: network, inputs: inputs, trajectory: trajectory, progress: { progress.advance($0) })
    progress.finish()
    let flow = options.map { options in
      let progress = Progress("integrating", total: inputs.steps * inputs.batch, quiet: output.quiet)
      let flow = OscillatorFlow(network, hold: options.hold, options: options.integration).trajectory(
        inputs: inputs, start: start, withEnergy: true, threads: output.threadCount,
        progress: { progress.advance($0) })
      progress.finish()
      return FlowEnergy(network: network, flow: flow, options: options.integration, hold: options.hold)
    }
    return BoundsResult(run: description, energy: energy, flow: flow, worstCase: worstCase)
  }
}
