import Foundation
import TestSupport
import Testing

/// The verbs from the command line, and the contract of their JSON and files.
@Suite struct CommandTests {
  @Test func inspectSaysWhatIsInAFile() throws {
    let run = try Tool(["inspect", "lorenz96-F8-m64.pt", "--format", "json"])
    let json = try run.json()
    #expect(run.output.hasPrefix("{\n  \"schema\": \"cornn-analyze/inspect/1\""))
    #expect(json["layout"] as? String == "packed" && json["damping"] as? String == "explicit")
    #expect(json["hidden"] as? Int == 64 && json["inputs"] as? Int == 5 && json["outputs"] as? Int == 5)
    #expect(json["parameters"] as? Int == 64 * 133 + 64 + 5 * 64 + 5)
    let norms = try #require(json["norms"] as? [String: [String: Double]])
    #expect(norms["infinity"]?.count == 3 && norms["spectral"]?["WZ"] != nil)
    let assumption = try #require(json["weightAssumption"] as? [String: Any])
    #expect(assumption["holds"] as? Bool == false && assumption["etaOwn"] is Double)
    try expectSnapshot(
      try Tool(["inspect", "lorenz96-F8-m64.pt"]).output.replacing(#/core +\w+/#, with: "core CORE"), "inspect")
  }

  @Test func overridesAreNoted() throws {
    let json = try Tool(["inspect", "lorenz96-F8-m64.pt", "--dt", "0.05", "--no-spectral", "--format", "json"]).json()
    let constants = try #require(json["constants"] as? [[String: Any]])
    let dt = try #require(constants.first { $0["name"] as? String == "dt" })
    #expect(dt["value"] as? String == "0.05" && dt["source"] as? String == "flag")
    #expect(dt["overrides"] as? [[String: String]] == [["value": "0.1", "source": "sidecar"]])
    #expect((json["norms"] as? [String: Any])?["spectral"] is NSNull)
  }

  @Test func replayShowsAWrongLayout() throws {
    let recorded =
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(filePath: TestData.fixture("states.json")))) as? [String: Any]
    let states = try #require((recorded?["states"] as? [String: [[Double]]])?["split"])
    let inputs = try #require(recorded?["inputs"] as? [[Double]])
    func csv(_ rows: [[Double]]) -> String {
      rows.map { $0.map { "\($0)" }.joined(separator: ",") }.joined(separator: "\n")
    }
    try TestData.withFolder { folder in
      try csv(states).write(toFile: folder + "/states.csv", atomically: true, encoding: .utf8)
      try csv(inputs).write(toFile: folder + "/inputs.csv", atomically: true, encoding: .utf8)
      let constants = ["--dt", "0.042", "--gamma", "2.7", "--epsilon", "4.7", "--damping", "explicit"]
      let replay = ["--replay", "states.csv", "--inputs", "inputs.csv", "--format", "json", "--strict"]
      let right = try Tool(["inspect", TestData.fixture("split.pt")] + constants + replay, folder: folder)
      let agreed = try #require(right.json()["replay"] as? [String: Any])
      #expect(right.status == 0 && agreed["agrees"] as? Bool == true)
      let swap = ["--map", "W=cell.h2h2.weight,Z=cell.h2h1.weight"]
      let wrong = try Tool(["inspect", TestData.fixture("split.pt")] + constants + replay + swap, folder: folder)
      let disagreed = try #require(wrong.json()["replay"] as? [String: Any])
      #expect(wrong.status == 2 && disagreed["agrees"] as? Bool == false)
      let readings = try #require(disagreed["readings"] as? [[String: Any]])
      #expect(readings.count == 4)
      #expect(readings[0]["relativeDifference"] as? Double ?? 0 > 1e-3)
      #expect(readings[1]["isSwapped"] as? Bool == true && readings[1]["relativeDifference"] as? Double ?? 1 < 1e-10)
    }
  }

  @Test func simulateWritesTheContractsArrays() throws {
    try TestData.withFolder { folder in
      let file = folder + "/run.npz"
      let arguments = ["lorenz96-F8-m64.pt", "--inputs", "lorenz96-F8-m64.inputs.npy", "--format", "json"]
      let run = try Tool(["simulate"] + arguments + ["--output", file])
      #expect(run.status == 0)
      let json = try run.json()
      #expect((json["finalPosition"] as? [[Double]])?.first?.count == 64)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["run.npz"])
      // The same bytes on any number of threads.
      let again = folder + "/again.npz"
      _ = try Tool(["simulate"] + arguments + ["--output", again, "--threads", "1"])
      #expect(try Data(contentsOf: URL(filePath: file)) == Data(contentsOf: URL(filePath: again)))
      // With the inputs as the network saw them, for others to run.
      _ = try Tool(["simulate", "lorenz96-F8-m64.pt", "--inputs", file, "--format", "json", "--output", again])
      #expect(try Data(contentsOf: URL(filePath: file)) == Data(contentsOf: URL(filePath: again)))
      // Every tenth of the states is there as CSV as well.
      let csv = try Tool(["simulate", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "7", "--format", "csv"])
      let lines = csv.output.split(separator: "\n")
      #expect(lines.count == 8 && lines[0].hasPrefix("step,time,trajectory,y0") && lines[0].hasSuffix(",z63"))
    }
  }

  @Test func boundsMeetTheContract() throws {
    try TestData.withFolder { folder in
      let run = try Tool([
        "bounds", "lorenz96-F8-m64.pt", "--inputs", "lorenz96-F8-m64.inputs.npy", "--damping", "implicit", "--format",
        "json", "--output", folder, "--strict",
      ])
      #expect(run.status == 0)
      let json = try run.json()
      #expect(json["schema"] as? String == "cornn-analyze/bounds/1")
      let energy = try #require(json["energy"] as? [String: Any])
      #expect(abs((energy["maximum"] as? Double ?? 0) - 11.278662423225022) < 1e-9)
      #expect(energy["identityResidual"] as? Double ?? 1 < 1e-13)
      let rungs = try #require(energy["rungs"] as? [[String: Any]])
      #expect(
        rungs.map { $0["name"] as? String } == [
          "3.1", "3.1+", "F.1", "F.1+", "F.1++", "gain", "D.1", "D.1+", "gain (ODE)",
        ])
      for rung in rungs {
        let applies = try #require(rung["applies"] as? Bool)
        #expect(rung["kind"] is String && rung["origin"] is String)
        #expect(applies == (rung["holds"] is Bool) && applies == (rung["tightness"] is Double))
      }
      let files = try Set(FileManager.default.contentsOfDirectory(atPath: folder))
      #expect(
        files.isSuperset(of: [
          "bounds.json", "bounds.md", "energy.dat", "energy.gp", "energy.svg", "energy.png", "energy.pdf",
          "positions.svg", "energy-ode.pdf",
        ]), "\(files) \(run.errors)")
      #expect(try String(contentsOfFile: folder + "/bounds.json", encoding: .utf8) == run.output)
    }
  }

  @Test func compareMeetsTheContract() throws {
    try TestData.withFolder { folder in
      let run = try Tool([
        "compare", "lorenz96-F8-m64.pt", "--inputs", "lorenz96-F8-m64.inputs.npy", "--format", "json", "--output",
        folder, "--strict",
      ])
      #expect(run.status == 0)
      let json = try run.json()
      let error = try #require(json["error"] as? [String: [String: Double]])
      #expect(abs((error["position"]?["maximum"] ?? 0) - 0.17045853184286308) < 1e-8)
      #expect(error["velocity"]?["final"] != nil)
      let order = try #require(json["order"] as? [String: Any])
      let (lower, upper) = (order["lower"] as? Double ?? 9, order["upper"] as? Double ?? 0)
      #expect(0.95 < lower && lower < upper && upper < 1.05 && order["estimate"] is Double)
      let files = try Set(FileManager.default.contentsOfDirectory(atPath: folder))
      #expect(files.isSuperset(of: ["motion.svg", "difference.png", "order.pdf", "energies.svg", "compare.json"]))
    }
  }

  /// Map and ODE of a chaotic network part for good: errors as large as the motion show no order.
  @Test func compareOfAChaoticNetwork() throws {
    let network = TestData.path("../../scenarios/networks/chaotic.safetensors")
    let arguments = ["compare", network, "--signal", "noise", "--seed", "1", "--format", "json", "--steps"]
    let order = try #require(Tool(arguments + ["3000"]).json()["order"] as? [String: Any])
    #expect(order["estimate"] is NSNull && (order["reason"] as? String ?? "").contains("parted for good"))
    let short = try #require(Tool(arguments + ["40"]).json()["order"] as? [String: Any])
    #expect(abs((short["estimate"] as? Double ?? 0) - 1) < 0.1)
  }

  @Test(arguments: ["rk2", "rkf45", "rk4imp", "bsimp", "msadams", "msbdf"]) func flowByEachKindOfMethod(method: String)
    throws
  {
    let flags = ["--absolute-tolerance", "1e-7", "--relative-tolerance", "1e-7"]
    let run = try Tool(
      ["simulate", "lorenz96-F0.9-m64.pt", "--inputs", "lorenz96-F0.9-m64.inputs.npy", "--flow", "--method", method]
        + flags + ["--format", "json"])
    let json = try run.json()
    let integration = try #require(json["integration"] as? [String: Any])
    #expect((integration["options"] as? [String: Any])?["method"] as? String == method)
    let position = try #require((json["finalPosition"] as? [[Double]])?.first)
    #expect(abs(position[0] + 0.022675046143751335) < 1e-4)
  }

  @Test func withoutGnuplotTheNumbersStillCome() throws {
    try TestData.withFolder { folder in
      let run = try Tool(
        ["bounds", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "20", "--output", folder],
        environment: ["PATH": "/nowhere"])
      #expect(run.status == 0 && run.output.contains("F.1++"))
      try expectSnapshot(run.errors, "errors/no-gnuplot")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(
        files.contains("energy.gp") && files.contains("energy.dat") && !files.contains("energy.svg")
          && !files.contains("energy.pdf"))
    }
  }

  @Test func instabilityIsAFindingUntilStrict() throws {
    let unstable = [
      "bounds", "lorenz96-F8-m64.pt", "--gamma", "900", "--dt", "0.5", "--signal", "cosine", "--steps", "1000",
    ]
    let run = try Tool(unstable)
    #expect(run.status == 0 && run.output.contains("left the range of doubles at step"))
    let strict = try Tool(unstable + ["--strict"])
    #expect(strict.status == 2 && strict.errors.contains("left the range of doubles"))
  }

  @Test func convertReadsBackAndConjugates() throws {
    try TestData.withFolder { folder in
      for ending in ["safetensors", "npz", "json"] {
        let file = folder + "/copy-\(ending)." + ending
        #expect(try Tool(["convert", "lorenz96-F8-m64.pt", file]).status == 0)
        let inputs = ["--inputs", "lorenz96-F8-m64.inputs.npy", "--format", "json"]
        let original = try Tool(["simulate", "lorenz96-F8-m64.pt"] + inputs).json()
        let copy = try Tool(["simulate", file] + inputs).json()
        #expect(original["finalPosition"] as? [[Double]] == copy["finalPosition"] as? [[Double]])
        #expect(original["finalOutput"] as? [[Double]] == copy["finalOutput"] as? [[Double]])
      }
      let twin = folder + "/twin.safetensors"
      #expect(try Tool(["convert", "lorenz96-F8-m64.pt", twin, "--to-damping", "implicit"]).status == 0)
      let inputs = ["--inputs", "lorenz96-F8-m64.inputs.npy", "--format", "json"]
      let original = try #require(
        Tool(["simulate", "lorenz96-F8-m64.pt"] + inputs).json()["finalOutput"] as? [[Double]])
      let other = try #require(Tool(["simulate", twin] + inputs).json()["finalOutput"] as? [[Double]])
      #expect(relativeDifference(other[0], original[0]) < 1e-11)
    }
  }

  @Test func convertRefusesNamesThatWouldMixConstants() throws {
    try TestData.withFolder { folder in
      let source = TestData.path("lorenz96-F8-m64.pt")
      for name in ["lorenz96-F8-m64.pt", "lorenz96-F8-m64.json"] {
        try FileManager.default.copyItem(atPath: TestData.path(name), toPath: folder + "/" + name)
      }
      let beside = try Tool(["convert", "lorenz96-F8-m64.pt", "lorenz96-F8-m64.npz"], folder: folder)
      #expect(beside.status == 64)
      try expectSnapshot(beside.errors, "errors/convert-beside-sidecar")
      #expect(try Tool(["convert", source, folder + "/x.npz"]).status == 0)
      #expect(try Tool(["convert", source, folder + "/x.json"]).status == 64)
    }
  }

  @Test func worstCaseSavesInputsThatReproduceIt() throws {
    try TestData.withFolder { folder in
      let base = ["bounds", "lorenz96-F8-m64.pt", "--format", "json"]
      let run = try Tool(
        base + ["--inputs", "lorenz96-F8-m64.inputs.npy", "--worst-case", "--iterations", "20", "--output", folder])
      #expect(run.status == 0)
      let found = try #require(run.json()["worstCase"] as? [[String: Any]])
      let gain = try #require(found.first { $0["rung"] as? String == "gain" })
      let tightness = try #require(gain["tightness"] as? Double)
      #expect(tightness > 0.99 && tightness <= 1)
      let again = try Tool(base + ["--inputs", folder + "/" + (gain["file"] as? String ?? ""), "--no-flow"]).json()
      let rungs = (again["energy"] as? [String: Any])?["rungs"] as? [[String: Any]]
      let repeated = rungs?.first { $0["name"] as? String == "gain" }?["tightness"] as? Double
      #expect(repeated == tightness)
    }
  }

  @Test(
    arguments: try FileManager.default.contentsOfDirectory(atPath: TestData.scenarios).filter { $0.hasSuffix(".yaml") })
  func scenariosRun(name: String) throws {
    try TestData.withFolder { folder in
      let text = try String(contentsOfFile: TestData.scenarios + "/" + name, encoding: .utf8)
      // One that extends another has its short form.
      let short = text.contains("\nshort:") || text.contains("\nextends:") ? ["--short"] : []
      let run = try Tool(["run", TestData.scenarios + "/" + name, "--output", folder, "--strict"] + short)
      let isRefused = ["between.yaml", "chaotic.yaml"].contains(name)
      #expect(run.status == (isRefused ? 3 : 0), "\(run.errors)")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files.contains("settings.json") && files.contains { $0.hasSuffix(".svg") })
      #expect(try String(contentsOfFile: TestData.scenarios + "/" + name, encoding: .utf8).hasPrefix("# "))
    }
  }

  @Test func scenarioWithListsAndItsOwnFolder() throws {
    try TestData.withFolder { folder in
      try FileManager.default.copyItem(atPath: TestData.fixture("split.pt"), toPath: folder + "/net.pt")
      let text = """
        # Does a list of constants reach the network?
        kind: simulate
        checkpoint: net.pt
        dt: 0.05
        gamma: [1, 2, 3]
        epsilon: 4.5
        damping: explicit
        signal: cosine
        steps: 5
        flow: true
        method: rkf45
        """
      try text.write(toFile: folder + "/s.yaml", atomically: true, encoding: .utf8)
      let run = try Tool(["run", folder + "/s.yaml", "--output", folder + "/out", "--format", "json"], folder: "/")
      let json = try run.json()
      let constants = (json["run"] as? [String: Any])?["constants"] as? [[String: Any]]
      #expect(constants?.first { $0["name"] as? String == "gamma" }?["value"] as? String == "1.0 to 3.0, by unit")
      #expect(json["integration"] is [String: Any])
    }
  }

  @Test func demoRunsFromAnywhere() throws {
    try TestData.withFolder { folder in
      let run = try Tool(["demo"], folder: folder)
      #expect(run.status == 0 && run.errors == "")
      let files = try Set(FileManager.default.contentsOfDirectory(atPath: folder + "/demo"))
      #expect(
        files.isSuperset(of: [
          "report.md", "energy.svg", "positions.png", "order.pdf", "trajectory.npz", "lorenz96-F8-m64.pt",
        ]))
      let report = try String(contentsOfFile: folder + "/demo/report.md", encoding: .utf8)
      #expect(report.contains("![") && report.contains("F.1++"))
      #expect(!run.output.contains("VIOLATED"))
      // The bundled checkpoint is the trained one.
      #expect(
        try Data(contentsOf: URL(filePath: folder + "/demo/lorenz96-F8-m64.pt"))
          == Data(contentsOf: URL(filePath: TestData.path("lorenz96-F8-m64.pt"))))
    }
  }

  @Test func unitsThatAreNotSchurStableAreNamed() throws {
    try TestData.withFolder { folder in
      let gamma = (0..<64).map { $0 == 3 || $0 == 41 ? "500" : "1" }.joined(separator: "\n")
      try gamma.write(toFile: folder + "/gamma.csv", atomically: true, encoding: .utf8)
      let run = try Tool([
        "bounds", "lorenz96-F8-m64.pt", "--gamma", folder + "/gamma.csv", "--signal", "zero", "--steps", "10",
      ])
      #expect(run.output.contains("(Schur stable): 5 against 3.8, fails in units 3, 41"))
    }
  }

  @Test func gammaFromEachKindOfFile() throws {
    try TestData.withFolder { folder in
      let values = (0..<64).map { 1 + Double($0) / 64 }
      try ("[" + values.map { "\($0)" }.joined(separator: ",") + "]").write(
        toFile: folder + "/g.json", atomically: true, encoding: .utf8)
      try values.map { "\($0)" }.joined(separator: ",").write(
        toFile: folder + "/g.csv", atomically: true, encoding: .utf8)
      let arguments = ["--signal", "noise", "--steps", "10", "--format", "json"]
      let a = try Tool(["simulate", "lorenz96-F8-m64.pt", "--gamma", folder + "/g.json"] + arguments).json()
      let b = try Tool(["simulate", "lorenz96-F8-m64.pt", "--gamma", folder + "/g.csv"] + arguments).json()
      #expect(a["finalPosition"] as? [[Double]] == b["finalPosition"] as? [[Double]])
    }
  }
}
