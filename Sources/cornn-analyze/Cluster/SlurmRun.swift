import CoRNNReport
import FoundationEssentials

/// A scenario's points as job arrays of Slurm: submits them, waits, and submits anew those whose task died.
///
/// Which tasks live is squeue's word, which points have a record the journals'. Nothing else is kept, so that a driver
/// that was killed is replaced by another.
struct SlurmRun {
  private(set) var store: PointStore
  let folder: SlurmFolder
  let settings: SlurmSettings
  /// The resolved scenario, as YAML.
  let scenario: String
  /// What a job is called, before a number of its own.
  let label: String
  let output: OutputOptions

  /// The points by their hashes.
  private let places: [String: Int]
  /// Submissions with tasks that may still live.
  var open: [SlurmSubmission] = []
  /// Tasks of open submissions that are over.
  private var over: Set<TaskName> = []
  /// When a task was first found over with a point without record.
  private var suspected: [TaskName: ContinuousClock.Instant] = [:]
  /// How often a point's task died.
  var deaths: [Int: Int] = [:]
  /// The points that aren't submitted again, with the reason.
  private var given: [Int: Loss] = [:]
  /// What was said and isn't said again.
  var told: Set<String> = []

  private struct TaskName: Hashable {
    let submission: Int
    let task: Int
  }

  private struct Loss {
    /// The task's last.
    let state: String
    var isCancelled: Bool { state == "CANCELLED" }
    let submission: SlurmSubmission
    let task: Int
  }

  /// The longest silence of Slurm's controller.
  private static let longestSilence = Duration.seconds(600)

  init(
    _ store: PointStore, folder: SlurmFolder, settings: SlurmSettings, scenario: String, label: String,
    output: OutputOptions
  ) {
    (self.store, self.folder, self.settings, self.scenario) = (store, folder, settings, scenario)
    (self.label, self.output) = (label, output)
    places = Dictionary(uniqueKeysWithValues: store.tasks.enumerated().map { ($1.hash, $0) })
  }

  /// Waits until all points have a record, submitting what no job has.
  ///
  /// - Parameter limit: the longest wait; the job goes on after it.
  mutating func finish(within limit: Duration?) async throws(Diagnostic) {
    Interruption.hold()
    defer { Interruption.release() }
    try await adopt()
    let start = ContinuousClock.now
    let progress = Progress("on Slurm", total: store.tasks.count, quiet: output.quiet)
    defer { progress.finish() }
    var shown = 0
    var answered = start
    while true {
      // First the queue, then the records: what a task that is over had to say is then there.
      var queue: SlurmQueue?
      if open.isEmpty {
        queue = SlurmQueue()
      } else {
        do {
          queue = try await Self.queue(of: open)
        } catch {
          guard error.code == .unavailable, ContinuousClock.now - answered < Self.longestSilence else { throw error }
          say(error.message, once: "silence")
        }
      }
      if queue != nil { answered = .now }
      try store.refresh()
      let done = store.tasks.count - store.missing.count
      progress.tell(queue.map { standing($0) } ?? "Slurm doesn't answer")
      progress.advance(done - shown)
      shown = done
      if store.missing.isEmpty { break }
      // Before what tasks came to is judged: without their lists they failed for no fault of their points.
      guard open.allSatisfy(folder.isOpen) else { throw cancelled(done) }
      if Interruption.isRequested { throw interrupted(done) }
      if let queue { try settle(queue) }
      let missing = store.missing.filter { given[$0] == nil }
      if missing.isEmpty { break }
      let covered = Set(open.flatMap { submission in live(submission).flatMap { points(submission, $0) } })
      let free = missing.filter { !covered.contains($0) }
      if !free.isEmpty, queue != nil {
        try await submit(free)
        continue
      }
      if let queue { tellWhyPending(queue) }
      let waited = ContinuousClock.now - start
      if let limit, waited >= limit { throw stillWaiting(done, queue) }
      await pause(for: min(max(.seconds(0.3), waited / 20), .seconds(15)), limit.map { $0 - waited })
    }
    for submission in open { try folder.close(submission) }
    open = []
    if given.values.contains(where: \.isCancelled) { throw cancelled(store.tasks.count - store.missing.count) }
    try recordLosses()
  }

  /// Sleeps, but for a signal.
  private func pause(for time: Duration, _ left: Duration?) async {
    let end = ContinuousClock.now + min(time, left ?? time)
    while ContinuousClock.now < end, !Interruption.isRequested {
      try? await Task.sleep(for: min(.milliseconds(100), end - .now))
    }
  }

  /// Takes over the submissions of a driver before this one that are still in the queue; the others are closed.
  private mutating func adopt() async throws(Diagnostic) {
    let found = try folder.submissions().filter(folder.isOpen)
    guard !found.isEmpty else { return }
    let queue = try await Self.queue(of: found)
    for var submission in found {
      guard let tasks = queue.tasks[submission.name], tasks.values.contains(where: { !$0.isOver }) else {
        try folder.close(submission)
        continue
      }
      if submission.job == nil {
        submission.job = tasks.values.first?.job
        try folder.keep(submission)
      }
      open.append(submission)
      output.note("job \(submission.job ?? submission.name) is still in the queue: waiting for it")
    }
  }

  /// Asks Slurm how the tasks of submissions stand.
  static func queue(of submissions: [SlurmSubmission]) async throws(Diagnostic) -> SlurmQueue {
    let answer = await SlurmCommand.run("squeue", SlurmQueue.arguments(submissions.map(\.name)))
    if let trouble = Diagnostic("squeue", answer) { throw trouble }
    guard let queue = SlurmQueue(answer.output) else {
      throw Diagnostic(.data, "squeue's answer isn't what was asked for: \(answer.output.prefix(200))")
    }
    return queue
  }

  /// The tasks of a submission that aren't known to be over, from 1.
  private func live(_ submission: SlurmSubmission) -> [Int] {
    (1...submission.tasks.count).filter { !over.contains(TaskName(submission: submission.number, task: $0)) }
  }

  /// The places of a task's points.
  private func points(_ submission: SlurmSubmission, _ task: Int) -> [Int] {
    submission.tasks[task - 1].compactMap { places[$0] }
  }

  /// Finds out which tasks are over, and what is to be done about their points without a result.
  private mutating func settle(_ queue: SlurmQueue) throws(Diagnostic) {
    let missing = Set(store.missing)
    let unwritten = Set(store.withoutRecord)
    for submission in open {
      for task in live(submission) {
        let entry = queue[submission.name, task]
        if let entry, !entry.isOver { continue }
        let name = TaskName(submission: submission.number, task: task)
        let points = points(submission, task)
        // Records can be late on a disk that several machines share, most likely after a task that did all it was to.
        if points.contains(where: unwritten.contains) {
          let seen = suspected[name] ?? .now
          suspected[name] = seen
          if ContinuousClock.now - seen < (entry?.state == "COMPLETED" ? .seconds(60) : .seconds(1)) { continue }
        }
        over.insert(name)
        let state = entry?.state ?? "UNKNOWN"
        for point in points where missing.contains(point) {
          deaths[point, default: 0] += 1
          // Who cancels a task doesn't want it submitted again.
          let loss = Loss(state: state, submission: submission, task: task)
          if loss.isCancelled || deaths[point, default: 0] >= settings.attempts { given[point] = loss }
        }
      }
    }
    let finished = open.filter { live($0).isEmpty }
    for submission in finished { try folder.close(submission) }
    open.removeAll(where: finished.contains)
  }

  /// Notes what points came to whose tasks died as often as they may, so that nothing is without a record.
  private func recordLosses() throws(Diagnostic) {
    let unwritten = Set(store.withoutRecord)
    let lost = given.filter { unwritten.contains($0.key) }.sorted { $0.key < $1.key }
    guard !lost.isEmpty else { return }
    let journal = try PointJournal(store.folder, writer: "slurm-driver")
    for (point, loss) in lost {
      let words = folder.lastWords(loss.submission, task: loss.task).map { ": \($0)" } ?? ""
      let times = deaths[point, default: 0]
      let message =
        "its task on Slurm ended \(times == 1 ? "once" : "\(times) times") without a result, last as \(loss.state) "
        + "(job \(loss.submission.job ?? ""), task \(loss.task))" + words
      let error = JSONValue.members([
        "code": .text("crash"), "message": .text(message), "hint": .text("--resume tries it anew"),
      ])
      try journal.append(store.tasks[point].recordStart + ", \"error\": \(error.line)}")
    }
  }
}
