import CoRNNReport

/// How a run stands: its points, and its jobs on Slurm.
struct RunStatus: Encodable {
  let folder: String
  let points: Points
  /// The jobs with tasks in the queue.
  let jobs: [Job]
  /// Why the queue can't be told; then points in a job are counted as pending.
  let trouble: String?

  /// How many points are how far; each counts once.
  struct Points: Encodable {
    let all: Int
    /// With a result.
    let done: Int
    /// With an error of their own.
    let failed: Int
    /// In a task that runs.
    let running: Int
    /// In a task that waits for its turn.
    let pending: Int
    /// In no task: to be computed with `--resume`.
    let missing: Int
  }

  struct Job: Encodable {
    let job: String
    let name: String
    let tasks: Int
    let running: Int
    let pending: Int
    /// Why tasks are pending.
    let reasons: [String]
  }

  /// Looks through a run's records, and asks Slurm for its jobs where it has any.
  init(_ store: PointStore) async throws(Diagnostic) {
    folder = store.folder.path
    let submissions = try SlurmFolder.openSubmissions(store.folder)
    var queue = SlurmQueue()
    var trouble: String?
    if !submissions.isEmpty {
      do {
        queue = try await SlurmRun.queue(of: submissions)
      } catch {
        trouble = error.message
      }
    }
    self.trouble = trouble
    let missing = Set(store.missing.map { store.tasks[$0].hash })
    var running: Set<String> = []
    var pending: Set<String> = []
    var jobs: [Job] = []
    for submission in submissions {
      let tasks = queue.tasks[submission.name] ?? [:]
      for (place, points) in submission.tasks.enumerated() {
        switch tasks[place + 1] {
        case nil: if trouble != nil { pending.formUnion(points) }
        case let task?:
          if task.isPending { pending.formUnion(points) } else if !task.isOver { running.formUnion(points) }
        }
      }
      let live = queue.live([submission])
      guard let job = live.first?.job else { continue }
      let waiting = live.filter(\.isPending)
      jobs.append(
        Job(
          job: job, name: submission.name, tasks: submission.tasks.count, running: live.count - waiting.count,
          pending: waiting.count, reasons: Set(waiting.map(\.reason)).subtracting(["None"]).sorted()))
    }
    self.jobs = jobs
    running.formIntersection(missing)
    pending.formIntersection(missing)
    pending.subtract(running)
    points = Points(
      all: store.tasks.count, done: store.tasks.count - missing.count - store.failed.count, failed: store.failed.count,
      running: running.count, pending: pending.count, missing: missing.count - running.count - pending.count)
  }

  var document: Document {
    var blocks: [Document.Block] = [
      .facts([
        .init("points", "\(points.all)"), .init("done", "\(points.done)"),
        .init("failed by their own error", "\(points.failed)"), .init("running", "\(points.running)"),
        .init("pending", "\(points.pending)"), .init("missing", "\(points.missing)"),
      ])
    ]
    if !jobs.isEmpty {
      blocks.append(
        .table(
          Document.Table(
            "Jobs on Slurm", columns: ["job", "name", "tasks", "running", "pending", "why pending"],
            rows: jobs.map { job in
              [
                job.job, job.name, "\(job.tasks)", "\(job.running)", "\(job.pending)",
                job.reasons.map(Diagnostic.pending).joined(separator: "; "),
              ]
            })))
    }
    if let trouble { blocks.append(.paragraph("Slurm's queue isn't known: \(trouble).")) }
    if points.missing > 0 { blocks.append(.paragraph("Missing points are in no job: --resume computes them.")) }
    return Document(title: "Run in \(folder)", blocks)
  }
}
