public import CoRNNKernels
import FoundationEssentials
import Glibc

/// A file's bytes, mapped into memory: nothing is read before it is looked at.
struct FileContents {
  let path: String
  let data: Data

  init(path: String, data: Data) {
    self.path = path
    self.data = data
  }

  init(path: String) throws(CheckpointError.Problem) {
    self.path = path
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { throw .notFound }
    guard !isDirectory else { throw .isDirectory }
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(filePath: path).resolvingSymlinksInPath().path)
    if let type = attributes?[.type] as? FileAttributeType, type != .typeRegular {
      throw .unreadable(reason: "it is not a regular file; save it to one first")
    }
    do {
      data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
    } catch {
      throw .unreadable(reason: systemReason(error))
    }
  }
}

/// The operating system's own words for a failed call, without Foundation's wrapping.
public func systemReason(_ error: any Error) -> String {
  if let error = error as? CocoaError, let underlying = error.underlying as? POSIXError {
    return systemErrorText(underlying.code.rawValue)
  }
  return String(describing: error)
}

/// The text of a file.
public func readText(_ path: String) throws(CheckpointError.Problem) -> String {
  String(decoding: try FileContents(path: path).data, as: UTF8.self)
}

/// The bytes of a file, or of its beginning.
public func readBytes(_ path: String, atMost count: Int = .max) throws(CheckpointError.Problem) -> [UInt8] {
  Array(try FileContents(path: path).data.prefix(count))
}

extension Fingerprint {
  /// Takes in what is in a file.
  public mutating func add(fileAt path: String) throws(CheckpointError.Problem) {
    add(try FileContents(path: path).data)
  }
}

/// Puts `bytes` in the place of the file at `path` in one move: a reader sees the old file or the new one.
///
/// The bytes are on the disk before the old ones are given up, so that not even a power cut leaves half a file. A write
/// that fails leaves the old file, and nothing beside it; a process that is killed leaves at most ``partialName(_:)``.
public func replaceFile(at path: String, with bytes: [UInt8]) throws(CheckpointError.Problem) {
  let (folder, name) = splitPath(path)
  let partial = folder + partialName(name)
  do {
    try Data(bytes).write(to: URL(filePath: partial))
    if let failure = moveDurably(partial, to: path, in: folder.isEmpty ? "." : folder) {
      throw CheckpointError.Problem.unwritable(reason: systemErrorText(failure))
    }
  } catch {
    try? FileManager.default.removeItem(atPath: partial)
    throw error as? CheckpointError.Problem ?? .unwritable(reason: systemReason(error))
  }
}

/// What a file of this name is called while this process writes it.
public func partialName(_ name: String) -> String { ".\(name).\(getpid()).partial" }

/// The folder, with its slash, and the name in it.
private func splitPath(_ path: String) -> (folder: String, name: String) {
  guard let slash = path.lastIndex(of: "/") else { return ("", path) }
  return (String(path[...slash]), String(path[path.index(after: slash)...]))
}
