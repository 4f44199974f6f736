import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import TestSupport
import Testing

/// The implicit map of (W, Z, gamma, epsilon) is the explicit map of the conjugate network on scaled states.
@Suite struct ConjugacyTests {
  @Test(arguments: 0..<100 as Range<UInt64>) func conjugateRunsAreTheSame(seed: UInt64) throws {
    let damping: Damping = seed.isMultiple(of: 2) ? .implicit : .explicit
    // largestStep keeps epsilon·dt below 1, so that every explicit network here has a twin.
    let network = try randomNetwork(
      seed: seed, hidden: 6, damping: damping, heterogeneous: seed.isMultiple(of: 3), largestStep: 0.14)
    let twin = try network.conjugate()
    #expect(twin.network.oscillators.damping != damping)
    let inputs = OscillatorMapTests.inputs(40, 1, 2, seed: seed + 1000)
    var random = SplittableRandom(seed: seed + 2000)
    let start = (0..<12).map { _ in random.uniform(in: -1...1) }
    let scale = twin.stateScale + twin.stateScale
    let a = OscillatorMap(network).trajectory(inputs: inputs, start: start)
    let b = OscillatorMap(twin.network).trajectory(inputs: inputs, start: zip(start, scale).map { $0 * $1 })
    for n in 0..<40 {
      let expected = (0..<6).map { a.positions[n * 6 + $0] * scale[$0] }
      #expect(relativeDifference(Array(b.positions[n * 6..<n * 6 + 6]), expected) < 1e-10)
      let velocities = (0..<6).map { a.velocities[n * 6 + $0] * scale[$0] }
      #expect(relativeDifference(Array(b.velocities[n * 6..<n * 6 + 6]), velocities) < 1e-10)
    }
    // There and back.
    let back = try twin.network.conjugate().network
    #expect(relativeDifference(back.positionWeights.elements, network.positionWeights.elements) < 1e-14)
    #expect(relativeDifference(back.oscillators.gamma, network.oscillators.gamma) < 1e-14)
    #expect(relativeDifference(back.oscillators.epsilon, network.oscillators.epsilon) < 1e-14)
  }

  @Test func readoutGivesTheSameOutput() throws {
    let base = try randomNetwork(seed: 3, hidden: 4, damping: .implicit, heterogeneous: true)
    let readout = OscillatorNetwork.Readout(
      weights: Matrix(rows: 1, columns: 4, elements: [1, -2, 0.5, 3]), bias: [0.25])
    let network = try OscillatorNetwork(
      oscillators: base.oscillators, positionWeights: base.positionWeights, velocityWeights: base.velocityWeights,
      inputWeights: base.inputWeights, bias: base.bias, readout: readout)
    let twin = try network.conjugate()
    let y = [0.3, -0.2, 0.7, 0.1]
    let output = zip(readout.weights.elements, y).reduce(0) { $0 + $1.0 * $1.1 }
    let scaled = zip(y, twin.stateScale).map { $0 * $1 }
    let twinOutput = zip(twin.network.readout?.weights.elements ?? [], scaled).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(output - twinOutput) < 1e-14)
    #expect(twin.network.readout?.bias == [0.25])
  }

  @Test func strongExplicitDampingHasNoTwin() throws {
    let network = try OscillatorNetwork(
      oscillators: Oscillators(gamma: [1, 1], epsilon: [1, 10], timeStep: 0.1, damping: .explicit),
      positionWeights: Matrix(rows: 2, columns: 2), velocityWeights: Matrix(rows: 2, columns: 2),
      inputWeights: Matrix(rows: 2, columns: 1), bias: [0, 0])
    #expect(throws: NoTwin.dampingTooStrong(unit: 1, epsilonTimesStep: 1)) { try network.conjugate() }
  }
}
