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
      Reads trained weights (PyTorch, safetensors, npz, JSON), runs the map and holds its energy and its \
      gradient against their bounds. Exit codes: 0 done, 2 a goal not reached and 3 a bound violated or a certificate \
      refused (both under --strict), 64 a wrong flag, 65 wrong data, 66 no such file, 69 no Slurm, 74 a failed read or write.
      """,
    subcommands: [
      DemoCommand.self, InspectCommand.self, SimulateCommand.self, CompareCommand.self,
      BoundsCommand.self, CertifyCommand.self, LyapunovCommand.self, FixedPointsCommand.self, OrbitDiagramCommand.self,
      SectionCommand.self, SpectrumCommand.self, TrainCommand.self, ForecastCommand.self, ConvertCommand.self,
      RunCommand.self, SchemaCommand.self, PlaygroundCommand.self, PointWorker.self,
    ])

  /// The tool's version.
  static let versionNumber = "0.1.0"

  @Flag(help: "Show the versions of what does the arithmetic, and the kernels in use.")
  var version = false

  func run() throws {
    guard version else { throw CleanExit.helpRequest(self) }
    try writeToStandardOutput(
      """
      cornn-analyze \(Self.versionNumber)
      GSL           \(GSL.version)
      OpenBLAS      core \(OpenBLAS.coreName)
      own kernels   \(OpenBLAS.instructionSet)

      """)
  }

  static func main() async {
    do {
      var command = try parseAsRoot()
      Interruption.watch()
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
