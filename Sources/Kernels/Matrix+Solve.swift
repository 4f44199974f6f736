import COpenBLAS

extension Matrix {
  /// The solutions X of `self · X = right` for a square matrix, by LAPACK's `dgesv` (LU with partial pivoting); nil
  /// where the matrix is singular to the last bit.
  ///
  /// Costs about 2/3·rows³ + 2·rows²·columns operations.
  public func solving(_ right: Matrix) -> Matrix? {
    precondition(rows == columns && right.rows == rows, "\(rows)×\(columns) against \(right.rows) rows")
    guard rows > 0, right.columns > 0 else { return right }
    OpenBLAS.start()
    // LAPACK's matrices are column-major.
    var factors = transposed.elements
    var solutions = right.transposed.elements
    var n = Int32(rows)
    var count = Int32(right.columns)
    var (height, length) = (n, n)
    var pivots = [Int32](repeating: 0, count: rows)
    var info: Int32 = 0
    unsafe dgesv_(&n, &count, &factors, &height, &pivots, &solutions, &length, &info)
    precondition(info >= 0, "dgesv refused its arguments: \(info)")
    guard info == 0, solutions.allSatisfy(\.isFinite) else { return nil }
    return Matrix(rows: right.columns, columns: rows, elements: solutions).transposed
  }

  /// The solution x of `self · x = right`; nil where the matrix is singular.
  public func solving(_ right: [Double]) -> [Double]? {
    solving(Matrix(rows: right.count, columns: 1, elements: right))?.elements
  }

  /// The inverse, to rounding; nil where the matrix is singular.
  public var inverse: Matrix? { solving(Matrix.identity(rows)) }

  /// The identity of this size.
  public static func identity(_ size: Int) -> Matrix {
    var result = Matrix(rows: size, columns: size)
    for i in 0..<size { result[i, i] = 1 }
    return result
  }
}
