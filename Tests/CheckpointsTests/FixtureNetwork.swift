import CoRNNCheckpoints
import CoRNNKernels
import CoRNNModel
import TestSupport

/// The network in every fixture; Fixtures/make_fixtures.py holds the same formulas.
enum FixtureNetwork {
  static let hidden = 3
  static let inputs = 2
  static let constants = GivenConstants(timeStep: 0.042, gamma: [2.7], epsilon: [4.7], damping: .explicit)

  static func w(_ i: Int, _ j: Int) -> Double { Double(7 * i - 5 * j + 3) / 16 }
  static func z(_ i: Int, _ j: Int) -> Double { Double(3 * i + 4 * j - 11) / 16 }
  static func v(_ i: Int, _ j: Int) -> Double { Double(2 * i - 3 * j + 5) / 16 }
  static func b(_ i: Int) -> Double { Double(3 * i - 2) / 16 }

  static func matrix(_ columns: Int, _ entry: (Int, Int) -> Double) -> Matrix {
    Matrix(
      rows: hidden, columns: columns,
      elements: (0..<hidden).flatMap { i in (0..<columns).map { entry(i, $0) } })
  }

  static let positionWeights = matrix(3, w)
  static let velocityWeights = matrix(3, z)
  static let inputWeights = matrix(2, v)
  static let bias = (0..<3).map(b)

  static func stored(
    _ name: String, layout: Layout? = nil, map: String? = nil, layer: Int? = nil, given: GivenConstants = constants
  ) throws -> StoredNetwork {
    try StoredNetwork(
      path: TestData.fixture(name), layout: layout, map: map.map { text throws in try LayoutMap(parsing: text) },
      layer: layer, given: given, memoryLimit: 1 << 26)
  }
}
