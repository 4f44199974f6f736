import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
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

  @OptionGroup var checkpoint: CheckpointOptions
  @OptionGroup var output: OutputOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The input, as the network sees it: d numbers with commas between, or one for all channels. (default: zero)",
      valueName: "x,y,…"))
  var constantInput: String?

  @Flag(help: "Take the network whose outputs are its next inputs, W + V·Q in place of W.")
  var closedLoop = false

  @Option(parsing: .unconditional, help: ArgumentHelp("How many starts.", valueName: "n"))
  var starts = 200

  @Option(help: ArgumentHelp("Seed of the starts.", valueName: "n"))
  var seed: UInt64 = 0

  @Flag(help: "Look for slow points too: minima of the ODE's speed that aren't fixed points.")
  var slow = false

  func validate() throws {
    if !(1...1_000_000 ~= starts) { throw ValidationError("--starts is \(starts); it must be 1 to 1000000.") }
    if constantInput != nil, closedLoop {
      throw ValidationError("--constant-input means nothing to --closed-loop: outputs are the inputs there.")
    }
    if constantInput != nil, numbers == nil {
      throw ValidationError("--constant-input is \(constantInput ?? ""); it must be numbers with commas between.")
    }
  }

  /// The numbers of `--constant-input`; nil where a part isn't one.
  private var numbers: [Double]? {
    let parts = constantInput?.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0.filter { $0 != " " })
    }
    guard let parts, parts.allSatisfy({ $0?.isFinite ?? false }) else { return nil }
    return parts.compactMap { $0 }
  }

  func run() async throws {
    let stored = try checkpoint.stored()
    let folder = try output.output.map { path throws(Diagnostic) in try OutputFolder(path) }
    var network = try checkpoint.network(stored)
    if closedLoop { network = try checkpoint.closingLoop(of: network) }
    let input = try input(of: network)
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
      stored, network: network, closedLoop: closedLoop, constantInput: input, search: search, findings: findings,
      slowPoints: slowPoints)
    var document = result.document
    let json = jsonText(schema: "cornn-analyze/fixed-points/1", result)
    if let folder {
      try await output.write(
        &document, json: json, plots: result.plots, name: "fixed-points", to: folder)
    }
    try output.show(document, json: json)
    if output.strict, result.fixedPoints.isEmpty { throw Diagnostic(.unreached, "no fixed point was found") }
    if output.strict, result.count.complete == false {
      throw Diagnostic(.unreached, "the search for fixed points isn't complete")
    }
  }

  private func input(of network: OscillatorNetwork) throws(Diagnostic) -> [Double] {
    let d = network.inputs
    guard let numbers else { return [Double](repeating: 0, count: d) }
    if numbers.count == 1 { return [Double](repeating: numbers[0], count: d) }
    guard numbers.count == d else {
      throw Diagnostic(
        .usage, "--constant-input has \(numbers.count) numbers where the network's inputs are \(d) wide",
        hint: "one number stands for all channels")
    }
    return numbers
  }
}

extension CheckpointOptions {
  /// The network whose outputs are its next inputs.
  func closingLoop(of network: OscillatorNetwork) throws(Diagnostic) -> OscillatorNetwork {
    do throws(InvalidNetwork) {
      if let closed = try network.closingLoop() { return closed }
    } catch {
      throw Diagnostic(error, path: checkpoint)
    }
    let outputs = network.readout?.weights.rows ?? 0
    throw Diagnostic(
      .usage,
      "--closed-loop: \(checkpoint) has \(outputs == 0 ? "no readout" : "\(outputs) outputs") and "
        + "\(network.embedding == nil ? "\(network.inputs) inputs" : "tokens for inputs")",
      hint: "a loop closes only where there are as many outputs as inputs")
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
