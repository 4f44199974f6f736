import Foundation
import TestSupport
import Testing

/// The tutorial's code: `Certificate.swift` is its last file, the others are what that grows from.
@Suite struct TutorialTests {
  private static func code(_ step: Int) throws -> String {
    let folder = TestData.folder.deletingLastPathComponent().appending(
      path: "Sources/Analysis/CoRNNAnalysis.docc/Resources")
    return try String(contentsOf: folder.appending(path: "certificate-\(step).swift"), encoding: .utf8)
  }

  @Test(arguments: 1...4) func everyStepIsTheBeginningOfTheNext(step: Int) throws {
    let end = "\n  return report\n}\n"
    let (text, next) = try (Self.code(step), Self.code(step + 1))
    #expect(text.hasSuffix(end) && next.hasSuffix(end))
    let begun = text.dropLast(end.count)
    #expect(begun.count > 300 && next.hasPrefix(begun) && next.count > text.count)
    // It ends between two statements of the function.
    #expect(begun.count { $0 == "{" } == begun.count { $0 == "}" } + 1)
    #expect(next.dropFirst(begun.count).hasPrefix("\n  "))
  }

  /// Gains, suprema and the exponent with every slope 1/2 are from a separate NumPy program, on a grid of frequencies.
  @Test func theCodeProvesWhatItSays() throws {
    let report = try certificate(of: TestData.path("tutorial.npz"))
    func number(_ start: String) throws -> Double {
      let line = try #require(report.first { $0.hasPrefix(start) }, "no \(start)")
      return try #require(line.dropFirst(start.count).split { " ,".contains($0) }.first.flatMap { Double($0) })
    }
    #expect(report[0] == "16 units, explicit damping, dt = 0.05")
    #expect(report.count { $0.hasSuffix("from a zero start") } == 16)
    #expect(abs(try number("unit 15: |y| <= ") - 1.37548703) < 1e-8)
    #expect(abs(try number("norm: ") - 1.7440752) < 1e-5)
    #expect(abs(try number("frequency: ") - 1.3819408) < 1e-5)
    #expect(try number("sectorShift: ") < 0.92202015)
    #expect(report.filter { $0.hasSuffix("refused") }.count == 3)
    let bound = try number("rigorous: no exponent above ")
    let measured = try number("measured under one input: ")
    #expect(-0.300222 <= bound && bound < 0)
    #expect(measured < bound)
  }
}
