import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNKernels
import CoRNNModel
import CoRNNReport

/// Says what holds for every input.
struct CertifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certify",
    abstract: "Certify what holds for every input: gains, and whether any two trajectories come together.",
    discussion: """
      Four tests of the coupling against the units' decay, from plain to sharp; one that is proved bounds the largest \
      Lyapunov exponent under any input. One that is refused says nothing. --output DIR writes certify.json, \
      certify.md, and plots with their data and scripts.
      """)

  @OptionGroup var checkpoint: CheckpointOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Certify the network whose outputs are its next inputs, W + V·Q in place of W.")
  var closedLoop = false

  @Flag(name: .customLong("flow"), inversion: .prefixedNo, help: "Certify the continuous system beside the map.")
  var includesFlow = true

  func run() async throws {
    let stored = try checkpoint.stored()
    let folder = try output.output.map { path throws(Diagnostic) in try OutputFolder(path) }
    var network = try checkpoint.network(stored)
    if closedLoop { network = try closed(network) }
    let progress = Progress(
      "certifying", total: Contraction.stages * (includesFlow ? 2 : 1), quiet: output.quiet)
    let systems: [MovingSystem] = includesFlow ? [.map, .flow] : [.map]
    let (threads, tested) = (output.threadCount, network)
    let contractions = parallelMap(count: systems.count, threads: threads) { place in
      Contraction(
        tested, system: systems[place], threads: max(1, threads / systems.count), progress: { progress.advance($0) })
    }
    progress.finish()
    let (map, flow) = (contractions[0], includesFlow ? contractions[1] : nil)
    let result = CertifyResult(
      stored, network: network, closedLoop: closedLoop, contraction: map, flowContraction: flow)
    var document = result.document
    let json = jsonText(schema: "cornn-analyze/certify/1", result)
    if let folder {
      try folder.write(json, to: "certify.json")
      try folder.write(document.markdown, to: "certify.md")
      let trouble = try await Gnuplot.draw(result.contractionPlots, in: folder)
      if let trouble { output.note(trouble) }
      output.tellPlaces(
        &document, ["report, result and \(trouble == nil ? "plots" : "plot scripts"): \(folder.path)"])
    }
    try output.show(document, json: json)
    if output.strict, !result.allCertified {
      throw Diagnostic(.violated, "a certificate is refused: \((map.certified ? flow ?? map : map).sentence)")
    }
  }

  private func closed(_ network: OscillatorNetwork) throws(Diagnostic) -> OscillatorNetwork {
    do throws(InvalidNetwork) {
      if let closed = try network.closingLoop() { return closed }
    } catch {
      throw Diagnostic(error, path: checkpoint.checkpoint)
    }
    let outputs = network.readout?.weights.rows ?? 0
    throw Diagnostic(
      .usage,
      "--closed-loop: \(checkpoint.checkpoint) has \(outputs == 0 ? "no readout" : "\(outputs) outputs") and "
        + "\(network.embedding == nil ? "\(network.inputs) inputs" : "tokens for inputs")",
      hint: "a loop closes only where there are as many outputs as inputs")
  }
}
