import Foundation
import TestSupport
import Testing

/// The built tool, run as a user runs it.
struct Tool {
  let status: Int32
  let output: String
  let errors: String

  /// Runs the tool in the folder of test data; with `signal`, sends it that after some seconds, if it still runs.
  init(
    _ arguments: [String], folder: String = TestData.path(""), environment: [String: String] = [:],
    signal: (number: Int32, after: Double)? = nil
  ) throws {
    let process = Process()
    process.executableURL = TestData.products.appending(path: "cornn-analyze")
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin", "COLUMNS": "100"]
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Through files: two pipes read one after the other can block.
    let scratch = FileManager.default.temporaryDirectory.appending(path: "cornn-tool-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let streams = try ["out", "err"].map { name in
      let url = scratch.appending(path: name)
      try Data().write(to: url)
      return (url, try FileHandle(forWritingTo: url))
    }
    process.standardOutput = streams[0].1
    process.standardError = streams[1].1
    try process.run()
    if let signal {
      Thread.sleep(forTimeInterval: signal.after)
      if process.isRunning { kill(process.processIdentifier, signal.number) }
    }
    process.waitUntilExit()
    status = process.terminationStatus
    output = String(decoding: try Data(contentsOf: streams[0].0), as: UTF8.self)
    errors = String(decoding: try Data(contentsOf: streams[1].0), as: UTF8.self)
  }

  /// The printed JSON.
  func json() throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "\(errors)")
  }
}

/// Holds text against the file Snapshots/NAME.txt, whole. CORNN_RECORD_SNAPSHOTS=1 writes it anew; a missing one
/// fails.
func expectSnapshot(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let url = TestData.folder.appending(path: "CommandTests/Snapshots/\(name).txt")
  // Paths of this checkout and of scratch folders aren't part of a message.
  let text = text.replacing(TestData.folder.path(percentEncoded: false), with: "TESTS/")
    .replacing(#/\/[^ ]*cornn-test-[-0-9A-F]+/#, with: "SCRATCH")
  if ProcessInfo.processInfo.environment["CORNN_RECORD_SNAPSHOTS"] == "1" {
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: true, encoding: .utf8)
    return
  }
  let expected = try? String(contentsOf: url, encoding: .utf8)
  #expect(text == expected, "differs from \(name).txt", sourceLocation: sourceLocation)
}
