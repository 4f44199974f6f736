public import CoRNNKernels

/// A long short-term memory network with an affine readout, with the parameters of PyTorch's `nn.LSTM` (one layer) and
/// `nn.Linear`: `weight_ih_l0` (4m, d), `weight_hh_l0` (4m, m), `bias_ih_l0`, `bias_hh_l0` (4m) with gates in the order
/// i, f, g, o, then `readout.weight` and `readout.bias`.
///
/// `i, f, o = sigmoid(·)`, `g = tanh(·)` of `U h_{n−1} + V u_n + b`; `c_n = f·c_{n−1} + i·g`, `h_n = o·tanh c_n`.
/// The two biases act as their sum and get the same gradient.
public struct LSTMCell: RecurrentCell {
  public let layout: CellLayout

  /// What is added to `bias_ih_l0` of the forget gate at the start.
  public let forgetBias: Double

  /// A network of m = `hidden` units.
  public init(hidden: Int, inputs: Int, outputs: Int, forgetBias: Double = 0) {
    self.forgetBias = forgetBias
    layout = CellLayout(.lstm, hidden: hidden, inputs: inputs, outputs: outputs)
  }

  public var blocks: [ParameterBlock] { gatedBlocks }
  public var placements: [ParameterPlacement] { gatedPlacements }

  /// As PyTorch starts it, with ``forgetBias`` added.
  public func initialParameters(_ random: inout SplittableRandom) -> [Double] {
    var start = gatedStart(&random)
    let first = self.start(of: "bias_ih_l0") + layout.hidden
    for place in first..<first + layout.hidden { start[place] += forgetBias }
    return start
  }
}

/// A plain recurrent network `h_n = tanh(U h_{n−1} + V u_n + b)` with an affine readout, with the parameters of PyTorch's
/// `nn.RNN` (one layer) and `nn.Linear`: `weight_ih_l0` (m, d), `weight_hh_l0` (m, m), `bias_ih_l0`, `bias_hh_l0` (m), then
/// `readout.weight` and `readout.bias`.
public struct TanhCell: RecurrentCell {
  public let layout: CellLayout

  /// A network of m = `hidden` units.
  public init(hidden: Int, inputs: Int, outputs: Int) {
    layout = CellLayout(.tanh, hidden: hidden, inputs: inputs, outputs: outputs)
  }

  public var blocks: [ParameterBlock] { gatedBlocks }
  public var placements: [ParameterPlacement] { gatedPlacements }
  public func initialParameters(_ random: inout SplittableRandom) -> [Double] { gatedStart(&random) }
}

extension RecurrentCell {
  public var learnsConstants: Bool { false }
  public func oscillators(_ parameters: [Double]) -> OscillatorFactors? { nil }
  public func addConstantGradient(sums: [Double], parameters: [Double], to gradient: inout [Double]) {}

  fileprivate var gatedBlocks: [ParameterBlock] {
    let (rows, m) = (layout.gates * layout.hidden, layout.hidden)
    return [
      ParameterBlock("weight_ih_l0", rows, layout.inputs), ParameterBlock("weight_hh_l0", rows, m),
      ParameterBlock("bias_ih_l0", rows), ParameterBlock("bias_hh_l0", rows),
      ParameterBlock("readout.weight", layout.outputs, m), ParameterBlock("readout.bias", layout.outputs),
    ]
  }

  fileprivate var gatedPlacements: [ParameterPlacement] {
    let (m, d, o) = (layout.hidden, layout.inputs, layout.outputs)
    let bias = layout.firstInput + d
    let gates = (0..<layout.gates).flatMap { gate in
      [
        ("weight_ih_l0", d, layout.firstInput), ("weight_hh_l0", m, 0), ("bias_ih_l0", 1, bias),
        ("bias_hh_l0", 1, bias),
      ]
      .map { name, columns, column in
        ParameterPlacement(
          start: start(of: name) + gate * m * columns, rows: m, columns: columns, row: gate * layout.units,
          column: column)
      }
    }
    return gates + [
      ParameterPlacement(start: start(of: "readout.weight"), rows: o, columns: m, row: layout.firstOutput, column: 0),
      ParameterPlacement(start: start(of: "readout.bias"), rows: o, columns: 1, row: layout.firstOutput, column: bias),
    ]
  }

  /// Everything uniform in `±1/sqrt(m)`, as PyTorch starts it.
  fileprivate func gatedStart(_ random: inout SplittableRandom) -> [Double] {
    let limit = 1 / Double(layout.hidden).squareRoot()
    return (0..<parameterCount).map { _ in random.uniform(in: -limit...limit) }
  }
}
