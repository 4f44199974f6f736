import CKernels

/// Adds to `sums` the sum over rows of `left ∘ right`: `sums[c] += Σ_r left[r, c]·right[r, c]`.
///
/// - Parameters:
///   - count: the number of rows.
///   - left: rows of as many values as `sums` has.
///   - leftStart: where `left` begins.
///   - leftStride: from one row of `left` to the next.
///   - right: as many rows.
///   - rightStart: where `right` begins.
///   - rightStride: from one row of `right` to the next.
///   - sums: what is added to, a sum for each column.
public func addColumnProducts(
  count: Int, left: [Double], from leftStart: Int = 0, leftStride: Int, right: [Double], rightFrom rightStart: Int = 0,
  rightStride: Int, into sums: inout [Double]
) {
  let columns = sums.count
  guard count > 0, columns > 0 else { return }
  precondition(
    leftStart >= 0 && rightStart >= 0 && leftStride >= 0 && rightStride >= 0
      && left.count >= leftStart + (count - 1) * leftStride + columns
      && right.count >= rightStart + (count - 1) * rightStride + columns,
    "\(count) rows of \(columns) values don't fit in \(left.count) and \(right.count)")
  unsafe left.withUnsafeBufferPointer { a in
    unsafe right.withUnsafeBufferPointer { b in
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        unsafe cornn_column_products(
          count, columns, a.baseAddress! + leftStart, leftStride, b.baseAddress! + rightStart, rightStride,
          sums.baseAddress!)
      }
    }
  }
}

/// Adds rows to rows: `result_r += scale·rows_r`, `columns` values each.
///
/// - Parameters:
///   - count: how many rows.
///   - columns: values in a row.
///   - scale: what rows are multiplied by.
///   - rows: `count` rows from `start` on, `stride` apart.
///   - start: where the first row begins.
///   - stride: from one row to the next.
///   - result: `count` rows from `place` on, `resultStride` apart.
///   - place: where the first row of `result` begins.
///   - resultStride: from one row of `result` to the next.
public func addScaledRows(
  count: Int, columns: Int, scale: Double, rows: [Double], from start: Int = 0, stride: Int,
  to result: inout [Double], at place: Int = 0, stride resultStride: Int
) {
  guard count > 0, columns > 0 else { return }
  precondition(
    start >= 0 && place >= 0 && stride >= 0 && resultStride >= columns
      && rows.count >= start + (count - 1) * stride + columns
      && result.count >= place + (count - 1) * resultStride + columns,
    "\(count) rows of \(columns) values don't fit in \(rows.count) and \(result.count)")
  unsafe rows.withUnsafeBufferPointer { rows in
    unsafe result.withUnsafeMutableBufferPointer { result in
      unsafe cornn_add_rows(
        count, columns, scale, rows.baseAddress! + start, stride, result.baseAddress! + place, resultStride)
    }
  }
}
