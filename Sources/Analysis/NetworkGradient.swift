public import CoRNNKernels
public import CoRNNModel

/// A loss and its gradient with respect to everything a network is made of.
public struct NetworkGradient: Equatable, Sendable {
  /// The loss.
  public internal(set) var loss: Double
  /// By W and Z, m×m.
  public internal(set) var positionWeights: Matrix
  /// By Z, m×m.
  public internal(set) var velocityWeights: Matrix
  /// By V, m×d.
  public internal(set) var inputWeights: Matrix
  /// By b, m values.
  public internal(set) var bias: [Double]
  /// By gamma and epsilon of each unit.
  public internal(set) var gamma: [Double]
  /// By epsilon of each unit.
  public internal(set) var epsilon: [Double]
  /// By dt, with the inputs of each step as they are.
  public internal(set) var timeStep: Double
  /// By the readout's weights and bias; nil where the loss doesn't read out.
  public internal(set) var readout: OscillatorNetwork.Readout?
  /// By y_0 and z_0, B×2m.
  public internal(set) var initial: [Double]
  /// By the inputs, N×B×d; nil where it wasn't asked for.
  public internal(set) var inputs: [Double]?

  /// The four blocks that the paper's propositions are about.
  public enum Block: String, CaseIterable, CodingKey, Encodable, Sendable {
    /// W.
    case w = "W"
    /// Z.
    case z = "Z"
    /// V.
    case v = "V"
    /// b.
    case b
  }

  /// The gradient by a block, row after row.
  public subscript(block: Block) -> [Double] {
    switch block {
    case .w: positionWeights.elements
    case .z: velocityWeights.elements
    case .v: inputWeights.elements
    case .b: bias
    }
  }

  /// Whether every value is finite: an unstable network's may overflow where its states don't.
  public var isFinite: Bool {
    loss.isFinite && Block.allCases.allSatisfy { self[$0].allSatisfy(\.isFinite) }
  }
}

/// A number for each of the blocks W, Z, V and b.
public struct BlockValues: Encodable, Equatable, Sendable {
  /// By W.
  public let w: Double
  /// By Z.
  public let z: Double
  /// By V.
  public let v: Double
  /// By b.
  public let b: Double

  private enum CodingKeys: String, CodingKey {
    case w = "W"
    case z = "Z"
    case v = "V"
    case b
  }

  /// What `value` gives for each block.
  public init(_ value: (NetworkGradient.Block) -> Double) {
    (w, z, v, b) = (value(.w), value(.z), value(.v), value(.b))
  }

  /// The value of one block.
  public subscript(block: NetworkGradient.Block) -> Double {
    switch block {
    case .w: w
    case .z: z
    case .v: v
    case .b: b
    }
  }
}
