import CoRNNCheckpoints
import CoRNNKernels
import FoundationEssentials

/// What an unfinished run knows, kept in its folder so that it can go on from there.
///
/// A line of JSON that says whose memory it is, with a fingerprint of what follows, and a line with the memory itself;
/// doubles come back bit by bit.
struct RunMemory<Content: Codable> {
  let folder: OutputFolder
  let name: String
  /// What makes it this run and no other, by name.
  let identity: [String: String]

  private struct Header: Codable {
    let schema: String
    let identity: [String: String]
    let check: String
  }

  private var path: String { folder.file(name) }
  private var schema: String { "cornn-analyze/memory/1" }

  /// What is kept; nil where there is nothing.
  func read() throws(Diagnostic) -> Content? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let text: String
    do {
      text = try readText(path)
    } catch {
      throw Diagnostic(CheckpointError(path: path, problem: error))
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let header = try? decoder.decode(Header.self, from: Data((lines.first ?? "").utf8)),
      header.schema == schema
    else { throw damaged("it isn't the memory of a run") }
    guard lines.count == 3, lines[2].isEmpty, Self.check(lines[1].utf8) == header.check else {
      throw damaged("it is damaged")
    }
    let foreign = identity.keys.sorted().first { header.identity[$0] != identity[$0] }
    if let foreign {
      let (theirs, ours) = (header.identity[foreign] ?? "not given", identity[foreign] ?? "not given")
      throw Diagnostic(
        .usage, "--resume: \(path) is of another run: \(foreign) is \(theirs) there, \(ours) here",
        hint: "give what it was started with, or leave --resume away to start anew")
    }
    do {
      return try decoder.decode(Content.self, from: Data(lines[1].utf8))
    } catch {
      throw damaged("another version wrote it")
    }
  }

  /// Keeps `content` in place of what was kept, in one move.
  func write(_ content: Content) throws(Diagnostic) {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    encoder.outputFormatting = .sortedKeys
    do {
      let body = try encoder.encode(content)
      let header = try encoder.encode(Header(schema: schema, identity: identity, check: Self.check(body)))
      try folder.write(bytes: Array(header) + [UInt8(ascii: "\n")] + Array(body) + [UInt8(ascii: "\n")], to: name)
    } catch let diagnostic as Diagnostic {
      throw diagnostic
    } catch {
      preconditionFailure("\(name): \(error)")
    }
  }

  /// Whether something is kept.
  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// Forgets it: the run is finished.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// The message for a run that was asked to stop, with its memory written.
  func stopped(_ done: String) -> Diagnostic {
    Diagnostic(
      .interrupted, "interrupted \(done), which \(path) keeps",
      hint: "the same command with --resume goes on from there, to the same result")
  }

  private func damaged(_ what: String) -> Diagnostic {
    Diagnostic(.data, "\(path): \(what)", hint: "delete it, or leave --resume away, to start anew")
  }

  private static func check(_ bytes: some Sequence<UInt8>) -> String {
    var fingerprint = Fingerprint()
    fingerprint.add(bytes)
    return fingerprint.text
  }
}
