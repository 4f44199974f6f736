public import CoRNNCheckpoints
public import CoRNNKernels
public import CoRNNModel

/// What is in a checkpoint, and what can be said of it without running it.
public struct Inspection: Encodable, Equatable, Sendable {
  /// The file as it was named.
  public let file: String
  /// Its format, and its size in bytes.
  public let format: Checkpoint.Format
  /// Its size in bytes.
  public let fileSize: Int
  /// How its tensors are read; null where `--map` alone says what is what.
  public let layout: Layout?
  /// What decided the layout.
  public let layoutSource: StoredNetwork.LayoutSource
  /// The layer taken, in a file of several.
  public let layer: Int?
  /// m, d and o.
  public let hidden: Int
  /// The width of an input, d.
  public let inputs: Int
  /// The width of an output, o; 0 without a readout.
  public let outputs: Int
  /// The number of rows of the embedding's table; null without one.
  public let tokens: Int?
  /// The kind of damping that everything here is about.
  public let damping: Damping
  /// The activation.
  public let activation: Activation
  /// dt.
  public let timeStep: Double
  /// The numbers in the network: weights, biases, readout and embedding.
  public let parameters: Int
  /// What is in the file.
  public let tensors: [Tensor]
  /// The constants, and where each came from.
  public let constants: [Constant]
  /// Norms of the weights.
  public let norms: Norms
  /// Equation (6).
  public let weightAssumption: WeightAssumption
  /// The bounds of the energy ladder, and whether their hypotheses hold.
  public let theorems: [Theorem]
  /// The OpenBLAS kernels in use.
  public let blasCore: String

  /// Tensors of types that aren't read, as `name: type`.
  public let unread: [String]

  /// One tensor of the file.
  public struct Tensor: Encodable, Equatable, Sendable {
    /// Its name in the file.
    public let name: String
    /// How its numbers are stored.
    public let type: NumberFormat
    /// Its extents.
    public let shape: [Int]
    /// What it is to the network; empty for one that isn't used.
    public let roles: [String]
  }

  /// One constant and where it came from.
  public struct Constant: Encodable, Equatable, Sendable {
    /// `dt`, `gamma`, `epsilon`, `damping`, `activation` or `input_scale`.
    public let name: String
    /// Its value as text.
    public let value: String
    /// Where it came from.
    public let source: ConstantSource
    /// Different values that it overrides, the nearest first.
    public let overrides: [Override]
  }

  /// A value that lost.
  public struct Override: Encodable, Equatable, Sendable {
    /// The value as text.
    public let value: String
    /// Where it stood.
    public let source: ConstantSource
  }

  /// Norms of the weights as stored.
  public struct Norms: Encodable, Equatable, Sendable {
    /// Largest absolute row sums.
    public let infinity: Infinity
    /// Largest singular values; null where they weren't asked for.
    public let spectral: Spectral?

    /// Largest absolute row sums.
    public struct Infinity: Encodable, Equatable, Sendable {
      /// Of W.
      public let w: Double
      /// Of Z.
      public let z: Double
      /// Of V.
      public let v: Double

      private enum CodingKeys: String, CodingKey {
        case w = "W"
        case z = "Z"
        case v = "V"
      }
    }

    /// Largest singular values.
    public struct Spectral: Encodable, Equatable, Sendable {
      /// Of W.
      public let w: Double
      /// Of Z.
      public let z: Double
      /// Of [W Z].
      public let wz: Double

      private enum CodingKeys: String, CodingKey {
        case w = "W"
        case z = "Z"
        case wz = "WZ"
      }
    }
  }

  /// A bound of the ladder and its hypotheses.
  public struct Theorem: Encodable, Equatable, Sendable {
    /// What results call it.
    public let name: String
    /// The bound in formulas.
    public let statement: String
    /// Where it comes from.
    public let origin: ClaimOrigin
    /// Whether its hypotheses hold.
    public let applies: Bool
    /// What it needs.
    public let hypotheses: [Hypothesis]
  }

  /// Looks at a network in a file.
  ///
  /// Weights are read row by row; spectral norms need whole matrices and O(m³) operations.
  ///
  /// - Throws: `StoredNetwork.Failure`: an entry that isn't finite, a file that breaks off.
  public init(_ stored: StoredNetwork, spectral: Bool) throws(StoredNetwork.Failure) {
    let sums = try stored.absoluteRowSums()
    let oscillators = stored.oscillators
    try stored.checkVectors()
    file = stored.checkpoint.path
    format = stored.checkpoint.format
    fileSize = stored.checkpoint.fileSize
    layout = stored.layout
    layoutSource = stored.layoutSource
    layer = stored.blocks.layer
    hidden = stored.blocks.hidden
    inputs = stored.blocks.inputs
    outputs = stored.blocks.outputs
    tokens = stored.blocks.embedding?.rows
    damping = oscillators.damping
    activation = oscillators.activation
    timeStep = oscillators.timeStep
    parameters = stored.blocks.all.reduce(0) { $0 + $1.block.rows * $1.block.width }
    tensors = stored.checkpoint.tensors.map { tensor in
      Tensor(
        name: tensor.name, type: tensor.format, shape: tensor.shape,
        roles: stored.isConstant(tensor)
          ? ["constant"]
          : stored.blocks.all.filter { $0.block.tensor.name == tensor.name }.map {
            $0.block.description == tensor.name ? $0.role : "\($0.role) = \($0.block.description)"
          })
    }
    unread = stored.checkpoint.unread.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    constants = stored.constants.list
    norms = Norms(
      infinity: Norms.Infinity(w: sums.position.max() ?? 0, z: sums.velocity.max() ?? 0, v: sums.input.max() ?? 0),
      spectral: spectral ? try Self.spectralNorms(stored) : nil)
    weightAssumption = WeightAssumption(
      oscillators: oscillators, positionRowSums: sums.position, velocityRowSums: sums.velocity)
    theorems = EnergyRung.allCases.map { rung in
      let hypotheses = rung.hypotheses(for: oscillators)
      return Theorem(
        name: rung.rawValue, statement: rung.statement, origin: rung.origin(for: oscillators),
        applies: hypotheses.allSatisfy(\.holds), hypotheses: hypotheses)
    }
    blasCore = OpenBLAS.coreName
  }

  private static func spectralNorms(_ stored: StoredNetwork) throws(StoredNetwork.Failure) -> Norms.Spectral {
    let network = try stored.network()
    return Norms.Spectral(
      w: network.positionWeights.spectralNorm, z: network.velocityWeights.spectralNorm,
      wz: network.recurrentWeights.spectralNorm)
  }
}

extension Inspection.Constant {
  /// The constants of a network without a file, all given by flags but for the activation.
  public static func list(_ given: GivenConstants, activation: Activation) -> [Self] {
    let values = [
      ("dt", given.timeStep.map { "\($0)" }), ("gamma", given.gamma.map(each)), ("epsilon", given.epsilon.map(each)),
      ("damping", given.damping?.rawValue), ("activation", activation.rawValue),
    ]
    return values.compactMap { name, value in
      value.map {
        Self(
          name: name, value: $0, source: name == "activation" && given.activation == nil ? .standard : .flag,
          overrides: [])
      }
    }
  }

  fileprivate static func each(_ values: [Double]) -> String {
    guard let low = values.min(), let high = values.max() else { return "none" }
    return low == high ? "\(low)" : "\(low) to \(high), by unit"
  }
}

extension NetworkConstants {
  /// The constants in the order of the flags, with values as text.
  var list: [Inspection.Constant] {
    func constant<Value>(
      _ name: String, _ settled: SettledConstant<Value>, _ text: (Value) -> String
    ) -> Inspection.Constant {
      Inspection.Constant(
        name: name, value: text(settled.value), source: settled.source,
        overrides: settled.overridden.map { Inspection.Override(value: text($0.value), source: $0.source) })
    }
    return [
      constant("dt", timeStep) { "\($0)" },
      constant("gamma", gamma, Inspection.Constant.each),
      constant("epsilon", epsilon, Inspection.Constant.each),
      constant("damping", damping) { $0.rawValue },
      constant("activation", activation) { $0.rawValue },
      constant("input_scale", inputScale) { "\($0)" },
    ]
  }
}
