import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

@testable import CoRNNAnalysis

@Suite struct FlowTests {
  struct Expected: Decodable {
    struct Map: Decodable {
      let flowMinusMapMaxPosition: Double
      let flowFinalPosition: [Double]
    }
    let explicit: Map
    let implicit: Map
  }

  @Test(arguments: ReferenceTests.names, Damping.allCases)
  func statesAndErrorsOfTrainedNetworks(name: String, damping: Damping) throws {
    let reference = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: URL(filePath: TestData.path(name + ".expected.json"))))
    let expected = damping == .explicit ? reference.explicit : reference.implicit
    let stored = try ReferenceTests.stored(name, damping: damping)
    let network = try stored.network()
    let array = try NumericArray(path: TestData.path(name + ".inputs.npy"), memoryLimit: 1 << 30)
    let inputs = try InputSequence(array: array.shape, values: array.values, areIntegers: false, for: network)
    let flow = OscillatorFlow(network).trajectory(inputs: inputs, withEnergy: true)
    #expect(
      relativeDifference(Array(flow.trajectory.positions.suffix(network.hidden)), expected.flowFinalPosition) < 1e-8)
    let description = InputDescription(source: name, inputs: inputs, dividedBy: 1, start: "zero")
    let comparison = FlowComparison(
      run: RunDescription(stored, input: description), network: network, inputs: inputs, start: nil,
      hold: .zeroOrder, options: IntegrationOptions(), refinements: 6, threads: 2)
    #expect(abs(comparison.error.position.maximum - expected.flowMinusMapMaxPosition) < 1e-8)
    #expect(comparison.integration.isNegligible)
    let order = try #require(comparison.order.estimate)
    #expect(abs(order - 1) < 0.2, "order \(order)")
    let bounds = EnergyBounds(network: network, flow: flow, options: IntegrationOptions())
    #expect(bounds.allHold && bounds.identityResidual < 1e-9)
    #expect(bounds.rungs.allSatisfy { $0.applies && $0.kind == .numerical })
  }

  @Test(arguments: 0..<100 as Range<UInt64>) func noRungOfTheFlowIsViolated(seed: UInt64) throws {
    let network = try randomNetwork(
      seed: seed, hidden: 1 + Int(seed % 7), damping: .explicit, heterogeneous: seed % 4 < 2,
      gain: [0.5, 2, 8, 40][Int(seed / 4 % 4)], largestStep: 0.3)
    let (inputs, trajectory, _) = EnergyTests.run(
      network, steps: 40, batch: 1, seed: seed + 300, start: seed % 3 == 0, amplitude: 5)
    let options = IntegrationOptions(absoluteTolerance: 1e-10, relativeTolerance: 1e-10)
    let flow = OscillatorFlow(network, options: options).trajectory(
      inputs: inputs, start: trajectory.start, withEnergy: true)
    let bounds = EnergyBounds(network: network, flow: flow, options: options)
    #expect(bounds.identityResidual < 1e-7)
    for rung in bounds.rungs where rung.applies {
      #expect(rung.holds == true && (rung.tightness ?? 2) < 1 + 1e-7, "\(rung.name)")
      #expect((rung.worstUnit?.tightness ?? 2) < 1 + 1e-7, "\(rung.name)")
    }
    #expect(bounds.rungs.contains { $0.name == "D.1+" && $0.applies })
  }

  /// The closed form against the impulse response summed over small steps.
  @Test(arguments: [(1, 1), (2.7, 0.4), (1.44, 2.4), (0.7, 3.1), (66, 15), (0.4, 8), (1, 2)] as [(Double, Double)])
  func gainsAgreeWithQuadrature(gamma: Double, epsilon: Double) throws {
    let gain = FlowGain(gamma: gamma, epsilon: epsilon)
    let unit = LinearUnit(
      try Oscillators(gamma: [gamma], epsilon: [epsilon], timeStep: 1e-4, damping: .explicit), unit: 0)
    let step = unit.flowTransition
    var h = LinearUnit.Vector(position: 0, velocity: 1)
    var position = 0.0
    var velocity = 0.0
    // Trapezoids, up to where the response has died down.
    let slowest =
      epsilon * epsilon > 4 * gamma ? epsilon / 2 - (epsilon * epsilon / 4 - gamma).squareRoot() : epsilon / 2
    for _ in 0..<Int(40 / slowest / 1e-4) {
      let next = step * h
      position += (abs(h.position) + abs(next.position)) / 2 * 1e-4
      velocity += (abs(h.velocity) + abs(next.velocity)) / 2 * 1e-4
      h = next
    }
    #expect(abs(gain.position / position - 1) < 1e-6 && abs(gain.velocity / velocity - 1) < 1e-6)
  }

  /// The map's gains tend to the flow's as dt falls.
  @Test(arguments: Damping.allCases) func mapGainsTendToTheFlows(damping: Damping) throws {
    let flow = FlowGain(gamma: 2.7, epsilon: 0.7)
    let map = try #require(ImpulseGain(GainTests.unit(gamma: 2.7, epsilon: 0.7, dt: 1e-4, damping)))
    #expect(abs(map.position / flow.position - 1) < 1e-3 && abs(map.velocity / flow.velocity - 1) < 1e-3)
  }
}
