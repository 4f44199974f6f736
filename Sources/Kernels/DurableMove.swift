import Glibc

/// Waits until a file is on the disk, then gives it the name `path` in one move, in place of what had it, and waits for
/// the folder, too.
///
/// - Returns: the error's number, in which case what had the name still has it; nil if all went well.
public func moveDurably(_ partial: String, to path: String, in folder: String) -> Int32? {
  if let failure = synchronize(partial) { return failure }
  if unsafe rename(partial, path) != 0 { return errno }
  // Some file systems have no way to wait for a folder; the move itself is done.
  _ = synchronize(folder)
  return nil
}

private func synchronize(_ path: String) -> Int32? {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return errno }
  defer { _ = close(descriptor) }
  return fsync(descriptor) == 0 ? nil : errno
}
