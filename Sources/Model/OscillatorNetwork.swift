public import CoRNNKernels

/// A coupled oscillatory recurrent network: `y'' = sigma(W y + Z y' + V u + b) − gamma·y − epsilon·y'`.
///
/// Rusch & Mishra, arXiv 2010.00951, equations (1)–(3). Valid by construction: shapes agree and every number is
/// finite.
public struct OscillatorNetwork: Equatable, Sendable {
  /// The units and the step.
  public let oscillators: Oscillators
  /// `W`, m×m: acts on positions.
  public let positionWeights: Matrix
  /// `Z` (the paper's calligraphic W), m×m: acts on velocities.
  public let velocityWeights: Matrix
  /// `V`, m×d: acts on inputs.
  public let inputWeights: Matrix
  /// `b`, m values.
  public let bias: [Double]
  /// The affine map from positions to outputs, where one was trained.
  public let readout: Readout?
  /// The table from tokens to inputs, tokens×d, where one was trained.
  public let embedding: Matrix?

  /// An affine map from positions to outputs, `Q y + q`.
  public struct Readout: Equatable, Sendable {
    /// `Q`, outputs×m.
    public let weights: Matrix
    /// `q`, one value for each output.
    public let bias: [Double]

    /// The map with these weights and bias.
    public init(weights: Matrix, bias: [Double]) {
      self.weights = weights
      self.bias = bias
    }
  }

  /// A network of these parts.
  ///
  /// - Throws: ``InvalidNetwork`` when shapes disagree or an entry isn't finite.
  public init(
    oscillators: Oscillators, positionWeights: Matrix, velocityWeights: Matrix, inputWeights: Matrix,
    bias: [Double], readout: Readout? = nil, embedding: Matrix? = nil
  ) throws(InvalidNetwork) {
    let hidden = oscillators.count
    try Self.check("W", positionWeights, rows: hidden, columns: hidden)
    try Self.check("Z", velocityWeights, rows: hidden, columns: hidden)
    try Self.check("V", inputWeights, rows: hidden, columns: inputWeights.columns)
    try Self.check("b", bias, count: hidden)
    if let readout {
      try Self.check("readout.weight", readout.weights, rows: readout.weights.rows, columns: hidden)
      try Self.check("readout.bias", readout.bias, count: readout.weights.rows)
    }
    if let embedding {
      try Self.check("embedding.weight", embedding, rows: embedding.rows, columns: inputWeights.columns)
    }
    self.oscillators = oscillators
    self.positionWeights = positionWeights
    self.velocityWeights = velocityWeights
    self.inputWeights = inputWeights
    self.bias = bias
    self.readout = readout
    self.embedding = embedding
  }

  /// The number of hidden units, m.
  public var hidden: Int { oscillators.count }

  /// The width of an input, d.
  public var inputs: Int { inputWeights.columns }

  /// `[W Z]`, m×2m: what acts on a state of positions followed by velocities.
  public var recurrentWeights: Matrix { Matrix(positionWeights, beside: velocityWeights) }

  /// Whether Z = 0, so that units act on each other by their positions alone.
  public var isUncoupledInVelocity: Bool { velocityWeights.elements.allSatisfy { $0 == 0 } }

  private static func check(
    _ name: String, _ matrix: Matrix, rows: Int, columns: Int
  ) throws(InvalidNetwork) {
    guard matrix.rows == rows, matrix.columns == columns else {
      throw .shape(name: name, found: [matrix.rows, matrix.columns], expected: [rows, columns])
    }
    try checkFinite(name, matrix.elements)
  }

  private static func check(_ name: String, _ values: [Double], count: Int) throws(InvalidNetwork) {
    guard values.count == count else { throw .shape(name: name, found: [values.count], expected: [count]) }
    try checkFinite(name, values)
  }

  private static func checkFinite(_ name: String, _ values: [Double]) throws(InvalidNetwork) {
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(name: name, index: index, value: values[index])
    }
  }
}
