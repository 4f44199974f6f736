import Foundation

/// Files that tests read, found beside their sources.
public enum TestData {
  /// The folder of all tests.
  public static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  /// The path of a file in Tests/Data.
  public static func path(_ name: String) -> String {
    folder.appending(path: "Data/\(name)").path(percentEncoded: false)
  }

  /// The path of a checkpoint made for the reader's tests.
  public static func fixture(_ name: String) -> String {
    folder.appending(path: "CheckpointsTests/Fixtures/\(name)").path(percentEncoded: false)
  }

  /// The folder of the shipped scenarios.
  public static let scenarios = folder.deletingLastPathComponent().appending(path: "scenarios").path(
    percentEncoded: false)

  /// The folder that the build put its products in.
  public static let products: URL = {
    // The test runner's own path ends in …/release/NAME.xctest on Linux.
    let runner = ProcessInfo.processInfo.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
    return URL(filePath: runner).deletingLastPathComponent()
  }()

  /// A new folder for a test's files, removed with `body`'s end.
  public static func withFolder<Result>(_ body: (String) throws -> Result) rethrows -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cornn-test-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path(percentEncoded: false))
  }

  /// The same for asynchronous tests.
  public static func withFolder<Result>(_ body: (String) async throws -> Result) async rethrows -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cornn-test-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path(percentEncoded: false))
  }
}

/// The largest absolute difference over the largest absolute expected value.
public func relativeDifference(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  let scale = expected.map(abs).max() ?? 0
  let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
  return difference == 0 ? 0 : difference / scale
}
