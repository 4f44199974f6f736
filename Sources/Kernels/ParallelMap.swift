import Dispatch
import Synchronization

/// The results of independent pieces of work, by index, computed on up to `threads` threads.
///
/// The order in which pieces run doesn't show in the result.
public func parallelMap<Result: Sendable>(
  count: Int, threads: Int, _ work: @Sendable (Int) -> Result
) -> [Result] {
  guard threads > 1, count > 1 else { return (0..<count).map(work) }
  OpenBLAS.start()
  let next = Atomic(0)
  let results = Mutex([Result?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      let result = work(index)
      results.withLock { $0[index] = result }
    }
  }
  return results.withLock { $0.map { $0! } }
}

/// The results of independent pieces of work, by index, on a thread for each of the workspaces, which a piece has for
/// itself while it runs.
///
/// Neither the order in which pieces run nor the number of workspaces shows in the result.
public func parallelMap<Workspace: Sendable, Result: Sendable>(
  count: Int, workspaces: [Workspace], _ work: @Sendable (Workspace, Int) -> Result
) -> [Result] {
  precondition(!workspaces.isEmpty || count == 0, "no workspace for \(count) pieces")
  guard workspaces.count > 1, count > 1 else { return (0..<count).map { work(workspaces[0], $0) } }
  let next = Atomic(0)
  let results = Mutex([Result?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: min(workspaces.count, count)) { worker in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      let result = work(workspaces[worker], index)
      results.withLock { $0[index] = result }
    }
  }
  return results.withLock { $0.map { $0! } }
}
