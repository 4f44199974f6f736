public import CoRNNKernels

extension OscillatorNetwork {
  /// A network with untrained weights as the published code starts it: W, Z, V and b uniform in
  /// `±gain/sqrt(d + 2m)`.
  ///
  /// - Parameters:
  ///   - oscillators: the units.
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

  /// A network of random coupling by positions: W of independent normal entries with standard deviation `gain/√m`, whose
  /// spectral radius is about the gain; Z = 0, b = 0, and V of standard normal entries.
  ///
  /// - Parameters:
  ///   - oscillators: the units.
  ///   - gain: g; the transition to chaos of such networks is over g (Sompolinsky et al.,
  ///     doi:10.1103/PhysRevLett.61.259).
  ///   - inputs: d.
  ///   - random: the stream that the weights are drawn from, in the order W, V.
  public init(
    oscillators: Oscillators, normalPositionWeights gain: Double, inputs: Int, random: inout SplittableRandom
  ) throws(InvalidNetwork) {
    let m = oscillators.count
    let scale = gain / Double(m).squareRoot()
    let w = Matrix(rows: m, columns: m, elements: (0..<m * m).map { _ in scale * random.normal() })
    let v = Matrix(rows: m, columns: inputs, elements: (0..<m * inputs).map { _ in random.normal() })
    try self.init(
      oscillators: oscillators, positionWeights: w, velocityWeights: Matrix(rows: m, columns: m), inputWeights: v,
      bias: [Double](repeating: 0, count: m))
  }
}
