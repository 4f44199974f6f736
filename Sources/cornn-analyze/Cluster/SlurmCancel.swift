extension SlurmFolder {
  /// Withdraws what a run has submitted and ends its tasks.
  ///
  /// - Returns: the jobs that were in the queue.
  static func cancel(_ run: OutputFolder) async throws(Diagnostic) -> [String] {
    let submissions = try openSubmissions(run)
    guard !submissions.isEmpty else { return [] }
    let queue = try await SlurmRun.queue(of: submissions)
    let folder = try SlurmFolder(run)
    var jobs: [String] = []
    for submission in submissions {
      // First what it is to compute: a task that begins meanwhile does nothing, and the driver knows.
      try folder.close(submission)
      guard let job = queue.live([submission]).first?.job else { continue }
      let answer = await SlurmCommand.run("scancel", ["--me", "--name=" + submission.name])
      if let trouble = Diagnostic("scancel", answer) { throw trouble }
      jobs.append(job)
    }
    return jobs
  }
}
