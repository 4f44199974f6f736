public import CoRNNKernels

extension OscillatorNetwork {
  /// A network with untrained weights as the published code starts it: W, Z, V and b uniform in
  /// `±gain/sqrt(d + 2m)`.
  ///
  /// - Parameters:
  ///   - inputs: d.
  ///   - gain: 1 for the published start.
  ///   - random: the stream that the weights are drawn from, in the order W, Z, V, b.
  public init(
    oscillators: Oscillators, inputs: Int, gain: Double = 1, random: inout SplittableRandom
  ) throws(InvalidNetwork) {
    let hidden = oscillators.count
    let limit = gain / Double(inputs + 2 * hidden).squareRoot()
    func draw(_ rows: Int, _ columns: Int) -> Matrix {
      Matrix(
        rows: rows, columns: columns,
        elements: (0..<rows * columns).map { _ in random.uniform(in: -limit...limit) })
    }
    let w = draw(hidden, hidden)
    let z = draw(hidden, hidden)
    let v = draw(hidden, inputs)
    let b = draw(hidden, 1).elements
    try self.init(
      oscillators: oscillators, positionWeights: w, velocityWeights: z, inputWeights: v, bias: b)
  }
}
