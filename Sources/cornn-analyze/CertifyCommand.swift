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
      Lyapunov exponent under any input. One that is refused says nothing. Beside them, what the gradient can come to. --output DIR writes certify.json, \
      certify.md, and plots with their data and scripts.
      """)

  @OptionGroup var checkpoint: CheckpointOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Certify the network whose outputs are its next inputs, W + V·Q in place of W.")
  var closedLoop = false

  @Flag(name: .customLong("flow"), inversion: .prefixedNo, help: "Certify the continuous system beside the map.")
  var includesFlow = true

  @Option(
    parsing: .unconditional, help: ArgumentHelp("How far back the gradient's envelope goes, in steps.", valueName: "n"))
  var lags = 1000

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What inputs stay within, as ±x: bounds the gradient by V.", valueName: "x"))
  var inputLimit: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What hidden targets stay within, as ±x: bounds the gradient itself, not only over |dE_n/dy_n|.", valueName: "x"))
  var targetLimit: Double?

  func validate() throws {
    if !(1...20_000 ~= lags) { throw ValidationError("--lags is \(lags); it must be 1 to 20000.") }
    for (flag, value) in [("--input-limit", inputLimit), ("--target-limit", targetLimit)] {
      if let value, !(value >= 0 && value.isFinite) {
        throw ValidationError("\(flag) is \(value); it must be at least 0.")
      }
    }
  }

  func run() async throws {
    let stored = try checkpoint.stored()
    let folder = try output.folder()
    var network = try checkpoint.network(stored)
    if closedLoop { network = try network.closedLoop(path: checkpoint.checkpoint) }
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
    let envelope = GradientEnvelope(
      network: network, lags: lags, inputLimit: inputLimit, targetLimit: targetLimit, threads: threads)
    let result = CertifyResult(
      stored, network: network, closedLoop: closedLoop, gradient: envelope, contraction: map, flowContraction: flow)
    let json = jsonText(schema: "cornn-analyze/certify/1", result)
    try await output.publish(
      result.document, question: "What holds for every input: gains, gradients, contraction?", json: json,
      plots: result.plots, name: "certify", to: folder)
    if output.strict, !result.allCertified {
      throw Diagnostic(.violated, "a certificate is refused: \((map.certified ? flow ?? map : map).sentence)")
    }
  }
}
