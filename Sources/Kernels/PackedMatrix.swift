import CKernels

/// A matrix packed once for products with few vectors at a time, at about the speed of the multiply–add units.
///
/// Meant for sizes of 16 to 512, where BLAS reaches half to two thirds of that.
public struct PackedMatrix: Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  private let panels: RowPanels

  /// Packs `matrix`.
  public init(_ matrix: Matrix) {
    rows = matrix.rows
    columns = matrix.columns
    panels = RowPanels(matrix, height: Int(CORNN_PANEL_ROWS))
  }

  /// Adds the product with each of `count` vectors to `result`: `result_b += self · vectors_b`.
  ///
  /// Each entry is summed over the columns in their order, so that a vector's result has the same bits whichever
  /// vectors go with it.
  ///
  /// - Parameters:
  ///   - count: the number of vectors.
  ///   - vectors: `count` rows of at least `columns` values, `stride` apart, the first at `start`.
  ///   - start: where the first vector begins.
  ///   - stride: from one vector to the next.
  ///   - result: `count` rows of at least `rows` values, `resultStride` apart, the first at `offset`.
  ///   - offset: where in `result` the first product goes.
  ///   - resultStride: from one product to the next.
  ///
  /// Costs `count·rows·columns` multiply–adds on one core.
  public func multiplyAdd(
    count: Int, vectors: [Double], from start: Int = 0, stride: Int, into result: inout [Double],
    at offset: Int = 0, resultStride: Int
  ) {
    guard count > 0, rows > 0, columns > 0 else { return }
    precondition(
      stride >= columns && resultStride >= rows && start >= 0 && offset >= 0,
      "vectors of \(columns) values, \(stride) apart, and of \(rows), \(resultStride) apart")
    precondition(
      vectors.count >= start + (count - 1) * stride + columns
        && result.count >= offset + (count - 1) * resultStride + rows,
      "\(count) vectors of \(columns) values don't fit in \(vectors.count), or \(rows) in \(result.count)")
    unsafe vectors.withUnsafeBufferPointer { x in
      unsafe result.withUnsafeMutableBufferPointer { y in
        unsafe multiplyAdd(
          count: count, vectors: x.baseAddress! + start, stride: stride, into: y.baseAddress! + offset,
          resultStride: resultStride)
      }
    }
  }

  /// The same on memory that the caller answers for.
  func multiplyAdd(
    count: Int, vectors: UnsafePointer<Double>, stride: Int, into result: UnsafeMutablePointer<Double>,
    resultStride: Int
  ) {
    unsafe panels.withUnsafePanels { panels in
      unsafe cornn_product(rows, columns, panels, count, vectors, stride, result, resultStride)
    }
  }
}
