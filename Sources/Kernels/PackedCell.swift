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
  ///   - matrix: M, ``CellLayout/rows`` × ``CellLayout/stride``, zero wherever it stands for padding.
  ///   - factors: ``CellLayout/factors`` lists of m values, one for each unit.
  ///   - timeStep: dt of oscillators; not used by other cells.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func pack(matrix: [Scalar], factors: [[Double]], timeStep: Double) {
    precondition(matrix.count == self.matrix.count, "\(matrix.count) numbers for a matrix of \(self.matrix.count)")
    precondition(factors.count == layout.factors, "\(factors.count) factors of a unit for \(layout.kind.rawValue)")
    for (block, constants) in factors.enumerated() {
      precondition(constants.count == layout.hidden, "\(constants.count) factors for \(layout.hidden) units")
      for (unit, value) in constants.enumerated() {
        unsafe self.factors.start[block * layout.units + unit] = Scalar(value)
      }
    }
    self.timeStep = timeStep
    unsafe matrix.withUnsafeBufferPointer {
      unsafe self.matrix.start.update(from: $0.baseAddress!, count: $0.count)
    }
    var c = layout.layout
    unsafe cornn_pack(&c, MemoryLayout<Scalar>.size, self.matrix.start, forward.start, backward.start)
  }
}
