import CoRNNKernels
import Foundation
import TestSupport
import Testing

@Suite struct OpenBLASTests {
  @Test func coreInUseIsAsGoodAsTheCPUAllows() throws {
    let core = OpenBLAS.coreName
    let rank = try #require(OpenBLAS.rank(ofCore: core), "unknown core \(core)")
    if let best = OpenBLAS.bestCoreName {
      #expect(rank >= OpenBLAS.rank(ofCore: best) ?? .max, "\(core) where \(best) would run")
    }
  }

  @Test func bestCoreMatchesTheCPUFlags() throws {
    // An account of the CPU that doesn't come from the compiler's builtins.
    let info = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let flags = Set(
      (info.split(separator: "\n").first { $0.hasPrefix("flags") } ?? "").split(separator: " ").map(String.init))
    guard !flags.isEmpty else { return }
    if flags.isSuperset(of: ["avx512f", "avx512dq", "avx512bw", "avx512vl"]) {
      #expect(OpenBLAS.bestCoreName == "SkylakeX")
    } else if flags.isSuperset(of: ["avx2", "fma"]) {
      #expect(OpenBLAS.bestCoreName == "Haswell")
    } else {
      #expect(OpenBLAS.bestCoreName == nil)
    }
  }

  /// What `--version` says, and how it ends, in an environment of these variables.
  private func version(_ environment: [String: String]) throws -> (text: String, errors: String, status: Int32) {
    let process = Process()
    process.executableURL = TestData.products.appending(path: "cornn-analyze")
    process.arguments = ["--version"]
    process.environment = environment.merging(["PATH": "/usr/bin"]) { own, _ in own }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (text, message, process.terminationStatus)
  }

  @Test(arguments: ["baseline", OpenBLAS.instructionSet]) func lesserKernelsByName(name: String) throws {
    let (text, _, status) = try version(["CORNN_INSTRUCTION_SET": name])
    #expect(status == 0 && text.contains("own kernels   \(name)\n"))
  }

  @Test func unknownKernelsAreRefused() throws {
    let (_, errors, status) = try version(["CORNN_INSTRUCTION_SET": "sse9"])
    #expect(status == 64 && errors.hasPrefix("error: CORNN_INSTRUCTION_SET is 'sse9'; this CPU runs baseline"))
  }

  @Test func userChoiceOfCoreIsKept() throws {
    let process = Process()
    process.executableURL = TestData.products.appending(path: "cornn-analyze")
    process.arguments = ["--version"]
    process.environment = ["OPENBLAS_CORETYPE": "Nehalem", "PATH": "/usr/bin"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(text.contains("core Nehalem"))
  }

  /// Every BLAS call, GSL's included, must bind to OpenBLAS: the dynamic linker says what it bound.
  @Test func blasCallsBindToOpenBLAS() throws {
    let process = Process()
    process.executableURL = TestData.products.appending(path: "cornn-analyze")
    process.arguments = ["--version"]
    process.environment = ["LD_DEBUG": "bindings", "LD_BIND_NOW": "1", "PATH": "/usr/bin"]
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let bindings = text.split(separator: "\n").filter { $0.contains("symbol `cblas_") }
    let fromGSL = bindings.filter {
      $0.contains("binding file") && ($0.components(separatedBy: " to ").first ?? "").contains("libgsl.so")
    }
    let ours = bindings.filter { ($0.components(separatedBy: " to ").first ?? "").contains("cornn-analyze") }
    #expect(!fromGSL.isEmpty && !ours.isEmpty)
    for binding in fromGSL + ours {
      let target = binding.components(separatedBy: " to ").last ?? ""
      #expect(target.contains("libopenblas"), "\(binding)")
    }
  }
}
