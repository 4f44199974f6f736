import CoRNNKernels
public import CoRNNModel

/// A series of checkpoints of one training run: the weight assumption and the gradient along it.
public struct TrainingSeries: Encodable, Equatable, Sendable {
  /// One checkpoint.
  public struct Point: Encodable, Equatable, Sendable {
    /// The checkpoint.
    public let file: String
    /// (6), with both of its terms.
    public let weightAssumption: WeightAssumption
    /// |W|∞ and |Z|∞.
    public let positionNorm: Double
    /// |Z|∞.
    public let velocityNorm: Double
    /// The loss under the given inputs, and the largest entry of its gradient by W, Z, V and b; null where the run
    /// diverged or no gradient was asked for.
    public let loss: Double?
    /// The largest entry of the gradient, in size; null without one.
    public let gradientMaximum: Double?

    /// A checkpoint's network, and its gradient if there is one.
    public init(file: String, network: OscillatorNetwork, gradient: NetworkGradient?) {
      self.file = file
      weightAssumption = WeightAssumption(
        oscillators: network.oscillators, positionRowSums: network.positionWeights.absoluteRowSums,
        velocityRowSums: network.velocityWeights.absoluteRowSums)
      positionNorm = network.positionWeights.infinityNorm
      velocityNorm = network.velocityWeights.infinityNorm
      loss = gradient?.loss
      gradientMaximum = gradient.map { abs($0.largestEntry.value) }
    }
  }

  /// The checkpoints in the order given.
  public let points: [Point]

  /// A series of these checkpoints.
  public init(points: [Point]) { self.points = points }
}
