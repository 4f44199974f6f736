import CoRNNKernels
public import CoRNNModel

/// The inputs of a run: `u_1 … u_N`, for one trajectory or a batch.
public struct InputSequence: Equatable, Sendable {
  /// The number of steps, N.
  public let steps: Int
  /// The number of trajectories, B.
  public let batch: Int
  /// The width of one input, d.
  public let width: Int
  /// N×B×d, time first.
  public let values: [Double]

  /// Inputs of this shape.
  public init(steps: Int, batch: Int, width: Int, values: [Double]) {
    precondition(
      steps >= 0 && batch > 0 && width >= 0 && values.count == steps * batch * width,
      "\(values.count) values for \(steps)×\(batch)×\(width)")
    self.steps = steps
    self.batch = batch
    self.width = width
    self.values = values
  }

  /// Why an array can't be the inputs of a network.
  public enum ShapeError: Error, Equatable, Sendable {
    /// It is neither N×d nor N×B×d; `width` is the network's d.
    case inputs(shape: [Int], width: Int)
    /// It is neither N nor N×B; the network takes tokens.
    case tokens(shape: [Int])
    /// A token is not in the embedding's table.
    case token(index: Int, value: Double, count: Int)
    /// There isn't a single step.
    case empty
  }

  /// Inputs from an array, N×d or N×B×d; for a network with an embedding, also whole-number tokens, N or N×B.
  ///
  /// A list of N numbers stands for N×1. In text, whole numbers are tokens unless their rows are as wide as an
  /// input; a single row of them is N tokens.
  public init(
    array shape: [Int], values: [Double], areIntegers: Bool, isText: Bool = false, for network: OscillatorNetwork
  ) throws(ShapeError) {
    guard !values.isEmpty else { throw .empty }
    // Text doesn't tell whole numbers from tokens: rows as wide as an input are inputs.
    let isWide = isText && shape.count == 2 && shape[1] == network.inputs && shape[1] > 1
    if let embedding = network.embedding, areIntegers, !isWide {
      var tokens = shape.last == 1 && shape.count > 1 ? Array(shape.dropLast()) : shape
      if isText, tokens.count == 2, tokens[0] == 1 { tokens = [tokens[1]] }
      guard 1...2 ~= tokens.count else { throw .tokens(shape: shape) }
      var looked: [Double] = []
      looked.reserveCapacity(values.count * embedding.columns)
      for (index, value) in values.enumerated() {
        guard let token = Int(exactly: value), 0 <= token, token < embedding.rows else {
          throw .token(index: index, value: value, count: embedding.rows)
        }
        looked += embedding.row(token)
      }
      self.init(
        steps: tokens[0], batch: tokens.count == 2 ? tokens[1] : 1, width: embedding.columns, values: looked)
      return
    }
    let full = shape.count == 1 ? shape + [1] : shape
    guard full.count == 2 || full.count == 3, full[full.count - 1] == network.inputs else {
      throw .inputs(shape: shape, width: network.inputs)
    }
    self.init(
      steps: full[0], batch: full.count == 3 ? full[1] : 1, width: network.inputs, values: values)
  }

  /// The same inputs divided by `scale`.
  public func divided(by scale: Double) -> InputSequence {
    InputSequence(steps: steps, batch: batch, width: width, values: values.map { $0 / scale })
  }

  /// The inputs of the first trajectory alone.
  public var firstTrajectory: InputSequence { trajectories(0..<1) }

  /// The inputs of trajectories `range` alone.
  func trajectories(_ range: Range<Int>) -> InputSequence { part(steps: 0..<steps, trajectories: range) }

  /// The inputs of some steps, counted from 0, of some trajectories.
  public func part(steps range: Range<Int>, trajectories: Range<Int>) -> InputSequence {
    if range == 0..<steps, trajectories == 0..<batch { return self }
    precondition(
      0 <= range.lowerBound && range.upperBound <= steps && 0 <= trajectories.lowerBound
        && trajectories.upperBound <= batch, "steps \(range), trajectories \(trajectories) of \(steps) and \(batch)")
    var part: [Double] = []
    part.reserveCapacity(range.count * trajectories.count * width)
    for step in range {
      let row = step * batch
      part += values[(row + trajectories.lowerBound) * width..<(row + trajectories.upperBound) * width]
    }
    return InputSequence(steps: range.count, batch: trajectories.count, width: width, values: part)
  }
}
