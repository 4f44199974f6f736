import CKernels

/// Adds to `sums` the sum over rows of `left ∘ right`: `sums[c] += Σ_r left[r, c]·right[r, c]`.
///
/// - Parameters:
///   - count: the number of rows.
///   - left, right: rows of as many values as `sums` has, from `leftStart` and `rightStart` on, `leftStride` and
///     `rightStride` apart.
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
