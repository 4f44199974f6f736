import ArgumentParser
import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import CoRNNReport

/// Holds the map against the continuous system.
struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Hold the map against the ODE it discretises: errors, order in dt, energies.",
    discussion: "--output DIR writes compare.json, compare.md, and plots with their data and scripts.")

  @OptionGroup var checkpoint: CheckpointOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var flow: FlowOptions
  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp("How often dt is halved to measure the order.", valueName: "n"))
  var refinements = 6

  func validate() throws {
    guard (2...16).contains(refinements) else {
      throw ValidationError("--refinements is \(refinements); it must be from 2 to 16.")
    }
  }

  func run() async throws {
    let prepared = try Prepared(checkpoint: checkpoint, input: input)
    let (stored, network, inputs) = (prepared.stored, prepared.network, prepared.inputs)
    try flow.check(inputs)
    try checkpoint.checkMemory(steps: inputs.steps << refinements, batch: inputs.batch, hidden: network.hidden)
    let folder = try output.folder()
    let progress = Progress(
      "comparing", total: FlowComparison.pieces(steps: inputs.steps, refinements: refinements) * inputs.batch,
      quiet: output.quiet)
    let result = FlowComparison(
      run: RunDescription(stored, input: prepared.description), network: network, inputs: inputs, start: prepared.start,
      hold: flow.hold, options: flow.integration, refinements: refinements, threads: output.threadCount,
      progress: { progress.advance($0) })
    progress.finish()
    let json = jsonText(schema: "cornn-analyze/compare/1", result)
    try await output.publish(
      result.document,
      question: "How far is the map from the ODE that it steps, and at which order does it approach it?", json: json,
      plots: result.plots, name: "compare", to: folder)
    if output.strict, let failure = result.integration.failure {
      throw Diagnostic(.unreached, "the integrator stopped at time \(failure.time): \(failure.reason)")
    }
    if output.strict, let reason = result.order.reason { throw Diagnostic(.unreached, "no order: \(reason)") }
  }
}
