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
    factors = SweepMemory(count: layout.factors * layout.units)
  }

  /// Packs a network.
  ///
  /// - Parameters:
  ///   - values: M, ``CellLayout/rows`` × ``CellLayout/stride``, zero wherever it stands for padding.
  ///   - factors: ``CellLayout/factors`` lists of m values, one for each unit.
  ///   - step: dt of oscillators; not used by other cells.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func pack(matrix values: [Scalar], factors lists: [[Double]], timeStep step: Double) {
    precondition(values.count == matrix.count, "\(values.count) numbers for a matrix of \(matrix.count)")
    precondition(lists.count == layout.factors, "\(lists.count) factors of a unit for \(layout.kind.rawValue)")
    for (block, constants) in lists.enumerated() {
      precondition(constants.count == layout.hidden, "\(constants.count) factors for \(layout.hidden) units")
      for (unit, value) in constants.enumerated() {
        unsafe factors.start[block * layout.units + unit] = Scalar(value)
      }
    }
    timeStep = step
    unsafe values.withUnsafeBufferPointer {
      unsafe matrix.start.update(from: $0.baseAddress!, count: matrix.count)
    }
    var c = layout.layout
    unsafe cornn_pack(&c, MemoryLayout<Scalar>.size, matrix.start, forward.start, backward.start)
  }
}
