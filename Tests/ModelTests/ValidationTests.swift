import CoRNNKernels
import CoRNNModel
import Testing

@Suite struct ValidationTests {
  @Test func constantsOutOfRangeAreRefused() {
    #expect(throws: InvalidNetwork.outOfRange(name: "gamma", unit: 1, value: 0, requirement: "greater than 0")) {
      try Oscillators(gamma: [1, 0], epsilon: [1, 1], timeStep: 0.1, damping: .implicit)
    }
    #expect(throws: InvalidNetwork.outOfRange(name: "epsilon", unit: 0, value: -0.5, requirement: "at least 0")) {
      try Oscillators(gamma: [1], epsilon: [-0.5], timeStep: 0.1, damping: .implicit)
    }
    #expect(throws: InvalidNetwork.outOfRange(name: "dt", unit: nil, value: 0, requirement: "greater than 0")) {
      try Oscillators(gamma: [1], epsilon: [1], timeStep: 0, damping: .implicit)
    }
    #expect(throws: InvalidNetwork.shape(name: "epsilon", found: [1], expected: [2])) {
      try Oscillators(gamma: [1, 2], epsilon: [1], timeStep: 0.1, damping: .implicit)
    }
    #expect(throws: InvalidNetwork.empty) {
      try Oscillators(gamma: [], epsilon: [], timeStep: 0.1, damping: .implicit)
    }
    #expect(throws: InvalidNetwork.self) {
      try Oscillators(gamma: [.nan], epsilon: [1], timeStep: 0.1, damping: .implicit)
    }
    #expect(throws: InvalidNetwork.self) {
      try Oscillators(gamma: [1], epsilon: [1], timeStep: .infinity, damping: .implicit)
    }
    // No damping at all is allowed: some theorems are about it.
    #expect(throws: Never.self) {
      try Oscillators(gamma: [1], epsilon: [0], timeStep: 0.1, damping: .implicit)
    }
  }

  @Test func shapesThatDisagreeAreRefused() throws {
    let oscillators = try Oscillators(gamma: [2.7, 2.7], epsilon: [4.7, 4.7], timeStep: 0.042, damping: .explicit)
    let square = Matrix(rows: 2, columns: 2)
    func make(
      w: Matrix = square, z: Matrix = square, v: Matrix = Matrix(rows: 2, columns: 3), b: [Double] = [0, 0],
      readout: OscillatorNetwork.Readout? = nil, embedding: Matrix? = nil
    ) throws -> OscillatorNetwork {
      try OscillatorNetwork(
        oscillators: oscillators, positionWeights: w, velocityWeights: z, inputWeights: v, bias: b,
        readout: readout, embedding: embedding)
    }
    #expect(throws: Never.self) { try make() }
    #expect(throws: InvalidNetwork.shape(name: "W", found: [2, 3], expected: [2, 2])) {
      try make(w: Matrix(rows: 2, columns: 3))
    }
    #expect(throws: InvalidNetwork.shape(name: "Z", found: [1, 2], expected: [2, 2])) {
      try make(z: Matrix(rows: 1, columns: 2))
    }
    #expect(throws: InvalidNetwork.shape(name: "V", found: [3, 3], expected: [2, 3])) {
      try make(v: Matrix(rows: 3, columns: 3))
    }
    #expect(throws: InvalidNetwork.shape(name: "b", found: [3], expected: [2])) { try make(b: [0, 0, 0]) }
    #expect(throws: InvalidNetwork.shape(name: "readout.bias", found: [1], expected: [2])) {
      try make(readout: .init(weights: square, bias: [0]))
    }
    #expect(throws: InvalidNetwork.shape(name: "embedding.weight", found: [4, 2], expected: [4, 3])) {
      try make(embedding: Matrix(rows: 4, columns: 2))
    }
    var nan = square
    nan[1, 0] = .nan
    #expect { try make(w: nan) } throws: { error in
      guard case .notFinite("W", 2, let value)? = error as? InvalidNetwork else { return false }
      return value.isNaN
    }
  }
}
