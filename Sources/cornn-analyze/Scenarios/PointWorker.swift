import ArgumentParser
import CoRNNReport
import Dispatch
import FoundationEssentials
import Glibc
import SystemPackage

/// Computes points for another process: a line of JSON in for each, a line with what it came to out.
struct PointWorker: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "point-worker", shouldDisplay: false)

  @Argument(help: "The folder that files are found from.")
  var folder: String

  /// What is to be computed.
  struct Request: Codable {
    let kind: String
    let arguments: [String]
  }

  func run() async throws {
    if !folder.isEmpty, !FileManager.default.changeCurrentDirectoryPath(folder) {
      throw Diagnostic(.noInput, "\(folder): there is no such folder")
    }
    // Answers have their own way out: what a library prints isn't one.
    let answers = try FileDescriptor.standardOutput.duplicate()
    _ = try FileDescriptor.standardError.duplicate(as: .standardOutput)
    let (requests, end) = AsyncStream.makeStream(of: String.self)
    DispatchQueue.global().async {
      while let line = readLine() { end.yield(line) }
      // Who asked is gone, whatever is being computed.
      _exit(0)
    }
    for await line in requests {
      guard let request = try? JSONDecoder().decode(Request.self, from: Data(line.utf8)),
        let kind = ScenarioKind(rawValue: request.kind)
      else { preconditionFailure("not a request: \(line)") }
      let outcome = await PointOutcome(kind, arguments: request.arguments)
      try answers.writeAll((outcome.json + "\n").utf8)
    }
  }
}

/// What a point came to.
enum PointOutcome {
  /// A result as JSON, and what `--strict` would say of it.
  case result(String, unmet: Diagnostic?)
  case failure(Diagnostic)
  case interrupted(Diagnostic)

  /// Runs a kind's command in this process.
  init(_ kind: ScenarioKind, arguments: [String]) async {
    let capture = ResultCapture(silent: true)
    do {
      let command = try kind.command.parse(arguments + ["--format=json", "--quiet", "--strict"])
      self = try await Self.run(command, capture)
    } catch let diagnostic as Diagnostic {
      self = .failure(diagnostic)
    } catch {
      self = .failure(Diagnostic(.usage, kind.command.message(for: error)))
    }
  }

  /// Runs a command whose result `capture` takes.
  static func run(_ command: any ParsableCommand, _ capture: ResultCapture) async throws -> PointOutcome {
    defer { Interruption.release() }
    var unmet: Diagnostic?
    do {
      try await ResultCapture.$current.withValue(capture) {
        if var asynchronous = command as? any AsyncParsableCommand {
          try await asynchronous.run()
        } else {
          var command = command
          try command.run()
        }
      }
    } catch let diagnostic as Diagnostic {
      switch diagnostic.code {
      case .unreached, .violated: unmet = diagnostic
      case .interrupted: return .interrupted(diagnostic)
      default: throw diagnostic
      }
    }
    guard let line = capture.line else { preconditionFailure("\(command) has no result") }
    return .result(line, unmet: unmet)
  }

  /// As an answer: an object of one line.
  var json: String {
    switch self {
    case .result(let result, let unmet):
      "{\"result\": \(result)" + (unmet.map { ", \"unmet\": \(Self.json($0))" } ?? "") + "}"
    case .failure(let diagnostic): "{\"error\": \(Self.json(diagnostic))}"
    case .interrupted: "{}"
    }
  }

  private static func json(_ diagnostic: Diagnostic) -> String {
    JSONValue.object(
      [
        .init(name: "code", value: .text("\(diagnostic.code)")),
        .init(name: "message", value: .text(diagnostic.message)),
      ] + (diagnostic.hint.map { [.init(name: "hint", value: .text($0))] } ?? [])
    ).line
  }
}
