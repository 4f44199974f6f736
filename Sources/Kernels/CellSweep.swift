import CKernels

/// The history of one slice of a batch, on which a network runs forward and back on one core.
///
/// Keeps `N·B·(S·m + d + 1)` numbers of states and inputs, and beside them `N·B·m` (oscillators, tanh), `4·N·B·m` (GRU) or
/// `6·N·B·m` (LSTM); what goes back is kept for a chunk of steps only. Made once and used for every iteration.
@safe
public final class CellSweep<Scalar: TrainingScalar>: @unchecked Sendable {
  /// The layout of the networks that run here.
  public let layout: CellLayout
  /// The steps, N, and the largest slice, B.
  public let steps: Int
  /// The largest slice, B.
  public let capacity: Int
  /// The outputs of the last run from the first scored step on, (N + 1 − scored)×B×o; before going back they are to be
  /// replaced by the loss's derivatives by them.
  public var outputs: [Scalar] = []
  private var trajectories = 0
  private var scored = 1
  private let states: SweepMemory<Scalar>
  private let kept: SweepMemory<Scalar>
  private let left: SweepMemory<Scalar>
  private let carry: SweepMemory<Scalar>

  /// Rows whose gradient is one product: one cache line of each of L and R, 16 KiB together, stay in the first cache.
  private static var chunkRows: Int { 128 }

  /// Room for `steps` steps of up to `capacity` trajectories.
  public init(_ layout: CellLayout, steps: Int, capacity: Int) {
    precondition(steps > 0 && capacity > 0, "\(steps) steps of \(capacity) trajectories")
    self.layout = layout
    self.steps = steps
    self.capacity = capacity
    let c = layout.layout
    states = SweepMemory(count: (steps + 1) * capacity * c.width)
    kept = SweepMemory(count: steps * capacity * c.kept)
    left = SweepMemory(count: (Self.chunkRows + 2 * capacity) * c.height)
    carry = SweepMemory(count: capacity * c.carried)
  }

  /// Runs the network forward from a zero state and leaves ``outputs``.
  ///
  /// - Parameters:
  ///   - cell: the network, packed.
  ///   - inputs: N×`batch`×d.
  ///   - batch: the trajectories in `inputs`, B.
  ///   - slice: the trajectories among `batch` that run here.
  ///   - scored: the first step whose outputs are wanted, from 1 to N.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward(_ cell: PackedCell<Scalar>, inputs: [Scalar], batch: Int, slice: Range<Int>, scored: Int) {
    let d = layout.inputs
    precondition(inputs.count == steps * batch * d, "\(inputs.count) inputs for \(steps)×\(batch)×\(d)")
    precondition(
      slice.lowerBound >= 0 && slice.upperBound <= batch && 1...capacity ~= slice.count, "trajectories \(slice)")
    precondition(1...steps ~= scored, "step \(scored) of \(steps)")
    trajectories = slice.count
    self.scored = scored
    let width = layout.stride
    unsafe inputs.withUnsafeBufferPointer { inputs in
      for step in 0...steps {
        for b in 0..<slice.count {
          let row = unsafe states.start + (step * slice.count + b) * width
          if step == 0 { unsafe row.update(repeating: 0, count: layout.firstInput) }
          for k in 0..<d {
            unsafe row[layout.firstInput + k] =
              step < steps ? inputs[(step * batch + slice.lowerBound + b) * d + k] : 0
          }
          unsafe row[layout.firstInput + d] = 1
        }
      }
    }
    let count = (steps + 1 - scored) * slice.count * layout.outputs
    if outputs.count != count { outputs = [Scalar](repeating: 0, count: count) }
    unsafe withSweep(cell) { sweep in
      var sweep = unsafe sweep
      unsafe cornn_sweep_forward(&sweep)
    }
  }

  /// Goes back from the derivatives in ``outputs``.
  ///
  /// - Parameters:
  ///   - cell: the network, packed.
  ///   - withConstants: whether the sums that the constants' gradient needs are wanted.
  /// - Returns: dE/dM in the layout of M (padding holds nothing of use), and sums by unit, each ``CellLayout/units`` long:
  ///   for oscillators with w = mu + dt·lambda of `w·y_{n−1}`, `w·z_{n−1}`, `w·(z_n − z_{n−1})` and `lambda·z_n`; for the
  ///   other cells the gradient by each of their factors.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func backward(_ cell: PackedCell<Scalar>, withConstants: Bool = false) -> CellGradient<Scalar> {
    precondition(trajectories > 0, "nothing has run forward")
    var gradient = CellGradient<Scalar>(
      matrix: [Scalar](repeating: 0, count: layout.rows * layout.stride),
      constants: withConstants ? [Double](repeating: 0, count: 4 * layout.units) : [])
    unsafe gradient.matrix.withUnsafeMutableBufferPointer { matrix in
      unsafe gradient.constants.withUnsafeMutableBufferPointer { constants in
        unsafe withSweep(cell) { sweep in
          var sweep = unsafe sweep
          unsafe sweep.gradient = UnsafeMutableRawPointer(matrix.baseAddress)
          unsafe sweep.constants = withConstants ? constants.baseAddress : nil
          unsafe cornn_sweep_backward(&sweep)
        }
      }
    }
    return gradient
  }

  private func withSweep(_ cell: PackedCell<Scalar>, _ body: (cornn_sweep) -> Void) {
    precondition(
      cell.layout.kind == layout.kind && cell.layout.rows == layout.rows && cell.layout.stride == layout.stride
        && cell.layout.inputs == layout.inputs, "a network of another layout")
    var sweep = unsafe cornn_sweep()
    unsafe sweep.layout = layout.layout
    unsafe sweep.bytes = MemoryLayout<Scalar>.size
    unsafe sweep.steps = steps
    unsafe sweep.batch = trajectories
    unsafe sweep.scored = scored
    unsafe sweep.chunk = max(1, (Self.chunkRows + trajectories - 1) / trajectories)
    unsafe sweep.time_step = cell.timeStep
    unsafe sweep.matrix = UnsafeRawPointer(cell.matrix.start)
    unsafe sweep.forward = UnsafeRawPointer(cell.forward.start)
    unsafe sweep.backward = UnsafeRawPointer(cell.backward.start)
    unsafe sweep.factors = UnsafeRawPointer(cell.factors.start)
    unsafe sweep.states = UnsafeMutableRawPointer(states.start)
    unsafe sweep.kept = UnsafeMutableRawPointer(kept.start)
    unsafe sweep.left = UnsafeMutableRawPointer(left.start)
    unsafe sweep.carry = UnsafeMutableRawPointer(carry.start)
    unsafe outputs.withUnsafeMutableBufferPointer { outputs in
      unsafe sweep.outputs = UnsafeMutableRawPointer(outputs.baseAddress)
      unsafe body(sweep)
    }
  }
}

/// What one slice adds to a gradient.
public struct CellGradient<Scalar: TrainingScalar>: Sendable {
  /// dE/dM, rows × stride.
  public var matrix: [Scalar]
  /// Sums for the constants' gradient, 4 × units, empty if they weren't asked for.
  public var constants: [Double]
}
