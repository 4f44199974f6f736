/// What a run asks of Slurm.
struct SlurmRequest {
  let settings: SlurmSettings
  /// The longest wait for the job; the job goes on after it.
  let limit: Duration?
}

extension SlurmOptions {
  /// The scenario's request with the flags in its settings' place; nil where points are computed on this machine.
  func request(_ scenario: Scenario) throws(Diagnostic) -> SlurmRequest? {
    guard backend == .slurm else { return nil }
    var settings = scenario.slurm
    try settings.set("partition", partition, flag: "--partition")
    try settings.set("time", timeLimit, flag: "--time-limit")
    try settings.set("memory", memory, flag: "--memory")
    try settings.set("throttle", throttle, flag: "--throttle")
    return SlurmRequest(settings: settings, limit: wait.map { .seconds($0) })
  }
}

extension SweepRun {
  /// Has the points that are missing computed on Slurm.
  func compute(_ store: PointStore, in folder: OutputFolder, on cluster: SlurmRequest) async throws(Diagnostic) {
    let files = try SlurmFolder(folder)
    // A job's name, which squeue shows, is made of plain letters.
    let label = scenario.name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    var run = SlurmRun(
      store, folder: files, settings: cluster.settings, scenario: try scenario.resolvedText(in: files.folder),
      label: label.isEmpty ? "run" : String(label.prefix(40)), output: output)
    try await run.finish(within: cluster.limit)
  }

  /// Refuses to compute beside a job that may be computing the same.
  func refuseOpenSubmissions(in folder: OutputFolder, resume: Bool, on cluster: SlurmRequest?) throws(Diagnostic) {
    guard cluster == nil || !resume, let open = try SlurmFolder.openSubmissions(folder).last else { return }
    let job = open.job.map { "job \($0)" } ?? "a job called \(open.name)"
    throw Diagnostic(
      .usage, "\(folder.path): \(job) was submitted for this run, and may be in Slurm's queue",
      hint: "--backend slurm --resume waits for it; --cancel ends it")
  }
}
