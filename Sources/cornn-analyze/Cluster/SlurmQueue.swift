/// How the tasks of some jobs stand, as squeue tells it.
struct SlurmQueue: Equatable {
  struct Task: Equatable {
    let job: String
    /// As Slurm writes it: PENDING, RUNNING, COMPLETED, NODE_FAIL and so on.
    let state: String
    /// Why it is pending; None for others.
    let reason: String

    private static let over: Set<String> = [
      "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED",
      "REVOKED", "TIMEOUT",
    ]

    /// Whether it will do no more.
    var isOver: Bool { Self.over.contains(state) }
    var isPending: Bool { state == "PENDING" }

    private static let ordinary: Set<String> = [
      "", "None", "Priority", "Resources", "BeginTime", "JobArrayTaskLimit", "Dependency", "Prolog",
    ]

    /// Why it is pending, where it doesn't just wait its turn.
    var obstacle: String? { isPending && !Self.ordinary.contains(reason) ? reason : nil }
  }

  /// The tasks of each job name by their place in the array; of those long over Slurm knows nothing any more.
  private(set) var tasks: [String: [Int: Task]] = [:]
  /// What a line without a place says of a job name: how all those tasks stand that have no line of their own, as after
  /// a job was cancelled whose tasks had not begun.
  private var others: [String: Task] = [:]

  /// How a task stands; nil where Slurm doesn't know.
  subscript(name: String, place: Int) -> Task? { tasks[name]?[place] ?? others[name] }

  private static let format = "%j|%F|%K|%T|%r"

  /// Asks for all tasks of this user's jobs of some names, one a line, those that are over included.
  static func arguments(_ names: [String]) -> [String] {
    [
      "--noheader", "--array", "--me", "--states=all", "--name=" + names.joined(separator: ","),
      "--format=" + format,
    ]
  }

  /// Nobody's tasks.
  init() {}

  /// - Returns: nil where a line isn't what was asked for.
  init?(_ text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 5, !parts[3].isEmpty else { return nil }
      let task = Task(job: parts[1], state: parts[3], reason: parts[4])
      if let place = Int(parts[2]) {
        tasks[parts[0], default: [:]][place] = task
      } else if parts[2] == "N/A" {
        others[parts[0]] = task
      } else {
        return nil
      }
    }
  }

  /// The tasks of submissions that run or wait.
  func live(_ submissions: [SlurmSubmission]) -> [Task] {
    submissions.flatMap { Array((tasks[$0.name] ?? [:]).values) + (others[$0.name].map { [$0] } ?? []) }
      .filter { !$0.isOver }
  }
}
