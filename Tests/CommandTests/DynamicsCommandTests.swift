import Foundation
import TestSupport
import Testing

/// What `fixed-points`, `orbit-diagram`, `section` and `spectrum` print, on a checkpoint and on classic systems.
@Suite struct DynamicsCommandTests {
  static let network = "lorenz96-F8-m64.pt"

  @Test(arguments: [[], ["--signal", "zero"], ["--constant-input", "0"]]) func fixedPointsOfACheckpoint(
    input: [String]
  ) throws {
    let run = try Tool(["fixed-points", Self.network, "--starts", "12", "--seed", "3", "--format", "json"] + input)
    let json = try run.json()
    #expect(json["schema"] as? String == "cornn-analyze/fixed-points/1" && json["mode"] as? String == "autonomous")
    #expect(json["seed"] as? Int == 3 && json["constantInput"] as? [Double] == [0, 0, 0, 0, 0])
    let drivenBy = (json["system"] as? [String: Any])?["drivenBy"] as? String
    #expect(drivenBy?.contains("none was given") == input.isEmpty)
    let points = try #require(json["fixedPoints"] as? [[String: Any]])
    #expect(!points.isEmpty)
    for point in points {
      #expect((point["position"] as? [Double])?.count == 64 && point["verified"] is Bool)
      #expect(point["residual"] as? Double ?? 1 < 1e-13)
      let stability = try #require(point["stability"] as? [String: Any])
      for kind in ["flow", "explicit", "implicit"] { #expect(stability[kind] is [String: Any]) }
    }
  }

  /// The fixed points of the Hénon map in closed form: a·x² + (1 − b)·x − 1 = 0, y = b·x.
  @Test func fixedPointsOfAMap() throws {
    let json = try Tool([
      "fixed-points", "--system", "henon", "--parameter", "a=1.385", "b=0.2385", "--format", "json",
    ]).json()
    #expect(json["mode"] as? String == "autonomous")
    let found = try #require(json["fixedPoints"] as? [[String: Any]]).compactMap { $0["position"] as? [Double] }
    let (a, b) = (1.385, 0.2385)
    let root = ((1 - b) * (1 - b) + 4 * a).squareRoot()
    let wanted = [-1.0, 1].map { (b - 1 + $0 * root) / (2 * a) }
    #expect(found.count == 2)
    for (point, x) in zip(found, wanted) { #expect(abs(point[0] - x) < 1e-12 && abs(point[1] - b * x) < 1e-12) }
  }

  /// Parameters in one flag, in several, and both ways.
  @Test(arguments: [
    ["--parameter", "a=1.3", "b=0.25"], ["--parameter", "a=1.3", "--parameter", "b=0.25"],
    ["--parameter=a=1.3", "--parameter=b=0.25"], ["--parameter=a=1.3", "b=0.25"],
  ]) func parameters(flags: [String]) throws {
    let json = try Tool(
      ["section", "--system", "henon"] + flags + ["--every", "3", "--points", "2", "--format", "json"]
    )
    .json()
    let system = try #require(json["system"] as? [String: Any])
    #expect((system["parameters"] as? [[String: Any]])?.map { $0["value"] as? Double } == [1.3, 0.25])
    #expect(system["network"] is NSNull && system["isFlow"] as? Bool == false)
  }

  @Test func orbitDiagramFindsPeriods() throws {
    let json = try Tool([
      "orbit-diagram", "--system", "logistic", "--sweep", "r=2.9:3.5:3", "--points", "40", "--exponent",
      "--exponent-steps", "500", "--format", "json",
    ]).json()
    #expect(json["schema"] as? String == "cornn-analyze/orbit-diagram/1" && json["mode"] as? String == "autonomous")
    let columns = try #require((json["diagram"] as? [String: Any])?["columns"] as? [[String: Any]])
    #expect(columns.map { $0["period"] as? Int } == [1, 2, 4])
    // The exponent at the fixed point 1 − 1/r is log|2 − r|.
    let exponents = try #require(json["exponents"] as? [[String: Any]])
    #expect(abs((exponents[0]["value"] as? Double ?? 0) - log(0.9)) < 1e-10)
  }

  /// A warm start leaves a point that has lost its stability: here 0, once the gain on W passes 1.
  @Test func orbitDiagramLeavesUnstablePoints() throws {
    let network = TestData.path("../../scenarios/networks/certified.safetensors")
    let json = try Tool([
      "orbit-diagram", network, "--constant-input", "0", "--sweep", "W=0.5:3:2", "--transient", "3000", "--format",
      "json",
    ]).json()
    let columns = try #require((json["diagram"] as? [String: Any])?["columns"] as? [[String: Any]])
    #expect(columns[0]["outcome"] as? String == "rest")
    #expect((columns[1]["points"] as? [Double] ?? []).contains { abs($0) > 0.01 })
  }

  /// Inputs that repeat are a period; the diagram looks once in it, and a contracting network follows its inputs.
  @Test func orbitDiagramOfADrivenCheckpoint() throws {
    let json = try Tool([
      "orbit-diagram", "lorenz96-F0.9-m64.pt", "--signal", "cosine", "--frequency", "3", "--steps", "21", "--sweep",
      "W=0.1:0.3:3", "--points", "5", "--transient", "2100", "--format", "json",
    ]).json()
    #expect(json["mode"] as? String == "driven")
    #expect((json["system"] as? [String: Any])?["stepsPerPeriod"] as? Int == 21)
    let diagram = try #require(json["diagram"] as? [String: Any])
    #expect(diagram["sampling"] as? String == "stroboscopic")
    let columns = try #require(diagram["columns"] as? [[String: Any]])
    #expect(columns.allSatisfy { ($0["points"] as? [Double])?.count == 5 })
  }

  /// The undamped oscillator without a force crosses y = 0 upwards once in 2π.
  @Test func sectionByAPlane() throws {
    let json = try Tool([
      "section", "--system", "oscillator", "--parameter", "epsilon=0", "amplitude=0", "--start", "0.2385,0.7",
      "--points", "4", "--transient", "0", "--format", "json",
    ]).json()
    #expect(json["schema"] as? String == "cornn-analyze/section/1" && json["mode"] as? String == "autonomous")
    #expect(json["outcome"] as? String == "complete")
    #expect(abs((json["meanReturnTime"] as? Double ?? 0) - 2 * Double.pi) < 1e-9)
    let points = try #require(json["points"] as? [[String: Any]])
    let speed = (0.2385 * 0.2385 + 0.49).squareRoot()
    for point in points { #expect(abs(((point["state"] as? [Double])?[1] ?? 0) - speed) < 1e-8) }
  }

  @Test func stroboscopicSectionOfACheckpoint() throws {
    for flow in [[], ["--flow"]] {
      let json = try Tool(
        [
          "section", Self.network, "--inputs", "lorenz96-F8-m64.inputs.npy", "--stroboscopic", "--points", "2",
          "--transient", "0", "--format", "json",
        ] + flow
      ).json()
      #expect(json["mode"] as? String == "driven" && abs((json["period"] as? Double ?? 0) - 20) < 1e-9)
      let states = try #require(json["points"] as? [[String: Any]]).compactMap { $0["state"] as? [Double] }
      #expect(states.count == 2 && states[0].count == 128)
      // The first point is the state after the inputs' last, which another program computed.
      let expected =
        try JSONSerialization.jsonObject(
          with: Data(contentsOf: URL(filePath: TestData.path("lorenz96-F8-m64.expected.json")))) as? [String: Any]
      let final = (expected?["explicit"] as? [String: Any])?[flow.isEmpty ? "finalPosition" : "flowFinalPosition"]
      #expect(relativeDifference(Array(states[0].prefix(64)), try #require(final as? [Double])) < 1e-8)
    }
  }

  @Test func spectrumOfAForcedOscillator() throws {
    let json = try Tool([
      "spectrum", "--system", "oscillator", "--length", "16384", "--zero-one", "--format", "json",
    ]).json()
    #expect(json["schema"] as? String == "cornn-analyze/spectrum/1" && json["mode"] as? String == "driven")
    #expect(json["unit"] as? String == "perTime")
    let spectrum = try #require(json["spectrum"] as? [String: Any])
    let peak = try #require((spectrum["peaks"] as? [[String: Any]])?.first?["frequency"] as? Double)
    #expect(abs(2 * Double.pi * peak - 4) < 2 * Double.pi * (spectrum["resolution"] as? Double ?? 0))
    #expect((json["zeroOne"] as? [String: Any])?["median"] as? Double ?? 1 < 0.2)
  }

  @Test func spectrumOfAClosedLoop() throws {
    let json = try Tool(
      ["spectrum", Self.network, "--closed-loop", "--length", "1024", "--variable", "64", "--format", "json"]
    ).json()
    #expect(json["mode"] as? String == "closedLoop" && json["steps"] as? Int == 1024)
    #expect(((json["system"] as? [String: Any])?["network"] as? [String: Any])?["damping"] as? String == "explicit")
  }

  /// A start by --initial is one by --start, for a classic system and for a network; a checkpoint's constants reach every
  /// verb.
  @Test func startsAndConstants() throws {
    try TestData.withFolder { folder in
      try "0.25\n0.5\n".write(toFile: folder + "/two.csv", atomically: true, encoding: .utf8)
      let base = ["spectrum", "--system", "cat", "--length", "64", "--format", "json"]
      let typed = try Tool(base + ["--start", "0.25,0.5"]).json()
      let read = try Tool(base + ["--initial", folder + "/two.csv"]).json()
      #expect(typed["mean"] as? Double == read["mean"] as? Double && typed["mean"] is Double)
      let network = TestData.fixture("split.pt")
      let constants = ["--dt", "0.042", "--gamma", "2.7", "--epsilon", "4.7", "--damping", "implicit"]
      for verb in [
        ["lyapunov", "--length", "50", "--transient", "10"], ["spectrum", "--length", "64"], ["fixed-points"],
        ["section", "--every", "2", "--points", "3"], ["orbit-diagram", "--sweep", "dt=0.02:0.04:2", "--points", "3"],
      ] {
        let json = try Tool(
          [verb[0], network] + constants + verb.dropFirst() + ["--constant-input", "0.2385", "--format", "json"]
        ).json()
        #expect(json["mode"] as? String == "autonomous")
        let system = try #require(json["system"] as? [String: Any])
        #expect((system["network"] as? [String: Any])?["damping"] as? String == "implicit")
        #expect(system["timeStep"] as? Double == 0.042)
      }
    }
  }
}
