import Dispatch
import Glibc
import Synchronization

/// Answers SIGINT and SIGTERM. Files appear only when they are whole, so there is nothing to mend, only to say; a
/// command that can go on later is asked to stop instead.
enum Interruption {
  private static let isHeld = Atomic(false)
  private static let requests = Atomic(0)

  /// Takes over from the system's own answer, which is to end without a word.
  static func watch() {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let before = requests.wrappingAdd(1, ordering: .relaxed).oldValue
        // Who asks twice won't wait for the next moment at which the command can stop.
        if isHeld.load(ordering: .relaxed), before == 0 { return }
        writeToStandardError(
          "\ninterrupted: files already written are whole; run the same command again for the rest\n")
        _exit(130)
      }
      source.resume()
      // Dispatch keeps a resumed source only as long as somebody refers to it: its handler does.
      source.setCancelHandler { _ = source }
    }
  }

  /// From now on the command looks at ``isRequested``, and ends by itself.
  static func hold() { isHeld.store(true, ordering: .relaxed) }

  /// From now on a signal ends the process at once again.
  static func release() { isHeld.store(false, ordering: .relaxed) }

  /// Whether a signal asked the command to stop.
  static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }
}
