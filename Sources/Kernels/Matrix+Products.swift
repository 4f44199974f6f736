import COpenBLAS

extension Matrix {
  /// Adds the product `rightFactor · selfᵀ` to `result`, row by row: `result_b += self · rightFactor_b` for
  /// each of `count` vectors.
  ///
  /// - Parameters:
  ///   - count: the number of vectors.
  ///   - vectors: `count` rows of at least `columns` values, `stride` apart.
  ///   - start: where the first vector begins.
  ///   - stride: the distance from one vector to the next.
  ///   - keeping: what `result` is multiplied by first (0 overwrites it).
  ///   - result: `count` rows of `rows` values.
  ///   - offset: where in `result` the first product goes.
  ///
  /// Costs `count·rows·columns` multiply–adds on one core.
  public func multiply(
    count: Int, vectors: [Double], from start: Int = 0, stride: Int, keeping: Double,
    into result: inout [Double], at offset: Int = 0
  ) {
    guard count > 0, rows > 0 else { return }
    precondition(stride >= columns && start >= 0 && offset >= 0, "vectors of \(columns) values, \(stride) apart")
    precondition(
      vectors.count >= start + (count - 1) * stride + columns && result.count >= offset + count * rows,
      "\(count) vectors of \(columns) values don't fit in \(vectors.count), or \(rows) in \(result.count)")
    if columns == 0 {
      for i in offset..<offset + count * rows { result[i] *= keeping }
      return
    }
    OpenBLAS.start()
    unsafe elements.withUnsafeBufferPointer { a in
      unsafe vectors.withUnsafeBufferPointer { x in
        unsafe result.withUnsafeMutableBufferPointer { y in
          let x = unsafe x.baseAddress! + start
          let y = unsafe y.baseAddress! + offset
          if count == 1 {
            unsafe cblas_dgemv(
              CblasRowMajor, CblasNoTrans, Int32(rows), Int32(columns), 1, a.baseAddress, Int32(columns), x, 1,
              keeping, y, 1)
          } else {
            unsafe cblas_dgemm(
              CblasRowMajor, CblasNoTrans, CblasTrans, Int32(count), Int32(rows), Int32(columns), 1, x,
              Int32(stride), a.baseAddress, Int32(columns), keeping, y, Int32(rows))
          }
        }
      }
    }
  }
}
