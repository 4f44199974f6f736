import ArgumentParser
import CoRNNKernels
import Glibc

/// Dynamical-systems analysis of coupled oscillatory recurrent networks.
@main
struct CornnAnalyze: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cornn-analyze",
    abstract: "Dynamical-systems analysis of coupled oscillatory recurrent networks (coRNN, arXiv 2010.00951).",
    discussion: """
      Reads trained weights (PyTorch, safetensors, npz, JSON), runs the map and holds it against its energy \
      bounds. Exit codes: 0 done, 2 a goal not reached and 3 a bound violated (both under --strict), 64 a wrong \
      flag, 65 wrong data, 66 no such file, 74 a failed read or write.
      """,
    version: "cornn-analyze \(toolVersion)",
    subcommands: [
      DemoCommand.self, InspectCommand.self, SimulateCommand.self, BoundsCommand.self, ConvertCommand.self,
      VersionCommand.self,
    ])

  static let toolVersion = "0.1.0"

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let diagnostic as Diagnostic {
      writeToStandardError(diagnostic.text)
      Glibc.exit(diagnostic.code.rawValue)
    } catch {
      exit(withError: error)
    }
  }
}

/// Says which versions and kernels run.
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Show the versions of what does the arithmetic, and the kernels in use.")

  func run() throws {
    try writeToStandardOutput(
      """
      cornn-analyze \(CornnAnalyze.toolVersion)
      GSL           \(GSL.version)
      OpenBLAS      core \(OpenBLAS.coreName)
      own kernels   \(OpenBLAS.instructionSet)

      """)
  }
}
