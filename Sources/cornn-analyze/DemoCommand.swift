import ArgumentParser
import CoRNNAnalysis
import CoRNNDynamics
import CoRNNModel
import CoRNNReport

/// The main job on a bundled checkpoint.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Inspect, run and bound a bundled trained coRNN: Lorenz-96 at F = 8, under its own inputs.",
    discussion: "Writes the checkpoint, a Markdown report and plots to --output (default: demo).")

  @OptionGroup var output: OutputOptions

  /// The name of the bundled checkpoint.
  private static let name = "lorenz96-F8-m64"
  private static let steps = 2000

  func run() async throws {
    try output.tryReport()
    let folder = try OutputFolder(output.output ?? "demo")
    let file = folder.file(Self.name + ".pt")
    try folder.write(bytes: PackageResources.lorenz96_F8_m64_pt, to: Self.name + ".pt")
    try folder.write(bytes: PackageResources.lorenz96_F8_m64_json, to: Self.name + ".json")
    let checkpoint = try CheckpointOptions.parse([file])
    let flow = try FlowOptions.parse([])
    let input = try InputOptions.parse(["--signal", "lorenz96", "--steps", "\(Self.steps)", "--seed", "1"])
    let prepared = try Prepared(checkpoint: checkpoint, input: input)
    let stored = prepared.stored
    let inspection: Inspection
    do {
      inspection = try Inspection(stored, spectral: true)
    } catch {
      throw Diagnostic(error)
    }
    let gradient = try GradientOptions.parse([])
    let loss = try gradient.loss(network: prepared.network, inputs: prepared.inputs, memory: checkpoint.memory)
    let run = try Run(prepared, output: output)
    let study = try BoundsStudy(
      prepared, gradient: gradient, loss: loss, flow: flow, against: nil, memory: checkpoint.memory, output: output)
    let simulation = SimulationResult(run: run.description, network: run.network, trajectory: run.trajectory)
    let bounds = try study.result()
    // The comparison integrates the first part: its order needs dt halved several times over.
    let shorter = try InputOptions.parse(["--signal", "lorenz96", "--steps", "200", "--seed", "1"])
    let (inputs, _, described) = try shorter.load(stored: stored, network: run.network, memory: checkpoint.memory)
    let comparison = FlowComparison(
      run: RunDescription(stored, input: described), network: run.network, inputs: inputs, start: nil,
      hold: flow.hold, options: flow.integration, refinements: 6, threads: output.threadCount)
    try run.write(to: folder.file("trajectory.npz"))
    try folder.write(jsonText(schema: "cornn-analyze/inspect/1", inspection), to: "inspect.json")
    try folder.write(jsonText(schema: "cornn-analyze/simulate/1", simulation), to: "simulate.json")
    try folder.write(jsonText(schema: "cornn-analyze/bounds/1", bounds), to: "bounds.json")
    try folder.write(jsonText(schema: "cornn-analyze/compare/1", comparison), to: "compare.json")
    let plots = bounds.plots + comparison.plots + [run.trajectory.positionPlot]
    let trouble = try await Gnuplot.draw(plots, in: folder)

    var report = Document(
      title: "A trained coRNN and its bounds",
      [
        .paragraph(
          "A network of \(run.network.hidden) coupled oscillators, trained in PyTorch to forecast Lorenz-96 at "
            + "F = 8, is read, run under fresh Lorenz-96 inputs, and held against what theory says of its energy and its gradient."
        ),
        .heading("Inspect"),
      ])
    report.append(inspection.document.blocks.map(\.demoted))
    report.append([.heading("Simulate")])
    report.append(simulation.document.blocks.map(\.demoted))
    report.append([.heading("Bounds")])
    report.append(bounds.document.blocks.dropFirst().map(\.demoted))
    report.append([.heading("Compare: the map against the ODE")])
    report.append(comparison.document.blocks.dropFirst().map(\.demoted))
    let json = jsonText(schema: "cornn-analyze/bounds/1", bounds)
    var page = output
    page.report = output.report ?? folder.file("report.html")
    try await page.writePage(
      report, question: "Do the bounds of theory hold for a trained coRNN under inputs of its own task?", json: json,
      plots: plots, name: "bounds", drawnIn: folder)
    report.append([.heading("Where it is"), .list(places(folder, drawn: trouble == nil, page: page.report ?? ""))])
    try folder.write(report.markdown, to: "report.md")
    if let trouble { output.note(trouble) }
    try output.show(report, json: json)
    if output.strict, !bounds.energy.allHold { throw Diagnostic(.violated, "a bound is violated: see the table") }
  }

  private func places(_ folder: OutputFolder, drawn: Bool, page: String) -> [String] {
    [
      "page: \(page), to open in a browser",
      "report: \(folder.file("report.md"))",
      drawn
        ? "plots: energy, energy-ode, gradient-lags, gradient-steps, jacobians, sensitivity, positions, motion, difference, "
          + "order, energies (.svg, .png and .pdf) in \(folder.path)"
        : "plots: not drawn; data and gnuplot scripts are in \(folder.path)",
      "results: inspect.json, simulate.json, bounds.json, compare.json in \(folder.path)",
      "states: \(folder.file("trajectory.npz"))",
      "checkpoint: \(folder.file(Self.name + ".pt")), to try: cornn-analyze inspect \(folder.file(Self.name + ".pt"))",
    ]
  }
}
