import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNModel
import CoRNNReport
import FoundationEssentials

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
    destination.lastIndex(of: ".").flatMap {
      NetworkWriter.Format(rawValue: String(destination[destination.index(after: $0)...]))
    }
  }

  func validate() throws {
    if format == nil {
      let known = NetworkWriter.Format.allCases.map { "." + $0.rawValue }.joined(separator: ", ")
      throw ValidationError("'\(destination)' doesn't end in a format that is written: \(known).")
    }
  }

  /// Refuses a destination whose constants another file would override, or that would override another's.
  private func checkNeighbours() throws(Diagnostic) {
    let stem = destination.lastIndex(of: ".").map { String(destination[..<$0]) } ?? destination
    let endings = format == .json ? ["pt", "pth", "safetensors", "npz"] : ["json"]
    for neighbour in endings.map({ stem + "." + $0 }) where FileManager.default.fileExists(atPath: neighbour) {
      throw Diagnostic(
        .usage,
        format == .json
          ? "\(destination) would be read as the constants of \(neighbour)"
          : "\(neighbour) stands beside \(destination), and its constants come before those in the file",
        hint: "choose another name")
    }
  }

  func run() throws {
    try checkNeighbours()
    guard let format else { preconditionFailure("no format after validation") }
    let stored = try checkpoint.stored()
    var network = try checkpoint.network(stored)
    var note = ""
    if let toDamping, toDamping != network.oscillators.damping {
      do {
        network = try network.conjugate().network
      } catch {
        throw Diagnostic(error, path: checkpoint.checkpoint)
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

extension Diagnostic {
  /// The message for a network without a twin.
  init(_ error: NoTwin, path: String) {
    switch error {
    case .dampingTooStrong(let unit, let product):
      self.init(
        .data,
        "\(path): no network with implicit damping runs as this one: unit \(unit) has epsilon·dt = \(product), and it "
          + "must be below 1")
    case .outOfRange(let invalid): self.init(invalid, path: "the twin of \(path)")
    }
  }
}
