import COpenBLAS
public import ComplexModule
public import RealModule

/// A dense square complex matrix, row-major, real and imaginary parts side by side.
public struct ComplexMatrix: Equatable, Sendable {
  /// The number of rows, n.
  public let size: Int
  /// 2n² numbers: the real and the imaginary part of each entry, row after row.
  public private(set) var elements: [Double]

  /// `a·diag(x) + b·diag(y)` for real n×n matrices `a` and `b` (nil for 0) and n complex numbers each.
  public init(_ a: Matrix, _ x: [Complex<Double>], _ b: Matrix?, _ y: [Complex<Double>]) {
    let n = a.rows
    precondition(a.columns == n && x.count == n && y.count == n, "\(a.rows)×\(a.columns) times \(x.count)")
    precondition(b.map { $0.rows == n && $0.columns == n } ?? true, "matrices of different sizes")
    size = n
    let xs = x.map { SIMD2($0.real, $0.imaginary) }
    let ys = y.map { SIMD2($0.real, $0.imaginary) }
    elements = unsafe [Double](unsafeUninitializedCapacity: 2 * n * n) { buffer, count in
      for row in 0..<n {
        for column in 0..<n {
          let place = row * n + column
          var entry = a.elements[place] * xs[column]
          if let b { entry += b.elements[place] * ys[column] }
          unsafe buffer[2 * place] = entry.x
          unsafe buffer[2 * place + 1] = entry.y
        }
      }
      count = 2 * n * n
    }
  }

  /// The entry in `row` and `column`, both from zero.
  public subscript(row: Int, column: Int) -> Complex<Double> {
    Complex(elements[2 * (row * size + column)], elements[2 * (row * size + column) + 1])
  }

  /// The sum of the squared absolute values of all entries.
  public var squaredFrobeniusNorm: Double { elements.reduce(0) { $0 + $1 * $1 } }

  /// `(A + Aᴴ)/2`.
  var hermitianPart: ComplexMatrix {
    var result = self
    for row in 0..<size {
      for column in 0...row {
        let (here, there) = (2 * (row * size + column), 2 * (column * size + row))
        let (real, imaginary) = (
          0.5 * (elements[here] + elements[there]), 0.5 * (elements[here + 1] - elements[there + 1])
        )
        result.elements[here] = real
        result.elements[here + 1] = imaginary
        result.elements[there] = real
        result.elements[there + 1] = -imaginary
      }
    }
    return result
  }

  /// `self·x`, or `selfᴴ·x`, for n complex numbers side by side.
  public func times(_ x: [Double], adjoint: Bool) -> [Double] {
    var result = [Double](repeating: 0, count: 2 * size)
    guard size > 0 else { return result }
    var (one, zero) = ([1.0, 0.0], [0.0, 0.0])
    OpenBLAS.start()
    unsafe cblas_zgemv(
      CblasRowMajor, adjoint ? CblasConjTrans : CblasNoTrans, Int32(size), Int32(size), &one, elements, Int32(size), x,
      1, &zero, &result, 1)
    return result
  }
}
