import ArgumentParser
import CoRNNKernels
import CoRNNReport
import FoundationEssentials

/// A scenario of many points, run into a folder.
struct SweepRun {
  let scenario: Scenario
  let points: SweepPoints
  let output: OutputOptions
  let jobs: Int

  /// The processes at once, and the threads that each has.
  init(_ scenario: Scenario, output: OutputOptions, jobs: Int?) throws(Diagnostic) {
    self.scenario = scenario
    self.output = output
    points = try scenario.points()
    self.jobs = jobs ?? ProcessInfo.processInfo.activeProcessorCount
  }

  /// Tries whether every point's command takes its settings.
  func check(_ places: some Collection<Int>) throws(Diagnostic) {
    let (places, tasks, kindPlace) = (Array(places), points.tasks, scenario.kindPlace)
    let troubles = parallelMap(count: places.count, threads: jobs) { place -> Diagnostic? in
      let point = tasks[places[place]]
      let files = point.kind.keepsFiles(point.settings) ? ["--output=."] : []
      do throws(Diagnostic) {
        _ = try point.command(point.arguments(pathPrefix: "") + files, kindPlace: kindPlace)
        return nil
      } catch {
        return error
      }
    }
    if let trouble = troubles.compactMap({ $0 }).first { throw trouble }
  }

  /// Computes points that have no record yet, each into the journal of `writer`.
  ///
  /// - Returns: whether all have one now: not after a signal.
  func compute(_ places: [Int], in folder: OutputFolder, writer: String) async throws(Diagnostic) -> Bool {
    let journal = try PointJournal(folder, writer: writer)
    let home = FileManager.default.currentDirectoryPath
    let run = folder.path.hasPrefix("/") ? folder.path : home + "/" + folder.path
    let workers = min(jobs, max(places.count, 1))
    let threads = output.threads ?? max(1, ProcessInfo.processInfo.activeProcessorCount / workers)
    let progress = Progress("running", total: points.tasks.count, quiet: output.quiet)
    progress.advance(points.tasks.count - places.count)
    defer { progress.finish() }
    let tasks = points.tasks
    return try await WorkerPool(jobs: workers, folder: scenario.folder.isEmpty ? "." : scenario.folder).compute(
      places,
      request: { place in
        let point = tasks[place]
        var arguments = point.arguments(pathPrefix: "") + ["--threads=\(threads)"]
        if point.kind.keepsFiles(point.settings) {
          arguments.append("--output=\(run)/\(PointStore.journals)/\(point.hash)")
          // What an interrupted run of the point left there counts.
          if point.kind == .train { arguments.append("--resume") }
        }
        return PointWorker.Request(kind: point.kind.rawValue, arguments: arguments)
      },
      finished: { place, answer throws(Diagnostic) in
        try journal.append(tasks[place].recordStart + ", " + answer.dropFirst())
        progress.advance(1)
      })
  }

  /// Runs what is missing, and puts everything together.
  ///
  /// - Parameter cluster: what is asked of Slurm, where the points are computed there.
  func run(
    in folder: OutputFolder, resume: Bool, settings: String, on cluster: SlurmRequest? = nil
  ) async throws {
    guard let lock = FileLock(folder.file(".lock")) else {
      throw Diagnostic(
        .usage, "\(folder.path): another process runs there",
        hint: "wait for it, stop it, or choose another folder with --output")
    }
    guard resume || !PointStore.holdsRecords(folder) else {
      throw Diagnostic(
        .usage, "\(folder.path) holds records of a run already",
        hint: "--resume computes only what is missing; or delete it, or choose another folder with --output")
    }
    try refuseOpenSubmissions(in: folder, resume: resume, on: cluster)
    let begun = Date.now
    try folder.write(try scenario.resolvedText(in: folder), to: "scenario.yaml")
    try folder.write(settings, to: "settings.json")
    var store = try PointStore(folder, tasks: points.tasks)
    let missing = store.missing
    Interruption.hold()
    let clock = ContinuousClock.now
    if let cluster {
      try await compute(store, in: folder, on: cluster)
    } else if !missing.isEmpty, try await !compute(missing, in: folder, writer: "local") {
      try store.refresh()
      throw Diagnostic(
        .interrupted,
        "interrupted after \(points.tasks.count - store.missing.count) of \(points.tasks.count) points, which \(folder.path) keeps",
        hint: "the same command with --resume goes on from there, to the same bytes")
    }
    try store.refresh()
    try store.merge()
    let machine = Machine(
      started: begun, seconds: (ContinuousClock.now - clock) / .seconds(1), computed: missing.count, jobs: jobs,
      backend: cluster == nil ? .local : .slurm)
    try folder.write(jsonText(schema: "cornn-analyze/machine/1", machine), to: "machine.json")
    try await finish(store, in: folder, computed: missing.count)
    withExtendedLifetime(lock) {}
  }
}
