import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

@testable import CoRNNAnalysis

/// The exact identity and every rung over random networks of both dampings, alike and heterogeneous.
@Suite struct EnergyTests {
  static func run(
    _ network: OscillatorNetwork, steps: Int, batch: Int, seed: UInt64, start: Bool, amplitude: Double = 1
  ) -> (inputs: InputSequence, trajectory: Trajectory, energy: EnergyBounds) {
    var random = SplittableRandom(seed: seed)
    let inputs = InputSequence(
      steps: steps, batch: batch, width: network.inputs,
      values: (0..<steps * batch * network.inputs).map { _ in amplitude * random.normal() })
    let state = start ? (0..<2 * network.hidden * batch).map { _ in random.uniform(in: -2...2) } : nil
    let trajectory = OscillatorMap(network).trajectory(inputs: inputs, start: state)
    return (inputs, trajectory, EnergyBounds(network: network, inputs: inputs, trajectory: trajectory))
  }

  @Test(arguments: 0..<1000 as Range<UInt64>) func identityHoldsToRoundingAndNoRungIsViolated(seed: UInt64) throws {
    let network = try randomNetwork(
      seed: seed, hidden: 1 + Int(seed % 13), damping: seed.isMultiple(of: 2) ? .implicit : .explicit,
      heterogeneous: seed % 4 < 2, gain: [0.5, 2, 8, 40][Int(seed / 4 % 4)], largestStep: 0.6)
    let (_, _, energy) = Self.run(
      network, steps: 120, batch: 1 + Int(seed % 3), seed: seed + 5000, start: seed % 5 == 0,
      amplitude: [0.1, 1, 20][Int(seed % 3)])
    #expect(energy.identityResidual < 1e-13)
    for rung in energy.rungs where rung.applies {
      #expect(rung.holds == true && (rung.tightness ?? .infinity) <= 1 + 1e-12, "\(rung.name)")
      #expect((rung.worstUnit?.tightness ?? .infinity) <= 1 + 1e-12, "\(rung.name)")
      #expect(rung.firstViolation == nil)
    }
  }

  /// The sweep above must have met each rung often enough to mean something.
  @Test func everyRungAppliesSomewhere() throws {
    var seen: [String: Int] = [:]
    for seed in 0..<1000 as Range<UInt64> {
      let network = try randomNetwork(
        seed: seed, hidden: 1 + Int(seed % 13), damping: seed.isMultiple(of: 2) ? .implicit : .explicit,
        heterogeneous: seed % 4 < 2, largestStep: 0.6)
      for rung in EnergyRung.allCases where rung.hypotheses(for: network.oscillators).allSatisfy(\.holds) {
        seen[rung.rawValue, default: 0] += 1
      }
    }
    for rung in EnergyRung.allCases { #expect(seen[rung.rawValue, default: 0] >= 50, "\(rung): \(seen)") }
  }

  /// Forcing that always pushes along the velocity gets close to the sharp bounds: they are not slack.
  @Test(arguments: Damping.allCases) func bangBangForcingComesClose(damping: Damping) throws {
    // One unit whose saturated drive has the sign of its velocity: Z large and positive.
    let network = try OscillatorNetwork(
      oscillators: Oscillators(gamma: [1], epsilon: [1], timeStep: 0.01, damping: damping),
      positionWeights: Matrix(rows: 1, columns: 1), velocityWeights: Matrix(rows: 1, columns: 1, elements: [1e6]),
      inputWeights: Matrix(rows: 1, columns: 1), bias: [1e-3])
    let (_, _, energy) = Self.run(network, steps: 4000, batch: 1, seed: 1, start: false)
    let gain = try #require(energy.rungs.first { $0.name == "gain" })
    #expect((gain.tightness ?? 0) > 0.99 && gain.holds == true)
    let sharp = try #require(energy.rungs.first { $0.name == (damping == .implicit ? "3.1+" : "F.1++") })
    #expect((sharp.tightness ?? 0) > 0.7 && sharp.holds == true)
  }

  @Test func aWrongMapShowsInTheIdentity() throws {
    let implicit = try randomNetwork(seed: 4, hidden: 5, damping: .implicit, heterogeneous: false)
    let explicit = try OscillatorNetwork(
      oscillators: Oscillators(
        gamma: implicit.oscillators.gamma, epsilon: implicit.oscillators.epsilon,
        timeStep: implicit.oscillators.timeStep, damping: .explicit),
      positionWeights: implicit.positionWeights, velocityWeights: implicit.velocityWeights,
      inputWeights: implicit.inputWeights, bias: implicit.bias)
    let (inputs, trajectory, _) = Self.run(implicit, steps: 50, batch: 1, seed: 2, start: false)
    let mistaken = EnergyBounds(network: explicit, inputs: inputs, trajectory: trajectory)
    #expect(mistaken.identityResidual > 1e-4)
    // W and Z swapped shows as well, since activations are recomputed.
    let swapped = try OscillatorNetwork(
      oscillators: implicit.oscillators, positionWeights: implicit.velocityWeights,
      velocityWeights: implicit.positionWeights, inputWeights: implicit.inputWeights, bias: implicit.bias)
    #expect(EnergyBounds(network: swapped, inputs: inputs, trajectory: trajectory).identityResidual > 1e-4)
  }

  @Test func aViolatedBoundIsSeen() throws {
    // A trajectory that no map made: far above every bound.
    let network = try randomNetwork(seed: 8, hidden: 3, damping: .explicit, heterogeneous: false, largestStep: 0.02)
    let (inputs, trajectory, energy) = Self.run(network, steps: 10, batch: 1, seed: 2, start: false)
    #expect(energy.allHold)
    let large = Trajectory(
      steps: 10, batch: 1, hidden: 3, timeStep: trajectory.timeStep, start: trajectory.start,
      positions: trajectory.positions.enumerated().map { $0.offset >= 12 ? $0.element + 50 : $0.element },
      velocities: trajectory.velocities, divergedAt: nil)
    let violated = EnergyBounds(network: network, inputs: inputs, trajectory: large)
    #expect(!violated.allHold)
    for rung in violated.rungs where rung.applies { #expect(rung.firstViolation == 5 && rung.holds == false) }
    for rung in violated.rungs where !rung.applies { #expect(rung.holds == nil && rung.tightness == nil) }
  }

  @Test func unboundedActivationSilencesEveryRung() throws {
    let network = try randomNetwork(
      seed: 8, hidden: 3, damping: .implicit, heterogeneous: false, activation: .identity, gain: 0.1)
    let (_, _, energy) = Self.run(network, steps: 30, batch: 1, seed: 2, start: false)
    #expect(energy.rungs.allSatisfy { !$0.applies && $0.holds == nil })
    #expect(energy.identityResidual < 1e-13)
  }

  @Test func hypothesesNameTheUnitsThatFail() throws {
    let oscillators = try Oscillators(
      gamma: [1, 500, 1, 900], epsilon: [1, 0.1, 1, 0.1], timeStep: 0.1, damping: .explicit)
    let gain = EnergyRung.gain.hypotheses(for: oscillators)
    #expect(gain.filter { !$0.holds }.map(\.failingUnits) == [[1, 3]])
    let paper = EnergyRung.explicitPaper.hypotheses(for: oscillators)
    #expect(paper.first { !$0.holds }?.failingUnits == [1, 3])
  }

  /// All published settings satisfy F.1's step limit; adding's is the tightest, 0.0997 against dt = 0.06.
  @Test(
    arguments: [
      (0.06, 66, 15), (0.016, 94.5, 9.5), (0.042, 2.7, 4.7), (0.076, 0.4, 8), (0.034, 1.3, 12.7), (0.1, 0.2, 6.4),
      (0.054, 4.9, 4.8),
    ] as [(Double, Double, Double)]) func publishedSettings(dt: Double, gamma: Double, epsilon: Double) throws
  {
    let oscillators = try Oscillators(gamma: [gamma], epsilon: [epsilon], timeStep: dt, damping: .explicit)
    for rung in [EnergyRung.explicitPaper, .explicitSharp, .explicitSharpest, .gain] {
      let fails = rung.hypotheses(for: oscillators).contains { !$0.holds }
      #expect(!fails, "\(rung)")
    }
    if gamma == 66 {
      let limit = EnergyRung.explicitPaper.hypotheses(for: oscillators).compactMap(\.limit).first ?? 0
      #expect(abs(limit - 0.0997) < 1e-4)
    }
  }

  /// Beyond F.1's limit the map itself goes: adding's settings at dt = 0.11 have no gain, and their energy grows.
  @Test func theStepLimitIsNearlySharp() throws {
    func oscillators(_ dt: Double) throws -> Oscillators {
      try Oscillators(gamma: [66], epsilon: [15], timeStep: dt, damping: .explicit)
    }
    let (stable, unstable) = (try oscillators(0.1077), try oscillators(0.1078))
    #expect(ImpulseGain.gains(of: stable)[0] != nil)
    #expect(ImpulseGain.gains(of: unstable)[0] == nil)
    let network = try OscillatorNetwork(
      oscillators: oscillators(0.11), positionWeights: Matrix(rows: 1, columns: 1),
      velocityWeights: Matrix(rows: 1, columns: 1), inputWeights: Matrix(rows: 1, columns: 1, elements: [1]), bias: [1])
    let (_, _, energy) = Self.run(network, steps: 330, batch: 1, seed: 3, start: false, amplitude: 0)
    #expect(energy.maximum > 1e14)
    #expect(energy.rungs.first { $0.name == "F.1" }?.applies == false)
  }
}
