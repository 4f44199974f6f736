import Foundation
import TestSupport
import Testing

/// `lyapunov` killed, interrupted, and going on.
@Suite struct LyapunovResumeCommandTests {
  static let single = [
    "lyapunov", "--system", "lorenz96", "--exponents", "12", "--length", "250000", "--interval", "10", "--quiet",
    "--save-every", "0.02",
  ]
  static let sweep = [
    "lyapunov", "--random-hidden", "10", "--dt", "0.05", "--gamma", "1", "--epsilon", "1", "--damping", "implicit",
    "--constant-input", "0", "--sweep", "W=0.3,1,3", "--networks", "3", "--length", "30000", "--until-error", "0.1",
    "--quiet", "--save-every", "0.01",
  ]

  static func result(_ folder: String, _ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: folder + "/" + name))
  }

  /// SIGKILL at random times, then once to the end: the result is equal to the byte.
  @Test(arguments: [(single, "lyapunov", 11), (sweep, "lyapunov-sweep", 12)] as [([String], String, UInt64)])
  func killed(arguments: [String], name: String, seed: UInt64) throws {
    try TestData.withFolder { whole in
      try TestData.withFolder { folder in
        #expect(try Tool(arguments + ["--output", whole]).status == 0)
        var kills = 0
        for round in 0..<8 {
          let after = 0.08 + 0.05 * Double((seed &* UInt64(round + 3)) % 7)
          let run = try Tool(
            arguments + ["--output", folder, "--resume"], signal: (SIGKILL, after))
          if run.status == 0 { break }
          kills += 1
        }
        #expect(kills > 0)
        let last = try Tool(arguments + ["--output", folder, "--resume"])
        #expect(last.status == 0, "\(last.errors)")
        #expect(try Self.result(folder, name + ".json") == Self.result(whole, name + ".json"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/\(name).memory.json"))
      }
    }
  }

  /// SIGINT and SIGTERM: exit 130, with what is done kept and the way to go on; what was kept is guarded.
  @Test(arguments: [(single, "lyapunov", SIGINT), (sweep, "lyapunov-sweep", SIGTERM)] as [([String], String, Int32)])
  func interrupted(arguments: [String], name: String, signal: Int32) throws {
    try TestData.withFolder { folder in
      let longer = arguments.map { $0 == "250000" || $0 == "30000" ? "40000000" : $0 }
      let run = try Tool(longer + ["--output", folder], signal: (signal, 0.5))
      #expect(run.status == 130)
      #expect(run.errors.contains("interrupted after") && run.errors.contains("--resume"))
      let path = folder + "/\(name).memory.json"
      guard name == "lyapunov" else { return }
      let memory = try Data(contentsOf: URL(filePath: path))
      let other = try Tool(
        longer.map { $0 == "12" ? "11" : $0 } + ["--output", folder, "--resume"])
      #expect(other.status == 64 && other.errors.contains("exponents is 12 there, 11 here"), "\(other.errors)")
      let system = try Tool(
        longer + ["--parameter", "forcing=7", "--output", folder, "--resume"])
      #expect(system.status == 64 && system.errors.contains("parameters is"), "\(system.errors)")
      // Cut short, and with a digit changed.
      for damage in ["cut", "changed", "emptied"] {
        var bytes = memory
        switch damage {
        case "cut": bytes.removeLast(100)
        case "changed":
          let place = bytes.count - 40
          bytes[place] = bytes[place] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
        default: bytes = Data()
        }
        try bytes.write(to: URL(filePath: path))
        let run = try Tool(longer + ["--output", folder, "--resume"])
        #expect(run.status == 65 && run.errors.contains("lyapunov.memory.json"), "\(damage): \(run.errors)")
      }
    }
  }
}
