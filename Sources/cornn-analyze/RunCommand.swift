import ArgumentParser
import CoRNNKernels
import CoRNNReport

/// Runs a scenario.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a scenario: an experiment as a YAML file.",
    discussion: """
      A scenario has a kind (\(Scenario.Kind.allCases.map(\.rawValue).joined(separator: ", "))), a checkpoint or a \
      system, and the flags of that command as keys in lowerCamelCase; files are found from the scenario's own folder. The run directory holds the settings, the \
      result and the plots.
      """)

  @Argument(help: "The scenario, a .yaml file.")
  var scenario: String

  @OptionGroup var output: OutputOptions

  @Flag(help: "Go on with the interrupted run in the run directory (kinds lyapunov and train).")
  var resume = false

  @Flag(help: "Run the scenario's short form: what stands under short: replaces the other settings.")
  var short = false

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A setting instead of the scenario's; may be given several times.", valueName: "key=value"))
  var replacing: [String] = []

  init() {}

  /// The command for a scenario.
  init(scenario: String, output: OutputOptions, resume: Bool) {
    self.scenario = scenario
    self.output = output
    self.resume = resume
    (short, replacing) = (false, [])
  }

  func validate() throws {
    for text in replacing where text.firstIndex(of: "=") ?? text.startIndex == text.startIndex {
      throw ValidationError("--set is \(text); it must be key=value.")
    }
  }

  /// What a run was made from, kept beside its result.
  private struct Settings: Encodable {
    let scenario: String
    let question: String
    let kind: String
    let arguments: [String]
    let tool: String
    let gsl: String
  }

  func run() async throws {
    let scenario = try Scenario(
      path: scenario, isShort: short,
      replacing: replacing.map { text in
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (sides[0], sides[1])
      })
    if resume, ![.lyapunov, .train].contains(scenario.kind) {
      throw Diagnostic(.usage, "--resume means nothing to a scenario of kind \(scenario.kind.rawValue)")
    }
    let folder = try OutputFolder(output.output ?? "runs/" + stem)
    var arguments = try scenario.arguments { key, numbers throws(Diagnostic) in
      let name = key + ".json"
      try folder.write("[" + numbers.map { "\($0)" }.joined(separator: ", ") + "]\n", to: name)
      return folder.file(name)
    }
    arguments += ["--output", folder.path, "--format", output.format.rawValue]
    if let threads = output.threads { arguments += ["--threads", "\(threads)"] }
    if output.quiet { arguments.append("--quiet") }
    if resume { arguments.append("--resume") }
    if output.strict { arguments.append("--strict") }
    var command: any ParsableCommand
    do {
      command = try CornnAnalyze.parseAsRoot(arguments)
    } catch {
      throw scenario.diagnostic(refused: CornnAnalyze.message(for: error))
    }
    let settings = Settings(
      scenario: self.scenario, question: scenario.question, kind: scenario.kind.rawValue, arguments: arguments,
      tool: CornnAnalyze.versionNumber, gsl: GSL.version)
    try folder.write(jsonText(schema: "cornn-analyze/run/1", settings), to: "settings.json")
    if var asynchronous = command as? any AsyncParsableCommand {
      try await asynchronous.run()
    } else {
      try command.run()
    }
  }

  /// The scenario's name without folder and ending.
  private var stem: String {
    let name = scenario.split(separator: "/").last.map(String.init) ?? scenario
    return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
  }
}
