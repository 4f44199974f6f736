import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNModel
import CoRNNReport

/// Writes a network with its constants to one file.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a network and its constants to one .safetensors, .npz or .json file.",
    discussion: """
      What is written reads back equal to the bit. --to-damping writes the conjugate network instead: the same \
      dynamics under the other kind of damping, on states divided or multiplied by 1 + epsilon·dt.
      """)

  @OptionGroup var checkpoint: CheckpointOptions

  @Argument(help: "The file to write; its ending says the format.")
  var destination: String

  @Option(help: ArgumentHelp("Write the twin under this kind of damping."))
  var toDamping: Damping?

  private var format: NetworkWriter.Format? {
    destination.split(separator: ".").last.flatMap { NetworkWriter.Format(rawValue: String($0)) }
  }

  func validate() throws {
    if format == nil {
      let known = NetworkWriter.Format.allCases.map { "." + $0.rawValue }.joined(separator: ", ")
      throw ValidationError("'\(destination)' doesn't end in a format that is written: \(known).")
    }
  }

  func run() throws {
    guard let format else { preconditionFailure("no format after validation") }
    let stored = try checkpoint.stored()
    var network = try checkpoint.network(stored)
    var note = ""
    if let toDamping, toDamping != network.oscillators.damping {
      do {
        network = try network.conjugate().network
      } catch {
        throw Diagnostic(
          .data,
          "\(checkpoint.checkpoint): no network with implicit damping runs as this one: unit \(error.unit) has "
            + "epsilon·dt = \(error.epsilonTimesStep), and it must be below 1")
      }
      note = " (the conjugate network; states change scale by 1 + epsilon·dt)"
    }
    do {
      try NetworkWriter.write(
        network, inputScale: stored.constants.inputScale.value, as: format, to: destination)
    } catch {
      throw Diagnostic(error)
    }
    let damping = network.oscillators.damping.rawValue
    try writeToStandardOutput("wrote \(destination): \(network.hidden) units, \(damping) damping\(note)\n")
  }
}
