import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import CoRNNStep
import Foundation
import TestSupport
import Testing

@Suite struct OscillatorMapTests {
  static func inputs(_ steps: Int, _ batch: Int, _ width: Int, seed: UInt64) -> InputSequence {
    var random = SplittableRandom(seed: seed)
    return InputSequence(
      steps: steps, batch: batch, width: width, values: (0..<steps * batch * width).map { _ in random.normal() })
  }

  /// The run as the Step module defines it, one trajectory.
  static func byDefinition(_ network: OscillatorNetwork, _ inputs: [[Double]], start: [Double]) -> [Double] {
    let m = network.hidden
    var y = Array(start[..<m])
    var z = Array(start[m...])
    var states: [Double] = []
    for u in inputs {
      let next = (0..<m).map { i in
        let a = drive(
          ofUnit: i, position: y, velocity: z, input: u, positionWeights: network.positionWeights.elements,
          velocityWeights: network.velocityWeights.elements, inputWeights: network.inputWeights.elements,
          bias: network.bias)
        let sigma =
          switch network.oscillators.activation {
          case .tanh: tanh(a)
          case .identity: a
          case .none: 0.0
          }
        let step = network.oscillators.damping == .implicit ? implicitStep : explicitStep
        return step(
          y[i], z[i], sigma, network.oscillators.gamma[i], network.oscillators.epsilon[i],
          network.oscillators.timeStep)
      }
      y = next.map(\.position)
      z = next.map(\.velocity)
      states += y + z
    }
    return states
  }

  static func states(_ trajectory: Trajectory, of b: Int) -> [Double] {
    let m = trajectory.hidden
    return (0..<trajectory.steps).flatMap { n in
      let place = (n * trajectory.batch + b) * m
      return Array(trajectory.positions[place..<place + m]) + Array(trajectory.velocities[place..<place + m])
    }
  }

  @Test(arguments: Damping.allCases, Activation.allCases)
  func agreesWithTheDefinition(damping: Damping, activation: Activation) throws {
    for seed in 1...6 as ClosedRange<UInt64> {
      let hidden = [1, 3, 7, 16, 33, 5][Int(seed) - 1]
      let batch = [1, 2, 5, 1, 40, 33][Int(seed) - 1]
      let network = try randomNetwork(
        seed: seed, hidden: hidden, damping: damping, heterogeneous: seed.isMultiple(of: 2), activation: activation,
        gain: activation == .identity ? 0.5 : 4)
      let inputs = Self.inputs(60, batch, 2, seed: seed + 50)
      var random = SplittableRandom(seed: seed + 99)
      let start = (0..<batch * 2 * hidden).map { _ in random.uniform(in: -1...1) }
      let run = OscillatorMap(network).trajectory(inputs: inputs, start: start)
      for b in 0..<batch {
        let u = (0..<60).map { n in Array(inputs.values[(n * batch + b) * 2..<(n * batch + b) * 2 + 2]) }
        let expected = Self.byDefinition(network, u, start: Array(start[b * 2 * hidden..<(b + 1) * 2 * hidden]))
        #expect(relativeDifference(Self.states(run, of: b), expected) < 1e-12)
      }
    }
  }

  @Test func threadsDoNotShow() throws {
    let network = try randomNetwork(seed: 7, hidden: 24, damping: .explicit, heterogeneous: true)
    let inputs = Self.inputs(50, 100, 2, seed: 3)
    let map = OscillatorMap(network)
    let one = map.trajectory(inputs: inputs, threads: 1)
    for threads in [2, 3, 8] { #expect(map.trajectory(inputs: inputs, threads: threads) == one) }
  }

  @Test(arguments: [1, 2, 13, 33, 50]) func companyDoesNotShow(batch: Int) throws {
    let network = try randomNetwork(seed: 8, hidden: 37, damping: .implicit, heterogeneous: true)
    let inputs = Self.inputs(60, batch, 2, seed: 5)
    let map = OscillatorMap(network)
    let together = map.trajectory(inputs: inputs)
    for b in 0..<batch {
      var own: [Double] = []
      for step in 0..<60 {
        let place = (step * batch + b) * 2
        own += inputs.values[place..<place + 2]
      }
      let alone = map.trajectory(inputs: InputSequence(steps: 60, batch: 1, width: 2, values: own))
      #expect(Self.states(together, of: b) == Self.states(alone, of: 0))
    }
  }

  @Test func longRunsInChunksEqualShortOnes() throws {
    // More steps than inputs are projected at once.
    let network = try randomNetwork(seed: 9, hidden: 64, damping: .implicit, heterogeneous: false)
    let inputs = Self.inputs(2500, 1, 2, seed: 4)
    let whole = OscillatorMap(network).trajectory(inputs: inputs)
    let first = InputSequence(steps: 1111, batch: 1, width: 2, values: Array(inputs.values[..<2222]))
    let rest = InputSequence(steps: 1389, batch: 1, width: 2, values: Array(inputs.values[2222...]))
    let a = OscillatorMap(network).trajectory(inputs: first)
    let b = OscillatorMap(network).trajectory(
      inputs: rest, start: Array(a.positions.suffix(64)) + Array(a.velocities.suffix(64)))
    #expect(a.positions + b.positions == whole.positions && a.velocities + b.velocities == whole.velocities)
  }

  @Test func oneStartServesTheBatch() throws {
    let network = try randomNetwork(seed: 5, hidden: 4, damping: .implicit, heterogeneous: false)
    let single = Self.inputs(20, 1, 2, seed: 8)
    var twice: [Double] = []
    for n in 0..<20 {
      for _ in 0..<2 { twice += single.values[2 * n..<2 * n + 2] }
    }
    let doubled = InputSequence(steps: 20, batch: 2, width: 2, values: twice)
    let start = (0..<8).map { 0.1 * Double($0) - 0.3 }
    let run = OscillatorMap(network).trajectory(inputs: doubled, start: start)
    #expect(Self.states(run, of: 0) == Self.states(run, of: 1))
  }

  /// A free oscillator's map is linear: L^n by hand.
  @Test(arguments: Damping.allCases) func freeOscillatorFollowsItsClosedForm(damping: Damping) throws {
    let network = try OscillatorNetwork(
      oscillators: Oscillators(gamma: [2.7], epsilon: [0.6], timeStep: 0.05, damping: damping, activation: .none),
      positionWeights: Matrix(rows: 1, columns: 1, elements: [3]),
      velocityWeights: Matrix(rows: 1, columns: 1, elements: [-5]), inputWeights: Matrix(rows: 1, columns: 1), bias: [7]
    )
    let inputs = InputSequence(steps: 400, batch: 1, width: 1, values: Array(repeating: 1, count: 400))
    let run = OscillatorMap(network).trajectory(inputs: inputs, start: [1, 0])
    // First order in dt: close to the damped harmonic oscillator, and closer as dt falls.
    func error(_ dt: Double) throws -> Double {
      let steps = Int((4 / dt).rounded())
      let fine = try OscillatorNetwork(
        oscillators: Oscillators(gamma: [2.7], epsilon: [0.6], timeStep: dt, damping: damping, activation: .none),
        positionWeights: network.positionWeights, velocityWeights: network.velocityWeights,
        inputWeights: network.inputWeights, bias: [7])
      let run = OscillatorMap(fine).trajectory(
        inputs: InputSequence(steps: steps, batch: 1, width: 1, values: Array(repeating: 0, count: steps)),
        start: [1, 0])
      let omega = (2.7 - 0.09).squareRoot()
      let phase = cos(omega * 4) + 0.3 / omega * sin(omega * 4)
      let exact = exp(-1.2) * phase
      return abs((run.positions.last ?? 0) - exact)
    }
    let ratio = try error(0.001) / error(0.0005)
    #expect(abs(ratio - 2) < 0.02)
    #expect(run.divergedAt == nil)
  }

  @Test func divergenceIsFoundAndStatesBeforeItKept() throws {
    // gamma·dt² far beyond 4: the map explodes.
    let network = try OscillatorNetwork(
      oscillators: Oscillators(gamma: [900], epsilon: [0.1], timeStep: 0.5, damping: .explicit),
      positionWeights: Matrix(rows: 1, columns: 1), velocityWeights: Matrix(rows: 1, columns: 1),
      inputWeights: Matrix(rows: 1, columns: 1, elements: [1]), bias: [0.3])
    let inputs = InputSequence(steps: 1000, batch: 1, width: 1, values: Array(repeating: 0.5, count: 1000))
    let run = OscillatorMap(network).trajectory(inputs: inputs)
    let step = try #require(run.divergedAt)
    #expect(run.steps == step - 1 && run.positions.count == step - 1)
    #expect(run.positions.allSatisfy(\.isFinite) && run.velocities.allSatisfy(\.isFinite))
    #expect((100...200).contains(step))
  }
}
