import Dispatch
import Glibc

/// Answers SIGINT and SIGTERM: files appear only when they are whole, so there is nothing to mend, only to say.
enum Interruption {
  /// Takes over from the system's own answer, which is to end without a word.
  static func watch() {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        writeToStandardError(
          "\ninterrupted: files already written are whole; run the same command again for the rest\n")
        _exit(130)
      }
      source.resume()
      // Dispatch keeps a resumed source only as long as somebody refers to it: its handler does.
      source.setCancelHandler { _ = source }
    }
  }
}
