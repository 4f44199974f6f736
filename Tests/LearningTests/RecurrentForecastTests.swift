import CoRNNKernels
import CoRNNModel
import TestSupport
import Testing

@testable import CoRNNDynamics
@testable import CoRNNLearning

/// Trained cells as forecast models: against the training kernels, the oscillator map, differences and themselves.
@Suite struct RecurrentForecastTests {
  typealias Shape = GradientEngineTests.Shape

  /// A cell of n inputs and outputs with weights large enough to be far from linear.
  private static func cell(
    _ shape: Shape, hidden: Int, variables: Int, seed: UInt64
  ) throws -> (cell: any RecurrentCell, parameters: [Double]) {
    var random = SplittableRandom(seed: seed)
    let cell = try shape.cell(hidden: hidden, inputs: variables, outputs: variables, random: &random)
    var parameters = cell.initialParameters(&random)
    for block in cell.blocks where !block.name.hasPrefix("log_") {
      for i in try #require(cell.range(of: block.name)) { parameters[i] *= 2.385 }
    }
    return (cell, parameters)
  }

  private static func inputs(steps: Int, batch: Int, variables: Int, seed: UInt64) -> InputSequence {
    var random = SplittableRandom(seed: seed)
    return InputSequence(
      steps: steps, batch: batch, width: variables,
      values: (0..<steps * batch * variables).map { _ in 2.4 + 3.7 * random.normal() })
  }

  /// Predictions of every step, time first, and what is carried in the end.
  private static func run(
    _ model: RecurrentForecast, _ inputs: InputSequence
  ) -> (predictions: [Double], carry: [Double]) {
    let row = inputs.batch * inputs.width
    var carry = model.start(batch: inputs.batch)
    var predictions = [Double](repeating: 0, count: row)
    let all = (0..<inputs.steps).flatMap { step in
      model.advance(
        inputs: Array(inputs.values[step * row..<(step + 1) * row]), carry: &carry, predictions: &predictions)
      return predictions
    }
    return (all, carry)
  }

  @Test(arguments: Shape.allCases, [(5, 3, 7, 41), (64, 5, 13, 120), (44, 5, 3, 60), (17, 1, 1, 30)])
  func stepsAsTheTrainingKernelsDo(shape: Shape, size: (Int, Int, Int, Int)) throws {
    let (hidden, n, batch, steps) = size
    let (cell, parameters) = try Self.cell(shape, hidden: hidden, variables: n, seed: 31)
    let (mean, deviation) = (2.385, 3.64)
    let inputs = Self.inputs(steps: steps, batch: batch, variables: n, seed: 32)
    let model = RecurrentForecast(cell, parameters: parameters, mean: mean, deviation: deviation)
    let data = SequenceBatch<Double>(
      steps: steps, count: batch, inputs: inputs.values.map { ($0 - mean) / deviation },
      targets: [Double](repeating: 0, count: steps * batch * n), scoredFrom: 1)
    let expected = GradientEngine<Double>(cell, steps: steps, batch: batch, threads: 1)
      .outputs(parameters: parameters, on: data)
    let found = Self.run(model, inputs).predictions
    #expect(relativeDifference(found, expected.map { $0 * deviation + mean }) < 1e-12)
    #expect(
      model.variables == n && model.carried == (cell.layout.kind == .oscillator || shape == .lstm ? 2 : 1) * hidden)
  }

  @Test(arguments: [Shape.explicitByUnit, .implicitByUnit]) func oscillatorsStepAsTheMapDoes(shape: Shape) throws {
    let (cell, parameters) = try Self.cell(shape, hidden: 37, variables: 3, seed: 33)
    let network = try #require(cell as? OscillatorCell).network(parameters)
    let inputs = Self.inputs(steps: 90, batch: 4, variables: 3, seed: 34)
    let (mean, deviation) = (-0.385, 2.7)
    let (found, carry) = Self.run(
      RecurrentForecast(cell, parameters: parameters, mean: mean, deviation: deviation), inputs)
    let trajectory = OscillatorMap(network).trajectory(
      inputs: InputSequence(
        steps: 90, batch: 4, width: 3, values: inputs.values.map { ($0 - mean) / deviation }))
    let readout = try #require(network.readout)
    var expected: [Double] = []
    for row in 0..<90 * 4 {
      for k in 0..<3 {
        var sum = readout.bias[k]
        for i in 0..<37 { sum += readout.weights[k, i] * trajectory.positions[row * 37 + i] }
        expected.append(sum * deviation + mean)
      }
    }
    #expect(relativeDifference(found, expected) < 1e-13)
    let last = (0..<4).flatMap { b in
      let place = (89 * 4 + b) * 37
      return Array(trajectory.velocities[place..<place + 37]) + Array(trajectory.positions[place..<place + 37])
    }
    #expect(relativeDifference(carry, last) < 1e-13)
  }

  /// The derivative of a step from states on a trajectory, by differences of fourth order.
  @Test(arguments: Shape.allCases, [(7, 3), (17, 5)]) func tangents(shape: Shape, size: (Int, Int)) throws {
    let (cell, parameters) = try Self.cell(shape, hidden: size.0, variables: size.1, seed: 35)
    let model = RecurrentForecast(cell, parameters: parameters, mean: 2.385, deviation: 3.64)
    let inputs = Self.inputs(steps: 25, batch: 1, variables: size.1, seed: 36)
    let state = Array(inputs.values.suffix(size.1)) + Self.run(model, inputs).carry
    var system = ClosedLoopSystem(model, timeStep: 0.01)
    let jacobian = try system.jacobian(at: state)
    let scale = jacobian.elements.map(abs).max() ?? 0
    for column in state.indices {
      func moved(_ h: Double) throws -> [Double] {
        var (system, moved) = (system, state)
        moved[column] += h
        try system.advance(&moved)
        return moved
      }
      let h = 2e-3
      let (up, down, farUp, farDown) = try (moved(h), moved(-h), moved(2 * h), moved(-2 * h))
      for row in state.indices {
        let wanted = (8 * (up[row] - down[row]) - (farUp[row] - farDown[row])) / (12 * h)
        #expect(abs(jacobian[row, column] - wanted) < 1e-9 * scale, "\(row) \(column)")
      }
    }
  }

  /// A trajectory has the bits that it has alone, and a score the same ones for any number of threads.
  @Test(arguments: Shape.allCases) func sameBitsInAnyCompany(shape: Shape) throws {
    let (cell, parameters) = try Self.cell(shape, hidden: 21, variables: 5, seed: 37)
    let model = RecurrentForecast(cell, parameters: parameters, mean: 1.1, deviation: 2.3)
    let inputs = Self.inputs(steps: 40, batch: 35, variables: 5, seed: 38)
    let together = Self.run(model, inputs).predictions
    for b in [0, 7, 15, 16, 34] {
      let alone = Self.run(model, inputs.trajectories(b..<b + 1)).predictions
      var mine: [Double] = []
      for step in 0..<40 {
        let place = (step * 35 + b) * 5
        mine += together[place..<place + 5]
      }
      #expect(mine == alone)
    }
    let task = ForecastTask(horizon: 3, firstScored: 11)
    let one = model.score(on: inputs, task: task, threads: 1)
    #expect(one == model.score(on: inputs, task: task, threads: 3) && one.nrmse.isFinite)
  }

  /// Without weights nothing moves, and only the readout's bias is left.
  @Test(arguments: Shape.allCases) func withoutWeights(shape: Shape) throws {
    let (cell, _) = try Self.cell(shape, hidden: 6, variables: 2, seed: 39)
    var parameters = [Double](repeating: 0, count: cell.parameterCount)
    let bias = try #require(cell.range(of: "readout.bias"))
    for (k, i) in bias.enumerated() { parameters[i] = 0.385 + Double(k) }
    let model = RecurrentForecast(cell, parameters: parameters, mean: 10, deviation: 2)
    let found = Self.run(model, Self.inputs(steps: 3, batch: 2, variables: 2, seed: 40)).predictions
    #expect(relativeDifference(found, (0..<12).map { 10 + 2 * (0.385 + Double($0 % 2)) }) < 1e-15)
  }
}
