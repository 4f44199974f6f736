import CoRNNKernels
import Testing

@Suite struct MatrixTests {
  static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var random = SplittableRandom(seed: seed)
    return Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in random.normal() })
  }

  @Test(arguments: [(1, 1, 1), (1, 7, 5), (3, 5, 2), (50, 17, 33), (2, 64, 128)])
  func productAgreesWithLoops(count: Int, rows: Int, columns: Int) {
    let a = Self.random(rows, columns, seed: 11)
    let stride = columns + 3
    let vectors = Self.random(count, stride, seed: 12).elements
    var result = Self.random(count, rows, seed: 13).elements
    let before = result
    a.multiply(count: count, vectors: vectors, stride: stride, keeping: 0.75, into: &result)
    for b in 0..<count {
      for i in 0..<rows {
        var sum = 0.75 * before[b * rows + i]
        for j in 0..<columns { sum += a[i, j] * vectors[b * stride + j] }
        #expect(abs(result[b * rows + i] - sum) < 1e-12 * Double(columns))
      }
    }
  }

  @Test func emptyProductsScaleOnly() {
    var result = [2.385, -1.5]
    Matrix(rows: 2, columns: 0).multiply(count: 1, vectors: [], stride: 0, keeping: 0.5, into: &result)
    #expect(result == [1.1925, -0.75])
  }

  @Test func normsOfKnownMatrices() {
    // Singular values of [[3, 0], [4, 5]] are √45 and √5.
    let a = Matrix(rows: 2, columns: 2, elements: [3, 0, 4, 5])
    #expect(abs(a.spectralNorm - 45.0.squareRoot()) < 1e-14)
    #expect(a.infinityNorm == 9)
    #expect(a.absoluteRowSums == [3, 9])
    let wide = Matrix(rows: 1, columns: 3, elements: [2, -3, 6])
    #expect(abs(wide.spectralNorm - 7) < 1e-14)
    #expect(wide.infinityNorm == 11)
    #expect(Matrix(rows: 0, columns: 4).spectralNorm == 0)
  }

  @Test(arguments: 0..<10 as Range<UInt64>) func spectralNormIsReachedAndNotExceeded(seed: UInt64) {
    // Power iteration on AᵀA reaches it from below.
    let a = Self.random(9, 14, seed: seed)
    let norm = a.spectralNorm
    var x = Self.random(14, 1, seed: seed + 100).elements
    var reached = 0.0
    for _ in 0..<3000 {
      var y = [Double](repeating: 0, count: 9)
      a.multiply(count: 1, vectors: x, stride: 14, keeping: 0, into: &y)
      let xs = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
      reached = y.reduce(0) { $0 + $1 * $1 }.squareRoot() / xs
      x = (0..<14).map { j in (0..<9).reduce(0) { $0 + a[$1, j] * y[$1] } / xs }
    }
    #expect(reached <= norm * (1 + 1e-13) && reached > norm * (1 - 1e-3))
  }

  @Test func sideBySideAndScaling() {
    let a = Matrix(rows: 2, columns: 1, elements: [1, 2])
    let b = Matrix(rows: 2, columns: 2, elements: [3, 4, 5, 6])
    #expect(Matrix(a, beside: b).elements == [1, 3, 4, 2, 5, 6])
    #expect(b.scalingColumns(by: [2, -1]).elements == [6, -4, 10, -6])
  }
}
