import Glibc

/// A lock on a file, held as long as this lives and given up when the process ends, however it ends.
public struct FileLock: ~Copyable, Sendable {
  private let descriptor: Int32

  /// Takes the lock, making the file where there is none.
  ///
  /// - Returns: nil where another process holds it, or where the file can't be opened.
  public init?(_ path: String) {
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      _ = close(descriptor)
      return nil
    }
  }

  deinit { _ = close(descriptor) }
}
