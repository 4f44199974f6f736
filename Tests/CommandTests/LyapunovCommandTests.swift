import Foundation
import TestSupport
import Testing

/// `lyapunov` from the command line.
@Suite struct LyapunovCommandTests {
  /// The contract's keys, and conditional exponents as an independent program has them.
  @Test(arguments: ["explicit", "implicit"]) func contract(damping: String) throws {
    let name = "lorenz96-F8-m64"
    let expected =
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: TestData.path(name + ".expected.json"))))
      as? [String: Any]
    let map = try #require(expected?[damping] as? [String: Any])
    let wanted = try #require(map["conditionalLyapunov"] as? [Double]).sorted(by: >)
    let json = try Tool([
      "lyapunov", name + ".pt", "--damping", damping, "--inputs", name + ".inputs.npy", "--repeat", "6", "--transient",
      "200", "--tangents", "unit", "--exponents", "4", "--format", "json",
    ]).json()
    let exponents = try #require(json["exponents"] as? [[String: Any]])
    #expect(exponents.count == 4)
    for (exponent, value) in zip(exponents, wanted) {
      #expect(abs((exponent["value"] as? Double ?? .nan) - value) < 1e-8)
      #expect(exponent["standardError"] is Double)
    }
    #expect(json["unit"] as? String == "perTime" && json["mode"] as? String == "driven")
    #expect(json["traceIdentityResidual"] is NSNull && json["converged"] is Bool)
  }

  @Test func classicSystems() throws {
    let json = try Tool(["lyapunov", "--system", "henon", "--length", "100000", "--format", "json"]).json()
    #expect(json["unit"] as? String == "perStep" && json["mode"] as? String == "autonomous")
    #expect(abs((json["kaplanYorkeDimension"] as? Double ?? 0) - 1.2583) < 0.01)
    #expect((json["traceIdentityResidual"] as? Double ?? 1) < 1e-9)
    let changed = try Tool([
      "lyapunov", "--system", "lorenz63", "--parameter", "rho=20", "--length", "20000", "--transient", "20000",
      "--format", "json",
    ]).json()
    let leading = (changed["exponents"] as? [[String: Any]])?.first?["value"] as? Double
    #expect(abs((leading ?? 0) + 0.15479) < 1e-2, "a stable fixed point isn't neutral")
  }

  @Test func closedLoopAndStrictness() throws {
    let base = [
      "lyapunov", "lorenz96-F8-m64.pt", "--closed-loop", "--exponents", "1", "--length", "500", "--until-error",
    ]
    let json = try Tool(base + ["1e-9", "--format", "json"]).json()
    #expect(json["mode"] as? String == "closedLoop" && json["converged"] as? Bool == false)
    let strict = try Tool(base + ["1e-9", "--strict"])
    #expect(strict.status == 2 && strict.output.contains("not converged"))
  }

  static let random = [
    "lyapunov", "--random-hidden", "20", "--dt", "0.05", "--gamma", "1", "--epsilon", "1", "--damping", "explicit",
    "--constant-input", "0", "--format", "json",
  ]

  /// A sweep of random networks: the same bytes on one thread and on two, bounds above what is measured.
  @Test func transition() throws {
    let arguments =
      Self.random + [
        "--sweep", "W=0.2:7:2:log", "--networks", "2", "--length", "6000", "--until-error", "0.1",
      ]
    let one = try Tool(arguments + ["--threads", "1"])
    #expect(one.output == (try Tool(arguments + ["--threads", "2"])).output)
    let transition = try #require(try one.json()["transition"] as? [String: Any], "\(one.errors)")
    let points = try #require(transition["points"] as? [[String: Any]])
    #expect(points.count == 4 && transition["belowBound"] as? Int == transition["bounded"] as? Int)
    #expect(points.prefix(2).allSatisfy { $0["class"] as? String == "certified" })
    #expect(points.suffix(2).allSatisfy { $0["largestExponentBound"] is NSNull })
    let listed = try Tool(arguments.map { $0.hasPrefix("W=") ? "W=0.2,7" : $0 })
    #expect(listed.output == one.output)
  }

  @Test func windows() throws {
    try TestData.withFolder { folder in
      let json = try Tool([
        "lyapunov", "--system", "henon", "--length", "2000", "--window", "100", "--output", folder, "--format", "json",
      ]).json()
      let windows = try #require((json["run"] as? [String: Any])?["finiteTime"] as? [String: Any])
      let values = try #require(windows["values"] as? [[Double]])
      #expect(values.count == 2 && values[0].count == 20)
      let exponents = (json["exponents"] as? [[String: Any]])?.compactMap { $0["value"] as? Double } ?? []
      // Windows that fill the run have its exponents for means.
      for (row, exponent) in zip(values, exponents) { #expect(abs(row.reduce(0, +) / 20 - exponent) < 1e-12) }
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(Set(["finite-time.npz", "finite-time.svg", "finite-time-density.svg"]).isSubset(of: files))
    }
  }

  @Test func refinements() throws {
    let json = try Tool(
      Self.random.map { $0 == "20" ? "4" : $0 } + [
        "--refinements", "4", "--length", "400", "--transient", "100", "--exponents", "2", "--activation", "none",
      ]
    ).json()
    let refinement = try #require(json["refinement"] as? [String: Any])
    let orders = try #require(refinement["orders"] as? [[String: Any]])
    for order in orders { #expect(abs((order["estimate"] as? Double ?? 0) - 1) < 0.1) }
  }

  @Test(arguments: [
    ("random-without-dt", ["--random-hidden", "5", "--constant-input", "0"]),
    ("bad-sweep", ["--system", "henon", "--sweep", "a=1:2"]),
    ("sweep-of-nothing", ["--system", "henon", "--sweep", "c=1,2"]),
    ("logarithms-of-negatives", ["--system", "henon", "--sweep", "a=-1:2:5:log"]),
    ("resume-without-folder", ["--system", "henon", "--resume"]),
    ("networks-without-sweep", ["--system", "henon", "--networks", "3"]),
    ("window-between-intervals", ["--system", "henon", "--window", "10", "--interval", "3"]),
    ("two-sources", ["--system", "henon", "--random-hidden", "5"]),
  ]) func mistakes(name: String, arguments: [String]) throws {
    let run = try Tool(["lyapunov"] + arguments)
    #expect(run.status == 64 && run.output.isEmpty)
    try expectSnapshot(run.errors, "errors/lyapunov-" + name)
  }
}
