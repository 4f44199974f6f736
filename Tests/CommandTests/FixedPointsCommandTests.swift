import Foundation
import TestSupport
import Testing

/// `fixed-points`, `orbit-diagram`, `section` and `spectrum` from the command line.
@Suite struct FixedPointsCommandTests {
  /// All of a small network, proved; the report says what each claim is worth.
  @Test func allFixedPointsOfThreeUnits() throws {
    let network = TestData.scenarios + "/networks/three-units.json"
    let json = try Tool(["fixed-points", network, "--starts", "20", "--format", "json"]).json()
    let points = try #require(json["fixedPoints"] as? [[String: Any]])
    #expect(points.count == 27 && points.allSatisfy { $0["verified"] as? Bool == true })
    let count = try #require(json["count"] as? [String: Any])
    #expect(count["complete"] as? Bool == true && count["kind"] as? String == "rigorous")
    for point in points {
      let stability = try #require(point["stability"] as? [String: Any])
      #expect(Set(stability.keys).isSuperset(of: ["flow", "explicit", "implicit"]))
    }
    let text = try Tool(["fixed-points", network, "--starts", "20"]).output
    #expect(text.contains("These are all (rigorous)") && text.contains("8 stable in the ODE"))
  }

  /// A pitchfork is reported as what it is, and counts as unreached where that matters.
  @Test func unresolvedIsSaid() throws {
    try TestData.withFolder { folder in
      let network = """
        {"format": "cornn-analyze/network/1", "dt": 0.1, "gamma": 1.385, "epsilon": 0.7, "damping": "implicit",
         "W": [[1.385]], "V": [[1]], "b": [0]}
        """
      try network.write(toFile: folder + "/fold.json", atomically: true, encoding: .utf8)
      let run = try Tool(["fixed-points", "fold.json", "--strict"], folder: folder)
      #expect(run.status == 2 && run.output.contains("Unresolved: ") && run.output.contains("marginal"))
    }
  }

  @Test(arguments: [[], ["--constant-input", "0.385"], ["--closed-loop"]]) func residualsOfCheckpoints(
    drive: [String]
  ) throws {
    for name in ["lorenz96-F8-m64", "adding-T100-m128"] where drive != ["--closed-loop"] || name.hasPrefix("lorenz") {
      let json = try Tool(["fixed-points", name + ".pt", "--starts", "8", "--format", "json"] + drive).json()
      let points = try #require(json["fixedPoints"] as? [[String: Any]])
      #expect(!points.isEmpty && points.allSatisfy { $0["residual"] as? Double ?? 1 < 1e-13 })
    }
  }

  @Test func pendulumTurns() throws {
    let arguments = ["section", "--system", "pendulum", "--stroboscopic", "--points", "40", "--format", "json"]
    let json = try Tool(arguments).json()
    let points = try #require(json["points"] as? [[String: Any]])
    #expect(points.count == 40)
    for point in points { #expect(abs((point["state"] as? [Double])?[0] ?? 9) <= .pi) }
    let text = try Tool(["section", "--system", "pendulum", "--stroboscopic", "--points", "20"]).output
    #expect(text.contains("x0, shown in [−π, π]"))
  }

  /// The 0–1 test takes a value once a period, and warns where it is made to take them too finely.
  @Test func samplingOfTheZeroOneTest() throws {
    let pendulum = ["spectrum", "--system", "pendulum", "--variable", "1", "--length", "60000", "--zero-one"]
    #expect(try Tool(pendulum).output.contains("a whole number of periods of the forcing"))
    let lorenz = [
      "spectrum", "--system", "lorenz63", "--variable", "2", "--length", "20000", "--zero-one", "--every", "1",
    ]
    #expect(try Tool(lorenz).output.contains("Sampled too finely"))
  }

  @Test func exponentsStandAboveTheDiagram() throws {
    try TestData.withFolder { folder in
      let run = try Tool([
        "orbit-diagram", "--system", "logistic", "--sweep", "r=3.2:4:3", "--transient", "500", "--points", "50",
        "--exponent", "--exponent-steps", "2000", "--output", folder,
      ])
      #expect(run.status == 0 && run.output.contains("exponents"))
      let script = try String(contentsOfFile: folder + "/orbit-diagram.gp", encoding: .utf8)
      #expect(script.contains("set multiplot") && script.contains("'exponent λ₁ (1/step)'"))
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files.contains("orbit-diagram.svg") && files.contains("orbit-diagram.pdf"))
    }
  }
}
