import Foundation
import TestSupport
import Testing

/// The keys of a scenario and the flags of its verb.
@Suite struct ScenarioKeyTests {
  static let kinds = [
    "inspect", "simulate", "compare", "bounds", "certify", "lyapunov", "fixed-points", "orbit-diagram", "section",
    "spectrum", "train", "forecast",
  ]
  /// The flags that `run` has itself, and passes on.
  static let ofRun: Set<String> = [
    "format", "output", "threads", "quiet", "strict", "resume", "report", "question", "help", "version",
  ]

  /// What ArgumentParser says of a verb.
  private struct Dump: Decodable {
    let command: Command

    struct Command: Decodable { let arguments: [Argument] }

    struct Argument: Decodable {
      let kind: String
      let names: [Name]?
    }

    struct Name: Decodable {
      let kind: String
      let name: String
    }
  }

  /// A flag beside the file would be lost: `train x.yaml` refuses each that belongs in it, or to another flag that does.
  @Test func flagsBesideATrainingScenario() throws {
    let dump = try JSONDecoder().decode(
      Dump.self, from: Data(try Tool(["train", "--experimental-dump-help"]).output.utf8))
    let arguments = dump.command.arguments.filter { $0.kind != "positional" }
    let chosen = [
      "cell": "lstm", "damping": "implicit", "learn-gamma": "shared", "learn-epsilon": "shared", "precision": "float64",
      "schedule": "cosine", "task": "adding",
    ]
    var tried = 0
    for argument in arguments {
      guard let flag = argument.names?.first(where: { $0.kind == "long" })?.name, !Self.ofRun.contains(flag) else {
        continue
      }
      let given = argument.kind == "flag" ? "--\(flag)" : "--\(flag)=\(chosen[flag] ?? "5")"
      let run = try Tool(["train", "nowhere.yaml", given])
      #expect(run.status == 64 && run.errors.contains("--\(flag) belongs"), "\(given): \(run.errors)")
      tried += 1
    }
    #expect(tried > 30)
  }

  /// A verb that scenarios can't name is one that makes no result of its own from flags.
  @Test func everyVerbHasAKind() throws {
    let help = try Tool(["--help"]).output
    let listed = try #require(help.split(separator: "SUBCOMMANDS:").last).split(separator: "\n")
      .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.contains("See '") }.map {
        String($0.split(separator: " ")[0])
      }
    #expect(Set(listed).subtracting(Self.kinds) == ["demo", "convert", "run", "schema", "playground"])
  }

  /// Lists of numbers and parameters come as YAML has them.
  @Test func listsAndMappings() throws {
    try TestData.withFolder { folder in
      let text = """
        kind: lyapunov
        system: lorenz63
        parameter: {rho: 20, sigma: 10.5}
        start: [1, 2.5, 20]
        length: 100
        """
      try text.write(toFile: folder + "/s.yaml", atomically: true, encoding: .utf8)
      let json = try Tool(["run", "s.yaml", "--output", "out", "--format", "json"], folder: folder).json()
      let system = try #require(json["system"] as? [String: Any])
      let parameters = try #require(system["parameters"] as? [[String: Any]])
      #expect(parameters.map { $0["value"] as? Double } == [10.5, 20, 8.0 / 3])
      #expect(system["start"] as? String == "1,2.5,20")
    }
  }
}
