import COpenBLAS

extension Matrix {
  /// Adds the sum of outer products `left_r · right_rᵀ` over `count` rows: `self += leftᵀ · right`.
  ///
  /// - Parameters:
  ///   - count: the number of rows on either side.
  ///   - left: `count` rows of `rows` values from `leftStart` on, without gaps.
  ///   - leftStart: where `left` begins.
  ///   - right: `count` rows of `columns` values from `rightStart` on, `rightStride` apart.
  ///   - rightStart: where `right` begins.
  ///   - rightStride: from one row of `right` to the next.
  ///
  /// Costs `count·rows·columns` multiply–adds on one core.
  public mutating func addOuterProducts(
    count: Int, left: [Double], from leftStart: Int = 0, right: [Double], rightFrom rightStart: Int = 0,
    rightStride: Int
  ) {
    guard count > 0, rows > 0, columns > 0 else { return }
    precondition(
      rightStride >= columns && leftStart >= 0 && rightStart >= 0 && left.count >= leftStart + count * rows
        && right.count >= rightStart + (count - 1) * rightStride + columns,
      "\(count) rows of \(rows) and \(columns) values don't fit in \(left.count) and \(right.count)")
    OpenBLAS.start()
    let (rows, columns) = (Int32(rows), Int32(columns))
    unsafe left.withUnsafeBufferPointer { a in
      unsafe right.withUnsafeBufferPointer { b in
        unsafe elements.withUnsafeMutableBufferPointer { c in
          unsafe cblas_dgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, rows, columns, Int32(count), 1, a.baseAddress! + leftStart, rows,
            b.baseAddress! + rightStart, Int32(rightStride), 1, c.baseAddress, columns)
        }
      }
    }
  }
}
