import FoundationEssentials

extension SlurmRun {
  /// Submits points as one job array.
  mutating func submit(_ points: [Int]) async throws(Diagnostic) {
    let most = await Self.mostTasks()
    let sizes = settings.taskSizes(
      points: points.count, mostTasks: most, apart: points.contains { deaths[$0, default: 0] > 0 })
    var rest = points[...]
    let tasks = sizes.map { size in
      defer { rest = rest.dropFirst(size) }
      return Array(rest.prefix(size))
    }
    let number = (try folder.submissions().last?.number ?? 0) + 1
    let mark = UInt32.random(in: 0x1000_0000 ... .max)
    var submission = SlurmSubmission(
      number: number, name: "\(label)-\(String(mark, radix: 16))-\(number)", job: nil,
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
      "submitted \(points.count) point\(points.count == 1 ? "" : "s")"
        + (deaths.isEmpty ? "" : " whose task died")
        + " as job \(id) of \(tasks.count) task\(tasks.count == 1 ? "" : "s")")
  }

  /// What computes a task's points, but for the writer and the points.
  ///
  /// - Parameter most: the most points of a task.
  private func command(_ number: Int, _ most: Int) -> [String] {
    let jobs = min(settings.cpus, most)
    let tool =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return [
      tool, "run", folder.folder.file("\(number).yaml"), "--output", store.folder.path, "--jobs", "\(jobs)",
      "--threads", "\(settings.cpus / jobs)", "--quiet",
    ]
  }

  /// The most tasks of an array that the cluster takes.
  private static func mostTasks() async -> Int {
    let answer = await SlurmCommand.run("scontrol", ["show", "config"])
    let line = answer.output.split(whereSeparator: \.isNewline).first { $0.hasPrefix("MaxArraySize") }
    // The largest number that a task may have is one less; 1001 is Slurm's own default.
    let size = line?.split(separator: "=").last.flatMap { Int($0.drop { $0 == " " }) } ?? 1001
    return max(size - 1, 1)
  }

  private static func partitions() async -> [String] {
    let answer = await SlurmCommand.run("sinfo", ["--noheader", "--format=%R"])
    return answer.isSuccess ? answer.output.split(whereSeparator: \.isNewline).map(String.init) : []
  }
}
