import CKernels

/// A recurrent cell that the training kernels know.
public enum CellKind: String, CaseIterable, Codable, Sendable {
  /// Oscillators: `z' = alpha·z + beta·tanh(A) − delta·y`, `y' = y + dt·z'`, `A = Z z + W y + V u + b`.
  case oscillator
  /// Long short-term memory, gates i, f, g, o in PyTorch's order.
  case lstm
  /// The gated recurrent unit as PyTorch has it. Its drives are r, z and, apart, the state's and the input's part of the
  /// candidate: `h' = (1 − z)·tanh(X + r·H) + z·h`.
  case gru
  /// `h' = k·h + f·tanh(U h + V u + b)`, k and f by unit.
  case tanh
  /// `h' = sign(A)·relu(|A| + c)`, `A = U h + V u + b`, c by unit.
  case modrelu
}

/// How a network of one cell and an affine readout is laid out as a single matrix M.
///
/// Rows: the drives of each gate (``gates`` blocks of ``units``), then the outputs. Columns: the state (``states``
/// blocks of ``units``; z before y for oscillators), then the inputs, then 1. Units are padded to a multiple of 16; what
/// stands for padding in M is zero.
public struct CellLayout: Sendable {
  /// The cell.
  public let kind: CellKind
  let layout: cornn_layout

  /// The layout of a cell with m = `hidden` units.
  public init(_ kind: CellKind, hidden: Int, inputs: Int, outputs: Int) {
    precondition(hidden > 0 && inputs >= 0 && outputs >= 0, "\(hidden) units, \(inputs) inputs, \(outputs) outputs")
    self.kind = kind
    let code =
      switch kind {
      case .oscillator: CORNN_CELL_OSCILLATOR
      case .lstm: CORNN_CELL_LSTM
      case .gru: CORNN_CELL_GRU
      case .tanh: CORNN_CELL_TANH
      case .modrelu: CORNN_CELL_MODRELU
      }
    layout = cornn_layout_of(Int32(code), hidden, inputs, outputs)
  }

  /// m, d and o.
  public var hidden: Int { layout.hidden }
  /// The width of an input, d.
  public var inputs: Int { layout.inputs }
  /// The width of an output, o.
  public var outputs: Int { layout.outputs }
  /// m with padding.
  public var units: Int { layout.units }
  /// The number of blocks of drives, and of state.
  public var gates: Int { layout.gates }
  /// What a unit carries from step to step: 2 for oscillators and LSTMs, 1 for plain ones.
  public var states: Int { layout.states }
  /// The numbers of each unit that a step takes beside M: alpha, beta and delta of oscillators, k and f of tanh, c of
  /// modReLU.
  public var factors: Int { layout.factors }
  /// The row of M that makes the first output.
  public var firstOutput: Int { layout.gates * layout.units }
  /// The column of M that acts on the first input; that of the bias is ``inputs`` further on.
  public var firstInput: Int { layout.states * layout.units }
  /// The rows of M, and the numbers from one row to the next.
  public var rows: Int { layout.rows }
  /// The entries in a row of M with its padding.
  public var stride: Int { layout.width }
  /// The multiply–adds of a step of one trajectory without padding: forward and for the gradient all of M, back what
  /// acts on the state. A GRU's two blocks of zeros count too.
  public var multiplyAdds: Int {
    let state = layout.gates * hidden * layout.states * hidden + outputs * hidden
    return 3 * state + 2 * (layout.gates * hidden * (inputs + 1) + outputs)
  }
}
