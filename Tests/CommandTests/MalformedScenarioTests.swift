import Foundation
import TestSupport
import Testing

/// Scenarios that are wrong: each message whole, with file, line and the key's path.
@Suite struct MalformedScenarioTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    var status: Int32 = 65
    var arguments: [String] = []
    var testDescription: String { name }
  }

  /// A scenario that is right, to be spoilt by a line.
  static let henon = "kind: lyapunov\nsystem: henon\nlength: 200\nseed: 3\n"
  static let bounds = "kind: bounds\ncheckpoint: net.json\nsignal: cosine\nsteps: 5\n"

  static let cases: [Case] = [
    Case(name: "unknown-key", text: "kind: bounds\ncheckpoint: net.json\nsteps: 3\ndampng: implicit\n"),
    Case(name: "unknown-key-far", text: "kind: train\nzzzzzzzzzzzz: 3\n"),
    Case(name: "bad-value", text: "kind: bounds\ncheckpoint: net.json\nsignal: zero\nsteps: -3\n"),
    Case(name: "bad-kind", text: "# ?\nkind: bound\n"),
    Case(name: "bad-kind-far", text: "kind: 17\n"),
    Case(name: "no-kind", text: "checkpoint: net.json\n"),
    Case(name: "no-checkpoint", text: "kind: bounds\n"),
    Case(name: "not-yaml", text: "kind: [bounds\n"),
    Case(name: "not-yaml-colon", text: "kind: lyapunov\nsystem: henon: 3\n"),
    Case(name: "twice", text: "kind: bounds\ncheckpoint: net.json\nsteps: 3\nsteps: 4\n"),
    Case(name: "twice-under-grid", text: henon + "grid:\n  transient: [1, 2]\n  transient: [3]\n"),
    Case(name: "not-a-flag", text: "kind: bounds\ncheckpoint: net.json\nworstCase: often\n"),
    Case(name: "a-list", text: "- 1\n"),
    Case(name: "a-word", text: "bounds\n"),
    Case(name: "empty", text: ""),
    Case(name: "only-a-question", text: "# Is there anything?\n"),
    Case(name: "tab", text: "kind: lyapunov\nsystem: henon\nparameter:\n\ta: 1.3\n"),
    Case(name: "control-character", text: "kind: lyapunov\u{1B}[2J\n"),
    Case(name: "anchor", text: henon + "grid: &grid\n  transient: [1, 2]\n"),
    Case(
      name: "alias-bomb",
      text: "a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nkind: [*c, *c]\n"),
    Case(name: "deep", text: henon + "grid: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)),
    Case(
      name: "very-deep",
      text: henon + "grid: " + String(repeating: "[", count: 4000) + String(repeating: "]", count: 4000)),
    Case(name: "a-key-that-is-a-list", text: "kind: lyapunov\n[1, 2]: 3\n"),
    Case(name: "list-for-a-number", text: "kind: lyapunov\nsystem: henon\nlength: [100, 200]\n"),
    Case(name: "mapping-for-a-number", text: "kind: lyapunov\nsystem: henon\nlength: {from: 3}\n"),
    Case(name: "word-for-a-number", text: "kind: lyapunov\nsystem: henon\nlength: long\n"),
    Case(name: "fraction-for-a-count", text: "kind: lyapunov\nsystem: henon\nlength: 2.5\n"),
    Case(name: "nan", text: bounds + "dt: .nan\n"),
    Case(name: "infinite-in-a-mapping", text: "kind: lyapunov\nsystem: henon\nparameter: {a: inf}\n"),
    Case(name: "no-value", text: "kind: lyapunov\nsystem: henon\nlength:\n"),
    Case(name: "unknown-word", text: bounds + "damping: implicite\n"),
    Case(name: "two-flags-that-contradict", text: bounds + "flow: false\nmethod: rk4\n"),
    Case(name: "missing-file", text: "kind: bounds\ncheckpoint: nowhere.pt\nsignal: zero\nsteps: 3\n", status: 66),
    Case(name: "missing-file-in-a-grid", text: bounds + "grid:\n  checkpoint: [net.json, nowhere.pt]\n", status: 66),
    Case(name: "kind-twice", text: "kind: [bounds, certify, bounds]\ncheckpoint: net.json\n"),
    Case(name: "kind-of-none", text: "kind: []\n"),
    Case(
      name: "key-that-no-kind-knows",
      text: "kind: [bounds, certify]\ncheckpoint: net.json\nsignal: zero\nzeroOne: true\n"
    ),
    Case(name: "settings-of-another-kind", text: bounds + "certify: {lags: 10}\n"),
    Case(name: "own-settings-not-a-mapping", text: bounds + "bounds: 3\n"),
    Case(name: "extends-a-circle", text: "extends: other.yaml\nkind: lyapunov\n"),
    Case(name: "extends-itself", text: "extends: ./s.yaml\nkind: lyapunov\n"),
    Case(name: "extends-nothing", text: "extends: nowhere.yaml\nkind: lyapunov\n"),
    Case(name: "extends-what-is-wrong", text: "extends: broken.yaml\n"),
    Case(name: "extends-not-a-file", text: "extends: [a.yaml, b.yaml]\nkind: lyapunov\n"),
    Case(name: "short-without-settings", text: henon + "short:\n"),
    Case(name: "short-of-a-kind", text: henon + "short:\n  kind: bounds\n"),
    Case(name: "short-of-an-unknown-key", text: henon + "short:\n  lenght: 10\n"),
    Case(name: "no-short-form", text: henon, arguments: ["--short"]),
    Case(name: "grid-of-an-unknown-key", text: henon + "grid:\n  transiend: [1, 2]\n"),
    Case(name: "grid-not-a-mapping", text: henon + "grid: [1, 2]\n"),
    Case(name: "grid-of-one-value", text: henon + "grid: {transient: 3}\n"),
    Case(name: "grid-of-an-empty-list", text: henon + "grid: {transient: []}\n"),
    Case(name: "grid-with-a-bad-value", text: bounds + "grid:\n  gamma: [1, 2, -1]\n"),
    Case(name: "grid-with-a-word", text: bounds + "grid:\n  gamma: {from: low, to: 2, count: 3}\n"),
    Case(name: "range-reversed", text: bounds + "grid:\n  gamma: {from: 2, to: 1, count: 5}\n"),
    Case(name: "range-of-negative-count", text: bounds + "grid:\n  gamma: {from: 1, to: 2, count: -5}\n"),
    Case(
      name: "range-logarithmic-from-zero",
      text: bounds + "grid:\n  gamma: {from: 0, to: 2, count: 5, spacing: logarithmic}\n"),
    Case(name: "range-of-unknown-spacing", text: bounds + "grid:\n  gamma: {from: 1, to: 2, count: 5, spacing: log}\n"),
    Case(name: "range-with-an-unknown-key", text: bounds + "grid:\n  gamma: {from: 1, to: 2, cuont: 5}\n"),
    Case(name: "range-of-words", text: bounds + "grid:\n  damping: {from: 1, to: 2, count: 5}\n"),
    Case(name: "range-of-too-many-whole-numbers", text: henon + "grid:\n  transient: {from: 1, to: 3, count: 5}\n"),
    Case(
      name: "grid-of-a-milliard",
      text: bounds
        + "grid:\n  gamma: {from: 1, to: 2, count: 1000}\n  epsilon: {from: 1, to: 2, count: 1000}\n  dt: {from: 0.01, to: 0.02, count: 1000}\n"
    ),
    Case(
      name: "grid-beyond-integers",
      text: bounds
        + "grid:\n  gamma: {from: 1, to: 2, count: 9000000000000000000}\n  epsilon: {from: 1, to: 2, count: 9000000000000000000}\n"
    ),
    Case(name: "under-what-has-nothing", text: henon + "grid:\n  length.a: [1, 2]\n"),
    Case(
      name: "member-of-a-text", text: "kind: lyapunov\nsystem: henon\nparameter: a=1\ngrid:\n  parameter.a: [1, 2]\n"),
    Case(name: "varied-twice", text: henon + "repeats: 3\ngrid:\n  seed: [1, 2]\n"),
    Case(name: "repeats-none", text: henon + "repeats: 0\n"),
    Case(name: "repeats-of-a-word", text: henon + "repeats: often\n"),
    Case(name: "repeats-without-a-seed", text: "kind: lyapunov\nsystem: henon\nlength: 10\nrepeats: 3\n"),
    Case(name: "repeats-of-no-seed", text: henon + "repeats: {count: 3, key: length}\n"),
    Case(name: "draws-without-a-seed", text: henon + "draws:\n  count: 3\n  of: {parameter.a: {uniform: [1, 1.4]}}\n"),
    Case(
      name: "draws-from-nothing-known",
      text: henon + "draws:\n  count: 3\n  seed: 1\n  of:\n    parameter.a: {unifrom: [1, 1.4]}\n"),
    Case(
      name: "draws-reversed",
      text: henon + "draws:\n  count: 3\n  seed: 1\n  of:\n    parameter.a: {uniform: [1.4, 1]}\n"),
    Case(
      name: "draws-logarithmic-through-zero",
      text: henon + "draws:\n  count: 3\n  seed: 1\n  of:\n    parameter.a: {logUniform: [-1, 1]}\n"),
    Case(name: "draws-not-a-mapping", text: henon + "draws: 3\n"),
    Case(name: "report-not-a-path", text: henon + "report: [{a: 1}]\n"),
    Case(name: "set-nothing", text: henon, status: 64, arguments: ["--set", "length="]),
    Case(name: "set-an-unknown-key", text: henon, status: 64, arguments: ["--set", "lenght=3"]),
    Case(name: "set-a-bad-value", text: henon, status: 64, arguments: ["--set", "length=-3"]),
    Case(name: "set-under-nothing", text: henon, status: 64, arguments: ["--set", "length.a=3"]),
  ]

  @Test(arguments: cases) func message(of test: Case) throws {
    try TestData.withFolder { folder in
      try Self.prepare(folder)
      try test.text.write(toFile: folder + "/s.yaml", atomically: true, encoding: .utf8)
      let run = try Tool(["run", "s.yaml", "--output", "out"] + test.arguments, folder: folder)
      #expect(run.status == test.status && run.output == "", "\(run.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
      try expectSnapshot(run.errors, "errors/scenario-" + test.name)
    }
  }

  @Test func notUTF8() throws {
    try TestData.withFolder { folder in
      try Data("kind: lyapunov\nsystem: h".utf8 + [0xE9] + "non\n".utf8).write(to: URL(filePath: folder + "/s.yaml"))
      let run = try Tool(["run", "s.yaml", "--output", "out"], folder: folder)
      #expect(run.status == 65)
      try expectSnapshot(run.errors, "errors/scenario-not-utf8")
    }
  }

  @Test func tooLarge() throws {
    try TestData.withFolder { folder in
      try (Self.henon + String(repeating: "# more\n", count: 200_000)).write(
        toFile: folder + "/s.yaml", atomically: true, encoding: .utf8)
      let run = try Tool(["run", "s.yaml", "--output", "out"], folder: folder)
      #expect(run.status == 65)
      try expectSnapshot(run.errors, "errors/scenario-too-large")
    }
  }

  /// Every short of the scenarios' syntax, cut and bent at random places, is refused or run, never crashes.
  @Test func bentAtRandom() throws {
    let whole = Self.bounds + "grid:\n  gamma: {from: 1, to: 2, count: 3}\nrepeats: 2\nseed: 1\nshort: {steps: 3}\n"
    var random = SystemRandomNumberGenerator()
    try TestData.withFolder { folder in
      try Self.prepare(folder)
      for _ in 0..<15 {
        var bytes = Array(whole.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let place = Int.random(in: bytes.indices, using: &random)
          switch Int.random(in: 0...2, using: &random) {
          case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
          case 1: bytes.remove(at: place)
          default: bytes.insert(bytes[Int.random(in: bytes.indices, using: &random)], at: place)
          }
        }
        try Data(bytes).write(to: URL(filePath: folder + "/s.yaml"))
        let run = try Tool(["run", "s.yaml", "--dry-run"], folder: folder)
        #expect([0, 64, 65, 66].contains(run.status), "\(String(decoding: bytes, as: UTF8.self)): \(run.errors)")
      }
    }
  }

  private static func prepare(_ folder: String) throws {
    try FileManager.default.copyItem(
      atPath: TestData.scenarios + "/networks/three-units.json", toPath: folder + "/net.json")
    try "extends: s.yaml\n".write(toFile: folder + "/other.yaml", atomically: true, encoding: .utf8)
    try "kind: lyapunov\nsystem: henon\n  length: 3\n".write(
      toFile: folder + "/broken.yaml", atomically: true, encoding: .utf8)
  }
}
