import CoRNNCheckpoints
import CoRNNKernels
import CoRNNReport
import FoundationEssentials
import SystemPackage

/// The records of a scenario's points in its run directory.
///
/// While points are computed, each writer appends whole lines to a journal of its own, `points/WRITER.jsonl`; several
/// processes may write at once, on one machine or on many. When all points have a record, ``merge()`` writes them to
/// `results.jsonl`, in the points' order and in one move, and removes the journals; records that belong to no point of
/// the scenario any more stay in `points/earlier.jsonl`. A line is a JSON object: `point`
/// (the hash of what it follows from), `kind`, `settings`, then `result` with perhaps `unmet`, or `error`. Lines that
/// aren't whole are no records.
struct PointStore {
  let folder: OutputFolder
  /// The points to be computed, in the order of `results.jsonl`.
  let tasks: [ScenarioPoint]
  /// The records there are, by point.
  private var records: [String: Record] = [:]

  static let resultsName = "results.jsonl"
  static let journals = "points"

  /// A record's place in a file.
  private struct Record {
    let file: String
    let bytes: Range<Int>
    /// What kind of error it holds; nil for a result.
    let error: String?
    /// Whether it says only that the process ended: to be tried anew by the next run.
    var isCrash: Bool { error == "crash" }
  }

  private struct Line: Decodable {
    let point: String
    let error: Failure?

    struct Failure: Decodable { let code: String }
  }

  /// Looks through what is in the folder.
  init(_ folder: OutputFolder, tasks: [ScenarioPoint]) throws(Diagnostic) {
    self.folder = folder
    self.tasks = tasks
    try refresh()
  }

  /// Looks anew: other writers may have written.
  mutating func refresh() throws(Diagnostic) {
    records = [:]
    for file in [Self.resultsName] + Self.journalNames(folder) {
      let bytes = try Self.bytes(folder.file(file))
      var start = 0
      for end in bytes.indices where bytes[end] == UInt8(ascii: "\n") {
        defer { start = end + 1 }
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes[start..<end])) else { continue }
        let record = Record(file: file, bytes: start..<end, error: line.error?.code)
        // What came to a result stands over what didn't.
        if let known = records[line.point], !known.isCrash || record.isCrash { continue }
        records[line.point] = record
      }
    }
  }

  /// Whether the folder has a record of any run, these points' or others'.
  static func holdsRecords(_ folder: OutputFolder) -> Bool {
    FileManager.default.fileExists(atPath: folder.file(resultsName)) || !journalNames(folder).isEmpty
  }

  /// The places in `tasks` of those without a record; those whose process crashed count as missing.
  var missing: [Int] { tasks.indices.filter { records[tasks[$0].hash]?.isCrash ?? true } }

  /// The places in `tasks` of those with an error of their own.
  var failed: [Int] {
    tasks.indices.filter { records[tasks[$0].hash].map { $0.error != nil && !$0.isCrash } ?? false }
  }

  /// The places in `tasks` of those without any record.
  var withoutRecord: [Int] { tasks.indices.filter { records[tasks[$0].hash] == nil } }

  /// The records of the points in order, one after another; all must have one.
  func forEachRecord(_ body: (Int, ArraySlice<UInt8>) throws(Diagnostic) -> Void) throws(Diagnostic) {
    let found = tasks.enumerated().map { place, task in
      guard let record = records[task.hash] else { preconditionFailure("point \(place) has no record") }
      return record
    }
    try forEach(found, body)
  }

  private func forEach(
    _ records: [Record], _ body: (Int, ArraySlice<UInt8>) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    var contents: [String: [UInt8]] = [:]
    for (place, record) in records.enumerated() {
      if contents[record.file] == nil { contents[record.file] = try Self.bytes(folder.file(record.file)) }
      let bytes = contents[record.file] ?? []
      guard record.bytes.upperBound <= bytes.count else {
        throw Diagnostic(
          .io, "\(folder.file(record.file)): it is shorter than it was", hint: "run it again with --resume")
      }
      try body(place, bytes[record.bytes])
    }
  }

  /// Writes all records to `results.jsonl`, and forgets the journals.
  mutating func merge() throws(Diagnostic) {
    var merged: [UInt8] = []
    func add(_ line: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
      bytes += line
      bytes.append(UInt8(ascii: "\n"))
    }
    try forEachRecord { _, line throws(Diagnostic) in add(line, to: &merged) }
    // What belongs to no point now may belong to one again.
    let own = Set(tasks.map(\.hash))
    var earlier: [UInt8] = []
    let others = records.filter { !own.contains($0.key) && !$0.value.isCrash }.sorted { $0.key < $1.key }
    try forEach(others.map(\.value)) { _, line throws(Diagnostic) in add(line, to: &earlier) }
    let journals = Self.journalNames(folder)
    if !earlier.isEmpty { try OutputFolder(folder.file(Self.journals)).write(bytes: earlier, to: "earlier.jsonl") }
    try folder.write(bytes: merged, to: Self.resultsName)
    for name in journals where earlier.isEmpty || name != Self.journals + "/earlier.jsonl" {
      try? FileManager.default.removeItem(atPath: folder.file(name))
    }
    try refresh()
  }

  /// The journals there are, in the order of their names.
  private static func journalNames(_ folder: OutputFolder) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.file(journals))) ?? [])
      .filter { $0.hasSuffix(".jsonl") && !$0.hasPrefix(".") }.sorted().map { journals + "/" + $0 }
  }

  private static func bytes(_ path: String) throws(Diagnostic) -> [UInt8] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    do {
      return try readBytes(path)
    } catch {
      throw Diagnostic(CheckpointError(path: path, problem: error))
    }
  }
}

/// A journal of points that one process writes.
final class PointJournal: Sendable {
  private let path: String
  private let lock: FileLock
  private let file: FileDescriptor

  /// Opens the journal of a writer, making it where there is none; what was half written at its end goes.
  init(_ folder: OutputFolder, writer: String) throws(Diagnostic) {
    let inner = try OutputFolder(folder.file(PointStore.journals))
    path = inner.file(writer + ".jsonl")
    guard let lock = FileLock(inner.file("." + writer + ".lock")) else {
      throw Diagnostic(
        .usage, "\(path): another process writes it",
        hint: "wait for it, stop it, or choose another folder with --output")
    }
    self.lock = lock
    do {
      file = try FileDescriptor.open(
        FilePath(path), .readWrite, options: [.create, .append], permissions: [.ownerReadWrite, .groupRead, .otherRead])
      let bytes = FileManager.default.contents(atPath: path) ?? Data()
      let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      if whole < bytes.count { try file.resize(to: Int64(whole)) }
    } catch {
      throw Self.trouble(path, error)
    }
  }

  /// Adds a record, a line of JSON.
  func append(_ record: String) throws(Diagnostic) {
    do {
      try file.writeAll((record + "\n").utf8)
    } catch {
      throw Self.trouble(path, error)
    }
  }

  private static func trouble(_ path: String, _ error: any Error) -> Diagnostic {
    Diagnostic(
      .io, "\(path): can't be written: \(error)",
      hint: "the records before are whole: make room, and go on with --resume")
  }

  deinit { try? file.close() }
}
