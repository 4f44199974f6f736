import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

@testable import CoRNNCheckpoints

/// What is written reads back equal to the bit.
@Suite struct WritingTests {
  static func network(seed: UInt64) throws -> OscillatorNetwork {
    let base = try randomNetwork(
      seed: seed, hidden: 1 + Int(seed % 7), inputs: Int(seed % 4),
      damping: seed.isMultiple(of: 2) ? .implicit : .explicit,
      heterogeneous: seed % 3 == 0, activation: Activation.allCases[Int(seed % 3)])
    guard seed % 2 == 0 else { return base }
    var random = SplittableRandom(seed: seed)
    let readout = OscillatorNetwork.Readout(
      weights: Matrix(rows: 2, columns: base.hidden, elements: (0..<2 * base.hidden).map { _ in random.normal() }),
      bias: [0.1, -2.385])
    let embedding = Matrix(rows: 5, columns: base.inputs, elements: (0..<5 * base.inputs).map { _ in random.normal() })
    return try OscillatorNetwork(
      oscillators: base.oscillators, positionWeights: base.positionWeights, velocityWeights: base.velocityWeights,
      inputWeights: base.inputWeights, bias: base.bias, readout: readout,
      embedding: base.inputs > 0 ? embedding : nil)
  }

  @Test(arguments: NetworkWriter.Format.allCases, 0..<12 as Range<UInt64>)
  func readsBackEqual(format: NetworkWriter.Format, seed: UInt64) throws {
    let network = try Self.network(seed: seed)
    try TestData.withFolder { folder in
      let path = folder + "/network." + format.rawValue
      try NetworkWriter.write(network, inputScale: 5.1, as: format, to: path)
      let stored = try StoredNetwork(path: path, memoryLimit: 1 << 24)
      #expect(try stored.network() == network)
      #expect(stored.layout == .native && stored.constants.inputScale.value == 5.1)
      #expect(stored.sidecarPath == nil)
      // The same network gives the same bytes.
      let again = folder + "/again." + format.rawValue
      try NetworkWriter.write(network, inputScale: 5.1, as: format, to: again)
      #expect(try Data(contentsOf: URL(filePath: path)) == Data(contentsOf: URL(filePath: again)))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
    }
  }

  @Test func arraysReadBackEqual() throws {
    try TestData.withFolder { folder in
      let path = folder + "/a.npz"
      let values = [0.1, -2.385, 5.5, .pi, 1e-300, 7]
      try ArrayWriter.write(
        [.init("time", shape: [6], values: values), .init("x", shape: [2, 1, 3], values: values)], to: path)
      let checkpoint = try Checkpoint(path: path, memoryLimit: 1 << 20)
      #expect(checkpoint.tensors.map(\.shape) == [[6], [2, 1, 3]])
      for tensor in checkpoint.tensors { #expect(try checkpoint.values(of: tensor) == values) }
    }
  }

  @Test func unwritablePlacesAreErrors() throws {
    let network = try Self.network(seed: 1)
    for format in NetworkWriter.Format.allCases {
      let error = #expect(throws: CheckpointError.self) {
        try NetworkWriter.write(network, as: format, to: "/nowhere/at/all/network")
      }
      guard case .unwritable? = error?.problem else {
        Issue.record("\(format): \(String(describing: error))")
        continue
      }
    }
  }
}
