import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

/// Lyapunov spectra against independent values, closed forms and exact identities.
@Suite struct LyapunovTests {
  /// Measured elsewhere by other programs: the exponents, how many of a time's units to average over, and the
  /// Kaplan–Yorke dimension.
  struct Reference: Sendable, CustomTestStringConvertible {
    let system: NamedSystem
    var parameters: [String: Double] = [:]
    let exponents: [Double]
    let steps: Int
    let dimension: Double?
    /// The standard error of the dimension measured elsewhere.
    var dimensionError = 0.0
    var positiveSum: Double?
    var testDescription: String { system.rawValue }
  }

  static let isLong = ProcessInfo.processInfo.environment["CORNN_LONG_TESTS"] == "1"

  static let references = [
    Reference(system: .henon, exponents: [0.41923, -1.62320], steps: 400_000, dimension: 1.2583),
    Reference(system: .logistic, exponents: [Foundation.log(2.0)], steps: 400_000, dimension: 1),
    Reference(system: .lorenz63, exponents: [0.9055, 0, -14.5722], steps: 400_000, dimension: 2.0621),
    Reference(system: .rossler, exponents: [0.0717, 0, -5.3945], steps: 400_000, dimension: 2.0133),
    Reference(
      system: .lorenz96, parameters: ["n": 5], exponents: [0.473, 0, -0.521, -1.305, -3.647], steps: 400_000,
      dimension: 2.908),
    Reference(
      system: .lorenz96, parameters: ["n": 40], exponents: [1.692, 1.486, 1.308, 1.160, 1.013],
      steps: isLong ? 4_000_000 : 150_000, dimension: 27.085, dimensionError: 0.015,
      positiveSum: 10.21),
    Reference(
      system: .lorenz63, parameters: ["rho": 20], exponents: [-0.15479, -0.15479], steps: 40_000, dimension: 0),
  ]

  @Test(arguments: references) func published(_ reference: Reference) throws {
    let made = try reference.system.make(reference.parameters)
    let (system, start) = (made.system, made.start)
    let spectrum = try LyapunovSpectrum(
      of: system, from: start, options: .init(transient: 20_000, steps: reference.steps, interval: 5))
    for (found, wanted) in zip(spectrum.exponents, reference.exponents) {
      #expect(abs(found.value - wanted) < max(1e-2, 3 * (found.standardError ?? 0)), "\(found.value) \(wanted)")
    }
    let residual = try #require(spectrum.traceIdentityResidual)
    #expect(residual < 1e-9)
    if let dimension = reference.dimension {
      // Both are measured: the error of their difference has both.
      let error = spectrum.kaplanYorkeError ?? 0
      let allowed = max(2e-2, 3 * (error * error + reference.dimensionError * reference.dimensionError).squareRoot())
      #expect(abs((spectrum.kaplanYorkeDimension ?? .nan) - dimension) < allowed)
    }
    if let sum = reference.positiveSum {
      let error = try #require(spectrum.positiveSumError)
      #expect(abs(spectrum.positiveSum - sum) < max(2e-2, 3 * error), "\(spectrum.positiveSum) ± \(error)")
      #expect(error > 0 && error < 0.2)
      // Thirteen, and the neutral direction of the flow.
      #expect(13...14 ~= spectrum.exponents.count { $0.value > 0 })
      #expect(abs((spectrum.divergenceResidual ?? 1)) < 1e-3)
    }
  }

  @Test func closedForms() throws {
    let golden = Foundation.log((3 + 5.0.squareRoot()) / 2)
    let cat = try NamedSystem.cat.make()
    let spectrum = try LyapunovSpectrum(of: cat.system, from: cat.start, options: .init(transient: 50, steps: 5000))
    #expect(relativeDifference(spectrum.exponents.map(\.value), [golden, -golden]) < 1e-10)
    #expect(spectrum.unit == .perStep)
    // A damped oscillator: both exponents are −epsilon/2 once whole turns are averaged over; their sum is −epsilon at
    // once, up to the integrator's error.
    let oscillator = try NamedSystem.oscillator.make(["amplitude": 0], timeStep: 0.002)
    let damped = try LyapunovSpectrum(
      of: oscillator.system, from: oscillator.start, options: .init(transient: 0, steps: 200_000))
    #expect(abs(damped.exponents.reduce(0) { $0 + $1.value } + 0.25) < 1e-10)
    #expect(damped.exponents.allSatisfy { abs($0.value + 0.125) < 2e-3 })
    #expect(damped.kaplanYorkeDimension == 0 && damped.positiveSum == 0)
  }

  @Test func kaplanYorkeEdges() throws {
    // Sums that never cross zero give n: the logistic map at r = 4, and a tangent count too small gives nothing.
    let henon = try NamedSystem.henon.make()
    let first = try LyapunovSpectrum(of: henon.system, from: henon.start, options: .init(count: 1, steps: 5000))
    #expect(first.kaplanYorkeDimension == nil && first.traceIdentityResidual == nil)
  }

  @Test func badStarts() throws {
    let henon = try NamedSystem.henon.make()
    #expect(throws: LyapunovSpectrum.Failure.self) {
      try LyapunovSpectrum(of: henon.system, from: [.nan, 0], options: .init(steps: 10))
    }
    #expect(throws: LyapunovSpectrum.Failure.self) {
      try LyapunovSpectrum(of: henon.system, from: [10, 10], options: .init(steps: 1000))
    }
    #expect(throws: NamedSystem.ParameterError.unknown("c")) { try NamedSystem.henon.make(["c": 1]) }
  }

  /// The stop rule: it goes on until the errors are small, or says that they aren't.
  @Test func stopRule() throws {
    let henon = try NamedSystem.henon.make()
    let good = try LyapunovSpectrum(of: henon.system, from: henon.start, options: .init(target: 2e-3))
    #expect(good.converged && !good.stoppedAtCap)
    #expect(good.exponents.allSatisfy { ($0.standardError ?? 1) <= 2e-3 })
    let short = try LyapunovSpectrum(of: henon.system, from: henon.start, options: .init(mostSteps: 4000, target: 1e-6))
    #expect(!short.converged && short.stoppedAtCap && short.steps == 4000)
  }

  struct Expected: Decodable {
    struct Map: Decodable { let conditionalLyapunov: [Double] }
    let explicit: Map
    let implicit: Map
  }

  /// Conditional exponents of the trained networks, computed apart: zero start, the inputs six times over, the first
  /// pass not counted, tangents that begin as unit vectors.
  @Test(arguments: ReferenceTests.names, Damping.allCases) func conditional(name: String, damping: Damping) throws {
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: URL(filePath: TestData.path(name + ".expected.json"))))
    let wanted = (damping == .explicit ? expected.explicit : expected.implicit).conditionalLyapunov.sorted(by: >)
    let network = try ReferenceTests.stored(name, damping: damping).network()
    let array = try NumericArray(path: TestData.path(name + ".inputs.npy"), memoryLimit: 1 << 30)
    let inputs = try InputSequence(array: array.shape, values: array.values, areIntegers: false, for: network)
    let system = OscillatorMapSystem(network, drive: .inputs(inputs))
    let spectrum = try LyapunovSpectrum(
      of: system, from: [Double](repeating: 0, count: 2 * network.hidden),
      options: .init(count: 4, transient: inputs.steps, steps: 5 * inputs.steps, tangents: .unit))
    for (found, value) in zip(spectrum.exponents, wanted) { #expect(abs(found.value - value) < 1e-8) }
    #expect(spectrum.unit == .perTime)
  }

  /// The exact trace identity of the coRNN map: full spectra of random networks.
  @Test(arguments: 0..<6 as Range<UInt64>, Damping.allCases) func traceIdentity(seed: UInt64, damping: Damping) throws {
    let network = try randomNetwork(
      seed: seed, hidden: 5, damping: damping, heterogeneous: seed % 2 == 0, largestStep: 0.1)
    let system = OscillatorMapSystem(network, drive: .constant([0.385, -0.2]))
    let spectrum = try LyapunovSpectrum(
      of: system, from: [Double](repeating: 0.1, count: 10), options: .init(steps: 2000, checkEvery: 1))
    let residual = try #require(spectrum.traceIdentityResidual)
    #expect(residual < 1e-9)
    #expect(spectrum.checkedSteps == 2000 && spectrum.exponents.count == 10)
  }
}
