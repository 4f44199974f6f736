import CoRNNKernels
import ComplexModule
import Testing

@Suite struct ComplexMatrixTests {
  static func matrices(seed: UInt64, size: Int) -> (Matrix, Matrix) {
    var random = SplittableRandom(seed: seed)
    func draw() -> Matrix {
      Matrix(rows: size, columns: size, elements: (0..<size * size).map { _ in random.normal() })
    }
    return (draw(), draw())
  }

  /// A + iB as a complex matrix, and as the real matrix [[A, −B], [B, A]] with the same norm.
  static func pair(seed: UInt64, size: Int) -> (ComplexMatrix, Matrix) {
    let (a, b) = matrices(seed: seed, size: size)
    let (one, i) = (Complex<Double>(1), Complex<Double>(0, 1))
    let complex = ComplexMatrix(a, Array(repeating: one, count: size), b, Array(repeating: i, count: size))
    var real = Matrix(rows: 2 * size, columns: 2 * size)
    for row in 0..<size {
      for column in 0..<size {
        real[row, column] = a[row, column]
        real[size + row, size + column] = a[row, column]
        real[row, size + column] = -b[row, column]
        real[size + row, column] = b[row, column]
      }
    }
    return (complex, real)
  }

  @Test(arguments: [1, 2, 7, 40, 90]) func extremesAgreeWithRealMatrices(size: Int) {
    let (complex, real) = Self.pair(seed: UInt64(size), size: size)
    let norm = real.spectralNorm
    #expect(abs(complex.largestSingular().value / norm - 1) < 1e-9)
    var symmetric = real
    for row in 0..<2 * size {
      for column in 0..<2 * size { symmetric[row, column] = 0.5 * (real[row, column] + real[column, row]) }
    }
    let top = symmetric.eigenvalues?.real.max() ?? .nan
    #expect(abs(complex.largestOfHermitianPart().value - top) < 1e-9 * norm)
  }

  @Test(arguments: [1, 2, 7, 40, 90]) func proofsAreSharpAndNeverFalse(size: Int) {
    let (complex, _) = Self.pair(seed: UInt64(size) + 100, size: size)
    let norm = complex.largestSingular().value
    let top = complex.largestOfHermitianPart().value
    #expect(complex.provesNorm(below: norm * (1 + 1e-8), entryError: 0))
    #expect(!complex.provesNorm(below: norm * (1 - 1e-8), entryError: 0))
    #expect(!complex.provesNorm(below: norm * (1 + 1e-8), entryError: norm * 1e-6))
    #expect(complex.provesHermitianPart(below: top + 1e-8 * norm, entryError: 0))
    #expect(!complex.provesHermitianPart(below: top - 1e-8 * norm, entryError: 0))
    #expect(!complex.provesHermitianPart(below: top + 1e-8 * norm, entryError: norm * 1e-6))
  }

  @Test func notANumberProvesNothing() {
    let bad = ComplexMatrix(
      Matrix(rows: 2, columns: 2, elements: [0.1, .nan, 0, 0.1]), [Complex(1), Complex(1)], nil,
      [Complex(0), Complex(0)])
    #expect(!bad.provesNorm(below: 5, entryError: 0) && !bad.provesHermitianPart(below: 5, entryError: 0))
  }
}
