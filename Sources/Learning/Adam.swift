public import CoRNNKernels
import RealModule

/// The optimiser Adam (Kingma & Ba 2015, arXiv 1412.6980, algorithm 1) with the defaults of the field.
///
/// `m ← β1·m + (1 − β1)·g`, `v ← β2·v + (1 − β2)·g²`,
/// `θ ← θ − rate·(m/(1 − β1^t))/(sqrt(v/(1 − β2^t)) + ε)`, as PyTorch has it.
public struct Adam<Scalar: TrainingScalar>: Equatable, Sendable {
  /// β1 and β2.
  public let meanDecay: Double
  /// How much of the squares' running mean a step keeps.
  public let squareDecay: Double
  /// ε.
  public let epsilon: Double
  /// The steps taken, t.
  public private(set) var steps = 0
  /// The averages of the gradient and of its square.
  public private(set) var mean: [Scalar]
  /// The running mean of squares.
  public private(set) var square: [Scalar]

  /// An optimiser for `count` parameters that hasn't taken a step.
  public init(count: Int, meanDecay: Double = 0.9, squareDecay: Double = 0.999, epsilon: Double = 1e-8) {
    self.meanDecay = meanDecay
    self.squareDecay = squareDecay
    self.epsilon = epsilon
    mean = [Scalar](repeating: 0, count: count)
    square = mean
  }

  /// The optimiser as it was after `steps` steps with the defaults of the field.
  public init(steps: Int, mean: [Scalar], square: [Scalar]) {
    precondition(steps >= 0 && mean.count == square.count, "\(mean.count) and \(square.count) averages")
    self.init(count: mean.count)
    self.steps = steps
    self.mean = mean
    self.square = square
  }

  /// Takes a step; `factors` multiply the rate where they are given, in ranges that ascend.
  public mutating func update(
    _ parameters: inout [Scalar], gradient: [Scalar], rate: Double, factors: [(range: Range<Int>, factor: Double)] = []
  ) {
    precondition(
      parameters.count == mean.count && gradient.count == mean.count,
      "\(parameters.count) parameters and \(gradient.count) derivatives for \(mean.count)")
    steps += 1
    let corrected = rate / (1 - .pow(meanDecay, steps))
    let correction = Scalar(1 / (1 - .pow(squareDecay, steps)).squareRoot())
    var done = 0
    for (range, factor) in factors {
      advance(&parameters, gradient, done..<range.lowerBound, rate: Scalar(corrected), correction: correction)
      advance(&parameters, gradient, range, rate: Scalar(corrected * factor), correction: correction)
      done = range.upperBound
    }
    advance(&parameters, gradient, done..<parameters.count, rate: Scalar(corrected), correction: correction)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func advance(
    _ parameters: inout [Scalar], _ gradient: [Scalar], _ range: Range<Int>, rate: Scalar, correction: Scalar
  ) {
    let (b1, b2, epsilon) = (Scalar(meanDecay), Scalar(squareDecay), Scalar(epsilon))
    let (rest1, rest2) = (Scalar(1 - meanDecay), Scalar(1 - squareDecay))
    for index in range {
      let g = gradient[index]
      let m = b1 * mean[index] + rest1 * g
      let v = b2 * square[index] + rest2 * g * g
      mean[index] = m
      square[index] = v
      parameters[index] -= rate * m / (v.squareRoot() * correction + epsilon)
    }
  }
}
