import Foundation
import TestSupport
import Testing

/// What a new user gets wrong, with the whole message and the exit code.
@Suite struct MessageTests {
  static let fixtures = TestData.fixture("")

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let status: Int32
    let arguments: [String]
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "missing-file", status: 66, arguments: ["inspect", "nowhere.pt"]),
    Case(name: "folder-as-file", status: 66, arguments: ["inspect", fixtures]),
    Case(name: "foreign-globals", status: 65, arguments: ["inspect", fixtures + "foreign.pt"]),
    Case(name: "legacy", status: 65, arguments: ["inspect", fixtures + "legacy.pt"]),
    Case(name: "torchscript", status: 65, arguments: ["inspect", fixtures + "torchscript.pt"]),
    Case(name: "not-a-checkpoint", status: 65, arguments: ["inspect", fixtures + "make_fixtures.py"]),
    Case(
      name: "nan", status: 65,
      arguments: [
        "inspect", fixtures + "nan.pt", "--dt", "0.1", "--gamma", "1", "--epsilon", "1", "--damping", "explicit",
      ]),
    Case(
      name: "shapes-disagree", status: 65,
      arguments: ["inspect", fixtures + "split.pt", "--map", "W=readout.weight"]),
    Case(
      name: "report-is-a-page", status: 64, arguments: ["inspect", "lorenz96-F8-m64.pt", "--report", "report.pdf"]),
    Case(
      name: "report-in-no-folder", status: 74,
      arguments: ["inspect", "lorenz96-F8-m64.pt", "--report", "nowhere/report.html"]),
    Case(name: "missing-dt", status: 64, arguments: ["inspect", fixtures + "packed.pt"]),
    Case(
      name: "missing-damping", status: 64,
      arguments: ["inspect", fixtures + "packed.pt", "--dt", "0.1", "--gamma", "1", "--epsilon", "1"]),
    Case(name: "unknown-layout-id", status: 64, arguments: ["inspect", "lorenz96-F8-m64.pt", "--layout", "paked"]),
    Case(name: "unknown-layout", status: 65, arguments: ["inspect", "lorenz96-F8-m64.pt", "--layout", "split"]),
    Case(
      name: "unrecognised-tensors", status: 65,
      arguments: ["inspect", "lorenz96-F8-m64.inputs.npz"]),
    Case(
      name: "wrong-input-width", status: 65,
      arguments: ["bounds", "lorenz96-F8-m64.pt", "--inputs", "adding-T100-m128.inputs.npy"]),
    Case(name: "negative-dt", status: 64, arguments: ["inspect", "lorenz96-F8-m64.pt", "--dt", "-0.1"]),
    Case(
      name: "gamma-of-wrong-length", status: 65, arguments: ["inspect", "lorenz96-F8-m64.pt", "--gamma", "gamma.csv"]),
    Case(name: "no-inputs", status: 64, arguments: ["bounds", "lorenz96-F8-m64.pt"]),
    Case(
      name: "inputs-and-signal", status: 64,
      arguments: ["bounds", "lorenz96-F8-m64.pt", "--inputs", "x.npy", "--signal", "zero", "--steps", "3"]),
    Case(name: "signal-without-steps", status: 64, arguments: ["bounds", "lorenz96-F8-m64.pt", "--signal", "zero"]),
    Case(
      name: "meaningless-flag", status: 64,
      arguments: ["bounds", "lorenz96-F8-m64.pt", "--signal", "lorenz96", "--steps", "3", "--amplitude", "2"]),
    Case(
      name: "lorenz96-too-narrow", status: 64,
      arguments: ["bounds", "adding-T100-m128.pt", "--signal", "lorenz96", "--steps", "3"]),
    Case(
      name: "too-many-steps", status: 64,
      arguments: ["bounds", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "100000", "--memory", "1M"]),
    Case(
      name: "unwritable-folder", status: 74,
      arguments: ["bounds", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--output", "/proc/nowhere"]),
    Case(
      name: "unwritable-file", status: 74,
      arguments: ["simulate", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--output", "/proc/x.npz"]),
    Case(
      name: "too-few-refinements", status: 64,
      arguments: ["compare", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--refinements", "1"]),
    Case(
      name: "zero-tolerance", status: 64,
      arguments: [
        "compare", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--absolute-tolerance", "0",
        "--relative-tolerance", "0",
      ]),
    Case(
      name: "spline-through-two", status: 64,
      arguments: ["compare", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "2", "--hold", "cubic"]),
    Case(
      name: "unknown-method", status: 64,
      arguments: ["compare", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--method", "dopri5"]),
    Case(
      name: "steps-beyond-memory", status: 64,
      arguments: ["simulate", "lorenz96-F8-m64.pt", "--signal", "cosine", "--steps", "9000000000000000000"]),
    Case(
      name: "start-of-wrong-shape", status: 65,
      arguments: ["simulate", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--initial", "gamma.csv"]),
    Case(
      name: "folder-named-like-a-file", status: 64,
      arguments: ["bounds", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--output", "out.json"]),
    Case(name: "playground-nowhere", status: 64, arguments: ["playground"]),
    Case(name: "playground-unwritable", status: 74, arguments: ["playground", "/proc/nowhere"]),
    Case(name: "playground-as-file", status: 64, arguments: ["playground", "out.html"]),
    Case(name: "playground-without-threads", status: 64, arguments: ["playground", "out", "--threads", "0"]),
    Case(
      name: "twin-out-of-range", status: 65,
      arguments: [
        "convert", "lorenz96-F8-m64.pt", "out.json", "--gamma", "1e308", "--epsilon", "9.9", "--to-damping", "implicit",
      ]),
    Case(
      name: "ode-flag-without-flow", status: 64,
      arguments: ["simulate", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--method", "rk4"]),
    Case(
      name: "ode-flag-with-no-flow", status: 64,
      arguments: ["bounds", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--no-flow", "--hold", "linear"]),
    Case(
      name: "loop-that-does-not-close", status: 64, arguments: ["certify", "adding-T100-m128.pt", "--closed-loop"]),
    Case(
      name: "readout-loss-without-targets", status: 64,
      arguments: ["bounds", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--loss", "mse"]),
    Case(
      name: "hidden-targets-for-the-readout", status: 64,
      arguments: [
        "bounds", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--loss", "mse", "--readout-targets",
        "x.npy",
        "--targets", "y.npy",
      ]),
    Case(
      name: "orders-of-few-steps", status: 64,
      arguments: ["bounds", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--orders"]),
    Case(
      name: "targets-of-wrong-shape", status: 65,
      arguments: ["bounds", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--targets", "gamma.csv"]),
    Case(
      name: "loss-without-gradient", status: 64,
      arguments: ["bounds", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--no-gradient", "--orders"]),
    Case(
      name: "other-inputs-of-other-length", status: 65,
      arguments: [
        "bounds", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--against", "lorenz96-F8-m64.inputs.npy",
      ]),
    Case(
      name: "class-out-of-range", status: 65,
      arguments: [
        "bounds", "lorenz96-F8-m64.pt", "--signal", "zero", "--steps", "3", "--loss", "cross-entropy",
        "--readout-targets", "classes.csv",
      ]),
    Case(name: "no-system", status: 64, arguments: ["lyapunov"]),
    Case(name: "unknown-system", status: 64, arguments: ["lyapunov", "--system", "lorenz"]),
    Case(name: "unknown-parameter", status: 64, arguments: ["lyapunov", "--system", "henon", "--parameter", "c=2"]),
    Case(name: "nothing-drives", status: 64, arguments: ["lyapunov", "lorenz96-F8-m64.pt"]),
    Case(
      name: "orbit-to-infinity", status: 65,
      arguments: ["lyapunov", "--system", "henon", "--parameter", "a=9", "--length", "1000"]),
    Case(
      name: "parameter-out-of-range", status: 64,
      arguments: ["spectrum", "--system", "lorenz96", "--parameter", "n=3.5"]),
    Case(
      name: "parameter-without-value", status: 64, arguments: ["section", "--system", "rossler", "--parameter", "a"]),
    Case(
      name: "parameter-twice", status: 64,
      arguments: ["section", "--system", "rossler", "--parameter", "a=1", "b=2", "--parameter", "a=3"]),
    Case(name: "checkpoint-and-system", status: 64, arguments: ["lyapunov", "lorenz96-F8-m64.pt", "--system", "cat"]),
    Case(name: "constants-of-a-system", status: 64, arguments: ["spectrum", "--system", "cat", "--dt", "0.1"]),
    Case(
      name: "parameter-of-a-checkpoint", status: 64, arguments: ["section", "lorenz96-F8-m64.pt", "--parameter", "a=1"]),
    Case(
      name: "nothing-drives-orbit-diagram", status: 64,
      arguments: ["orbit-diagram", "lorenz96-F8-m64.pt", "--sweep", "W=0.5:2:3"]),
    Case(name: "nothing-drives-section", status: 64, arguments: ["section", "lorenz96-F8-m64.pt", "--flow"]),
    Case(name: "nothing-drives-spectrum", status: 64, arguments: ["spectrum", "lorenz96-F8-m64.pt"]),
    Case(
      name: "contradictory-drives", status: 64,
      arguments: ["spectrum", "lorenz96-F8-m64.pt", "--constant-input", "1", "--closed-loop"]),
    Case(
      name: "signal-without-steps-lyapunov", status: 64,
      arguments: ["lyapunov", "lorenz96-F8-m64.pt", "--signal", "cosine"]),
    Case(
      name: "constant-input-of-wrong-width", status: 64,
      arguments: ["fixed-points", "lorenz96-F8-m64.pt", "--constant-input", "1,2"]),
    Case(
      name: "constant-input-not-numbers", status: 64,
      arguments: ["fixed-points", "lorenz96-F8-m64.pt", "--constant-input", "1,x"]),
    Case(
      name: "scaled-outputs", status: 64,
      arguments: ["spectrum", "lorenz96-F8-m64.pt", "--closed-loop", "--scale-inputs"]),
    Case(
      name: "inputs-for-fixed-points", status: 64,
      arguments: ["fixed-points", "lorenz96-F8-m64.pt", "--inputs", "lorenz96-F8-m64.inputs.npy"]),
    Case(
      name: "signal-for-fixed-points", status: 64,
      arguments: ["fixed-points", "lorenz96-F8-m64.pt", "--signal", "noise", "--steps", "9"]),
    Case(name: "flow-for-fixed-points", status: 64, arguments: ["fixed-points", "lorenz96-F8-m64.pt", "--flow"]),
    Case(
      name: "start-for-fixed-points", status: 64, arguments: ["fixed-points", "lorenz96-F8-m64.pt", "--start", "1,2"]),
    Case(name: "slow-points-of-a-system", status: 64, arguments: ["fixed-points", "--system", "henon", "--slow"]),
    Case(name: "method-of-a-map", status: 64, arguments: ["lyapunov", "--system", "henon", "--method", "rk4"]),
    Case(
      name: "method-without-flow", status: 64,
      arguments: ["spectrum", "lorenz96-F8-m64.pt", "--closed-loop", "--tolerance", "1e-9"]),
    Case(
      name: "sampling-step-of-a-map", status: 64,
      arguments: ["lyapunov", "--system", "logistic", "--sampling-step", "0.1"]),
    Case(
      name: "start-of-wrong-length", status: 64, arguments: ["spectrum", "--system", "lorenz63", "--start", "1,2"]),
    Case(
      name: "initial-of-wrong-length", status: 65,
      arguments: ["section", "--system", "pendulum", "--stroboscopic", "--initial", "gamma.csv"]),
    Case(
      name: "initial-nan", status: 65,
      arguments: ["orbit-diagram", "--system", "lorenz63", "--sweep", "rho=20:22:3", "--initial", "nan.csv"]),
    Case(
      name: "two-starts", status: 64,
      arguments: ["spectrum", "--system", "cat", "--start", "1,2", "--initial", "x.csv"]),
    Case(name: "idle-seed", status: 64, arguments: ["section", "--system", "rossler", "--seed", "3"]),
    Case(
      name: "idle-tangent-seed", status: 64,
      arguments: [
        "lyapunov", "--system", "cat", "--tangents", "unit", "--tangent-seed", "3",
      ]),
    Case(
      name: "variable-out-of-range", status: 64,
      arguments: ["spectrum", "lorenz96-F8-m64.pt", "--closed-loop", "--variable", "128"]),
    Case(name: "variable-of-a-system", status: 64, arguments: ["section", "--system", "rossler", "--variable", "3"]),
    Case(
      name: "sweep-without-count", status: 64,
      arguments: ["orbit-diagram", "--system", "logistic", "--sweep", "r=2.8:4"]),
    Case(name: "sweep-of-one", status: 64, arguments: ["orbit-diagram", "--system", "logistic", "--sweep", "r=3:4:1"]),
    Case(
      name: "sweep-of-no-parameter", status: 64,
      arguments: ["orbit-diagram", "--system", "logistic", "--sweep", "q=3:4:5"]),
    Case(
      name: "sweep-of-a-network", status: 64,
      arguments: ["orbit-diagram", "lorenz96-F8-m64.pt", "--closed-loop", "--sweep", "rho=3:4:5"]),
    Case(
      name: "sweep-beyond-a-network", status: 64,
      arguments: ["orbit-diagram", "lorenz96-F8-m64.pt", "--closed-loop", "--sweep", "gamma=-1:4:6"]),
    Case(
      name: "strobe-diagram-without-period", status: 64,
      arguments: ["orbit-diagram", "--system", "rossler", "--sweep", "c=4:5:3", "--sampling", "stroboscopic"]),
    Case(
      name: "idle-exponent-steps", status: 64,
      arguments: ["orbit-diagram", "--system", "logistic", "--sweep", "r=3:4:5", "--exponent-steps", "1000"]),
    Case(name: "section-of-a-map", status: 64, arguments: ["section", "lorenz96-F8-m64.pt", "--closed-loop"]),
    Case(name: "section-of-a-classic-map", status: 64, arguments: ["section", "--system", "henon"]),
    Case(
      name: "section-of-jumps", status: 64,
      arguments: ["section", "lorenz96-F8-m64.pt", "--flow", "--inputs", "lorenz96-F8-m64.inputs.npy"]),
    Case(name: "strobe-without-period", status: 64, arguments: ["section", "--system", "rossler", "--stroboscopic"]),
    Case(
      name: "level-of-a-strobe", status: 64,
      arguments: ["section", "--system", "pendulum", "--stroboscopic", "--level", "1"]),
    Case(name: "normal-of-wrong-length", status: 64, arguments: ["section", "--system", "rossler", "--normal", "1,2"]),
    Case(
      name: "zero-one-of-few", status: 64,
      arguments: ["spectrum", "--system", "lorenz63", "--length", "64", "--zero-one", "--every", "1"]),
    Case(
      name: "zero-one-of-kin", status: 64,
      arguments: ["spectrum", "--system", "lorenz63", "--length", "64", "--zero-one"]),
    Case(
      name: "segment-longer-than-run", status: 64,
      arguments: ["spectrum", "--system", "cat", "--length", "100", "--segment", "101"]),
    Case(
      name: "repeat-without-inputs", status: 64,
      arguments: ["lyapunov", "lorenz96-F8-m64.pt", "--closed-loop", "--repeat", "2"]),
    Case(
      name: "unwritable-spectrum", status: 74, arguments: ["spectrum", "--system", "cat", "--output", "/proc/nowhere"]),
    Case(name: "no-forcing", status: 64, arguments: ["forecast"]),
    Case(name: "unknown-model", status: 64, arguments: ["forecast", "--forcing", "8", "--models", "cubic,lstn"]),
    Case(
      name: "nothing-to-score", status: 64,
      arguments: ["forecast", "--forcing", "8", "--samples", "210"]),
    Case(name: "loop-flag-without-loop", status: 64, arguments: ["forecast", "--forcing", "8", "--starts", "50"]),
    Case(
      name: "forcing-beyond-doubles", status: 65,
      arguments: [
        "forecast", "--forcing", "1e200", "--models", "persistence", "--trajectories", "2", "--samples", "300",
      ]),
    Case(name: "fit-flag-without-network", status: 64, arguments: ["forecast", "--forcing", "8", "--fit-steps", "50"]),
    Case(name: "train-without-anything", status: 64, arguments: ["train"]),
    Case(
      name: "train-without-output", status: 64,
      arguments: ["train", "--forcing", "8", "--cell", "lstm", "--steps", "3", "--rate", "0.01"]),
    Case(
      name: "train-constants-of-an-lstm", status: 64,
      arguments: ["train", "--forcing", "8", "--cell", "lstm", "--dt", "0.1", "--output", "/nowhere"]),
    Case(
      name: "train-drop-without-steps", status: 64,
      arguments: ["train", "--forcing", "8", "--cell", "lstm", "--drop-at", "10", "--output", "/nowhere"]),
    Case(
      name: "train-negative-rate", status: 64,
      arguments: ["train", "--forcing", "8", "--cell", "lstm", "--rate", "-1", "--output", "/nowhere"]),
    Case(
      name: "train-adding-without-length", status: 64,
      arguments: ["train", "--task", "adding", "--output", "/nowhere"]),
    Case(
      name: "train-length-of-lorenz96", status: 64,
      arguments: ["train", "--forcing", "8", "--length", "500", "--output", "/nowhere"]),
    Case(
      name: "train-forcing-of-adding", status: 64,
      arguments: [
        "train", "--task", "adding", "--length", "500", "--steps", "3", "--forcing", "8", "--output", "/nowhere",
      ]),
    Case(
      name: "train-exprnn-on-lorenz96", status: 64,
      arguments: [
        "train", "--forcing", "8", "--cell", "exprnn", "--steps", "3", "--rate", "0.01", "--output", "/nowhere",
      ]),
    Case(
      name: "train-step-of-a-gru", status: 64,
      arguments: [
        "train", "--task", "adding", "--length", "9", "--cell", "gru", "--step-size", "0.1", "--output", "/nowhere",
      ]),
    Case(
      name: "train-adding-too-long", status: 64,
      arguments: [
        "train", "--task", "adding", "--length", "10000000", "--steps", "3", "--test-set", "1000000", "--output",
        "/nowhere",
      ]),
    Case(name: "train-no-scenario", status: 66, arguments: ["train", "nowhere.yaml"]),
    Case(name: "several-layers", status: 65, arguments: ["inspect", fixtures + "stacked.pt"]),
    Case(name: "bad-map", status: 64, arguments: ["inspect", fixtures + "packed.pt", "--map", "Y=cell"]),
    Case(name: "unknown-flag", status: 64, arguments: ["inspect", "lorenz96-F8-m64.pt", "--gama", "1"]),
    Case(name: "empty-settings", status: 65, arguments: ["certify", "alone.npz", "--format", "json"]),
    Case(name: "unknown-ending", status: 64, arguments: ["convert", "lorenz96-F8-m64.pt", "out.onnx"]),
    Case(
      name: "no-twin", status: 65,
      arguments: ["convert", "lorenz96-F8-m64.pt", "out.json", "--epsilon", "10", "--to-damping", "implicit"]),
  ]

  @Test(arguments: cases) func messageAndExitCode(of test: Case) throws {
    try TestData.withFolder { folder in
      // A folder of its own with the data beside it, so that nothing is written into the checkout.
      for name in try FileManager.default.contentsOfDirectory(atPath: TestData.path("")) {
        try FileManager.default.createSymbolicLink(
          atPath: folder + "/" + name, withDestinationPath: TestData.path(name))
      }
      // As the shell leaves it in: certify alone.npz --format json > alone.json
      try "".write(toFile: folder + "/alone.json", atomically: true, encoding: .utf8)
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/alone.npz", withDestinationPath: TestData.path("tutorial.npz"))
      try "1\n2\n3\n".write(toFile: folder + "/gamma.csv", atomically: true, encoding: .utf8)
      try "1\nnan\n3\n".write(toFile: folder + "/nan.csv", atomically: true, encoding: .utf8)
      try "1\n5\n3\n".write(toFile: folder + "/classes.csv", atomically: true, encoding: .utf8)
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/lorenz96-F8-m64.inputs.npz", withDestinationPath: TestData.fixture("stored-alone.npz"))
      let run = try Tool(test.arguments, folder: folder)
      #expect(run.status == test.status)
      #expect(run.output == "")
      try expectSnapshot(run.errors, "errors/" + test.name)
    }
  }

  /// A goal that wasn't reached is a finding, and with --strict an exit code too.
  @Test(arguments: [
    Case(
      name: "never-returning", status: 2,
      arguments: ["section", "--system", "lorenz63", "--level", "50", "--points", "5", "--time-limit", "20"]),
    Case(
      name: "diverging-diagram", status: 2,
      arguments: ["orbit-diagram", "--system", "henon", "--sweep", "a=9:10:2", "--points", "5"]),
    Case(
      name: "diverging-spectrum", status: 2,
      arguments: ["spectrum", "--system", "henon", "--parameter", "a=9", "--length", "64"]),
    Case(
      name: "diverging-strobe", status: 2,
      arguments: ["section", "--system", "henon", "--parameter", "a=9", "--every", "1", "--points", "9"]),
    Case(
      name: "diverging-diagram", status: 2,
      arguments: ["orbit-diagram", "--system", "logistic", "--sweep", "r=3.9:4.5:3", "--points", "9"]),
  ]) func unreachedGoals(of test: Case) throws {
    let lenient = try Tool(test.arguments)
    #expect(lenient.status == 0 && lenient.errors == "")
    let strict = try Tool(test.arguments + ["--strict"])
    #expect(strict.status == 2 && strict.output == lenient.output)
    try expectSnapshot(strict.errors, "errors/" + test.name)
  }

  @Test func truncatedFile() throws {
    try TestData.withFolder { folder in
      let whole = try Data(contentsOf: URL(filePath: TestData.path("lorenz96-F8-m64.pt")))
      try whole.prefix(20_000).write(to: URL(filePath: folder + "/half.pt"))
      let run = try Tool(["inspect", "half.pt"], folder: folder)
      #expect(run.status == 65)
      try expectSnapshot(run.errors, "errors/truncated-file")
    }
  }

  @Test(arguments: [
    [], ["demo"], ["playground"], ["inspect"], ["simulate"], ["compare"], ["bounds"], ["certify"], ["lyapunov"],
    ["fixed-points"], ["orbit-diagram"], ["section"], ["spectrum"], ["train"], ["forecast"], ["convert"], ["run"],
    ["schema"],
  ]) func help(verb: [String]) throws {
    let run = try Tool(verb + ["--help"])
    #expect(run.status == 0 && run.errors == "")
    try expectSnapshot(run.output, "help/" + (verb.first ?? "all"))
  }

  /// A full disk while printing isn't a success.
  @Test func fullStandardOutput() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c", "exec \"$0\" inspect lorenz96-F8-m64.pt > /dev/full",
      TestData.products.appending(path: "cornn-analyze").path(percentEncoded: false),
    ]
    process.currentDirectoryURL = URL(filePath: TestData.path(""))
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 74)
  }
}
