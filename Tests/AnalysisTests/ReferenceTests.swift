import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNModel
import Foundation
import TestSupport
import Testing

/// The trained checkpoints against values that a separate NumPy, SciPy and PyTorch program computed.
@Suite struct ReferenceTests {
  struct Expected: Decodable {
    struct Assumption: Decodable {
      let eta: Double
      let exponent: Double
      let holds: Bool
    }
    struct Map: Decodable {
      let finalPosition: [Double]
      let finalVelocity: [Double]
      let energyMax: Double
      let energyRatioToMT: Double
      let gain: [Double]
    }
    let infinityNorm: [String: Double]
    let spectralNorm: [String: Double]
    let weightAssumption: Assumption
    let explicit: Map
    let implicit: Map
  }

  static let names = ["adding-T100-m128", "lorenz96-F0.9-m64", "lorenz96-F8-m64"]

  static func expected(_ name: String) throws -> Expected {
    try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: URL(filePath: TestData.path(name + ".expected.json"))))
  }

  static func stored(_ name: String, damping: Damping? = nil) throws -> StoredNetwork {
    try StoredNetwork(
      path: TestData.path(name + ".pt"), given: GivenConstants(damping: damping), memoryLimit: 1 << 30)
  }

  @Test(arguments: names) func normsAndWeightAssumption(name: String) throws {
    let expected = try Self.expected(name)
    let inspection = try Inspection(Self.stored(name), spectral: true)
    let infinity = inspection.norms.infinity
    #expect(
      relativeDifference(
        [infinity.w, infinity.z, infinity.v], ["W", "Z", "V"].map { expected.infinityNorm[$0] ?? .nan }) < 1e-11)
    let spectral = try #require(inspection.norms.spectral)
    #expect(
      relativeDifference(
        [spectral.w, spectral.z, spectral.wz], ["W", "Z", "WZ"].map { expected.spectralNorm[$0] ?? .nan }) < 1e-11)
    #expect(abs(inspection.weightAssumption.eta / expected.weightAssumption.eta - 1) < 1e-11)
    #expect(abs((inspection.weightAssumption.exponent ?? .nan) / expected.weightAssumption.exponent - 1) < 1e-11)
    #expect(inspection.weightAssumption.holds == expected.weightAssumption.holds)
  }

  @Test(arguments: names, Damping.allCases) func statesEnergiesAndGains(name: String, damping: Damping) throws {
    let reference = try Self.expected(name)
    let expected = damping == .explicit ? reference.explicit : reference.implicit
    let stored = try Self.stored(name, damping: damping)
    let network = try stored.network()
    let array = try NumericArray(path: TestData.path(name + ".inputs.npy"), memoryLimit: 1 << 30)
    let inputs = try InputSequence(
      array: array.shape, values: array.values, areIntegers: array.isInteger, for: network)
    let run = OscillatorMap(network).trajectory(inputs: inputs)
    let m = network.hidden
    #expect(relativeDifference(Array(run.positions.suffix(m)), expected.finalPosition) < 1e-11)
    #expect(relativeDifference(Array(run.velocities.suffix(m)), expected.finalVelocity) < 1e-11)

    let energy = EnergyBounds(network: network, inputs: inputs, trajectory: run)
    #expect(abs(energy.maximum / expected.energyMax - 1) < 1e-11)
    let paper = try #require(energy.rungs.first { $0.name == (damping == .explicit ? "F.1" : "3.1") })
    #expect(paper.applies && paper.holds == true && paper.kind == .rigorous)
    #expect(abs((paper.tightness ?? .nan) / expected.energyRatioToMT - 1) < 1e-11)
    #expect(energy.identityResidual < 1e-13)
    #expect(energy.allHold)

    let gains = try #require(energy.gains)
    for unit in 0..<m {
      #expect(relativeDifference([gains.position[unit], gains.velocity[unit]], expected.gain) < 1e-11)
      #expect(gains.position[unit] >= expected.gain[0] * (1 - 1e-15))
    }
  }
}
