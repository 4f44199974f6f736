public import CoRNNKernels
import RealModule

/// expRNN (Lezcano-Casado & Martínez-Rubio 2019, arXiv 1901.08428) with an affine readout:
/// `h_n = modReLU(exp(A) h_{n−1} + V u_n)`, A skew-symmetric, so that exp(A) is orthogonal;
/// `modReLU(x) = sign(x)·relu(|x| + c)`.
///
/// Parameters: `A`, what of it is above the diagonal, row by row (m(m − 1)/2); `V` (m, d), `c` (m), `readout.weight` and
/// `readout.bias`. The gradient by A is exact: the derivative of the exponential at Aᵀ in the direction of that by exp(A).
public struct ExponentialCell: RecurrentCell {
  public var name: String { "exprnn" }
  public let layout: CellLayout
  /// The rate of A over that of the other parameters; a tenth in the authors' code.
  public let recurrentRate: Double

  /// A network of m = `hidden` units.
  public init(hidden: Int, inputs: Int, outputs: Int, recurrentRate: Double = 0.1) {
    layout = CellLayout(.modrelu, hidden: hidden, inputs: inputs, outputs: outputs)
    self.recurrentRate = recurrentRate
  }

  public var blocks: [ParameterBlock] {
    let m = layout.hidden
    return [
      ParameterBlock("A", SkewSymmetric.count(m)), ParameterBlock("V", m, layout.inputs), ParameterBlock("c", m),
    ] + readoutBlocks
  }

  public var rateFactors: [String: Double] { ["A": recurrentRate] }

  /// A.
  private func skew(_ parameters: [Double]) -> Matrix {
    SkewSymmetric.matrix(parameters[0..<SkewSymmetric.count(layout.hidden)], size: layout.hidden)
  }

  /// exp(A).
  public func derived(_ parameters: [Double]) -> [Double] { skew(parameters).exponential.elements }
  public var derivedCount: Int { layout.hidden * layout.hidden }

  public func addDerivedGradient(_ derived: [Double], parameters: [Double], to gradient: inout [Double]) {
    let m = layout.hidden
    let direction = Matrix(rows: m, columns: m, elements: derived)
    let byMatrix = skew(parameters).transposed.exponential(derivative: direction).derivative
    SkewSymmetric.add(byMatrix, to: &gradient, at: 0)
  }

  public var placements: [ParameterPlacement] { statePlacements(recurrent: parameterCount, bias: nil) }

  public func factors(_ parameters: [Double]) -> CellFactors {
    let first = start(of: "c")
    return CellFactors([Array(parameters[first..<first + layout.hidden])])
  }

  public var learnsConstants: Bool { true }

  public func addConstantGradient(sums: [Double], parameters: [Double], to gradient: inout [Double]) {
    let first = start(of: "c")
    for i in 0..<layout.hidden { gradient[first + i] += sums[i] }
  }

  /// As the authors' code starts it: A with blocks `[0 s; −s 0]` along its diagonal, `s = −sqrt((1 − cos φ)/(1 + cos φ))`, φ
  /// uniform in [0, π/2] (their "Cayley" start); V normal with deviation `sqrt(2/d)` (He); c uniform in ±0.01; the readout
  /// uniform in `±1/sqrt(m)`.
  public func initialParameters(_ random: inout SplittableRandom) -> [Double] {
    let (m, d) = (layout.hidden, layout.inputs)
    var skew = [Double](repeating: 0, count: SkewSymmetric.count(m))
    var place = 0
    for i in 0..<m {
      if i.isMultiple(of: 2), i + 1 < m { skew[place] = -.tan(random.uniform(in: 0...(.pi / 2)) / 2) }
      place += m - 1 - i
    }
    let deviation = d > 0 ? (2 / Double(d)).squareRoot() : 0
    let input = (0..<m * d).map { _ in deviation * random.normal() }
    return skew + input + (0..<m).map { _ in random.uniform(in: -0.01...0.01) } + readoutStart(&random)
  }
}
