import CKernels

/// A network's matrix and constants in the form that sweeps read, packed again for every new set of weights.
///
/// Any number of sweeps may read it at a time, none while it is packed.
@safe
public final class PackedCell<Scalar: TrainingScalar>: @unchecked Sendable {
  /// The layout of the matrix.
  public let layout: CellLayout
  private(set) var timeStep = 0.0
  let matrix: SweepMemory<Scalar>
  let forward: SweepMemory<Scalar>
  let backward: SweepMemory<Scalar>
  let factors: SweepMemory<Scalar>

  /// Room for a network of this layout.
  public init(_ layout: CellLayout) {
    self.layout = layout
    var c = layout.layout
    matrix = SweepMemory(count: layout.rows * layout.stride)
    forward = SweepMemory(count: unsafe cornn_packed_forward(&c))
    backward = SweepMemory(count: unsafe cornn_packed_backward(&c))
    factors = SweepMemory(count: 3 * layout.units)
  }

  /// Packs a network.
  ///
  /// - Parameters:
  ///   - values: M, ``CellLayout/rows`` × ``CellLayout/stride``, zero wherever it stands for padding.
  ///   - oscillators: for oscillators, alpha, beta and delta of each unit (m values each) and dt.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func pack(
    matrix values: [Scalar], oscillators: (alpha: [Double], beta: [Double], delta: [Double], timeStep: Double)? = nil
  ) {
    precondition(values.count == matrix.count, "\(values.count) numbers for a matrix of \(matrix.count)")
    precondition((layout.kind == .oscillator) == (oscillators != nil), "constants for a \(layout.kind.rawValue) cell")
    if let oscillators {
      for (block, constants) in [oscillators.alpha, oscillators.beta, oscillators.delta].enumerated() {
        precondition(constants.count == layout.hidden, "\(constants.count) constants for \(layout.hidden) units")
        for (unit, value) in constants.enumerated() {
          unsafe factors.start[block * layout.units + unit] = Scalar(value)
        }
      }
      timeStep = oscillators.timeStep
    }
    unsafe values.withUnsafeBufferPointer {
      unsafe matrix.start.update(from: $0.baseAddress!, count: matrix.count)
    }
    var c = layout.layout
    unsafe cornn_pack(&c, MemoryLayout<Scalar>.size, matrix.start, forward.start, backward.start)
  }
}
