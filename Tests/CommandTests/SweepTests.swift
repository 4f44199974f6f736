import Foundation
import TestSupport
import Testing

/// Scenarios of many points.
@Suite struct SweepTests {
  /// Cheap points: an undriven network under a constant signal, over gamma and seeds.
  static func cheap(_ count: Int) -> String {
    """
    # Does the energy fall as gamma grows?
    kind: bounds
    checkpoint: net.json
    signal: noise
    steps: 10
    seed: 4
    flow: false
    gradient: false
    grid:
      gamma: {from: 0.5, to: 3, count: \(count)}
    """
  }

  static func prepare(_ folder: String, _ text: String, name: String = "s") throws {
    let network = folder + "/net.json"
    if !FileManager.default.fileExists(atPath: network) {
      try """
      {"format": "cornn-analyze/network/1", "damping": "implicit", "dt": 0.1, "gamma": 1.3, "epsilon": 0.7,
       "W": [[0.3, -0.8], [0.6, 0.2]], "Z": [[0.1, 0.2], [0.4, -0.3]], "V": [[0.9], [-0.5]], "b": [0.2, 0.1]}
      """.write(toFile: network, atomically: true, encoding: .utf8)
    }
    try text.write(toFile: folder + "/\(name).yaml", atomically: true, encoding: .utf8)
  }

  static func results(_ folder: String) throws -> [[String: Any]] {
    try String(contentsOfFile: folder + "/results.jsonl", encoding: .utf8).split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  static func number(_ record: [String: Any], _ path: String...) -> Double? {
    var value: Any? = record
    for part in path { value = (value as? [String: Any])?[part] }
    return value as? Double
  }

  /// Each point's result is what its command prints, whatever the number of processes and threads.
  @Test func pointsAreTheirCommands() throws {
    try TestData.withFolder { folder in
      let text = Self.cheap(4) + "\n  seed: [4, 11]\nreport: [energy.maximum]\n"
      try Self.prepare(folder, text)
      let run = try Tool(["run", "s.yaml", "--output", "a", "--jobs", "3"], folder: folder)
      #expect(run.status == 0 && run.errors == "", "\(run.errors)")
      #expect(
        try Tool(["run", "s.yaml", "--output", "b", "--jobs", "1", "--threads", "2"], folder: folder).status == 0)
      for name in ["results.jsonl", "table.csv", "sweep.json", "sweep.md", "settings.json", "scenario.yaml"] {
        #expect(
          try Data(contentsOf: URL(filePath: folder + "/a/\(name)"))
            == Data(contentsOf: URL(filePath: folder + "/b/\(name)")), "\(name)")
      }
      let records = try Self.results(folder + "/a")
      #expect(records.count == 8)
      for (number, record) in records.enumerated() {
        let settings = try #require(record["settings"] as? [String: Any])
        let gamma = 0.5 + 2.5 * Double(number / 2) / 3
        #expect(abs((settings["gamma"] as? Double ?? 0) - gamma) < 1e-12)
        #expect(settings["seed"] as? Int == [4, 11][number % 2])
        let direct = try Tool(
          [
            "bounds", "net.json", "--signal", "noise", "--steps", "10", "--no-flow", "--no-gradient", "--gamma",
            "\(settings["gamma"] ?? "")", "--seed", "\(settings["seed"] ?? "")", "--format", "json",
          ], folder: folder
        ).json()
        #expect(NSDictionary(dictionary: record["result"] as? [String: Any] ?? [:]).isEqual(to: direct))
      }
      let all = try String(contentsOfFile: folder + "/a/results.jsonl", encoding: .utf8)
      #expect(!all.contains(folder))
      // The run's own scenario is the same experiment from where it stands.
      #expect(try Tool(["run", "a/scenario.yaml", "--output", "c"], folder: folder).status == 0)
      #expect(try String(contentsOfFile: folder + "/c/results.jsonl", encoding: .utf8) == all)
    }
  }

  /// Points that are there aren't computed again: neither those of a longer grid, nor after a key changes its place.
  @Test func changedScenario() throws {
    try TestData.withFolder { folder in
      try Self.prepare(folder, Self.cheap(3))
      #expect(try Tool(["run", "s.yaml", "--output", "run"], folder: folder).status == 0)
      let again = try Tool(["run", "s.yaml", "--output", "run"], folder: folder)
      #expect(again.status == 64 && again.errors.contains("--resume"))
      // From 0.5 to 3 in 5 has the three values, and two more.
      try Self.prepare(folder, Self.cheap(5))
      func computed(_ arguments: String...) throws -> Int? {
        let run = try Tool(["run", "s.yaml", "--output", "run", "--resume"] + arguments, folder: folder)
        #expect(run.status == 0, "\(run.errors)")
        let machine = try JSONSerialization.jsonObject(
          with: Data(contentsOf: URL(filePath: folder + "/run/machine.json")))
        return (machine as? [String: Any])?["computed"] as? Int
      }
      #expect(try computed() == 2)
      #expect(try computed() == 0)
      // The same number by another text is the same setting.
      #expect(try computed("--set", "grid.gamma=[5e-1, 3.0]") == 0)
      #expect(try computed("--set", "grid.gamma=[0.5, 3, 4]", "--set", "steps=10") == 1)
      #expect(try computed("--set", "grid.gamma=[0.5, 3, 4]", "--set", "steps=11") == 3)
      // What is in a file counts, not its name.
      let network = try String(contentsOfFile: folder + "/net.json", encoding: .utf8)
      try network.replacing("0.6", with: "0.61").write(toFile: folder + "/net.json", atomically: true, encoding: .utf8)
      #expect(try computed("--set", "grid.gamma=[0.5, 3, 4]", "--set", "steps=11") == 3)
    }
  }

  /// A point that fails, or whose process dies, is recorded; the others go on.
  @Test func failingPoints() throws {
    try TestData.withFolder { folder in
      let text = """
        # Which of these exist?
        kind: lyapunov
        system: henon
        length: 300
        grid:
          parameter.a: [1.4, 9, 1.2]
        report: [exponents.0.value]
        """
      try Self.prepare(folder, text)
      let run = try Tool(["run", "s.yaml", "--output", "run"], folder: folder)
      #expect(run.status == 0 && run.output.contains("failed"), "\(run.errors)")
      let records = try Self.results(folder + "/run")
      #expect(records.map { $0["error"] == nil } == [true, false, true])
      let error = try #require(records[1]["error"] as? [String: Any])
      #expect(error["code"] as? String == "data" && (error["message"] as? String)?.contains("no exponents") == true)
      #expect(try Tool(["run", "s.yaml", "--output", "run", "--resume", "--strict"], folder: folder).status == 2)
      let none = try Tool(
        ["run", "s.yaml", "--output", "none", "--set", "grid.parameter.a=[9, 9.5]"], folder: folder)
      #expect(none.status == 65 && none.errors.contains("every point failed"))
    }
  }

  /// The curves of the adding problem by cell: what each run recorded, and a plot.
  @Test func curvesOfPoints() throws {
    try TestData.withFolder { folder in
      let text = """
        # Which cell learns faster?
        kind: train
        task: adding
        length: 13
        hidden: 5
        steps: 30
        batch: 4
        validateEvery: 10
        validationSet: 6
        testSet: 7
        grid:
          cell: [gru, cornn]
        report: [adding.best.value as test error*, records.*.test as mean square over records.*.step]
        """
      try text.write(toFile: folder + "/s.yaml", atomically: true, encoding: .utf8)
      let json = try Tool(["run", "s.yaml", "--output", "run", "--format", "json"], folder: folder).json()
      let curves = try #require(json["curves"] as? [[String: Any]])
      #expect(curves.map { $0["label"] as? String } == ["cell gru", "cell cornn"])
      #expect(json["columns"] as? [String] == ["adding.best.value"] && json["labels"] as? [String] == ["test error*"])
      #expect(curves.allSatisfy { $0["name"] as? String == "records.*.test over records.*.step" })
      let table = try String(contentsOfFile: folder + "/run/table.csv", encoding: .utf8)
      #expect(table.hasPrefix("cell,adding.best.value,state"))
      for (curve, record) in zip(curves, try Self.results(folder + "/run")) {
        let records = (record["result"] as? [String: Any])?["records"] as? [[String: Any]] ?? []
        #expect(curve["x"] as? [Double] == [10, 20, 30])
        #expect(curve["y"] as? [Double] == records.compactMap { $0["test"] as? Double })
      }
      let picture = try String(contentsOfFile: folder + "/run/sweep-curves.svg", encoding: .utf8)
      #expect(picture.contains(">mean square over step</text>") && !picture.contains("records."))
      for (wrong, message) in [
        ("records.*.test over steps", "records.*.test over steps: both sides of a curve must have a *"),
        ("records.*.test", "records.*.test: both sides of a curve must have a *"),
        ("records.*.test over records.*.step over x.*", "both sides of a curve must have a *"),
        ("best.value as", "best.value as: it must be a path into the result, and perhaps words for it"),
        ("best value", "best value: it must be a path into the result, and perhaps words for it"),
        ("\" over \"", "it must be a path into the result"), ("\" as words\"", "it must be a path into the result"),
        ("\"best.value as \"", "it must be a path into the result"),
        ("\"records.*.test over \"", "it must be a path into the result"),
      ] {
        try text.replacing("report: [", with: "report: [\(wrong), ").write(
          toFile: folder + "/t.yaml", atomically: true, encoding: .utf8)
        let run = try Tool(["run", "t.yaml", "--output", "t"], folder: folder)
        #expect(run.status == 65 && run.errors.contains(message), "\(wrong): \(run.errors)")
      }
    }
  }

  /// Kinds share inputs; what is for one alone stands under its name; a point that two combinations share is one.
  @Test func kindsThatShareInputs() throws {
    try TestData.withFolder { folder in
      let text = """
        # What is proved, and what is measured?
        kind: [bounds, certify]
        checkpoint: net.json
        signal: cosine
        steps: 12
        bounds: {flow: false}
        certify: {flow: false, lags: 50}
        grid:
          gamma: [1.1, 2.3]
          steps: [12, 17]
        """
      try Self.prepare(folder, text)
      let json = try Tool(["run", "s.yaml", "--output", "run", "--format", "json"], folder: folder).json()
      let records = try Self.results(folder + "/run")
      // Four of bounds, and certify, which knows no steps, once for each gamma.
      #expect(records.map { $0["kind"] as? String }.count { $0 == "bounds" } == 4)
      #expect(records.map { $0["kind"] as? String }.count { $0 == "certify" } == 2)
      #expect(
        json["columns"] as? [String] == [
          "bounds energy.maximum", "bounds gradient.proposition32.ratio", "certify contraction.certified",
          "certify contraction.largestExponentBound",
        ])
      #expect(json["labels"] as? [String] == json["columns"] as? [String])
      let words = text + "\nreport: [runtime.steps as length, bounds.energy.maximum as peak]\n"
      try words.write(toFile: folder + "/words.yaml", atomically: true, encoding: .utf8)
      let named = try Tool(["run", "words.yaml", "--output", "run", "--resume", "--format", "json"], folder: folder)
      #expect(
        try named.json()["labels"] as? [String] == ["bounds length", "bounds peak", "certify length"], "\(named.errors)"
      )
      let rows = try #require(json["rows"] as? [[String: Any]])
      let numbers = rows.compactMap { $0["numbers"] as? [Any] }
      #expect(rows.count == 4 && numbers.count == 4)
      #expect(numbers[0][3] as? Double == numbers[1][3] as? Double)
      #expect(numbers[0][0] as? Double != numbers[1][0] as? Double)
    }
  }

  /// What extends another has its keys, its own first, and finds the files of each from where that stands.
  @Test func extending() throws {
    try TestData.withFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/base", withIntermediateDirectories: true)
      try Self.prepare(folder + "/base", Self.cheap(3), name: "first")
      try Self.prepare(folder + "/base", "extends: first.yaml\nsteps: 8\nshort: {steps: 6}\n", name: "second")
      try Self.prepare(
        folder, "# And now?\nextends: base/second.yaml\nepsilon: 2.5\ngrid: {damping: [implicit, explicit]}\n")
      let json = try Tool(["run", "s.yaml", "--output", "run", "--format", "json", "--short"], folder: folder).json()
      #expect(json["question"] as? String == "And now?")
      let settings = try Self.results(folder + "/run").compactMap { $0["settings"] as? [String: Any] }
      #expect(settings.count == 2 && settings.map { $0["damping"] as? String } == ["implicit", "explicit"])
      #expect(settings[0]["steps"] as? Int == 6 && settings[0]["epsilon"] as? Double == 2.5)
      #expect(settings[0]["checkpoint"] as? String == "base/net.json" && settings[0]["gamma"] == nil)
    }
  }

  /// Draws are within their ranges, and the first are the same whatever their number and whatever else is drawn.
  @Test func draws() throws {
    try TestData.withFolder { folder in
      let text = """
        # Where do random maps go?
        kind: lyapunov
        system: henon
        length: 100
        draws:
          count: 5
          seed: 12
          of:
            parameter.a: {uniform: [1.0, 1.2]}
            transient: {integer: [100, 103]}
            tangents: {choice: [unit, random]}
            untilError: {logUniform: [1e-4, 1]}
        """
      try Self.prepare(folder, text)
      func values(_ arguments: String...) throws -> [[String]] {
        let json = try Tool(["run", "s.yaml", "--dry-run", "--format", "json"] + arguments, folder: folder).json()
        return (json["points"] as? [[String: Any]])?.compactMap { $0["values"] as? [String] } ?? []
      }
      let five = try values()
      #expect(five.count == 5 && Set(five.map { $0[0] }).count == 5)
      for row in five {
        #expect(1.0...1.2 ~= (Double(row[0]) ?? 0) && 100...103 ~= (Int(row[1]) ?? 0))
        #expect(["unit", "random"].contains(row[2]) && 1e-4...1 ~= (Double(row[3]) ?? 0))
      }
      let many = try values("--set", "draws.count=200")
      #expect(Array(many.prefix(5)) == five)
      #expect(try values("--set", "draws.of={parameter.a: {uniform: [1.0, 1.2]}}").map { $0[0] } == five.map { $0[0] })
      #expect(try values("--set", "draws.seed=13").map { $0[0] } != five.map { $0[0] })
      // The distributions: means of 200 draws within four standard errors.
      let scatter = Double(12 * many.count).squareRoot()
      let a: [Double] = many.compactMap { Double($0[0]) }
      let mean: Double = a.reduce(0, +) / 200
      #expect(abs(mean - 1.1) < 4 * 0.2 / scatter)
      let logs: [Double] = many.compactMap { Double($0[3]) }.map { log10($0) }
      let logMean: Double = logs.reduce(0, +) / 200
      #expect(abs(logMean + 2) < 4 * 4 / scatter)
      #expect(Set(many.map { $0[1] }).count == 4 && Set(many.map { $0[2] }).count == 2)
    }
  }

  /// Repeats count seeds up, and the report has their mean and standard deviation.
  @Test func repeats() throws {
    try TestData.withFolder { folder in
      try Self.prepare(folder, Self.cheap(2) + "\nrepeats: 4\n")
      let json = try Tool(["run", "s.yaml", "--output", "run", "--format", "json"], folder: folder).json()
      let records = try Self.results(folder + "/run")
      #expect(records.compactMap { ($0["settings"] as? [String: Any])?["seed"] as? Int } == [4, 5, 6, 7, 4, 5, 6, 7])
      let energies = records.prefix(4).compactMap { Self.number($0, "result", "energy", "maximum") }
      let groups = try #require(json["groups"] as? [[String: Any]])
      let spread = try #require((groups[0]["spreads"] as? [[String: Any]])?.first)
      let mean = energies.reduce(0, +) / 4
      let deviation = (energies.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3).squareRoot()
      #expect(energies.count == 4 && Set(energies).count == 4 && groups.count == 2)
      #expect(abs((spread["mean"] as? Double ?? 0) - mean) < 1e-12)
      #expect(abs((spread["deviation"] as? Double ?? 0) - deviation) < 1e-12)
      #expect(spread["minimum"] as? Double == energies.min() && spread["count"] as? Int == 4)
    }
  }

  /// Points by their numbers into a journal of their own: what a cluster's tasks do, and the merged bytes are the same.
  @Test func otherWriters() throws {
    try TestData.withFolder { folder in
      try Self.prepare(folder, Self.cheap(7))
      #expect(try Tool(["run", "s.yaml", "--output", "whole"], folder: folder).status == 0)
      for (writer, only) in [("one", "2-3"), ("two", "1,6"), ("three", "3-4")] {
        let run = try Tool(
          ["run", "s.yaml", "--output", "run", "--writer", writer, "--only", only], folder: folder)
        #expect(run.status == 0 && run.output == "", "\(run.errors)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/run/results.jsonl"))
      // A line that a writer didn't finish is no record.
      let journal = try FileHandle(forWritingTo: URL(filePath: folder + "/run/points/two.jsonl"))
      try journal.seekToEnd()
      try journal.write(contentsOf: Data("{\"point\": \"0123\", \"kind\": \"bou".utf8))
      try journal.close()
      #expect(
        try Tool(["run", "s.yaml", "--output", "run", "--writer", "two", "--only", "7"], folder: folder).status == 0)
      let json = try Tool(["run", "s.yaml", "--output", "run", "--resume", "--format", "json"], folder: folder)
      #expect(json.status == 0, "\(json.errors)")
      #expect(
        try Data(contentsOf: URL(filePath: folder + "/run/results.jsonl"))
          == Data(contentsOf: URL(filePath: folder + "/whole/results.jsonl")))
      #expect(
        try Tool(["run", "s.yaml", "--output", "run", "--writer", "x", "--only", "8"], folder: folder).status == 64)
    }
  }

  /// Killed at random times and resumed, a run has the bytes of one that wasn't.
  @Test func killedAndResumed() throws {
    let isLong = ProcessInfo.processInfo.environment["CORNN_LONG_TESTS"] == "1"
    let (points, kills) = isLong ? (1000, 20) : (120, 3)
    try TestData.withFolder { folder in
      try Self.prepare(folder, Self.cheap(points))
      let begun = ContinuousClock.now
      #expect(try Tool(["run", "s.yaml", "--output", "whole"], folder: folder).status == 0)
      let seconds = (ContinuousClock.now - begun) / .seconds(1)
      var interrupted = 0
      for _ in 0..<kills {
        // Of what is left, a part: the kills spread over the run.
        let run = try Tool(
          ["run", "s.yaml", "--output", "run", "--resume"], folder: folder,
          signal: (SIGKILL, Double.random(in: 0.02...max(0.05, 0.3 * seconds))))
        if run.status == SIGKILL { interrupted += 1 }
      }
      #expect(interrupted > 0)
      let last = try Tool(["run", "s.yaml", "--output", "run", "--resume"], folder: folder)
      #expect(last.status == 0, "\(last.errors)")
      for name in ["results.jsonl", "table.csv", "sweep.json", "settings.json", "scenario.yaml"] {
        #expect(
          try Data(contentsOf: URL(filePath: folder + "/run/\(name)"))
            == Data(contentsOf: URL(filePath: folder + "/whole/\(name)")), "\(name)")
      }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder + "/run/points").allSatisfy { $0.hasPrefix(".") })
    }
  }

  /// A signal ends a sweep with its records whole, and says how to go on.
  @Test func interrupted() throws {
    try TestData.withFolder { folder in
      let text = """
        # How long?
        kind: lyapunov
        system: lorenz63
        length: 1000000
        grid: {parameter.rho: {from: 20, to: 40, count: 40}}
        """
      try Self.prepare(folder, text)
      let run = try Tool(["run", "s.yaml", "--output", "run"], folder: folder, signal: (SIGINT, 1.5))
      #expect(
        run.status == 130 && run.errors.contains("--resume") && run.errors.contains("of 40 points"), "\(run.errors)")
    }
  }
}
