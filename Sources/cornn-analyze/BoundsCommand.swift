import ArgumentParser
import CoRNNAnalysis
import CoRNNDynamics
import CoRNNReport

/// Holds a run against its bounds.
struct BoundsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bounds",
    abstract: "Hold a run's energy against the exact identity and every bound that applies.",
    discussion: "--output DIR writes bounds.json, bounds.md, and plots with their data and scripts.")

  @OptionGroup var checkpoint: CheckpointOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let folder = try output.output.map { path throws(Diagnostic) in try OutputFolder(path) }
    let run = try Run(checkpoint: checkpoint, input: input, output: output)
    let result = run.bounds(quiet: output.quiet)
    var document = result.document
    let json = jsonText(schema: "cornn-analyze/bounds/1", result)
    if let folder {
      try folder.write(json, to: "bounds.json")
      try folder.write(document.markdown, to: "bounds.md")
      if let trouble = try await Gnuplot.draw([result.energyPlot, run.trajectory.positionPlot], in: folder) {
        output.note(trouble)
      }
      output.tellPlaces(&document, ["report, result and plots: \(folder.path)"])
    }
    try output.show(document, json: json)
    guard output.strict else { return }
    if !result.energy.allHold { throw Diagnostic(.violated, "a bound is violated: see the table") }
    if let step = result.energy.divergedAt {
      throw Diagnostic(.unreached, "the run left the range of doubles at step \(step)")
    }
  }
}

extension Run {
  /// The run's energy against its bounds.
  func bounds(quiet: Bool) -> BoundsResult {
    let progress = Progress("energy", total: trajectory.steps * trajectory.batch, quiet: quiet)
    let energy = EnergyBounds(
      network: network, inputs: inputs, trajectory: trajectory, progress: { progress.advance($0) })
    progress.finish()
    return BoundsResult(run: description, energy: energy)
  }
}
