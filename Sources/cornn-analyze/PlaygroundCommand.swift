import ArgumentParser
import FoundationEssentials

/// Writes the teaching page.
struct PlaygroundCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "playground",
    abstract: "Write a page to play with: one or two oscillators, and a trained network replayed.",
    discussion: """
      DIR/index.html opens in any browser, from the disk and without a network: sliders for all that an oscillator is \
      made of; the map beside the ODE, its energy against the bounds, fixed points and eigenvalues, computed by this \
      tool's own code as WebAssembly. DIR/network.json is the trained network on it, for any other command. What the \
      page says of that network is computed now.
      """)

  @Argument(help: ArgumentHelp("The folder to write to.", valueName: "dir"))
  var folder: String

  @Option(help: ArgumentHelp("Cores to use; results don't depend on it. (default: all)", valueName: "n"))
  var threads: Int?

  @Flag(help: "No progress on standard error.")
  var quiet = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads is \(threads); it must be at least 1.") }
  }

  func run() throws {
    let output = try OutputFolder(folder, argument: "the folder")
    let network = output.file("network.json")
    try output.write(bytes: PackageResources.playground_network_json, to: "network.json")
    let replay = try PlaygroundReplay(
      checkpoint: network, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, quiet: quiet)
    try output.write(PlaygroundPage.text(replay: replay), to: "index.html")
    try writeToStandardOutput(
      """
      The page: \(output.file("index.html")), for any browser; it needs no server and no network.
      The trained network on it: \(network), to try: cornn-analyze inspect \(network)

      """)
  }
}
