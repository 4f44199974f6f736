import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNLearning
import CoRNNModel
import Foundation
import TestSupport
import Testing

/// Values and gradients of every cell against plain loops, central differences, the analyses' own gradient, stored
/// values and themselves.
@Suite struct GradientEngineTests {
  /// Awkward shapes of every cell: units around the padding, batches around tiles and slices.
  enum Shape: String, CaseIterable {
    case explicit, implicit, explicitByUnit, implicitByUnit, explicitShared, implicitShared, lstm, gru, tanh,
      antisymmetric
    case fast, exponential

    func cell(hidden: Int, inputs: Int, outputs: Int, random: inout SplittableRandom) throws -> any RecurrentCell {
      let byUnit = self == .explicitByUnit || self == .implicitByUnit
      func constants(_ range: ClosedRange<Double>) -> [Double] {
        let one = random.uniform(in: range)
        return (0..<hidden).map { _ in byUnit ? random.uniform(in: range) : one }
      }
      func oscillators(_ damping: Damping) throws -> Oscillators {
        try Oscillators(
          gamma: constants(0.3...7.2), epsilon: constants(0.2...6.5), timeStep: random.uniform(in: 0.02...0.13),
          damping: damping)
      }
      switch self {
      case .explicit: return try OscillatorCell(oscillators(.explicit), inputs: inputs, outputs: outputs)
      case .implicit: return try OscillatorCell(oscillators(.implicit), inputs: inputs, outputs: outputs)
      case .explicitByUnit, .implicitByUnit:
        return try OscillatorCell(
          oscillators(self == .explicitByUnit ? .explicit : .implicit), inputs: inputs, outputs: outputs,
          gamma: .byUnit, epsilon: .byUnit, learnsTimeStep: true)
      case .explicitShared, .implicitShared:
        return try OscillatorCell(
          oscillators(self == .explicitShared ? .explicit : .implicit), inputs: inputs, outputs: outputs,
          gamma: .shared, epsilon: .shared, learnsTimeStep: true)
      case .lstm: return LSTMCell(hidden: hidden, inputs: inputs, outputs: outputs)
      case .gru: return GRUCell(hidden: hidden, inputs: inputs, outputs: outputs)
      case .tanh: return TanhCell(hidden: hidden, inputs: inputs, outputs: outputs)
      case .antisymmetric:
        return AntisymmetricCell(
          hidden: hidden, inputs: inputs, outputs: outputs, step: random.uniform(in: 0.05...0.4),
          diffusion: random.uniform(in: 0.01...0.7))
      case .fast: return FastCell(hidden: hidden, inputs: inputs, outputs: outputs)
      case .exponential: return ExponentialCell(hidden: hidden, inputs: inputs, outputs: outputs)
      }
    }
  }

  struct Case {
    let cell: any RecurrentCell
    let parameters: [Double]
    let data: SequenceBatch<Double>

    init(
      _ shape: Shape, seed: UInt64, hidden: Int, inputs: Int, outputs: Int, steps: Int, count: Int, scoredFrom: Int
    ) throws {
      var random = SplittableRandom(seed: seed)
      cell = try shape.cell(hidden: hidden, inputs: inputs, outputs: outputs, random: &random)
      parameters = cell.initialParameters(&random)
      data = randomBatch(cell, steps: steps, count: count, scoredFrom: scoredFrom, random: &random)
    }

    func run(threads: Int = 2) -> (value: Double, gradient: [Double]) {
      GradientEngine<Double>(cell, steps: data.steps, batch: data.count, threads: threads)
        .valueAndGradient(.meanSquaredError, parameters: parameters, on: data)
    }

    func single(threads: Int = 2) -> (value: Double, gradient: [Float]) {
      GradientEngine<Float>(cell, steps: data.steps, batch: data.count, threads: threads)
        .valueAndGradient(.meanSquaredError, parameters: parameters.map { Float($0) }, on: data.single)
    }
  }

  @Test(arguments: Shape.allCases, [(5, 2, 3, 9, 1, 1), (17, 1, 1, 7, 3, 7), (3, 0, 2, 11, 2, 4)])
  func everyParameterByCentralDifferences(shape: Shape, size: (Int, Int, Int, Int, Int, Int)) throws {
    let (hidden, inputs, outputs, steps, count, scoredFrom) = size
    let own = try Case(
      shape, seed: 11, hidden: hidden, inputs: inputs, outputs: outputs, steps: steps, count: count,
      scoredFrom: scoredFrom)
    let (value, gradient) = own.run()
    #expect(abs(value / PlainCell(cell: own.cell, parameters: own.parameters).meanSquaredError(own.data) - 1) < 1e-13)
    var place = 0
    for block in own.cell.blocks {
      let differences = (place..<place + block.count).map { index in
        func value(_ step: Double) -> Double {
          var parameters = own.parameters
          parameters[index] += step
          return PlainCell(cell: own.cell, parameters: parameters).meanSquaredError(own.data)
        }
        // Fourth order: the error is about 1e-13 here. Steps across modReLU's corners would be wrong: those are small.
        let h = shape == .exponential ? 1e-5 : 1e-3
        return (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h)
      }
      let scale = max(differences.map(abs).max() ?? 0, 1e-3)
      for (offset, difference) in differences.enumerated() {
        #expect(
          abs(gradient[place + offset] - difference) < 2e-9 * scale,
          "\(block.name)[\(offset)]: \(gradient[place + offset]), by differences \(difference)")
      }
      place += block.count
    }
    #expect(place == gradient.count)
  }

  /// Sizes that meet every tile height, odd slices and several chunks, against plain loops.
  @Test(arguments: Shape.allCases, [(44, 13, 37), (64, 50, 21), (100, 70, 5), (16, 1, 300), (33, 8, 40)])
  func valuesInAwkwardSizes(shape: Shape, size: (Int, Int, Int)) throws {
    let own = try Case(
      shape, seed: 12, hidden: size.0, inputs: 3, outputs: 2, steps: size.2, count: size.1, scoredFrom: size.2 / 2)
    let value = own.run().value
    let plain = PlainCell(cell: own.cell, parameters: own.parameters)
    #expect(abs(value / plain.meanSquaredError(own.data) - 1) < 1e-12)
    let outputs = GradientEngine<Double>(own.cell, steps: size.2, batch: size.1, threads: 1)
      .outputs(parameters: own.parameters, on: own.data)
    let last = plain.outputs(own.data, trajectory: size.1 - 1)[size.2 - 1]
    #expect(relativeDifference(Array(outputs.suffix(2)), last) < 1e-12)
  }

  @Test(arguments: Damping.allCases, [(37, 13, 61), (128, 50, 40), (64, 3, 150)])
  func agreesWithTheAnalyses(damping: Damping, size: (Int, Int, Int)) throws {
    let (hidden, count, steps) = size
    var random = SplittableRandom(seed: 13)
    let bare = try randomNetwork(
      seed: 14, hidden: hidden, inputs: 3, damping: damping, heterogeneous: true, gain: 2, largestStep: 0.1)
    let cell = try OscillatorCell(
      bare.oscillators, inputs: 3, outputs: 2, gamma: .byUnit, epsilon: .byUnit, learnsTimeStep: true)
    let start = cell.initialParameters(&random)
    let network = try cell.network(start)
    let data = randomBatch(cell, steps: steps, count: count, scoredFrom: 1, random: &random)
    let parameters = try cell.parameters(of: network)
    #expect(relativeDifference(parameters, start) < 1e-15)
    let (value, gradient) = GradientEngine<Double>(cell, steps: steps, batch: count, threads: 2)
      .valueAndGradient(.meanSquaredError, parameters: parameters, on: data)
    let inputs = InputSequence(steps: steps, batch: count, width: 3, values: data.inputs)
    let expected = Backpropagation(network).gradient(
      of: .meanSquared(targets: data.targets, steps: .every), inputs: inputs,
      trajectory: OscillatorMap(network).trajectory(inputs: inputs))
    #expect(abs(value / expected.loss - 1) < 1e-12)
    let constants =
      zip(expected.gamma, network.oscillators.gamma).map { $0 * $1 }
      + zip(expected.epsilon, network.oscillators.epsilon).map { $0 * $1 }
      + [expected.timeStep * network.oscillators.timeStep]
    let readout = try #require(expected.readout)
    let parts = [
      expected.positionWeights.elements, expected.velocityWeights.elements, expected.inputWeights.elements,
      expected.bias, readout.weights.elements, readout.bias, constants,
    ]
    var place = 0
    for part in parts {
      #expect(relativeDifference(Array(gradient[place..<place + part.count]), part) < 1e-11)
      place += part.count
    }
    #expect(place == gradient.count)
  }

  struct Expected: Decodable {
    struct Map: Decodable {
      let loss: Double
      let gradientFrobenius: [String: Double]
      let gradientMaxAbs: [String: Double]
    }
    let explicit: Map
    let implicit: Map
  }

  /// The loss on hidden states, ½·|y − target|², is that of a readout that is the identity.
  @Test(arguments: ["adding-T100-m128", "lorenz96-F0.9-m64", "lorenz96-F8-m64"], Damping.allCases)
  func storedValues(name: String, damping: Damping) throws {
    let all = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: URL(filePath: TestData.path(name + ".expected.json"))))
    let expected = damping == .explicit ? all.explicit : all.implicit
    let stored = try StoredNetwork(
      path: TestData.path(name + ".pt"), given: GivenConstants(damping: damping), memoryLimit: 1 << 30
    ).network()
    let m = stored.hidden
    var identity = Matrix(rows: m, columns: m)
    for i in 0..<m { identity[i, i] = 1 }
    let network = try OscillatorNetwork(
      oscillators: stored.oscillators, positionWeights: stored.positionWeights,
      velocityWeights: stored.velocityWeights, inputWeights: stored.inputWeights, bias: stored.bias,
      readout: OscillatorNetwork.Readout(weights: identity, bias: [Double](repeating: 0, count: m)))
    let cell = try OscillatorCell(network.oscillators, inputs: network.inputs, outputs: m)
    let inputs = try NumericArray(path: TestData.path(name + ".inputs.npy"), memoryLimit: 1 << 30)
    let targets = try NumericArray(path: TestData.path(name + ".targets.npy"), memoryLimit: 1 << 30)
    let data = SequenceBatch(
      steps: inputs.shape[0], count: 1, inputs: inputs.values, targets: targets.values, scoredFrom: 1)
    let (value, gradient) = GradientEngine<Double>(cell, steps: data.steps, batch: 1, threads: 1)
      .valueAndGradient(.meanSquaredError, parameters: try cell.parameters(of: network), on: data)
    let factor = Double(m) / 2
    #expect(abs(factor * value / expected.loss - 1) < 1e-11)
    for block in ["W", "Z", "V", "b"] {
      let part = try gradient[#require(cell.range(of: block))].map { factor * $0 }
      let norm = part.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(norm / expected.gradientFrobenius[block]! - 1) < 1e-10)
      #expect(abs((part.map(abs).max() ?? 0) / expected.gradientMaxAbs[block]! - 1) < 1e-10)
    }
  }

  @Test(arguments: Shape.allCases) func singlePrecisionFollowsDouble(shape: Shape) throws {
    let own = try Case(
      shape, seed: 15, hidden: 64, inputs: 2, outputs: 2, steps: 200, count: 50, scoredFrom: 20)
    let (double, single) = (own.run(), own.single())
    #expect(abs(single.value / double.value - 1) < 1e-5)
    for block in own.cell.blocks {
      let range = try #require(own.cell.range(of: block.name))
      let difference = relativeDifference(single.gradient[range].map { Double($0) }, Array(double.gradient[range]))
      #expect(difference < 3e-4 && difference > 0, "\(block.name): \(difference)")
    }
  }

  @Test(arguments: Shape.allCases, [1, 2, 3, 50, 70, 129])
  func sameBytesForAnyNumberOfThreads(shape: Shape, count: Int) throws {
    let own = try Case(shape, seed: 16, hidden: 20, inputs: 2, outputs: 3, steps: 30, count: count, scoredFrom: 5)
    let (one, single) = (own.run(threads: 1), own.single(threads: 1))
    for threads in [2, 3, 8] {
      let (many, manySingle) = (own.run(threads: threads), own.single(threads: threads))
      #expect(many.value == one.value && many.gradient == one.gradient)
      #expect(manySingle.value == single.value && manySingle.gradient == single.gradient)
    }
  }

  /// An engine that is used again starts afresh: nothing is left of a batch that overflowed.
  @Test(arguments: Shape.allCases) func enginesHaveNoMemory(shape: Shape) throws {
    let own = try Case(shape, seed: 17, hidden: 20, inputs: 2, outputs: 3, steps: 30, count: 9, scoredFrom: 5)
    let engine = GradientEngine<Double>(own.cell, steps: 30, batch: 9, threads: 2)
    let first = engine.valueAndGradient(.meanSquaredError, parameters: own.parameters, on: own.data)
    let spoiled = SequenceBatch(
      steps: 30, count: 9, inputs: own.data.inputs.map { _ in Double.nan }, targets: own.data.targets, scoredFrom: 5)
    #expect(
      engine.valueAndGradient(.meanSquaredError, parameters: own.parameters, on: spoiled).value.isNaN)
    let again = engine.valueAndGradient(.meanSquaredError, parameters: own.parameters, on: own.data)
    #expect(first.value == again.value && first.gradient == again.gradient)
    #expect(engine.value(.meanSquaredError, parameters: own.parameters, on: own.data) == first.value)
  }

  @Test func constantsThatCantBeLearned() throws {
    let mixed = try Oscillators(gamma: [1.3, 2.7], epsilon: [0, 4.7], timeStep: 0.042, damping: .explicit)
    #expect(throws: OscillatorCell.Problem.differentStarts(constant: "gamma")) {
      try OscillatorCell(mixed, inputs: 1, outputs: 1, gamma: .shared)
    }
    #expect(throws: OscillatorCell.Problem.startNotPositive(constant: "epsilon", unit: 0)) {
      try OscillatorCell(mixed, inputs: 1, outputs: 1, epsilon: .byUnit)
    }
    let linear = try Oscillators(
      gamma: [1.3], epsilon: [4.7], timeStep: 0.042, damping: .explicit, activation: .identity)
    #expect(throws: OscillatorCell.Problem.activation(.identity)) {
      try OscillatorCell(linear, inputs: 1, outputs: 1)
    }
  }
}
