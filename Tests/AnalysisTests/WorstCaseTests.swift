import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import TestSupport
import Testing

@testable import CoRNNAnalysis

@Suite struct WorstCaseTests {
  /// The adjoint against central differences.
  @Test(arguments: Damping.allCases, 0..<6 as Range<UInt64>)
  func gradientAgreesWithDifferences(damping: Damping, seed: UInt64) throws {
    let network = try randomNetwork(
      seed: seed, hidden: 5, damping: damping, heterogeneous: true, activation: Activation.allCases[Int(seed % 2)],
      gain: 2)
    let (inputs, run, _) = EnergyTests.run(network, steps: 12, batch: 1, seed: seed + 1, start: true)
    var random = SplittableRandom(seed: seed + 2)
    let position = (0..<5).map { _ in random.normal() }
    let velocity = (0..<5).map { _ in random.normal() }
    let step = 9
    let gradient = OscillatorAdjoint(network).inputGradient(
      inputs: inputs, run: run, step: step, position: position, velocity: velocity)
    #expect(gradient.count == step * 2)
    func value(_ values: [Double]) -> Double {
      let moved = InputSequence(steps: 12, batch: 1, width: 2, values: values)
      let run = OscillatorMap(network).trajectory(inputs: moved, start: run.start)
      let place = (step - 1) * 5
      return (0..<5).reduce(0) {
        $0 + position[$1] * run.positions[place + $1] + velocity[$1] * run.velocities[place + $1]
      }
    }
    for i in 0..<gradient.count {
      var up = inputs.values
      var down = inputs.values
      up[i] += 1e-5
      down[i] -= 1e-5
      let difference = (value(up) - value(down)) / 2e-5
      #expect(abs(gradient[i] - difference) < 1e-7 * (1 + abs(difference)), "\(i): \(gradient[i]) \(difference)")
    }
  }

  @Test(arguments: Damping.allCases) func searchFindsWorseAndStaysWithinBounds(damping: Damping) throws {
    let network = try randomNetwork(seed: 31, hidden: 6, damping: damping, heterogeneous: false, largestStep: 0.1)
    let (inputs, _, energy) = EnergyTests.run(network, steps: 200, batch: 2, seed: 5, start: false)
    let found = WorstCase.search(
      network: network, inputs: inputs, start: nil, range: -60...60, iterations: 30,
      flow: (.zeroOrder, IntegrationOptions(absoluteTolerance: 1e-9, relativeTolerance: 1e-9)))
    let applying = energy.rungs.filter(\.applies).map(\.name)
    #expect(found.map(\.rung) == applying + ["D.1", "D.1+", "gain (ODE)"].suffix(found.count - applying.count))
    for worst in found {
      #expect(worst.tightness >= worst.tightnessGiven * 0.999 && worst.tightness <= 1 + 1e-9, "\(worst.rung)")
      #expect(worst.inputs.values.allSatisfy { abs($0) <= 60 } && worst.inputs.steps == 200)
    }
    // Strong inputs saturate some unit along its impulse response: the gain is nearly attained.
    #expect((found.first { $0.rung == "gain" }?.tightness ?? 0) > 0.95)
  }
}
