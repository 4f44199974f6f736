import ArgumentParser
import CoRNNKernels
import CoRNNReport
import FoundationEssentials

/// Runs a scenario.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a scenario: an experiment as a YAML file, of one point or many.",
    discussion: """
      A scenario has a kind (\(ScenarioKind.names)), or a list of kinds that share inputs; a checkpoint or a system; and \
      the flags of that command as keys in lowerCamelCase. Under grid, draws and repeats, keys have many values, and \
      there is a point for each. Files are found from the scenario's own folder. The run directory \
      holds the scenario as it was run, a record for each point (results.jsonl), a table and plots; points run in \
      processes of their own, and one that fails is recorded and doesn't stop the rest. cornn-analyze schema prints \
      all keys.
      """)

  @Argument(help: "The scenario, a .yaml file.")
  var scenario: String

  @OptionGroup var output: OutputOptions

  @Flag(help: "Go on with the interrupted run in the run directory: compute only what is missing.")
  var resume = false

  @Flag(help: "Run the scenario's short form: what stands under short: replaces the other settings.")
  var short = false

  @Flag(help: "List the points and check their settings; compute nothing.")
  var dryRun = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Points computed at once, each in a process of its own. (default: one a core)", valueName: "n"))
  var jobs: Int?

  @OptionGroup var slurm: SlurmOptions

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A setting instead of the scenario's, such as gamma=2, grid.gamma=[1,2] or parameter.rho=20; may be given several times.",
      valueName: "key=value"))
  var replacing: [String] = []

  @Option(
    help: ArgumentHelp("The name of this process's journal: compute points and leave the rest.", visibility: .hidden))
  var writer: String?

  @Option(
    help: ArgumentHelp("The points that --writer computes, as --dry-run numbers them: 3,7-9.", visibility: .hidden))
  var only: PointNumbers?

  init() {}

  func validate() throws {
    for text in replacing where text.firstIndex(of: "=") ?? text.startIndex == text.startIndex {
      throw ValidationError("--set is \(text); it must be key=value.")
    }
    if let jobs, !(1...1024 ~= jobs) { throw ValidationError("--jobs is \(jobs); it must be 1 to 1024.") }
    if dryRun, resume { throw ValidationError("--dry-run and --resume contradict each other: give one.") }
    if (writer == nil) != (only == nil) { throw ValidationError("--writer and --only go together.") }
    if let writer, !writer.allSatisfy({ $0.isLetter || $0.isNumber || "-_".contains($0) }) || writer.isEmpty {
      throw ValidationError("--writer is \(writer); it must be letters, digits, - and _.")
    }
  }

  /// What a run was made from, kept beside its result.
  private struct Settings: Encodable {
    let scenario: String
    let question: String
    let kinds: [String]
    let points: Int
    /// The command line of a single point.
    let arguments: [String]?
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
    let sweep = try SweepRun(scenario, output: output, jobs: jobs)
    let path = output.output ?? "runs/" + scenario.name
    if let writer, let only {
      return try await write(only.places(of: sweep.points.tasks.count), as: writer, sweep, OutputFolder(path))
    }
    if slurm.status { return try await tellStatus(sweep, path) }
    if slurm.cancel { return try await cancel(path) }
    let cluster = try slurm.request(scenario)
    try sweep.check(sweep.points.tasks.indices)
    if dryRun {
      let list = sweep.list
      return try output.show(list.document, json: jsonText(schema: "cornn-analyze/points/1", list))
    }
    let isSingle = sweep.points.tasks.count == 1 && scenario.axes.isEmpty && cluster == nil
    let single = isSingle ? sweep.points.tasks[0] : nil
    if resume, let single, ![.lyapunov, .train].contains(single.kind) {
      throw Diagnostic(.usage, "--resume means nothing to a scenario with one point of kind \(single.kind.rawValue)")
    }
    try output.tryReport()
    let folder = try OutputFolder(path)
    let arguments = single.map { $0.arguments(pathPrefix: scenario.folder) + own(folder, question: scenario.question) }
    let settings = jsonText(
      schema: "cornn-analyze/run/1",
      Settings(
        scenario: self.scenario, question: scenario.question, kinds: scenario.kinds.map(\.rawValue),
        points: sweep.points.tasks.count, arguments: arguments, tool: CornnAnalyze.versionNumber, gsl: GSL.version))
    guard let single, let arguments else {
      return try await sweep.run(in: folder, resume: resume, settings: settings, on: cluster)
    }
    try await run(single, arguments, scenario, folder, settings: settings)
  }

  /// The flags that a single point's command has from this one.
  private func own(_ folder: OutputFolder, question: String) -> [String] {
    var arguments = ["--output=\(folder.path)", "--format=\(output.format.rawValue)"]
    if let report = output.report { arguments.append("--report=\(report)") }
    if !question.isEmpty { arguments.append("--question=\(question)") }
    if let threads = output.threads { arguments.append("--threads=\(threads)") }
    if output.quiet { arguments.append("--quiet") }
    if resume { arguments.append("--resume") }
    return arguments
  }

  /// Runs a single point in this process, with its whole report.
  private func run(
    _ point: ScenarioPoint, _ arguments: [String], _ scenario: Scenario, _ folder: OutputFolder, settings: String
  ) async throws {
    let command = try point.command(arguments + ["--strict"], kindPlace: scenario.kindPlace)
    let begun = Date.now
    try folder.write(settings, to: "settings.json")
    try folder.write(try scenario.resolvedText(in: folder), to: "scenario.yaml")
    let clock = ContinuousClock.now
    let outcome = try await PointOutcome.run(command, ResultCapture(silent: false))
    var unmet: Diagnostic?
    switch outcome {
    case .result(_, let short): unmet = short
    case .failure(let diagnostic), .interrupted(let diagnostic): throw diagnostic
    }
    try folder.write(point.recordStart + ", " + outcome.json.dropFirst() + "\n", to: PointStore.resultsName)
    let machine = Machine(
      started: begun, seconds: (ContinuousClock.now - clock) / .seconds(1), computed: 1, jobs: 1,
      backend: .local)
    try folder.write(jsonText(schema: "cornn-analyze/machine/1", machine), to: "machine.json")
    if output.strict, let unmet { throw unmet }
  }

  /// Shows how a run stands.
  private func tellStatus(_ sweep: SweepRun, _ path: String) async throws {
    let status = try await RunStatus(PointStore(Self.existing(path), tasks: sweep.points.tasks))
    try output.show(status.document, json: jsonText(schema: "cornn-analyze/status/1", status))
  }

  /// Cancels the jobs of a run.
  private func cancel(_ path: String) async throws {
    let jobs = try await SlurmFolder.cancel(Self.existing(path))
    try writeToStandardOutput(
      jobs.isEmpty
        ? "no job of \(path) is on Slurm\n"
        : "cancelled job \(jobs.joined(separator: ", ")); what is computed is kept, --resume submits the rest\n")
  }

  /// The run directory of a run that was begun.
  private static func existing(_ path: String) throws(Diagnostic) -> OutputFolder {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Diagnostic(.noInput, "\(path): no run was begun there", hint: "--output names the run directory")
    }
    return try OutputFolder(path)
  }

  /// Computes points for somebody else, who puts them together.
  private func write(
    _ places: [Int], as writer: String, _ sweep: SweepRun, _ folder: OutputFolder
  ) async throws {
    try sweep.check(places)
    let missing = Set(try PointStore(folder, tasks: sweep.points.tasks).missing)
    Interruption.hold()
    guard try await sweep.compute(places.filter(missing.contains), in: folder, writer: writer) else {
      throw Diagnostic(.interrupted, "interrupted: the records that were written are whole")
    }
  }
}

/// Numbers of points, from 1: `3,7-9`.
struct PointNumbers: ExpressibleByArgument {
  private let ranges: [ClosedRange<Int>]

  init?(argument: String) {
    var ranges: [ClosedRange<Int>] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, 1 <= first, first <= last
      else { return nil }
      ranges.append(first...last)
    }
    self.ranges = ranges
  }

  /// Their places among `count` points.
  func places(of count: Int) throws(Diagnostic) -> [Int] {
    if let most = ranges.map(\.upperBound).max(), most > count {
      throw Diagnostic(.usage, "--only names point \(most); there are \(count)")
    }
    return ranges.flatMap { $0.map { $0 - 1 } }
  }
}
