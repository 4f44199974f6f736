public import CoRNNKernels

/// A long short-term memory network with an affine readout, with the parameters of PyTorch's `nn.LSTM` (one layer) and
/// `nn.Linear`: `weight_ih_l0` (4m, d), `weight_hh_l0` (4m, m), `bias_ih_l0`, `bias_hh_l0` (4m) with gates in the order
/// i, f, g, o, then `readout.weight` and `readout.bias`.
///
/// `i, f, o = sigmoid(·)`, `g = tanh(·)` of `U h_{n−1} + V u_n + b`; `c_n = f·c_{n−1} + i·g`, `h_n = o·tanh c_n`.
/// The two biases act as their sum and get the same gradient.
public struct LSTMCell: RecurrentCell {
  public var name: String { "lstm" }
  public let layout: CellLayout

  /// What is added to `bias_ih_l0` of the forget gate at the start.
  public let forgetBias: Double

  /// A network of m = `hidden` units.
  public init(hidden: Int, inputs: Int, outputs: Int, forgetBias: Double = 0) {
    self.forgetBias = forgetBias
    layout = CellLayout(.lstm, hidden: hidden, inputs: inputs, outputs: outputs)
  }

  public var blocks: [ParameterBlock] { gatedBlocks(layout.gates) }
  public var placements: [ParameterPlacement] { gatedPlacements }

  /// As PyTorch starts it, with ``forgetBias`` added.
  public func initialParameters(_ random: inout SplittableRandom) -> [Double] {
    var start = gatedStart(&random)
    let first = self.start(of: "bias_ih_l0") + layout.hidden
    for place in first..<first + layout.hidden { start[place] += forgetBias }
    return start
  }
}

/// A gated recurrent unit (Cho et al. 2014, arXiv 1406.1078) with an affine readout, with the parameters of PyTorch's
/// `nn.GRU` (one layer) and `nn.Linear`: `weight_ih_l0` (3m, d), `weight_hh_l0` (3m, m), `bias_ih_l0`, `bias_hh_l0` (3m) with
/// gates in the order r, z, n, then `readout.weight` and `readout.bias`.
///
/// `r, z = sigmoid(·)` of `U h_{n−1} + V u_n + b`; `n = tanh(V_n u_n + b_in + r·(U_n h_{n−1} + b_hn))`;
/// `h_n = (1 − z)·n + z·h_{n−1}`.
public struct GRUCell: RecurrentCell {
  public var name: String { "gru" }
  public let layout: CellLayout

  /// A network of m = `hidden` units.
  public init(hidden: Int, inputs: Int, outputs: Int) {
    layout = CellLayout(.gru, hidden: hidden, inputs: inputs, outputs: outputs)
  }

  public var blocks: [ParameterBlock] { gatedBlocks(3) }

  public var placements: [ParameterPlacement] {
    let (m, d) = (layout.hidden, layout.inputs)
    let bias = layout.firstInput + d
    func place(_ name: String, gate: Int, columns: Int, block: Int, column: Int) -> ParameterPlacement {
      ParameterPlacement(
        start: start(of: name) + gate * m * columns, rows: m, columns: columns, row: block * layout.units,
        column: column)
    }
    return (0..<3).flatMap { gate in
      // The candidate's input part is the fourth block of drives.
      let block = gate == 2 ? 3 : gate
      return [
        place("weight_ih_l0", gate: gate, columns: d, block: block, column: layout.firstInput),
        place("weight_hh_l0", gate: gate, columns: m, block: gate, column: 0),
        place("bias_ih_l0", gate: gate, columns: 1, block: block, column: bias),
        place("bias_hh_l0", gate: gate, columns: 1, block: gate, column: bias),
      ]
    } + readoutPlacements
  }

  public func initialParameters(_ random: inout SplittableRandom) -> [Double] { gatedStart(&random) }
}

/// A plain recurrent network `h_n = tanh(U h_{n−1} + V u_n + b)` with an affine readout, with the parameters of PyTorch's
/// `nn.RNN` (one layer) and `nn.Linear`: `weight_ih_l0` (m, d), `weight_hh_l0` (m, m), `bias_ih_l0`, `bias_hh_l0` (m), then
/// `readout.weight` and `readout.bias`.
public struct TanhCell: RecurrentCell {
  public var name: String { "tanh" }
  public let layout: CellLayout

  /// A network of m = `hidden` units.
  public init(hidden: Int, inputs: Int, outputs: Int) {
    layout = CellLayout(.tanh, hidden: hidden, inputs: inputs, outputs: outputs)
  }

  public var blocks: [ParameterBlock] { gatedBlocks(layout.gates) }
  public var placements: [ParameterPlacement] { gatedPlacements }
  public func factors(_ parameters: [Double]) -> CellFactors { .tanh(keeping: 0, force: 1, count: layout.hidden) }
  public func initialParameters(_ random: inout SplittableRandom) -> [Double] { gatedStart(&random) }
}

extension CellFactors {
  /// One k and one f for all units of a network of tanh.
  static func tanh(keeping: Double, force: Double, count: Int) -> CellFactors {
    CellFactors([[Double](repeating: keeping, count: count), [Double](repeating: force, count: count)])
  }
}

extension RecurrentCell {
  fileprivate func gatedBlocks(_ gates: Int) -> [ParameterBlock] {
    let (rows, m) = (gates * layout.hidden, layout.hidden)
    return [
      ParameterBlock("weight_ih_l0", rows, layout.inputs), ParameterBlock("weight_hh_l0", rows, m),
      ParameterBlock("bias_ih_l0", rows), ParameterBlock("bias_hh_l0", rows),
    ] + readoutBlocks
  }

  fileprivate var gatedPlacements: [ParameterPlacement] {
    let (m, d) = (layout.hidden, layout.inputs)
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
    return gates + readoutPlacements
  }

  var readoutBlocks: [ParameterBlock] {
    [
      ParameterBlock("readout.weight", layout.outputs, layout.hidden),
      ParameterBlock("readout.bias", layout.outputs),
    ]
  }

  /// Where the readout of a cell with one block of state stands.
  var readoutPlacements: [ParameterPlacement] {
    let (row, bias) = (layout.firstOutput, layout.firstInput + layout.inputs)
    return [
      ParameterPlacement(
        start: start(of: "readout.weight"), rows: layout.outputs, columns: layout.hidden, row: row, column: 0),
      ParameterPlacement(start: start(of: "readout.bias"), rows: layout.outputs, columns: 1, row: row, column: bias),
    ]
  }

  /// Everything uniform in `±1/sqrt(m)`, as PyTorch starts it.
  fileprivate func gatedStart(_ random: inout SplittableRandom) -> [Double] {
    let limit = 1 / Double(layout.hidden).squareRoot()
    return (0..<parameterCount).map { _ in random.uniform(in: -limit...limit) }
  }
}
