public import CoRNNKernels

/// The antisymmetric RNN (Chang, Chen, Haber & Chi 2019, arXiv 1902.09689, without its gate) with an affine readout:
/// `h_n = h_{n−1} + ε·tanh((A − γ·I) h_{n−1} + V u_n + b)`, A skew-symmetric.
///
/// Parameters: `A`, what of it is above the diagonal, row by row (m(m − 1)/2); `V` (m, d), `b` (m), `readout.weight` and
/// `readout.bias`.
public struct AntisymmetricCell: RecurrentCell {
  public var name: String { "antisymmetric" }
  public var metadata: [String: String] { ["step": "\(step)", "diffusion": "\(diffusion)"] }
  public let layout: CellLayout
  /// ε, the length of a step, and γ, the diffusion.
  public let step: Double
  /// γ, the diffusion.
  public let diffusion: Double

  /// A network of m = `hidden` units.
  public init(hidden: Int, inputs: Int, outputs: Int, step: Double, diffusion: Double) {
    layout = CellLayout(.tanh, hidden: hidden, inputs: inputs, outputs: outputs)
    self.step = step
    self.diffusion = diffusion
  }

  public var blocks: [ParameterBlock] {
    let m = layout.hidden
    return [
      ParameterBlock("A", SkewSymmetric.count(m)), ParameterBlock("V", m, layout.inputs), ParameterBlock("b", m),
    ] + readoutBlocks
  }

  /// `A − γ·I`.
  public func derived(_ parameters: [Double]) -> [Double] {
    let m = layout.hidden
    var matrix = SkewSymmetric.matrix(parameters[0..<SkewSymmetric.count(m)], size: m)
    for i in 0..<m { matrix[i, i] = -diffusion }
    return matrix.elements
  }

  public var derivedCount: Int { layout.hidden * layout.hidden }

  public func addDerivedGradient(_ derived: [Double], parameters: [Double], to gradient: inout [Double]) {
    let m = layout.hidden
    SkewSymmetric.add(Matrix(rows: m, columns: m, elements: derived), to: &gradient, at: 0)
  }

  public var placements: [ParameterPlacement] { statePlacements(recurrent: parameterCount, bias: "b") }

  public func factors(_ parameters: [Double]) -> CellFactors {
    .tanh(keeping: 1, force: step, count: layout.hidden)
  }

  /// A and V normal with deviation `1/sqrt(m)` and b zero, as in the paper (its σ_w = 1); the readout uniform in `±1/sqrt(m)`.
  public func initialParameters(_ random: inout SplittableRandom) -> [Double] {
    let (m, d) = (layout.hidden, layout.inputs)
    let deviation = 1 / Double(m).squareRoot()
    let weights = (0..<SkewSymmetric.count(m) + m * d).map { _ in deviation * random.normal() }
    return weights + [Double](repeating: 0, count: m) + readoutStart(&random)
  }
}

extension RecurrentCell {
  /// Placements of a cell with one block of drives: recurrent weights from `recurrent` on, V, the readout, and a bias if
  /// there is one.
  func statePlacements(recurrent: Int, bias: String?) -> [ParameterPlacement] {
    let (m, d) = (layout.hidden, layout.inputs)
    var places = [
      ParameterPlacement(start: recurrent, rows: m, columns: m, row: 0, column: 0),
      ParameterPlacement(start: start(of: "V"), rows: m, columns: d, row: 0, column: layout.firstInput),
    ]
    if let bias {
      places.append(
        ParameterPlacement(start: start(of: bias), rows: m, columns: 1, row: 0, column: layout.firstInput + d))
    }
    return places + readoutPlacements
  }

  /// The readout uniform in `±1/sqrt(m)`, as PyTorch's `nn.Linear` starts it.
  func readoutStart(_ random: inout SplittableRandom) -> [Double] {
    let limit = 1 / Double(layout.hidden).squareRoot()
    return (0..<layout.outputs * (layout.hidden + 1)).map { _ in random.uniform(in: -limit...limit) }
  }
}
