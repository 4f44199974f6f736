import CoRNNReport
import SystemPackage

/// A message for the person at the terminal: what is wrong, the way out, and the exit code.
///
/// The only place where trouble gets its words is this type and its extensions.
struct Diagnostic: Error, Equatable {
  /// Exit codes, as sysexits.h names them.
  enum Code: Int32 {
    /// A computation fell short of its goal, under `--strict`.
    case unreached = 2
    /// A bound was violated or a certificate refused, under `--strict`.
    case violated = 3
    /// A wrong flag.
    case usage = 64
    /// Wrong contents of a file.
    case data = 65
    /// No such file.
    case noInput = 66
    /// A service that it needs isn't there, doesn't answer, or refuses.
    case unavailable = 69
    /// The system refused to read or write.
    case io = 74
    /// A signal asked it to stop.
    case interrupted = 130
  }

  let code: Code
  let message: String
  let hint: String?

  init(_ code: Code, _ message: String, hint: String? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
  }

  /// The message as it stands on standard error.
  var text: String {
    "Error: \(message.withoutControls)\n" + (hint.map { "Hint: \($0.withoutControls)\n" } ?? "")
  }
}

/// Writes text to standard error; where even that fails there is nobody to tell.
func writeToStandardError(_ text: String) { _ = try? FileDescriptor.standardError.writeAll(text.utf8) }

/// Writes text to standard output.
func writeToStandardOutput(_ text: String) throws(Diagnostic) {
  do {
    try FileDescriptor.standardOutput.writeAll(text.utf8)
  } catch {
    throw Diagnostic(.io, "standard output can't be written: \(error)")
  }
}
