import CoRNNKernels
import Foundation
import Testing

/// Orthonormal rows and the diagonal of R, against the definition.
@Suite struct OrthonormalizationTests {
  /// Shapes on both sides of the limit above which rows are halved, and odd ones.
  static let shapes = [
    (1, 1), (1, 7), (2, 2), (3, 3), (4, 10), (7, 7), (16, 128), (33, 41), (64, 64), (65, 70), (131, 257),
  ]

  static func deviation(_ rows: [Double], count: Int, width: Int) -> Double {
    var worst = 0.0
    for i in 0..<count {
      for j in 0...i {
        var sum = i == j ? -1.0 : 0
        for c in 0..<width { sum += rows[i * width + c] * rows[j * width + c] }
        worst = max(worst, abs(sum))
      }
    }
    return worst
  }

  @Test(arguments: shapes) func factorises(count: Int, width: Int) {
    let original = MatrixTests.random(count, width, seed: UInt64(count + width)).elements
    var rows = original
    var logarithms = [Double](repeating: .nan, count: count)
    orthonormalize(&rows, width: width, logarithms: &logarithms)
    #expect(Self.deviation(rows, count: count, width: width) < 1e-13)
    // The original is R of the new rows: what row i has along the earlier ones and itself is all there is of it.
    for i in 0..<count {
      var left = Array(original[i * width..<(i + 1) * width])
      for j in 0...i {
        var part = 0.0
        for c in 0..<width { part += original[i * width + c] * rows[j * width + c] }
        for c in 0..<width { left[c] -= part * rows[j * width + c] }
        if i == j { #expect(abs(part.magnitude - Foundation.exp(logarithms[i])) < 1e-11) }
        if i == j { #expect(part > 0) }
      }
      #expect(left.allSatisfy { abs($0) < 1e-11 })
    }
  }

  /// Rows that are alike up to 1e-9 of their length: once through isn't enough, and where many go together not even
  /// twice.
  @Test(arguments: [(3, 3), (5, 12), (64, 80), (96, 128), (200, 256)]) func cancellation(count: Int, width: Int) {
    let shared = MatrixTests.random(1, width, seed: 5).elements
    let own = MatrixTests.random(count, width, seed: 6).elements
    var rows = (0..<count * width).map { shared[$0 % width] + 1e-9 * own[$0] }
    var logarithms = [Double](repeating: 0, count: count)
    orthonormalize(&rows, width: width, logarithms: &logarithms)
    #expect(Self.deviation(rows, count: count, width: width) < 1e-11)
  }

  @Test func nothingLeft() {
    var rows = [2.0, 0, 0, -5, 0, 0, 0, 0, 2.385]
    var logarithms = [0.0, 0, 0]
    orthonormalize(&rows, width: 3, logarithms: &logarithms)
    #expect(Array(rows[3..<6]) == [0, 0, 0] && logarithms[1] == -.infinity)
    #expect(rows[8] == 1 && abs(Foundation.exp(logarithms[2]) - 2.385) < 1e-15)
  }
}
