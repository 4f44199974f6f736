import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNReport

/// Says what is in a checkpoint.
struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what is in a checkpoint: layout, shapes, constants, norms, and which bounds apply.")

  @OptionGroup var checkpoint: CheckpointOptions
  @OptionGroup var output: OutputOptions

  @Flag(inversion: .prefixedNo, help: "Compute spectral norms (O(m³), and whole matrices in memory).")
  var spectral = true

  @Option(
    help: ArgumentHelp(
      "Hidden states recorded elsewhere, (steps, [batch,] m or 2m), to hold against this network.", valueName: "file"))
  var replay: String?

  @Option(help: ArgumentHelp("The inputs that --replay was recorded under.", valueName: "file"))
  var inputs: String?

  @Option(help: ArgumentHelp("The largest relative difference at which replayed states agree.", valueName: "x"))
  var tolerance = 1e-4

  func validate() throws {
    if (replay == nil) != (inputs == nil) {
      throw ValidationError("--replay and --inputs go together: states and what drove them.")
    }
    if !(tolerance > 0 && tolerance.isFinite) {
      throw ValidationError("--tolerance is \(tolerance); it must be greater than 0 and finite.")
    }
  }

  private struct Result: Encodable {
    let inspection: Inspection
    let replay: Replay?

    private enum CodingKeys: String, CodingKey { case replay }

    func encode(to encoder: any Encoder) throws {
      try inspection.encode(to: encoder)
      if let replay {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(replay, forKey: .replay)
      }
    }
  }

  func run() async throws {
    let stored = try checkpoint.stored()
    let folder = try output.folder()
    let inspection: Inspection
    do {
      inspection = try Inspection(stored, spectral: spectral)
    } catch {
      throw Diagnostic(error)
    }
    var document = inspection.document
    var comparison: Replay?
    if let replay, let inputs {
      let network = try checkpoint.network(stored)
      let driven = try DriveOptions.file(inputs, network: network, memory: checkpoint.memory)
      let states = try readArray(replay, names: ["states", "position"], memory: checkpoint.memory)
      do {
        comparison = try Replay(
          states: states.values, shape: states.shape, network: network, inputs: driven, start: nil,
          tolerance: tolerance, threads: output.threadCount)
      } catch {
        throw Diagnostic(error, path: replay)
      }
    }
    if let comparison { document.append(comparison.blocks) }
    let json = jsonText(schema: "cornn-analyze/inspect/1", Result(inspection: inspection, replay: comparison))
    try await output.publish(
      document, question: "What is in this checkpoint, and which hypotheses does it meet?", json: json, name: "inspect",
      to: folder)
    if output.strict, comparison?.agrees == false {
      throw Diagnostic(.unreached, "the recorded states don't agree with this reading of \(checkpoint.checkpoint)")
    }
  }
}

extension Diagnostic {
  /// The message for recorded states that can't be compared.
  init(_ error: Replay.ShapeError, path: String) {
    switch error {
    case .states(let shape, let steps, let batch, let hidden):
      let expected = batch == 1 ? "(\(steps), m)" : "(\(steps), \(batch), m)"
      self.init(
        .data,
        "\(path): shape (\(shape.map(String.init).joined(separator: ", "))) where these inputs ask for \(expected) "
          + "with m = \(hidden), or 2m with velocities after positions")
    }
  }
}
