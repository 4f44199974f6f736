import CoRNNCheckpoints
import CoRNNKernels
import CoRNNLearning
import CoRNNReport
import FoundationEssentials
import SystemPackage

/// The folder of one training run: settings, records as they come, the last two checkpoints, and weights.
struct TrainingFolder: ~Copyable {
  let folder: OutputFolder
  private let lock: FileLock
  private var records: FileDescriptor?
  private(set) var recordBytes = 0

  static let recordsName = "metrics.jsonl"
  private static let prefix = "checkpoint-"
  private static let suffix = ".safetensors"

  /// Takes the folder for this process.
  init(_ folder: OutputFolder) throws(Diagnostic) {
    guard let lock = FileLock(folder.file(".lock")) else {
      throw Diagnostic(
        .usage, "\(folder.path): another process trains here",
        hint: "wait for it, stop it, or choose another folder with --output")
    }
    self.lock = lock
    self.folder = folder
    // What killed processes left half written.
    for name in Self.names(folder) where name.hasPrefix(".") && name.hasSuffix(".partial") {
      try? FileManager.default.removeItem(atPath: folder.file(name))
    }
  }

  private static func names(_ folder: OutputFolder) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  /// The checkpoints, the newest first.
  private var checkpoints: [String] {
    Self.names(folder).filter { $0.hasPrefix(Self.prefix) && $0.hasSuffix(Self.suffix) }.reversed()
  }

  /// Whether a run was begun here.
  var holdsRun: Bool { !checkpoints.isEmpty || FileManager.default.fileExists(atPath: folder.file(Self.recordsName)) }

  /// The newest checkpoint that is whole; nil where a run has none.
  ///
  /// - Parameter note: told of checkpoints that aren't whole.
  func newest<Scalar>(
    settings: [String: String], note: (String) -> Void
  ) throws(Diagnostic) -> TrainingCheckpoint<Scalar>? {
    var damage: Diagnostic?
    for name in checkpoints {
      do throws(TrainingCheckpoint<Scalar>.Problem) {
        return try TrainingCheckpoint(path: folder.file(name), settings: settings)
      } catch {
        switch error {
        case .damaged(let file):
          let trouble = Diagnostic(file)
          note("\(trouble.message); taking the checkpoint before it")
          damage = damage ?? trouble
        case .otherRun(let setting, let there, let here):
          throw Diagnostic(
            .usage, "--resume: \(folder.file(name)) is of another run: \(setting) is \(there) there, \(here) here",
            hint: "give what it was started with, or choose another folder with --output")
        }
      }
    }
    if let damage {
      throw Diagnostic(
        damage.code, "\(damage.message), and there is no whole checkpoint before it",
        hint: "delete \(folder.path) and start anew")
    }
    return nil
  }

  /// Opens the file of records and leaves the first `bytes` of it.
  ///
  /// - Returns: the records that are left.
  mutating func openRecords(keeping bytes: Int) throws(Diagnostic) -> [TrainingRecord] {
    let path = folder.file(Self.recordsName)
    var kept: [UInt8] = []
    if bytes > 0 {
      do {
        kept = Array(try readText(path).utf8.prefix(bytes))
      } catch {
        throw Diagnostic(CheckpointError(path: path, problem: error))
      }
    }
    let lines = kept.split(separator: UInt8(ascii: "\n"))
    let found = lines.map { try? JSONDecoder().decode(TrainingRecord.self, from: Data($0)) }
    guard kept.count == bytes, found.allSatisfy({ $0 != nil }) else {
      throw Diagnostic(
        .data, "\(path): its first \(bytes) bytes aren't the records that the checkpoint goes with",
        hint: "delete \(folder.path) and start anew")
    }
    try folder.write(bytes: kept, to: Self.recordsName)
    recordBytes = bytes
    do {
      records = try FileDescriptor.open(FilePath(path), .writeOnly, options: [.append])
    } catch {
      throw Diagnostic(.io, "\(path): can't be written: \(error)")
    }
    return found.compactMap { $0 }
  }

  /// Adds a record at the end of the file.
  mutating func append(_ record: TrainingRecord) throws(Diagnostic) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(record) else { preconditionFailure("\(record) isn't JSON") }
    let line = Array(data) + [UInt8(ascii: "\n")]
    do {
      try records?.writeAll(line)
    } catch {
      throw Diagnostic(
        .io, "\(folder.file(Self.recordsName)): can't be written: \(error)",
        hint: "the last checkpoint is whole: make room, and go on with --resume")
    }
    recordBytes += line.count
  }

  /// Keeps a state, and of older checkpoints the newest.
  func save<Scalar>(_ state: TrainingState<Scalar>, settings: [String: String]) throws(Diagnostic) {
    let digits = "\(state.step)"
    let name = Self.prefix + String(repeating: "0", count: max(0, 10 - digits.count)) + digits + Self.suffix
    do {
      try TrainingCheckpoint(state, recordBytes: recordBytes, settings: settings).write(to: folder.file(name))
    } catch {
      let trouble = Diagnostic(error)
      throw Diagnostic(
        trouble.code, trouble.message, hint: "the checkpoint before is whole: make room, and go on with --resume")
    }
    for old in checkpoints.dropFirst(2) { try? FileManager.default.removeItem(atPath: folder.file(old)) }
  }

  deinit { try? records?.close() }
}
