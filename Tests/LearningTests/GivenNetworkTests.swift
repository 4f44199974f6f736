import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import TestSupport
import Testing

@testable import CoRNNLearning

/// Networks trained elsewhere as forecast models: by the map itself, and as good as they were found to be elsewhere.
@Suite struct GivenNetworkTests {
  static let checkpoints: [(name: String, forcing: Double, scale: Double)] = [
    ("lorenz96-F8-m64", 8, 5), ("lorenz96-F0.9-m64", 0.9, 1),
  ]

  private static func network(_ name: String) throws -> (network: OscillatorNetwork, scale: Double) {
    let stored = try StoredNetwork(path: TestData.path(name + ".pt"), memoryLimit: 1 << 30)
    return (try stored.network(), stored.constants.inputScale.value)
  }

  /// A forecast of raw data is the readout of the map's positions under scaled data, scaled back.
  @Test(arguments: checkpoints) func forecastsAsTheMapDoes(name: String, forcing: Double, scale: Double) throws {
    let (network, inputScale) = try Self.network(name)
    #expect(inputScale == scale)
    let data = try ForecastData(ForecastDataRecipe(forcing: forcing, trajectories: 3, samples: 400, seed: 5)).test
    let task = ForecastTask(horizon: 25, firstScored: 0)
    let model = try GivenNetwork(network, name: name, inputScale: scale, outputScale: scale).model
    let found = model.forecasts(of: data, trajectory: 1, task: task, count: 375)
    let inputs = data.part(steps: 0..<375, trajectories: 1..<2)
    let run = OscillatorMap(network).trajectory(
      inputs: InputSequence(steps: 375, batch: 1, width: 5, values: inputs.values.map { $0 / scale }), start: nil)
    let readout = try #require(network.readout)
    let expected = (0..<375).flatMap { n in
      (0..<5).map { j in
        scale * (0..<64).reduce(readout.bias[j]) { $0 + readout.weights[j, $1] * run.positions[n * 64 + $1] }
      }
    }
    #expect(relativeDifference(found, expected) < 1e-12)
  }

  /// As good as the program that trained them found on other trajectories; sets of 128 differ by a fifth at F = 0.9.
  @Test(arguments: zip(checkpoints, [0.0466, 0.0027]))
  func scoresAsElsewhere(checkpoint: (name: String, forcing: Double, scale: Double), expected: Double) throws {
    let (network, scale) = try Self.network(checkpoint.name)
    let data = try ForecastData(
      ForecastDataRecipe(forcing: checkpoint.forcing, samples: 1000, seed: 1), threads: 2)
    let given = try GivenNetwork(network, name: "x", inputScale: scale, outputScale: scale)
    let fitted = try given.fitted(to: data, task: ForecastTask(), seed: 0, threads: 2)
    let score = fitted.model.score(on: data.test, task: ForecastTask(), threads: 2)
    #expect(abs(score.nrmse / expected - 1) < 0.25, "\(score.nrmse)")
    #expect(fitted.parameters == 64 * (2 * 64 + 5 + 1) + 5 * 65 && fitted.network == given.network)
    // Scales that are forgotten show.
    let raw = try GivenNetwork(network, name: "x", inputScale: scale).model.score(
      on: data.test, task: ForecastTask(), threads: 2)
    #expect(scale == 1 ? raw == score : raw.nrmse > 0.5)
  }

  @Test func refusesWhatDoesNotForecast() throws {
    let (network, _) = try Self.network("lorenz96-F8-m64")
    func other(readout: OscillatorNetwork.Readout?, embedding: Matrix? = nil) throws -> OscillatorNetwork {
      try OscillatorNetwork(
        oscillators: network.oscillators, positionWeights: network.positionWeights,
        velocityWeights: network.velocityWeights, inputWeights: network.inputWeights, bias: network.bias,
        readout: readout, embedding: embedding)
    }
    let narrow = OscillatorNetwork.Readout(
      weights: Matrix(rows: 2, columns: 64, elements: [Double](repeating: 0.1, count: 128)), bias: [0, 0])
    let table = Matrix(rows: 3, columns: 5, elements: [Double](repeating: 0.1, count: 15))
    #expect(throws: GivenNetwork.Problem.outputs(0, inputs: 5)) {
      try GivenNetwork(other(readout: nil), name: "x")
    }
    #expect(throws: GivenNetwork.Problem.outputs(2, inputs: 5)) {
      try GivenNetwork(other(readout: narrow), name: "x")
    }
    #expect(throws: GivenNetwork.Problem.tokens) {
      try GivenNetwork(other(readout: network.readout, embedding: table), name: "x")
    }
    #expect(throws: GivenNetwork.Problem.self) {
      try GivenNetwork(network, name: "x", inputScale: .leastNonzeroMagnitude)
    }
  }
}
