import CoRNNCheckpoints
import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

/// Every format, number type, container and view that is read, from files that PyTorch, safetensors and NumPy wrote.
@Suite struct FormatTests {
  @Test(
    arguments: [
      "packed.pt", "packed-float64.pt", "packed-float16.pt", "packed-bfloat16.pt", "plain-dict.pt",
      "wrapped-state_dict.pt", "wrapped-model_state_dict.pth", "protocol4.pt", "parameters.pt", "data-parallel.pt",
      "strided.pt", "packed.safetensors", "packed-bfloat16.safetensors", "native.safetensors", "stored.npz",
      "deflated.npz", "fortran.npz", "bigf8.npz", "bigf4.npz", "littlef4.npz", "bigf2.npz", "littlef2.npz",
    ]) func readsTheSameNetwork(name: String) throws
  {
    let network = try FixtureNetwork.stored(name).network()
    #expect(network.positionWeights == FixtureNetwork.positionWeights)
    #expect(network.velocityWeights == FixtureNetwork.velocityWeights)
    #expect(network.inputWeights == FixtureNetwork.inputWeights)
    #expect(network.bias == FixtureNetwork.bias)
    if name.hasPrefix("packed") {
      #expect(network.readout?.weights.elements == [0.5, -0.25, 1])
      #expect(network.readout?.bias == [0.125])
    }
  }

  @Test func typesAreReported() throws {
    #expect(try FixtureNetwork.stored("packed-bfloat16.pt").checkpoint.tensors[0].format == .bfloat16)
    #expect(try FixtureNetwork.stored("packed.pt").checkpoint.tensors.map(\.name).first == "cell.i2h.weight")
    #expect(try FixtureNetwork.stored("deflated.npz").checkpoint.format == .npz)
  }

  @Test func constantsInsideTheFileAreUsed() throws {
    for name in ["native.safetensors", "stored.npz", "deflated.npz"] {
      let stored = try FixtureNetwork.stored(name, given: GivenConstants())
      #expect(stored.oscillators.timeStep == 0.042)
      #expect(stored.oscillators.gamma == [2.7, 2.7, 2.7] && stored.oscillators.epsilon == [4.7, 4.7, 4.7])
      #expect(stored.constants.damping.source == .checkpoint && stored.oscillators.damping == .explicit)
    }
    // A number beside a wrapped state dictionary.
    let wrapped = try FixtureNetwork.stored(
      "wrapped-state_dict.pt", given: GivenConstants(gamma: [1], epsilon: [1], damping: .implicit))
    #expect(wrapped.constants.timeStep.value == 0.042 && wrapped.constants.timeStep.source == .checkpoint)
    // Tensors called gamma and epsilon.
    let reservoir = try FixtureNetwork.stored(
      "reservoir.pt", given: GivenConstants(timeStep: 0.042, damping: .explicit))
    #expect(reservoir.oscillators.gamma == [2.5, 2.75, 3] && reservoir.oscillators.epsilon == [4, 4.5, 5])
  }

  @Test func readsOneRowAtATimeTheSame() throws {
    for name in ["packed.pt", "strided.pt", "reservoir.pt"] {
      let stored = try FixtureNetwork.stored(name)
      let sums = try stored.absoluteRowSums()
      let network = try stored.network()
      #expect(sums.position == network.positionWeights.absoluteRowSums)
      #expect(sums.velocity == network.velocityWeights.absoluteRowSums)
      #expect(sums.input == network.inputWeights.absoluteRowSums)
    }
  }

  @Test func arraysOfInputs() throws {
    let data = try NumericArray(path: TestData.path("lorenz96-F8-m64.inputs.npy"), memoryLimit: 1 << 20)
    #expect(data.shape == [200, 5] && !data.isInteger)
    try TestData.withFolder { folder in
      let csv = folder + "/u.csv"
      try "a,b\n1,2.5\n-3,4e-2\n".write(toFile: csv, atomically: true, encoding: .utf8)
      let array = try NumericArray(path: csv, memoryLimit: 1)
      #expect(array.shape == [2, 2] && array.values == [1, 2.5, -3, 0.04] && !array.isInteger)
      try "1 2\n3\n".write(toFile: csv, atomically: true, encoding: .utf8)
      #expect(throws: CheckpointError.self) { try NumericArray(path: csv, memoryLimit: 1) }
      try "[1, 2, 3]".write(toFile: csv, atomically: true, encoding: .utf8)
      #expect(try NumericArray(path: csv, memoryLimit: 1).isInteger)
      try "1,nan\n".write(toFile: csv, atomically: true, encoding: .utf8)
      #expect(throws: CheckpointError.self) { try NumericArray(path: csv, memoryLimit: 1) }
    }
    // Two arrays in one file, and neither called as asked.
    #expect(throws: CheckpointError.self) {
      try NumericArray(path: TestData.fixture("stored.npz"), names: ["inputs"], memoryLimit: 1 << 20)
    }
    let gamma = try NumericArray(path: TestData.fixture("stored.npz"), names: ["epsilon"], memoryLimit: 1 << 20)
    #expect(gamma.values == [4.7, 4.7, 4.7])
  }
}
