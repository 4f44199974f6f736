import COpenBLAS

extension Matrix {
  /// The eigenvalues of a symmetric matrix, ascending, and the matrix whose row k is a unit eigenvector of value k, by
  /// LAPACK's `dsyev`; nil where it doesn't converge.
  ///
  /// Reads the entries on and below the diagonal.
  public var symmetricEigenpairs: (values: [Double], vectors: Matrix)? {
    precondition(rows == columns, "eigenvectors of a \(rows)×\(columns) matrix")
    guard rows > 0 else { return ([], self) }
    OpenBLAS.start()
    var copy = elements
    var n = Int32(rows)
    var height = n
    // The lower triangle in rows is the upper one in columns.
    var (job, triangle) = (CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "U")))
    var values = [Double](repeating: 0, count: rows)
    var info: Int32 = 0
    var length = Int32(34 * rows)
    var work = [Double](repeating: 0, count: Int(length))
    unsafe dsyev_(&job, &triangle, &n, &copy, &height, &values, &work, &length, &info)
    precondition(info >= 0, "dsyev refused its arguments: \(info)")
    return info == 0 ? (values, Matrix(rows: rows, columns: rows, elements: copy)) : nil
  }
}
