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
  private var open: [SlurmSubmission] = []
  /// Tasks of open submissions that are over.
  private var over: Set<TaskName> = []
  /// When a task was first found over with a point without record.
  private var suspected: [TaskName: ContinuousClock.Instant] = [:]
  /// How often a point's task died.
  private var deaths: [Int: Int] = [:]
  /// The points that aren't submitted again, with the reason.
  private var given: [Int: Loss] = [:]
  private var toldReasons: Set<String> = []

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
          if answered != start || shown > 0 { say(error.message, once: "silence") }
        }
      }
      if queue != nil { answered = .now }
      try store.refresh()
      if let queue { try settle(queue) }
      let missing = store.missing.filter { given[$0] == nil }
      let done = store.tasks.count - store.missing.count
      progress.tell(queue.map { standing($0) } ?? "Slurm doesn't answer")
      progress.advance(done - shown)
      shown = done
      if missing.isEmpty { break }
      guard open.allSatisfy(folder.isOpen) else { throw cancelled(done) }
      if Interruption.isRequested { throw interrupted(done) }
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
      throw Diagnostic(.unavailable, "squeue's answer isn't what was asked for: \(answer.output.prefix(200))")
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
        let entry = queue.tasks[submission.name]?[task]
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
        let state = entry?.state ?? "gone"
        for point in points where missing.contains(point) {
          deaths[point, default: 0] += 1
          // Who cancels a task doesn't want it submitted again.
          let loss = Loss(state: state, submission: submission, task: task)
          if loss.isCancelled || deaths[point, default: 0] >= settings.attempts { given[point] = loss }
        }
      }
    }
    for submission in open where live(submission).isEmpty { try folder.close(submission) }
    open.removeAll { live($0).isEmpty }
  }

  /// Submits points as one job array.
  private mutating func submit(_ points: [Int]) async throws(Diagnostic) {
    let most = await Self.mostTasks()
    let sizes = settings.taskSizes(
      points: points.count, mostTasks: most, apart: points.contains { deaths[$0, default: 0] > 0 })
    var rest = points[...]
    let tasks = sizes.map { size in
      defer { rest = rest.dropFirst(size) }
      return Array(rest.prefix(size))
    }
    let number = (try folder.submissions().last?.number ?? 0) + 1
    let mark = String(UInt32.random(in: .min ... .max), radix: 16)
    var submission = SlurmSubmission(
      number: number, name: "\(label)-\(mark)-\(number)", job: nil,
      tasks: tasks.map { $0.map { store.tasks[$0].hash } })
    // Whoever finds this record without the job's number asks Slurm for the name.
    try folder.keep(submission)
    try folder.open(submission, points: tasks, scenario: scenario, command: command(number, sizes.max() ?? 1))
    let answer = await SlurmCommand.run(
      "sbatch",
      [
        "--parsable", "--job-name=" + submission.name, "--no-requeue",
        "--array=1-\(tasks.count)" + (settings.throttle.map { "%\($0)" } ?? ""),
        "--output=" + folder.outputPattern(submission), "--open-mode=append",
      ] + settings.arguments + [folder.folder.file("\(number).sh")], within: 60)
    let id = answer.output.prefix { $0.isNumber }
    guard answer.isSuccess, !id.isEmpty else {
      try folder.close(submission)
      if Interruption.isRequested { throw interrupted(store.tasks.count - store.missing.count) }
      throw Diagnostic(
        refused: answer, settings, partitions: answer.isMissing || answer.isLate ? [] : await Self.partitions())
    }
    submission.job = String(id)
    try folder.keep(submission)
    open.append(submission)
    output.note(
      "submitted \(points.count) point\(points.count == 1 ? "" : "s") as job \(id), \(tasks.count) "
        + "task\(tasks.count == 1 ? "" : "s")" + (deaths.isEmpty ? "" : ": their tasks died"))
  }

  /// What computes a task's points, but for the writer and the points.
  ///
  /// - Parameter most: the most points of a task.
  private func command(_ number: Int, _ most: Int) -> [String] {
    let jobs = min(settings.cpus, most)
    let tool = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return [
      tool, "run", folder.folder.file("\(number).yaml"), "--output", store.folder.path, "--jobs", "\(jobs)",
      "--threads", "\(settings.cpus / jobs)", "--quiet",
    ]
  }

  /// The most tasks of an array that the cluster takes.
  private static func mostTasks() async -> Int {
    let answer = await SlurmCommand.run("scontrol", ["show", "config"])
    return mostTasks(answer.output) ?? 1000
  }

  static func mostTasks(_ configuration: String) -> Int? {
    let line = configuration.split(whereSeparator: \.isNewline).first { $0.hasPrefix("MaxArraySize") }
    // The largest number that a task may have is one less.
    return line?.split(separator: "=").last.flatMap { Int($0.drop { $0 == " " }) }.map { max($0 - 1, 1) }
  }

  private static func partitions() async -> [String] {
    let answer = await SlurmCommand.run("sinfo", ["--noheader", "--format=%R"])
    return answer.isSuccess ? answer.output.split(whereSeparator: \.isNewline).map(String.init) : []
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
      try journal.append(store.tasks[point].recordStart + ", " + PointOutcome.crash(message).dropFirst())
    }
  }
}

// What is said.
extension SlurmRun {
  private mutating func say(_ text: String, once key: String) {
    if toldReasons.insert(key).inserted { output.note(text) }
  }

  private func standing(_ queue: SlurmQueue) -> String {
    let tasks = open.flatMap { queue.tasks[$0.name].map { Array($0.values) } ?? [] }.filter { !$0.isOver }
    let pending = tasks.count(where: \.isPending)
    return "\(tasks.count - pending) tasks running, \(pending) pending"
  }

  private mutating func tellWhyPending(_ queue: SlurmQueue) {
    let live = open.flatMap { queue.tasks[$0.name].map { Array($0.values) } ?? [] }.filter { !$0.isOver }
    guard live.allSatisfy(\.isPending) else { return }
    for reason in Set(live.map(\.reason)).subtracting(SlurmQueue.ordinaryReasons).sorted() {
      say("Slurm holds the job back: \(Diagnostic.pending(reason))", once: reason)
    }
  }

  private var jobs: String {
    let ids = open.compactMap(\.job)
    return (ids.count == 1 ? "job " : "jobs ") + ids.joined(separator: ", ")
  }

  private func standing(_ done: Int) -> String { "\(done) of \(store.tasks.count) points done" }

  private var wayOn: String {
    "the same command with --status shows how it stands, with --cancel ends it, with --resume waits for it again"
  }

  private func interrupted(_ done: Int) -> Diagnostic {
    open.isEmpty
      ? Diagnostic(.interrupted, "interrupted, \(standing(done)); no job is on Slurm", hint: "--resume submits the rest")
      : Diagnostic(.interrupted, "interrupted, \(standing(done)); \(jobs) on Slurm goes on", hint: wayOn)
  }

  private func stillWaiting(_ done: Int, _ queue: SlurmQueue?) -> Diagnostic {
    let reasons = Set(open.flatMap { queue?.tasks[$0.name].map { Array($0.values) } ?? [] }.filter(\.isPending).map(\.reason))
      .subtracting(["None"]).sorted().map(Diagnostic.pending)
    return Diagnostic(
      .unavailable,
      "waited as long as --wait allows, \(standing(done)); \(jobs) on Slurm goes on"
        + (reasons.isEmpty ? "" : "; pending: " + reasons.joined(separator: "; ")), hint: wayOn)
  }

  private func cancelled(_ done: Int) -> Diagnostic {
    Diagnostic(.interrupted, "tasks were cancelled, \(standing(done))", hint: "--resume submits the rest")
  }
}
