import COpenBLAS
import RealModule

extension Matrix {
  /// log|det| of a square matrix, by LAPACK's LU factorisation; −infinity for a singular one.
  ///
  /// Costs 2/3·rows³ operations and a copy of the matrix.
  public var logAbsoluteDeterminant: Double {
    precondition(rows == columns, "the determinant of a \(rows)×\(columns) matrix")
    guard rows > 0 else { return 0 }
    OpenBLAS.start()
    var copy = elements
    var (height, width, stride) = (Int32(rows), Int32(rows), Int32(rows))
    var pivots = [Int32](repeating: 0, count: rows)
    var info: Int32 = 0
    unsafe dgetrf_(&height, &width, &copy, &stride, &pivots, &info)
    return (0..<rows).reduce(0) { $0 + Double.log(abs(copy[$1 * rows + $1])) }
  }
}
