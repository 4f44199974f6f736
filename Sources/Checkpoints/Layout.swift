/// How a file's tensors make up a network: who wrote it, in effect. Nothing in the shapes betrays a swap of W
/// and Z, so the layout found is always reported and can always be overridden.
public enum Layout: String, CaseIterable, Codable, Sendable {
  /// `cell.i2h.weight` (m, d + 2m) with columns [V | Z | W]: the published code for adding, sMNIST, psMNIST, HAR-2.
  case packed
  /// `cell.i2h`, `cell.h2h1` = W, `cell.h2h2` = Z: the published code for noise padded CIFAR-10.
  case split
  /// `rnn.i2h`, `rnn.h2h.weight` (m, 2m) with columns [Z | W]: the published code for IMDB.
  case recurrentPair = "recurrent-pair"
  /// `cell.i2h`, `cell.h2h.weight` (m, m) = W, and Z = 0.
  case frictionless
  /// `x2h` (d, m) = Vᵀ, `h2h` = Wᵀ, `bias`, and Z = 0: the row-vector convention of RON.
  case reservoir
  /// `weight_ih` = V, `weight_hh` = W, `weight_ch` = Z, and three biases that add up.
  case torchrecurrent
  /// `rnn_cell_list.l.i2h`: a packed cell for each layer.
  case stacked
  /// This project's own files: `W`, `Z`, `V`, `b`.
  case native

  /// The layout of this name, or of the letter that older notes give it.
  public init?(name: String) {
    switch name {
    case "A": self = .packed
    case "B": self = .split
    case "C": self = .recurrentPair
    case "H": self = .frictionless
    default: self.init(rawValue: name)
    }
  }
}

/// The parts of a network found in a file.
public struct NetworkBlocks: Equatable, Sendable {
  /// `W`, which acts on positions.
  public internal(set) var positionWeights: WeightBlock?
  /// `Z`, which acts on velocities; nil for zero.
  public internal(set) var velocityWeights: WeightBlock?
  /// `V`, which acts on inputs.
  public internal(set) var inputWeights: WeightBlock?
  /// `b` is the sum of these.
  public internal(set) var biases: [WeightBlock] = []
  /// `Q` of the readout.
  public internal(set) var readoutWeights: WeightBlock?
  /// `q` of the readout.
  public internal(set) var readoutBias: WeightBlock?
  /// The table of tokens.
  public internal(set) var embedding: WeightBlock?
  /// The layer taken, in a file of several.
  public internal(set) var layer: Int?

  /// All blocks with the names of their roles.
  public var all: [(role: String, block: WeightBlock)] {
    var all: [(String, WeightBlock)] = []
    func add(_ role: String, _ block: WeightBlock?) {
      if let block { all.append((role, block)) }
    }
    add("W", positionWeights)
    add("Z", velocityWeights)
    add("V", inputWeights)
    for bias in biases { add("b", bias) }
    add("readout weight", readoutWeights)
    add("readout bias", readoutBias)
    add("embedding", embedding)
    return all
  }
}
