import CoRNNKernels
import Testing

@Suite struct PackedMatrixTests {
  static let sizes = [1, 7, 16, 17, 64, 127, 128, 200]

  @Test(arguments: sizes, sizes) func productAgreesWithBLAS(rows: Int, columns: Int) {
    let a = MatrixTests.random(rows, columns, seed: 21)
    let packed = PackedMatrix(a)
    #expect(packed.rows == rows && packed.columns == columns)
    let (start, offset, stride, resultStride) = (5, 3, columns + 2, rows + 3)
    for count in 1...40 {
      let vectors = MatrixTests.random(1, start + count * stride, seed: UInt64(count)).elements
      let before = MatrixTests.random(1, offset + count * resultStride, seed: 22).elements
      var result = before
      packed.multiplyAdd(
        count: count, vectors: vectors, from: start, stride: stride, into: &result, at: offset,
        resultStride: resultStride)
      var expected = [Double](repeating: 0, count: count * rows)
      a.multiply(count: count, vectors: vectors, from: start, stride: stride, keeping: 0, into: &expected)
      // Entries of size 1: sums grow as the root of their number.
      let allowed = 1e-13 * Double(columns).squareRoot()
      var worst = 0.0
      var untouched = result[..<offset] == before[..<offset]
      for b in 0..<count {
        let row = offset + b * resultStride
        for i in 0..<rows { worst = max(worst, abs(result[row + i] - before[row + i] - expected[b * rows + i])) }
        untouched =
          untouched && result[(row + rows)..<(row + resultStride)] == before[(row + rows)..<(row + resultStride)]
      }
      #expect(worst <= allowed && untouched, "\(count) vectors: \(worst)")
    }
  }

  @Test(arguments: [1, 2, 3, 5, 12, 13, 25, 37], [(128, 256), (256, 128), (63, 17), (16, 1)])
  func resultsDoNotDependOnTheirCompany(count: Int, shape: (Int, Int)) {
    let (rows, columns) = shape
    let packed = PackedMatrix(MatrixTests.random(rows, columns, seed: 31))
    let vectors = MatrixTests.random(count, columns, seed: 32).elements
    let before = MatrixTests.random(count, rows, seed: 33).elements
    var together = before
    packed.multiplyAdd(count: count, vectors: vectors, stride: columns, into: &together, resultStride: rows)
    var alone = before
    for b in 0..<count {
      packed.multiplyAdd(
        count: 1, vectors: vectors, from: b * columns, stride: columns, into: &alone, at: b * rows, resultStride: rows)
    }
    #expect(together == alone)
  }

  @Test func emptyProductsChangeNothing() {
    var result = [2.385, -1.5]
    PackedMatrix(Matrix(rows: 2, columns: 0)).multiplyAdd(
      count: 1, vectors: [], stride: 0, into: &result, resultStride: 2)
    PackedMatrix(Matrix(rows: 0, columns: 2)).multiplyAdd(
      count: 1, vectors: [1, 1], stride: 2, into: &result, resultStride: 0)
    PackedMatrix(Matrix(rows: 1, columns: 1, repeating: 3)).multiplyAdd(
      count: 0, vectors: [], stride: 1, into: &result, resultStride: 1)
    #expect(result == [2.385, -1.5])
  }

  @Test func vectorsThatDoNotFitAreRefused() async {
    await #expect(processExitsWith: .failure) {
      var result = [Double](repeating: 0, count: 7)
      PackedMatrix(Matrix(rows: 4, columns: 3)).multiplyAdd(
        count: 2, vectors: [Double](repeating: 1, count: 6), stride: 3, into: &result, resultStride: 4)
    }
  }
}
