import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import TestSupport
import Testing

@testable import CoRNNAnalysis

@Suite struct WorstCaseTests {
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
