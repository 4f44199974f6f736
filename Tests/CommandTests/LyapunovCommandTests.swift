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
}
