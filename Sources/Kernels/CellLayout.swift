import CKernels

/// A recurrent cell that the training kernels know.
public enum CellKind: String, CaseIterable, Codable, Sendable {
  /// Oscillators: `z' = alpha·z + beta·tanh(A) − delta·y`, `y' = y + dt·z'`, `A = Z z + W y + V u + b`.
  case oscillator
  /// Long short-term memory, gates i, f, g, o in PyTorch's order.
  case lstm
  /// `h' = tanh(U h + V u + b)`.
  case tanh
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
      case .tanh: CORNN_CELL_TANH
      }
    layout = cornn_layout_of(Int32(code), hidden, inputs, outputs)
  }

  /// m, d and o.
  public var hidden: Int { layout.hidden }
  public var inputs: Int { layout.inputs }
  public var outputs: Int { layout.outputs }
  /// m with padding.
  public var units: Int { layout.units }
  /// The number of blocks of drives, and of state.
  public var gates: Int { layout.gates }
  public var states: Int { layout.states }
  /// The row of M that makes the first output.
  public var firstOutput: Int { layout.gates * layout.units }
  /// The column of M that acts on the first input; that of the bias is ``inputs`` further on.
  public var firstInput: Int { layout.states * layout.units }
  /// The rows of M, and the numbers from one row to the next.
  public var rows: Int { layout.rows }
  public var stride: Int { layout.width }
  /// The multiply–adds of a step of one trajectory without padding: forward and for the gradient all of M, back what
  /// acts on the state.
  public var multiplyAdds: Int {
    let state = layout.gates * hidden * layout.states * hidden + outputs * hidden
    return 3 * state + 2 * (layout.gates * hidden * (inputs + 1) + outputs)
  }
}
