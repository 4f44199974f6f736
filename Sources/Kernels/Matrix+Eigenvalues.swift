import COpenBLAS
import RealModule

extension Matrix {
  /// The eigenvalues of a square matrix as real and imaginary parts, by LAPACK's `dgeev`; nil where it doesn't
  /// converge.
  ///
  /// Costs about 10·rows³ operations and a copy of the matrix.
  public var eigenvalues: (real: [Double], imaginary: [Double])? {
    precondition(rows == columns, "eigenvalues of a \(rows)×\(columns) matrix")
    guard rows > 0 else { return ([], []) }
    OpenBLAS.start()
    // Row-major storage read as column-major is the transpose, which has the same eigenvalues.
    var copy = elements
    var n = Int32(rows)
    var real = [Double](repeating: 0, count: rows)
    var imaginary = real
    var (noLeft, noRight) = (0.0, 0.0)
    var (leftStride, rightStride): (Int32, Int32) = (1, 1)
    var height = n
    var (left, right) = (CChar(UInt8(ascii: "N")), CChar(UInt8(ascii: "N")))
    var info: Int32 = 0
    var query = 0.0
    var length: Int32 = -1
    unsafe dgeev_(
      &left, &right, &n, &copy, &height, &real, &imaginary, &noLeft, &leftStride, &noRight, &rightStride, &query,
      &length, &info)
    precondition(info == 0, "dgeev refused its arguments: \(info)")
    length = Int32(query)
    var work = [Double](repeating: 0, count: Int(length))
    unsafe dgeev_(
      &left, &right, &n, &copy, &height, &real, &imaginary, &noLeft, &leftStride, &noRight, &rightStride, &work,
      &length, &info)
    return info == 0 ? (real, imaginary) : nil
  }

  /// The largest absolute value of an eigenvalue; nil where ``eigenvalues`` fails.
  public var spectralRadius: Double? {
    eigenvalues.map { zip($0.real, $0.imaginary).map { Double.hypot($0, $1) }.max() ?? 0 }
  }
}
