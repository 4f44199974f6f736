import COpenBLAS

extension ComplexMatrix {
  /// Proves that the largest eigenvalue of the Hermitian part `(A + Aᴴ)/2` is below `limit`; false where it isn't
  /// or rounding leaves it open.
  ///
  /// `limit·I − (A + Aᴴ)/2` less a shift has a Cholesky factorisation that runs to completion. The shift covers
  /// what rounding can do in it: at most `16·(n + 4)·u` times the trace, u = 2⁻⁵³ (Rump, BIT 46 (2006) 433, whose
  /// bound is γ_{n+1} times the trace, times four for complex products), and `entryError`.
  ///
  /// - Parameters:
  ///   - limit: what it is to be below.
  ///   - entryError: a bound on the spectral norm of the errors in the matrix's entries.
  ///
  /// Costs 4n³/3 operations.
  public func provesHermitianPart(below limit: Double, entryError: Double) -> Bool {
    var lower = [Double](repeating: 0, count: 2 * size * size)
    var trace = 0.0
    for row in 0..<size {
      for column in 0..<row {
        let (here, there) = (2 * (row * size + column), 2 * (column * size + row))
        lower[here] = -0.5 * (elements[here] + elements[there])
        lower[here + 1] = -0.5 * (elements[here + 1] - elements[there + 1])
      }
      let diagonal = limit - elements[2 * (row * size + row)]
      guard diagonal > 0 else { return false }
      lower[2 * (row * size + row)] = diagonal
      trace += diagonal + abs(elements[2 * (row * size + row)])
    }
    return Self.hasFactor(&lower, size: size, shift: Self.rounding(size, trace) + entryError)
  }

  /// Proves that the spectral norm is below `limit`; false where it isn't or rounding leaves it open.
  ///
  /// As ``provesHermitianPart(below:entryError:)``, with `limit²·I − Aᴴ·A`, whose rounding errors are at most
  /// `16·(n + 4)·u` times the squared Frobenius norm. Costs 16n³/3 operations.
  public func provesNorm(below limit: Double, entryError: Double) -> Bool {
    let limit = limit - entryError
    guard limit > 0, size > 0 else { return limit > 0 }
    var product = [Double](repeating: 0, count: 2 * size * size)
    OpenBLAS.start()
    unsafe cblas_zherk(
      CblasRowMajor, CblasLower, CblasConjTrans, Int32(size), Int32(size), -1, elements, Int32(size), 0, &product,
      Int32(size))
    var trace = squaredFrobeniusNorm
    for row in 0..<size {
      let diagonal = limit * limit + product[2 * (row * size + row)]
      guard diagonal > 0 else { return false }
      product[2 * (row * size + row)] = diagonal
      trace += diagonal
    }
    return Self.hasFactor(&product, size: size, shift: Self.rounding(size, trace))
  }

  private static func rounding(_ size: Int, _ trace: Double) -> Double {
    16 * Double(size + 4) * (Double.ulpOfOne / 2) * trace
  }

  /// Whether the Hermitian matrix less `shift` on the diagonal has a Cholesky factor; overwrites its lower triangle.
  private static func hasFactor(_ lower: inout [Double], size: Int, shift: Double) -> Bool {
    guard shift.isFinite else { return false }
    for row in 0..<size {
      let place = 2 * (row * size + row)
      lower[place] -= shift
      // LAPACK stops at a pivot that isn't positive; NaN it finds there too.
      guard lower[place] > 0 else { return false }
    }
    guard size > 0 else { return true }
    OpenBLAS.start()
    // The lower triangle by rows is the upper one by columns, of the conjugate matrix.
    var triangle = CChar(UInt8(ascii: "U"))
    var n = Int32(size)
    var height = n
    var info: Int32 = 0
    unsafe zpotrf_(&triangle, &n, &lower, &height, &info)
    guard info == 0 else { return false }
    // Optimised factorisations may let a NaN pass.
    return (0..<size).allSatisfy { lower[2 * ($0 * size + $0)] > 0 }
  }
}
