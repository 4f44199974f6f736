public import CoRNNKernels
import RealModule

/// FastRNN (Kusupati et al. 2018, arXiv 1901.02358) with an affine readout:
/// `h_n = β·h_{n−1} + α·tanh(U h_{n−1} + V u_n + b)`, α and β the sigmoids of two trained numbers.
///
/// Parameters: `U` (m, m), `V` (m, d), `b` (m), `alpha` and `beta` (1 each, before the sigmoid), `readout.weight` and
/// `readout.bias`.
public struct FastCell: RecurrentCell {
  public var name: String { "fastrnn" }
  public let layout: CellLayout

  /// A network of m = `hidden` units.
  public init(hidden: Int, inputs: Int, outputs: Int) {
    layout = CellLayout(.tanh, hidden: hidden, inputs: inputs, outputs: outputs)
  }

  public var blocks: [ParameterBlock] {
    let m = layout.hidden
    return [
      ParameterBlock("U", m, m), ParameterBlock("V", m, layout.inputs), ParameterBlock("b", m),
      ParameterBlock("alpha", 1), ParameterBlock("beta", 1),
    ] + readoutBlocks
  }

  public var placements: [ParameterPlacement] { statePlacements(recurrent: 0, bias: "b") }

  public func factors(_ parameters: [Double]) -> CellFactors {
    .tanh(
      keeping: sigmoid(parameters[start(of: "beta")]), force: sigmoid(parameters[start(of: "alpha")]),
      count: layout.hidden)
  }

  public var learnsConstants: Bool { true }

  public func addConstantGradient(sums: [Double], parameters: [Double], to gradient: inout [Double]) {
    for (block, name) in ["beta", "alpha"].enumerated() {
      let place = start(of: name)
      let value = sigmoid(parameters[place])
      for i in 0..<layout.hidden { gradient[place] += value * (1 - value) * sums[block * layout.units + i] }
    }
  }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + .exp(-x)) }

  /// As the authors' code starts it: U and V normal with deviation 0.1, b one, alpha −3, beta 3; the readout uniform in
  /// `±1/sqrt(m)`.
  public func initialParameters(_ random: inout SplittableRandom) -> [Double] {
    let (m, d) = (layout.hidden, layout.inputs)
    let weights = (0..<m * (m + d)).map { _ in 0.1 * random.normal() }
    return weights + [Double](repeating: 1, count: m) + [-3, 3] + readoutStart(&random)
  }
}
