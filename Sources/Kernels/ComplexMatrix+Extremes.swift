import COpenBLAS
import RealModule

extension ComplexMatrix {
  /// A largest eigenvalue or singular value and its vectors, real and imaginary parts side by side.
  public struct Extreme: Sendable {
    /// The eigenvalue or singular value.
    public let value: Double
    /// The unit eigenvector, or right singular vector.
    public let vector: [Double]
  }

  /// The largest eigenvalue of the Hermitian part `(A + Aᴴ)/2`, by Lanczos iteration to a relative residual.
  ///
  /// - Parameters:
  ///   - start: a guess at the eigenvector.
  ///   - tolerance: the residual to reach, relative to the value.
  ///
  /// Costs some dozens of products with A. The value is a lower bound up to rounding.
  public func largestOfHermitianPart(start: [Double]? = nil, tolerance: Double = 1e-8) -> Extreme {
    let hermitian = hermitianPart
    return Self.largest(size: size, start: start, tolerance: tolerance) { hermitian.times($0, adjoint: false) }
  }

  /// The spectral norm and its right singular vector, by Lanczos iteration on `Aᴴ·A`.
  public func largestSingular(start: [Double]? = nil, tolerance: Double = 1e-8) -> Extreme {
    let squared = Self.largest(size: size, start: start, tolerance: tolerance) { x in
      times(times(x, adjoint: false), adjoint: true)
    }
    return Extreme(value: max(squared.value, 0).squareRoot(), vector: squared.vector)
  }

  /// Lanczos with full reorthogonalisation, started anew from the best vector after `most` steps.
  private static func largest(
    size: Int, start: [Double]?, tolerance: Double, apply: ([Double]) -> [Double]
  ) -> Extreme {
    let most = min(size, 48)
    // A little of everything, so that a guess can't hide a larger eigenvalue.
    var random = SplittableRandom(seed: UInt64(size))
    let noise = (0..<2 * size).map { _ in random.normal() / Double(2 * size).squareRoot() }
    var vector = start.map { zip($0, noise).map { $0 + 0.01 * $1 } } ?? noise
    var value = -Double.infinity
    for _ in 0..<12 {
      var basis = normalized(vector)
      var diagonal: [Double] = []
      var offDiagonal: [Double] = []
      while true {
        let k = diagonal.count
        var w = apply(Array(basis[2 * size * k..<2 * size * (k + 1)]))
        let coefficients = orthogonalize(&w, against: basis, count: k + 1, size: size)
        diagonal.append(coefficients[2 * k])
        _ = orthogonalize(&w, against: basis, count: k + 1, size: size)
        let rest = norm(w)
        let scale = diagonal.map(abs).max() ?? 0
        let isLast = k + 1 == most || !(rest > 1e-13 * scale)
        if isLast || (k + 1).isMultiple(of: 6) {
          guard let top = tridiagonalTop(diagonal, offDiagonal) else { return Extreme(value: .nan, vector: vector) }
          value = top.value
          let isGood = !(rest * abs(top.vector[k]) > tolerance * max(abs(value), 1e-3 * scale))
          if isLast || isGood {
            vector = combination(top.vector, of: basis, size: size)
            if isGood || k + 1 == size || !(rest > 1e-13 * scale) { return Extreme(value: value, vector: vector) }
            break
          }
        }
        offDiagonal.append(rest)
        basis += w.map { $0 / rest }
      }
    }
    return Extreme(value: value, vector: vector)
  }

  private static func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  private static func normalized(_ x: [Double]) -> [Double] {
    let length = norm(x)
    return x.map { $0 / length }
  }

  /// Takes the first `count` basis vectors out of `w`; returns what they were multiplied by.
  private static func orthogonalize(
    _ w: inout [Double], against basis: [Double], count: Int, size: Int
  ) -> [Double] {
    var coefficients = [Double](repeating: 0, count: 2 * count)
    var (one, minusOne, zero) = ([1.0, 0.0], [-1.0, 0.0], [0.0, 0.0])
    OpenBLAS.start()
    unsafe cblas_zgemv(
      CblasColMajor, CblasConjTrans, Int32(size), Int32(count), &one, basis, Int32(size), w, 1, &zero, &coefficients, 1)
    unsafe cblas_zgemv(
      CblasColMajor, CblasNoTrans, Int32(size), Int32(count), &minusOne, basis, Int32(size), coefficients, 1, &one, &w,
      1)
    return coefficients
  }

  private static func combination(_ factors: [Double], of basis: [Double], size: Int) -> [Double] {
    var sum = [Double](repeating: 0, count: 2 * size)
    for (place, factor) in factors.enumerated() {
      for i in 0..<2 * size { sum[i] += factor * basis[2 * size * place + i] }
    }
    return normalized(sum)
  }

  /// The largest eigenvalue of a symmetric tridiagonal matrix and its vector.
  private static func tridiagonalTop(
    _ diagonal: [Double], _ offDiagonal: [Double]
  ) -> (value: Double, vector: [Double])? {
    let count = diagonal.count
    guard count > 1 else { return (diagonal[0], [1]) }
    var (d, e) = (diagonal, offDiagonal + [0])
    var n = Int32(count)
    var (job, range) = (CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "I")))
    var (low, high, tolerance) = (0.0, 0.0, 0.0)
    var (first, last) = (n, n)
    var found: Int32 = 0
    var values = [Double](repeating: 0, count: count)
    var vector = values
    var stride = n
    var support: [Int32] = [0, 0]
    var (length, integerLength) = (20 * n, 10 * n)
    var work = [Double](repeating: 0, count: 20 * count)
    var integers = [Int32](repeating: 0, count: 10 * count)
    var info: Int32 = 0
    unsafe dstevr_(
      &job, &range, &n, &d, &e, &low, &high, &first, &last, &tolerance, &found, &values, &vector, &stride, &support,
      &work, &length, &integers, &integerLength, &info)
    return info == 0 && found == 1 ? (values[0], vector) : nil
  }
}
