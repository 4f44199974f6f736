import Foundation
import TestSupport
import Testing

/// `bounds` on gradients, from the command line.
@Suite struct GradientCommandTests {
  static let data = ["--inputs", "lorenz96-F8-m64.inputs.npy", "--targets", "lorenz96-F8-m64.targets.npy"]

  static func gradient(_ run: Tool) throws -> [String: Any] {
    try #require(run.json()["gradient"] as? [String: Any], "\(run.errors)")
  }

  /// The contract's keys, against the independent values.
  @Test(arguments: ["lorenz96-F8-m64", "lorenz96-F0.9-m64", "adding-T100-m128"], ["explicit", "implicit"])
  func contract(name: String, damping: String) throws {
    let expected =
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: TestData.path(name + ".expected.json"))))
      as? [String: Any]
    let map = try #require(expected?[damping] as? [String: Any])
    let gradient = try Self.gradient(
      Tool([
        "bounds", name + ".pt", "--inputs", name + ".inputs.npy", "--targets", name + ".targets.npy", "--damping",
        damping, "--no-flow", "--format", "json",
      ]))
    func close(_ found: Any?, _ wanted: Any?) -> Bool {
      guard let found = found as? Double, let wanted = wanted as? Double else { return false }
      return abs(found / wanted - 1) < 1e-10
    }
    #expect(close(gradient["loss"], map["loss"]))
    for (key, other) in [("frobenius", "gradientFrobenius"), ("maximum", "gradientMaxAbs")] {
      let found = try #require(gradient[key] as? [String: Any])
      let wanted = try #require(map[other] as? [String: Any])
      for block in ["W", "Z", "V", "b"] { #expect(close(found[block], wanted[block]), "\(key) \(block)") }
    }
    let proposition = try #require(gradient["proposition32"] as? [String: Any])
    let wanted = try #require(map["prop32"] as? [String: Any])
    #expect(close(proposition["bound"], wanted["bound"]) && close(proposition["ratio"], wanted["ratio"]))
    #expect(proposition["kind"] as? String == "asymptotic")
    let rungs = try #require((gradient["ladder"] as? [String: Any])?["rungs"] as? [[String: Any]])
    #expect(rungs.allSatisfy { $0["holds"] as? Bool != false })
  }

  /// States beyond --memory: the run is made in pieces, and nothing but what can't be held changes.
  @Test func beyondMemory() throws {
    let base = [
      "bounds", "lorenz96-F8-m64.pt", "--signal", "noise", "--steps", "1500", "--seed", "4", "--no-flow", "--format",
      "json",
    ]
    let whole = try Tool(base)
    let pieces = try Tool(base + ["--memory", "400K"])
    #expect(pieces.status == 0)
    let (first, second) = (try Self.gradient(whole), try Self.gradient(pieces))
    for key in ["loss", "frobenius", "maximum", "others"] {
      #expect((first[key] as? NSObject) == (second[key] as? NSObject), "\(key)")
    }
    let energies = try [whole, pieces].map { run in
      try #require((run.json()["energy"] as? [String: Any])?["maximum"] as? Double)
    }
    #expect(energies[0] == energies[1])
    #expect((second["decomposition"] as? [String: Any])?["steps"] as? Int ?? 1500 < 1500)
    let withFlow = try Tool(base.filter { $0 != "--no-flow" } + ["--memory", "400K"])
    #expect(withFlow.status == 64 && withFlow.output == "")
    try expectSnapshot(withFlow.errors, "errors/flow-beyond-memory")
  }

  /// Losses on the readout, on every step and on the last, and cotangents: files of the right shape are taken.
  @Test func losses() throws {
    try TestData.withFolder { folder in
      func csv(_ rows: [[Double]], _ name: String) throws -> String {
        try rows.map { $0.map { "\($0)" }.joined(separator: ",") }.joined(separator: "\n")
          .write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        return folder + "/" + name
      }
      let steps = 40
      let every = try csv((0..<steps).map { n in (0..<5).map { Double(n * $0) / 70 - 0.385 } }, "every.csv")
      let last = try csv([[0.1, -0.2, 0.3, 0.4, -0.5]], "last.csv")
      let classes = try csv((0..<steps).map { [Double($0 % 5)] }, "classes.csv")
      let cotangents = try csv((0..<steps).map { n in (0..<64).map { Double((n * $0) % 7) - 3 } }, "cotangents.csv")
      let base = [
        "bounds", TestData.path("lorenz96-F8-m64.pt"), "--signal", "noise", "--steps", "\(steps)", "--no-flow",
        "--format", "json",
      ]
      let runs: [([String], String, String)] = [
        (["--loss", "mse", "--readout-targets", every], "mse", "every"),
        (["--loss", "mse", "--readout-targets", last, "--scored", "last"], "mse", "last"),
        (["--loss", "cross-entropy", "--readout-targets", classes], "cross-entropy", "every"),
        (["--cotangents", cotangents], "cotangents", "every"),
      ]
      for (flags, name, scored) in runs {
        let run = try Tool(base + flags)
        let gradient = try Self.gradient(run)
        #expect(gradient["lossName"] as? String == name && gradient["scoredSteps"] as? String == scored)
        #expect(gradient["proposition32"] is NSNull && (gradient["loss"] as? Double)?.isFinite == true)
      }
      let wrong = try Tool(base + ["--loss", "mse", "--readout-targets", last])
      #expect(wrong.status == 65)
      try expectSnapshot(wrong.errors.replacing(folder, with: "SCRATCH"), "errors/readout-targets-of-wrong-shape")
    }
  }

  /// The gradient's files, and a series of checkpoints.
  @Test func filesAndSeries() throws {
    try TestData.withFolder { folder in
      let run = try Tool(
        ["bounds", "lorenz96-F0.9-m64.pt", "lorenz96-F8-m64.pt", "--no-flow", "--output", folder, "--format", "json"]
          + Self.data)
      #expect(run.status == 0)
      let points = try #require((run.json()["series"] as? [String: Any])?["points"] as? [[String: Any]])
      #expect(points.count == 2 && points[0]["file"] as? String == "lorenz96-F0.9-m64.pt")
      let etas = points.map { ($0["weightAssumption"] as? [String: Any])?["eta"] as? Double ?? 0 }
      #expect(abs(etas[0] - 0.9298182823179311) < 1e-12 && abs(etas[1] - 1.887583993756297) < 1e-12)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      for name in [
        "gradient.npz", "decomposition.npz", "gradient-lags.png", "gradient-steps.png", "jacobians.png",
        "sensitivity.pdf", "training.png",
      ] {
        #expect(files.contains(name), "\(name)")
      }
    }
  }

  /// The search for Proposition 3.2 saves inputs and targets that reproduce its ratio.
  @Test func worstGradientReproduces() throws {
    try TestData.withFolder { folder in
      let base = ["bounds", "lorenz96-F8-m64.pt", "--no-flow", "--format", "json"]
      let run = try Tool(base + Self.data + ["--worst-case", "--iterations", "4", "--output", folder])
      let worst = try #require(
        (Self.gradient(run)["proposition32"] as? [String: Any])?["worstCase"] as? [String: Any])
      let file = folder + "/" + (worst["file"] as? String ?? "")
      let again = try Self.gradient(Tool(base + ["--inputs", file, "--targets", file]))
      let ratio = try #require((again["proposition32"] as? [String: Any])?["ratio"] as? Double)
      #expect(ratio == worst["ratio"] as? Double)
      #expect(ratio > worst["ratioGiven"] as? Double ?? 0)
    }
  }
}
