import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

@testable import CoRNNDynamics

@Suite struct OscillatorFlowTests {
  @Test(arguments: [1, 3, 16, 63, 64, 65, 130]) func fieldAgreesWithLoops(hidden: Int) throws {
    let network = try randomNetwork(seed: UInt64(hidden), hidden: hidden, damping: .explicit, heterogeneous: true)
    var random = SplittableRandom(seed: 5)
    let state = (0..<2 * hidden).map { _ in random.normal() }
    let drive = (0..<hidden).map { _ in random.normal() }
    for activation in [OscillatorField.Activation.tanh, .identity, .none] {
      let field = OscillatorField(
        recurrentWeights: network.recurrentWeights, gamma: network.oscillators.gamma,
        epsilon: network.oscillators.epsilon, activation: activation)
      var derivative = [Double](repeating: .nan, count: 2 * hidden)
      var span = derivative.mutableSpan
      field.evaluate(drive: drive, state: state.span, into: &span)
      for i in 0..<hidden {
        var a = drive[i]
        for j in 0..<hidden {
          a += network.positionWeights[i, j] * state[j] + network.velocityWeights[i, j] * state[hidden + j]
        }
        let sigma = activation == .tanh ? tanh(a) : activation == .identity ? a : 0
        let expected =
          sigma - network.oscillators.gamma[i] * state[i] - network.oscillators.epsilon[i] * state[hidden + i]
        #expect(derivative[i] == state[hidden + i])
        #expect(abs(derivative[hidden + i] - expected) < 1e-12 * (1 + abs(expected)))
      }
    }
  }

  /// The exact Jacobian against central differences, with the energy's components and the input's rate.
  @Test(arguments: Activation.allCases, 0..<5 as Range<UInt64>)
  func jacobianAgreesWithDifferences(activation: Activation, seed: UInt64) throws {
    let m = 4
    let network = try randomNetwork(
      seed: seed, hidden: m, damping: .explicit, heterogeneous: true, activation: activation)
    var random = SplittableRandom(seed: seed + 77)
    let state = (0..<3 * m).map { _ in random.normal() }
    let drive = (0..<m).map { _ in random.normal() }
    let rate = (0..<m).map { _ in random.normal() }
    func rightSide(_ x: [Double], _ t: Double) -> [Double] {
      var out = [Double](repeating: 0, count: 3 * m)
      var span = out.mutableSpan
      let moved = zip(drive, rate).map { $0 + t * $1 }
      network.field.evaluate(drive: moved, state: x.span, into: &span)
      for i in 0..<m {
        let z = x[m + i]
        let sigma = out[m + i] + network.oscillators.gamma[i] * x[i] + network.oscillators.epsilon[i] * z
        out[2 * m + i] = 2 * z * sigma - 2 * network.oscillators.epsilon[i] * z * z
      }
      return out
    }
    var byState = [Double](repeating: .nan, count: 9 * m * m)
    var byTime = [Double](repeating: .nan, count: 3 * m)
    var states = byState.mutableSpan
    var times = byTime.mutableSpan
    network.jacobian(
      drive: drive, driveRate: rate, state: state.span, withEnergy: true, byState: &states, byTime: &times)
    let h = 1e-5
    for j in 0..<3 * m {
      var up = state
      var down = state
      up[j] += h
      down[j] -= h
      let (a, b) = (rightSide(up, 0), rightSide(down, 0))
      for i in 0..<3 * m {
        let difference = (a[i] - b[i]) / (2 * h)
        #expect(abs(byState[i * 3 * m + j] - difference) < 1e-7 * (1 + abs(difference)))
      }
    }
    let (a, b) = (rightSide(state, h), rightSide(state, -h))
    for i in 0..<3 * m { #expect(abs(byTime[i] - (a[i] - b[i]) / (2 * h)) < 1e-7) }
  }

  /// A saturated unit is a constantly forced damped oscillator, whose solution is known.
  @Test(arguments: IntegrationMethod.allCases) func saturatedUnitFollowsItsClosedForm(method: IntegrationMethod) throws
  {
    let network = try OscillatorNetwork(
      oscillators: Oscillators(gamma: [2.7], epsilon: [0.6], timeStep: 0.1, damping: .explicit),
      positionWeights: Matrix(rows: 1, columns: 1), velocityWeights: Matrix(rows: 1, columns: 1),
      inputWeights: Matrix(rows: 1, columns: 1, elements: [100]), bias: [0])
    // tanh(±100) is ±1 to the last bit: force 1 for 20 steps, −1 for 20 more.
    let inputs = InputSequence(
      steps: 40, batch: 1, width: 1, values: Array(repeating: 1, count: 20) + Array(repeating: -1, count: 20))
    let isLow = (method.order ?? 4) <= 2
    let tolerance = isLow ? 1e-8 : 1e-10
    let flow = OscillatorFlow(
      network, options: IntegrationOptions(method: method, absoluteTolerance: tolerance, relativeTolerance: tolerance)
    ).trajectory(inputs: inputs, start: [0.3, -0.2])
    #expect(flow.failure == nil && flow.trajectory.steps == 40)
    func exact(_ t: Double, _ y: Double, _ z: Double, _ force: Double) -> (Double, Double) {
      let (rest, h) = (force / 2.7, 0.3)
      let w = (2.7 - 0.09).squareRoot()
      let a = y - rest
      let b = (z + h * a) / w
      let e = exp(-h * t)
      let value = e * (a * cos(w * t) + b * sin(w * t))
      return (rest + value, -h * value + e * w * (b * cos(w * t) - a * sin(w * t)))
    }
    let half = exact(2, 0.3, -0.2, 1)
    let end = exact(2, half.0, half.1, -1)
    let allowed = isLow ? 1e-4 : 1e-8
    #expect(abs(flow.trajectory.positions[19] - half.0) < allowed)
    #expect(
      abs(flow.trajectory.positions[39] - end.0) < allowed && abs(flow.trajectory.velocities[39] - end.1) < allowed)
  }

  /// All methods on a coupled network, under each hold.
  @Test(arguments: InputHold.allCases) func methodsAgreeWithEachOther(hold: InputHold) throws {
    let network = try randomNetwork(
      seed: 12, hidden: 5, damping: .implicit, heterogeneous: true, gain: 3, largestStep: 0.1)
    let inputs = OscillatorMapTests.inputs(30, 2, 2, seed: 9)
    func run(_ method: IntegrationMethod, _ tolerance: Double) -> OscillatorFlow.Result {
      OscillatorFlow(
        network, hold: hold,
        options: IntegrationOptions(method: method, absoluteTolerance: tolerance, relativeTolerance: tolerance)
      ).trajectory(inputs: inputs, withEnergy: true)
    }
    let best = run(.rk8pd, 1e-13)
    for method in IntegrationMethod.allCases where method != .rk8pd {
      let isLow = (method.order ?? 4) <= 2
      let other = run(method, isLow ? 1e-8 : 1e-10)
      #expect(other.failure == nil)
      let limit = isLow ? 1e-4 : 1e-7
      #expect(relativeDifference(other.trajectory.positions, best.trajectory.positions) < limit, "\(method)")
      #expect(relativeDifference(other.energyGained, best.energyGained) < limit, "\(method)")
    }
  }

  @Test func holdsAreWhatTheySay() throws {
    // A line is a line for both, and differs from the held input; threads don't show.
    let network = try randomNetwork(seed: 2, hidden: 3, inputs: 1, damping: .explicit, heterogeneous: false)
    let ramp = InputSequence(steps: 20, batch: 1, width: 1, values: (0..<20).map { 0.1 * Double($0) })
    func positions(_ hold: InputHold) -> [Double] {
      OscillatorFlow(network, hold: hold).trajectory(inputs: ramp).trajectory.positions
    }
    #expect(relativeDifference(positions(.linear), positions(.cubic)) < 1e-9)
    #expect(relativeDifference(positions(.linear), positions(.zeroOrder)) > 1e-4)
    let batch = OscillatorMapTests.inputs(10, 7, 1, seed: 3)
    let flow = OscillatorFlow(network)
    #expect(flow.trajectory(inputs: batch, threads: 1) == flow.trajectory(inputs: batch, threads: 2))
  }

  @Test func refinedInputsAreTheSameSignal() {
    let inputs = InputSequence(steps: 4, batch: 1, width: 1, values: [1, 3, -1, 2])
    #expect(inputs.refined(by: 2, hold: .zeroOrder, timeStep: 0.5).values == [1, 1, 3, 3, -1, -1, 2, 2])
    #expect(inputs.refined(by: 2, hold: .linear, timeStep: 0.5).values == [1, 2, 3, 1, -1, 0.5, 2, 2])
    let cubic = inputs.refined(by: 3, hold: .cubic, timeStep: 0.5).values
    for n in 0..<4 { #expect(abs(cubic[3 * n] - inputs.values[n]) < 1e-14) }
  }

  @Test func aFlowThatBlowsUpIsReported() throws {
    // Net negative damping without tanh: it grows without bound.
    let network = try OscillatorNetwork(
      oscillators: Oscillators(gamma: [1], epsilon: [0.25], timeStep: 1, damping: .explicit, activation: .identity),
      positionWeights: Matrix(rows: 1, columns: 1), velocityWeights: Matrix(rows: 1, columns: 1, elements: [900]),
      inputWeights: Matrix(rows: 1, columns: 1, elements: [1]), bias: [1])
    let inputs = InputSequence(steps: 50, batch: 1, width: 1, values: Array(repeating: 1, count: 50))
    let flow = OscillatorFlow(network).trajectory(inputs: inputs)
    #expect(flow.failure != nil && flow.trajectory.steps < 50)
    #expect(flow.trajectory.positions.count == flow.trajectory.steps)
  }
}
