import CoRNNKernels

/// A matrix or vector of a network as a part of a stored tensor: some of its columns, perhaps transposed.
public struct WeightBlock: Equatable, Sendable {
  /// The tensor.
  public let tensor: StoredTensor
  /// The columns taken; of a vector, its entries.
  public let columns: Range<Int>
  /// Whether rows and columns change places after that.
  public let isTransposed: Bool

  /// Columns of a matrix (all of them where `columns` is nil), or a vector as a matrix of one row.
  init(
    _ tensor: StoredTensor, columns: Range<Int>? = nil, transposed: Bool = false
  ) throws(CheckpointError.Problem) {
    guard tensor.shape.count == 1 || tensor.shape.count == 2 else {
      throw .shape(tensor: tensor.name, found: tensor.shape, expected: "a matrix or a vector")
    }
    let width = tensor.shape[tensor.shape.count - 1]
    let columns = columns ?? 0..<width
    guard columns.lowerBound >= 0, columns.upperBound <= width else {
      throw .shape(
        tensor: tensor.name, found: tensor.shape,
        expected: "at least \(columns.upperBound) columns for [\(columns.lowerBound):\(columns.upperBound)]")
    }
    self.tensor = tensor
    self.columns = columns
    isTransposed = transposed
  }

  private var storedRows: Int { tensor.shape.count == 2 ? tensor.shape[0] : 1 }

  /// The number of rows.
  public var rows: Int { isTransposed ? columns.count : storedRows }
  /// The number of columns.
  public var width: Int { isTransposed ? storedRows : columns.count }

  /// The name, and what part of the tensor it is if not all.
  public var description: String {
    let whole = columns == 0..<(tensor.shape.last ?? 0)
    return tensor.name + (whole ? "" : "[\(columns.lowerBound):\(columns.upperBound)]") + (isTransposed ? ":T" : "")
  }

  /// Hands each row in turn to `body`; one row is in memory at a time.
  ///
  /// - Throws: a problem with the file, or ``CheckpointError/Problem/notFinite(tensor:index:value:)``.
  func forEachRow(
    in checkpoint: Checkpoint, _ body: (Int, [Double]) -> Void
  ) throws(CheckpointError.Problem) {
    guard width > 0 else { return }
    var row = [Double](repeating: 0, count: width)
    let rowStride = tensor.shape.count == 2 ? tensor.strides[0] : 0
    let columnStride = tensor.strides[tensor.strides.count - 1]
    for index in 0..<rows {
      let start = tensor.offset + columns.lowerBound * columnStride
      try checkpoint.read(
        tensor, at: start + index * (isTransposed ? columnStride : rowStride),
        stride: isTransposed ? rowStride : columnStride, count: width, into: &row, from: 0)
      if let column = row.firstIndex(where: { !$0.isFinite }) {
        let place =
          isTransposed
          ? column * (tensor.shape.last ?? 0) + columns.lowerBound + index
          : index * (tensor.shape.last ?? 0) + columns.lowerBound + column
        throw .notFinite(tensor: tensor.name, index: place, value: row[column])
      }
      body(index, row)
    }
  }

  /// The whole block.
  func matrix(in checkpoint: Checkpoint) throws(CheckpointError.Problem) -> Matrix {
    var elements: [Double] = []
    elements.reserveCapacity(rows * width)
    try forEachRow(in: checkpoint) { elements += $1 }
    return Matrix(rows: rows, columns: width, elements: elements)
  }
}
