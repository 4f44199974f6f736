import CoRNNReport
import FoundationEssentials
import Glibc
import Synchronization

/// How far a long computation is, with the time left, on a terminal; silent in a pipe.
final class Progress: Sendable {
  private struct State {
    var done = 0
    var lastShown = Duration.zero
    var hasShown = false
    var note = ""
  }

  private let label: String
  private let total: Int
  private let start = ContinuousClock.now
  private let isShown: Bool
  private let state = Mutex(State())

  /// Progress towards `total` pieces.
  init(_ label: String, total: Int, quiet: Bool) {
    self.label = label
    self.total = total
    isShown = !quiet && isatty(2) == 1 && Self.movesTheCursor
  }

  /// Whether the terminal can write a line anew; in a notebook the lines would stay in its output.
  private static var movesTheCursor: Bool {
    let environment = ProcessInfo.processInfo.environment
    return !["", "dumb"].contains(environment["TERM", default: ""]) && environment["JPY_PARENT_PID"] == nil
  }

  /// What is said beside the time left from now on.
  func tell(_ text: String) {
    guard isShown else { return }
    state.withLock { $0.note = ", " + text }
  }

  /// Notes that `count` more pieces are done.
  func advance(_ count: Int) {
    guard isShown else { return }
    state.withLock { state in
      state.done += count
      let elapsed = ContinuousClock.now - start
      // Not before a part is done from which the rest can be told.
      guard elapsed > .seconds(0.5), 100 * state.done >= total, state.done < total,
        elapsed - state.lastShown > .seconds(0.1)
      else { return }
      state.lastShown = elapsed
      state.hasShown = true
      let left = elapsed / .seconds(1) * Double(total - state.done) / Double(max(state.done, 1))
      writeToStandardError(
        "\r\u{1B}[K\(label): \(100 * state.done / max(total, 1)) %, \(numberText(left, digits: 2)) s left\(state.note)")
    }
  }

  /// Clears the line.
  func finish() {
    guard isShown else { return }
    state.withLock { state in
      if state.hasShown { writeToStandardError("\r\u{1B}[K") }
      state.hasShown = false
    }
  }
}
