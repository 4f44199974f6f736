import CoRNNCheckpoints
import FoundationEssentials

/// One job array of a run, as it is kept in the run directory before it is submitted and after.
struct SlurmSubmission: Codable, Equatable {
  /// Counts a run's submissions from 1.
  let number: Int
  /// The job's name, which no other job has.
  let name: String
  /// The job's id; nil until Slurm has answered.
  var job: String?
  /// The points of each task by their hashes; the first task's number is 1.
  let tasks: [[String]]
}

/// The folder `slurm` of a run directory: for each submission N its record `N.json`, the script `N.sh`, the scenario
/// `N.yaml`, the points of each task `N.tasks`, and what tasks said, `N-TASK.out`.
///
/// A submission is open as long as `N.tasks` is there. Without it a task does nothing, however late it starts: what is
/// withdrawn is never computed beside what is submitted in its place.
struct SlurmFolder {
  let folder: OutputFolder

  static let name = "slurm"

  /// - Parameter run: the run directory.
  init(_ run: OutputFolder) throws(Diagnostic) { folder = try OutputFolder(run.file(Self.name)) }

  /// The submissions of a run that are open, in the order of their numbers; makes no folder.
  static func openSubmissions(_ run: OutputFolder) throws(Diagnostic) -> [SlurmSubmission] {
    guard FileManager.default.fileExists(atPath: run.file(name)) else { return [] }
    let folder = try SlurmFolder(run)
    return try folder.submissions().filter(folder.isOpen)
  }

  /// All submissions of the run, in the order of their numbers.
  func submissions() throws(Diagnostic) -> [SlurmSubmission] {
    var found: [SlurmSubmission] = []
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    where name.hasSuffix(".json") && !name.hasPrefix(".") {
      let path = folder.file(name)
      let bytes: [UInt8]
      do {
        bytes = try readBytes(path)
      } catch {
        throw Diagnostic(CheckpointError(path: path, problem: error))
      }
      guard let submission = try? JSONDecoder().decode(SlurmSubmission.self, from: Data(bytes)) else {
        throw Diagnostic(
          .data, "\(path): it isn't the record of a submission",
          hint: "end the job with scancel if squeue shows one, then delete \(folder.path)")
      }
      found.append(submission)
    }
    return found.sorted { $0.number < $1.number }
  }

  /// Keeps a submission.
  func keep(_ submission: SlurmSubmission) throws(Diagnostic) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(submission) else { preconditionFailure("\(submission) isn't JSON") }
    try folder.write(bytes: Array(data) + [UInt8(ascii: "\n")], to: "\(submission.number).json")
  }

  /// Writes what the tasks of a submission read.
  ///
  /// - Parameters:
  ///   - points: the places of each task's points, which `--only` counts from 1.
  ///   - scenario: the resolved scenario, as YAML.
  ///   - command: what computes a task's points, but for the scenario, writer and points.
  func open(_ submission: SlurmSubmission, points: [[Int]], scenario: String, command: [String]) throws(Diagnostic) {
    let number = submission.number
    try folder.write(scenario, to: "\(number).yaml")
    try folder.write(Self.script(command, tasks: tasksFile(number)), to: "\(number).sh")
    try folder.write(
      points.map { $0.map { "\($0 + 1)" }.joined(separator: ",") + "\n" }.joined(), to: "\(number).tasks")
  }

  /// The script that each task of an array runs.
  static func script(_ command: [String], tasks: String) -> String {
    """
    #!/bin/sh
    # Computes the points in this task's line of the list; without the list it has been withdrawn.
    points=$(sed -n "${SLURM_ARRAY_TASK_ID}p" \(quoted(tasks))) && [ -n "$points" ] || exit 1
    exec \(command.map(quoted).joined(separator: " ")) \
    --writer "slurm-$SLURM_ARRAY_JOB_ID-$SLURM_ARRAY_TASK_ID" --only "$points"

    """
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
  }

  func isOpen(_ submission: SlurmSubmission) -> Bool {
    FileManager.default.fileExists(atPath: tasksFile(submission.number))
  }

  /// Closes a submission: those of its tasks that haven't begun never will.
  func close(_ submission: SlurmSubmission) throws(Diagnostic) {
    let path = tasksFile(submission.number)
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      guard FileManager.default.fileExists(atPath: path) else { return }
      throw Diagnostic(.io, "\(path): it can't be removed: \(systemReason(error))")
    }
  }

  private func tasksFile(_ number: Int) -> String { folder.file("\(number).tasks") }

  /// Where a task's own words go, as sbatch writes it.
  func outputPattern(_ submission: SlurmSubmission) -> String { folder.file("\(submission.number)-%a.out") }

  /// The last thing that a task said; nil where it said nothing.
  func lastWords(_ submission: SlurmSubmission, task: Int) -> String? {
    guard let bytes = try? readBytes(folder.file("\(submission.number)-\(task).out")) else { return nil }
    let lines = String(decoding: bytes.suffix(4096), as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.last.map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
  }
}
