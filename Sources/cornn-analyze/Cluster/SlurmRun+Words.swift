extension SlurmRun {
  mutating func say(_ text: String, once key: String) {
    if told.insert(key).inserted { output.note(text) }
  }

  func standing(_ queue: SlurmQueue) -> String {
    let tasks = queue.live(open)
    let pending = tasks.count(where: \.isPending)
    return "\(tasks.count - pending) tasks running, \(pending) pending"
  }

  mutating func tellWhyPending(_ queue: SlurmQueue) {
    let live = queue.live(open)
    guard live.allSatisfy(\.isPending) else { return }
    for reason in Set(live.compactMap(\.obstacle)).sorted() {
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

  func interrupted(_ done: Int) -> Diagnostic {
    open.isEmpty
      ? Diagnostic(
        .interrupted, "interrupted, \(standing(done)); no job is on Slurm", hint: "--resume submits the rest")
      : Diagnostic(.interrupted, "interrupted, \(standing(done)); \(jobs) on Slurm goes on", hint: wayOn)
  }

  func stillWaiting(_ done: Int, _ queue: SlurmQueue?) -> Diagnostic {
    let reasons = Set((queue?.live(open) ?? []).compactMap(\.obstacle)).sorted().map(Diagnostic.pending)
    return Diagnostic(
      .unavailable,
      "waited as long as --wait allows, \(standing(done)); \(jobs) on Slurm goes on"
        + (reasons.isEmpty ? "" : "; pending: " + reasons.joined(separator: "; ")), hint: wayOn)
  }

  func cancelled(_ done: Int) -> Diagnostic {
    Diagnostic(.interrupted, "tasks were cancelled, \(standing(done))", hint: "--resume submits the rest")
  }
}
