import Foundation
import TestSupport
import Testing

/// `train`: killed, interrupted, out of room, and going on.
@Suite struct TrainCommandTests {
  static let isLong = ProcessInfo.processInfo.environment["CORNN_LONG_TESTS"] == "1"

  static func arguments(steps: Int, seed: Int = 5, saveEvery: String = "0.02") -> [String] {
    [
      "train", "--forcing", "7.3", "--trajectories", "12", "--samples", "260", "--first-scored", "60", "--hidden", "12",
      "--dt", "0.11", "--gamma", "1.4", "--epsilon", "0.9", "--damping", "implicit", "--learn-gamma", "by-unit",
      "--window", "60", "--batch", "8", "--rate", "6e-3", "--schedule", "cosine", "--validate-every", "50",
      "--steps", "\(steps)", "--seed", "\(seed)", "--quiet", "--save-every", saveEvery,
    ]
  }

  /// Everything of a run that promises equal bytes.
  static func bytes(_ folder: String) throws -> [Data] {
    try ["weights.safetensors", "weights-last.safetensors", "metrics.jsonl", "train.json", "recipe.json"].map {
      try Data(contentsOf: URL(filePath: folder + "/" + $0))
    }
  }

  /// SIGKILL at random times, again and again, on one thread or two: equal to the byte.
  @Test(arguments: isLong ? [(50, 60_000)] : [(6, 9000)]) func killed(kills: Int, steps: Int) throws {
    try TestData.withFolder { whole in
      try TestData.withFolder { folder in
        let arguments = Self.arguments(steps: steps)
        #expect(try Tool(arguments + ["--output", whole]).status == 0)
        var random = SystemRandomNumberGenerator()
        var killed = 0
        while killed < kills {
          let after = Double.random(in: 0.02...0.3, using: &random)
          let run = try Tool(
            arguments + ["--output", folder, "--resume", "--threads", "\(1 + killed % 2)"], signal: (SIGKILL, after))
          guard run.status != 0 else { break }
          #expect(run.status == SIGKILL && run.errors.isEmpty, "\(run.status) \(run.errors)")
          killed += 1
        }
        #expect(killed > kills / 3)
        let last = try Tool(arguments + ["--output", folder, "--resume"])
        #expect(last.status == 0, "\(last.errors)")
        #expect(try Self.bytes(folder) == Self.bytes(whole), "after \(killed) kills")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(left.count { $0.hasPrefix("checkpoint-") } == 2 && !left.contains { $0.hasSuffix(".partial") })
      }
    }
  }

  @Test(arguments: [SIGINT, SIGTERM]) func interrupted(signal: Int32) throws {
    try TestData.withFolder { folder in
      let arguments = Self.arguments(steps: 4_000_000, saveEvery: "100") + ["--output", folder]
      let run = try Tool(arguments, signal: (signal, 0.6))
      #expect(run.status == 130 && run.errors.contains("interrupted after") && run.errors.contains("--resume"))
      let again = try Tool(arguments)
      #expect(again.status == 64 && again.errors.contains("holds a training run already"), "\(again.errors)")
      let other = try Tool(arguments.map { $0 == "6e-3" ? "7e-3" : $0 } + ["--resume"])
      #expect(other.status == 64 && other.errors.contains("rate is 0.006"), "\(other.errors)")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("checkpoint-") }
      #expect(names.count == 1)
    }
  }

  /// A last checkpoint that was cut short: the one before it is taken, with a message, and the end is the same.
  @Test func truncatedCheckpoint() throws {
    try TestData.withFolder { whole in
      try TestData.withFolder { folder in
        let arguments = Self.arguments(steps: 9000).filter { $0 != "--quiet" }
        #expect(try Tool(arguments + ["--output", whole]).status == 0)
        _ = try Tool(arguments + ["--output", folder], signal: (SIGKILL, 0.5))
        func names() throws -> [String] {
          try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("checkpoint-") }.sorted()
        }
        let two = try names()
        try #require(two.count >= 2)
        let path = URL(filePath: folder + "/" + two[two.count - 1])
        try Data(contentsOf: path).dropLast(77).write(to: path)
        let run = try Tool(arguments + ["--output", folder, "--resume"])
        #expect(run.status == 0 && run.errors.contains("taking the checkpoint before it"), "\(run.errors)")
        #expect(try Self.bytes(folder) == Self.bytes(whole))
        for name in try names() { try Data("gone".utf8).write(to: URL(filePath: folder + "/" + name)) }
        let none = try Tool(arguments + ["--output", folder, "--resume"])
        #expect(none.status == 65 && none.errors.contains("no whole checkpoint before it"), "\(none.errors)")
      }
    }
  }

  /// Whether a test can have a small file system of its own.
  static let canMount =
    (try? Self.shell("unshare --user --map-root-user --mount sh -c 'mount -t tmpfs -o size=1m none /mnt'"))?.status == 0

  static func shell(_ script: String, _ arguments: [String] = []) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", script, "sh"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  /// The disk fills up while checkpoints are written: exit 74 with the file's name, and nothing is lost.
  @Test(.enabled(if: canMount, "needs user namespaces for a file system of its own")) func diskFull() throws {
    try TestData.withFolder { whole in
      try TestData.withFolder { folder in
        let arguments = Self.arguments(steps: 9000)
        #expect(try Tool(arguments + ["--output", whole]).status == 0)
        let script = """
          unshare --user --map-root-user --mount sh -c '
            folder=$1; shift
            mkdir $folder/disk && mount -t tmpfs -o size=4m none $folder/disk || exit 99
            "$@" --output $folder/disk/run >/dev/null 2>$folder/errors & pid=$!
            until ls $folder/disk/run/checkpoint-* >/dev/null 2>&1; do sleep 0.02; done
            cat /dev/zero >$folder/disk/filler 2>/dev/null
            wait $pid; echo $?
            ls -a $folder/disk/run | grep -c partial
            rm $folder/disk/filler
            "$@" --output $folder/disk/run --resume >/dev/null 2>>$folder/errors; echo $?
            cp -r $folder/disk/run $folder/run
          ' sh "$@"
          """
        let tool = TestData.products.appending(path: "cornn-analyze").path(percentEncoded: false)
        let run = try Self.shell(script, [folder, tool] + arguments)
        let errors = try String(contentsOfFile: folder + "/errors", encoding: .utf8)
        #expect(run.output == "74\n0\n0\n", "\(run) \(errors)")
        #expect(errors.contains("No space left on device") && errors.contains("--resume"), "\(errors)")
        #expect(try Self.bytes(folder + "/run") == Self.bytes(whole))
      }
    }
  }

  /// A scenario is the same run as its flags, and `train x.yaml` as `run x.yaml`.
  @Test func scenario() throws {
    try TestData.withFolder { folder in
      let text = """
        # Does a scenario train as flags do?
        kind: train
        forcing: 7.3
        trajectories: 12
        samples: 260
        firstScored: 60
        hidden: 3
        dt: 0.11
        gamma: [1.4, 2.1, 0.7]
        epsilon: 0.9
        damping: explicit
        window: 60
        batch: 8
        rate: 6e-3
        schedule: steps
        dropAt: [40, 60]
        steps: 80
        validateEvery: 20
        exponent: true
        """
      try text.write(toFile: folder + "/s.yaml", atomically: true, encoding: .utf8)
      let json = try Tool(["train", "s.yaml", "--output", "a", "--format", "json"], folder: folder).json()
      #expect(try Tool(["run", "s.yaml", "--output", "b"], folder: folder).status == 0)
      #expect(try Self.bytes(folder + "/a")[..<4] == Self.bytes(folder + "/b")[..<4])
      let records = try #require(json["records"] as? [[String: Any]])
      let weights = try #require(records.last?["weights"] as? [String: Any])
      #expect(records.count == 4 && weights["exponent"] is Double && weights["energyTightness"] is Double)
      let rates = records.compactMap { $0["rate"] as? Double }
      #expect(relativeDifference(rates, [0.006, 0.006, 0.0006, 6e-5]) < 1e-14)
      let inspected = try Tool(["inspect", "a/weights.safetensors", "--format", "json"], folder: folder).json()
      #expect(inspected["hidden"] as? Int == 3 && inspected["damping"] as? String == "explicit")
      let both = try Tool(["train", "s.yaml", "--rate", "1", "--output", "c"], folder: folder)
      #expect(both.status == 64 && both.errors.contains("--rate belongs in the scenario"))
    }
  }

  /// The adding problem by every cell: killed and resumed to the same bytes, a test error at every look, and weights that
  /// `inspect` reads where they are a coRNN's.
  @Test(arguments: ["cornn", "lstm", "gru", "tanh", "antisymmetric", "fastrnn", "exprnn"]) func adding(cell: String)
    throws
  {
    try TestData.withFolder { folder in
      let arguments = [
        "train", "--task", "adding", "--length", "23", "--cell", cell, "--hidden", "9", "--steps", "60",
        "--validate-every",
        "20", "--validation-set", "17", "--test-set", "31", "--batch", "6", "--quiet", "--save-every", "0.001",
      ]
      let whole = try Tool(arguments + ["--output", folder + "/a", "--format", "json", "--threads", "1"])
      let json = try whole.json()
      let records = try #require(json["records"] as? [[String: Any]])
      #expect(records.count == 3 && records.allSatisfy { $0["test"] is Double && $0["score"] is Double })
      let adding = try #require(json["adding"] as? [String: Any])
      let baseline = try #require(adding["baseline"] as? [String: Any])
      let (measured, error) = (baseline["value"] as? Double ?? 0, baseline["standardError"] as? Double ?? 0)
      #expect(abs(measured - 1.0 / 6) < 5 * error && adding["sequences"] as? Int == 31)
      let last = try #require((adding["last"] as? [String: Any])?["value"] as? Double)
      // In single precision, summed in another order.
      #expect(abs(last / (records[2]["test"] as? Double ?? 0) - 1) < 1e-5)
      _ = try Tool(arguments + ["--output", folder + "/b"], signal: (SIGKILL, 0.12))
      let resumed = try Tool(arguments + ["--output", folder + "/b", "--resume", "--threads", "2"])
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(try Self.bytes(folder + "/a") == Self.bytes(folder + "/b"))
      let inspected = try Tool(["inspect", folder + "/a/weights.safetensors", "--format", "json"])
      guard cell == "cornn" else {
        #expect(inspected.status == 65)
        return
      }
      let units = try inspected.json()
      #expect(units["hidden"] as? Int == 9 && units["inputs"] as? Int == 2 && units["damping"] as? String == "explicit")
    }
  }

  @Test func divergence() throws {
    try TestData.withFolder { folder in
      let arguments =
        Self.arguments(steps: 500).map { $0 == "6e-3" ? "1e30" : $0 } + ["--output", folder, "--strict"]
      let run = try Tool(arguments)
      #expect(run.status == 2 && run.output.contains("diverged") && run.output.contains("--clip"), "\(run.errors)")
      #expect(run.errors.contains("training diverged at step"))
    }
  }
}
