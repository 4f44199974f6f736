import CoRNNCheckpoints
import CoRNNReport
import FoundationEssentials
import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// Processes of this tool that compute points, each one after the other, so that what crashes takes only its own point
/// along.
struct WorkerPool {
  /// How many at once.
  let jobs: Int
  /// The folder that files are found from.
  let folder: String

  /// What the pool's tasks share.
  private final class Work: Sendable {
    private struct State {
      var waiting: ArraySlice<Int>
      var isStopping = false
      var processes: Set<pid_t> = []
      var failure: Diagnostic?
    }

    private let state: Mutex<State>

    init(_ points: [Int]) { state = Mutex(State(waiting: points[...])) }

    /// The next point; nil when there are no more, or it is time to stop.
    func next() -> Int? { state.withLock { $0.isStopping ? nil : $0.waiting.popFirst() } }

    var isStopping: Bool { state.withLock { $0.isStopping } }
    var failure: Diagnostic? { state.withLock { $0.failure } }

    func stop(_ failure: Diagnostic? = nil) {
      state.withLock {
        $0.isStopping = true
        $0.failure = $0.failure ?? failure
      }
    }

    func began(_ process: pid_t) { state.withLock { _ = $0.processes.insert(process) } }
    func ended(_ process: pid_t) { state.withLock { _ = $0.processes.remove(process) } }

    func signal(_ number: Int32) {
      state.withLock { for process in $0.processes { kill(process, number) } }
    }
  }

  /// Computes points.
  ///
  /// - Parameters:
  ///   - points: their numbers.
  ///   - request: a point's kind and arguments.
  ///   - finished: takes a point's answer, an object of JSON; from several tasks, one at a time. What it throws ends
  ///     the run.
  /// - Returns: whether all points have an answer: not after a signal.
  func compute(
    _ points: [Int], request: @Sendable @escaping (Int) -> PointWorker.Request,
    finished: @Sendable @escaping (Int, String) throws(Diagnostic) -> Void
  ) async throws(Diagnostic) -> Bool {
    let work = Work(points)
    // A worker that is gone is found by its answers' end, not by this process's.
    signal(SIGPIPE, SIG_IGN)
    let watch = Task { await Self.watch(work) }
    await withTaskGroup { group in
      for _ in 0..<min(jobs, points.count) {
        group.addTask {
          do {
            try await run(work, request, finished)
          } catch let diagnostic as Diagnostic {
            work.stop(diagnostic)
          } catch {
            work.stop(Diagnostic(.io, "a worker process can't be run: \(error)"))
          }
        }
      }
    }
    watch.cancel()
    await watch.value
    if let failure = work.failure { throw failure }
    return !work.isStopping
  }

  /// Passes a signal to this process on to the workers, and after some seconds makes sure.
  private static func watch(_ work: Work) async {
    while !Interruption.isRequested, !work.isStopping {
      guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return }
    }
    work.stop()
    work.signal(SIGTERM)
    guard (try? await Task.sleep(for: .seconds(20))) != nil else { return }
    work.signal(SIGKILL)
  }

  /// One worker after another, until there are no points left; a new one only after a crash.
  private func run(
    _ work: Work, _ request: @Sendable (Int) -> PointWorker.Request,
    _ finished: @Sendable (Int, String) throws(Diagnostic) -> Void
  ) async throws {
    while let first = work.next() {
      let path = FileManager.default.temporaryDirectory.appending(path: "cornn-worker-\(UUID().uuidString)").path
      let errors = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .append], permissions: .ownerReadWrite)
      defer {
        try? errors.close()
        try? FileManager.default.removeItem(atPath: path)
      }
      let outcome = try await Subprocess.run(
        .path("/proc/self/exe"), arguments: ["point-worker", folder],
        environment: .inherit.updating(["SWIFT_BACKTRACE": "enable=no"]), input: .inputWriter, output: .sequence,
        error: .fileDescriptor(errors, closeAfterSpawningProcess: false)
      ) { execution -> Int? in
        let process = execution.processIdentifier.value
        work.began(process)
        defer { work.ended(process) }
        var answers = AnswerLines(buffers: execution.standardOutput.makeAsyncIterator())
        var next: Int? = first
        while let point = next {
          guard let data = try? JSONEncoder().encode(request(point)) else { preconditionFailure("not JSON") }
          guard (try? await execution.standardInputWriter.write(Array(data) + [UInt8(ascii: "\n")])) != nil,
            let answer = try await answers.next(), answer.hasSuffix("}")
          else { return point }
          if answer != "{}" { try finished(point, answer) }
          next = work.next()
        }
        try await execution.standardInputWriter.finish()
        return nil
      }
      // A signal to the whole group reaches workers first.
      if outcome.terminationStatus == .exited(130) { try? await Task.sleep(for: .milliseconds(100)) }
      guard let lost = outcome.closureResult, !work.isStopping else { continue }
      try finished(lost, Self.crash(outcome.terminationStatus, said: (try? readText(path)) ?? ""))
    }
  }

  /// The answer for a point whose process ended.
  private static func crash(_ status: TerminationStatus, said: String) -> String {
    let how: String
    switch status {
    case .signaled(SIGKILL): how = "signal 9: killed, perhaps for want of memory"
    case .signaled(let number): how = "signal \(number)"
    case .exited(let code): how = "exit code \(code)"
    }
    let told = said.suffix(4096).split(whereSeparator: \.isNewline).map(String.init)
    let reason = told.last { $0.contains("atal error") } ?? told.last
    return "{\"error\": "
      + JSONValue.members([
        "code": .text("crash"), "message": .text("the process ended by \(how)" + (reason.map { ": \($0)" } ?? "")),
        "hint": .text("--resume tries it anew"),
      ]).line + "}"
  }
}

/// A worker's answers, line by line; several kilobytes each, so they are searched by the buffer, not by the byte.
private struct AnswerLines {
  var buffers: SubprocessOutputSequence.Iterator
  private var pending: [UInt8] = []

  init(buffers: SubprocessOutputSequence.Iterator) { self.buffers = buffers }

  /// The next whole line without its end; nil when the output has ended.
  mutating func next() async throws -> String? {
    var searched = 0
    while true {
      if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeSubrange(...end)
        return line
      }
      searched = pending.count
      guard let buffer = try await buffers.next() else { return nil }
      unsafe buffer.withUnsafeBytes { unsafe pending.append(contentsOf: $0) }
    }
  }
}
