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
    Case(name: "several-layers", status: 65, arguments: ["inspect", fixtures + "stacked.pt"]),
    Case(name: "bad-map", status: 64, arguments: ["inspect", fixtures + "packed.pt", "--map", "Y=cell"]),
    Case(name: "unknown-flag", status: 64, arguments: ["inspect", "lorenz96-F8-m64.pt", "--gama", "1"]),
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
      try "1\n2\n3\n".write(toFile: folder + "/gamma.csv", atomically: true, encoding: .utf8)
      try "1\n5\n3\n".write(toFile: folder + "/classes.csv", atomically: true, encoding: .utf8)
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/lorenz96-F8-m64.inputs.npz", withDestinationPath: TestData.fixture("stored-alone.npz"))
      let run = try Tool(test.arguments, folder: folder)
      #expect(run.status == test.status)
      #expect(run.output == "")
      try expectSnapshot(run.errors, "errors/" + test.name)
    }
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
    [], ["demo"], ["inspect"], ["simulate"], ["compare"], ["bounds"], ["certify"], ["convert"], ["run"],
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
