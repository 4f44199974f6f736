import CoRNNKernels
import Foundation
import TestSupport
import Testing

/// The matrix exponential and its derivative against closed forms, the series and exact identities.
@Suite struct MatrixExponentialTests {
  private static func random(_ size: Int, scale: Double, seed: UInt64) -> Matrix {
    var random = SplittableRandom(seed: seed)
    return Matrix(rows: size, columns: size, elements: (0..<size * size).map { _ in scale * random.normal() })
  }

  private static func skew(_ size: Int, scale: Double, seed: UInt64) -> Matrix {
    let whole = random(size, scale: scale, seed: seed)
    let other = whole.transposed
    return Matrix(rows: size, columns: size, elements: zip(whole.elements, other.elements).map { ($0 - $1) / 2 })
  }

  private static func product(_ a: Matrix, _ b: Matrix) -> Matrix {
    var result = Matrix(rows: a.rows, columns: b.columns)
    for i in 0..<a.rows {
      for j in 0..<b.columns {
        var sum = 0.0
        for k in 0..<a.columns { sum += a[i, k] * b[k, j] }
        result[i, j] = sum
      }
    }
    return result
  }

  private static func inner(_ a: Matrix, _ b: Matrix) -> Double {
    zip(a.elements, b.elements).reduce(0) { $0 + $1.0 * $1.1 }
  }

  @Test(arguments: [0.3, 2.385, 31.7, 900.25]) func turnsByAnAngle(angle: Double) {
    let turn = Matrix(rows: 2, columns: 2, elements: [0, -angle, angle, 0])
    let (value, derivative) = turn.exponential(derivative: Matrix(rows: 2, columns: 2, elements: [0, -1, 1, 0]))
    let limit = 4e-16 * max(4, angle)
    #expect(relativeDifference(value.elements, [cos(angle), -sin(angle), sin(angle), cos(angle)]) < limit)
    #expect(relativeDifference(derivative.elements, [-sin(angle), -cos(angle), cos(angle), -sin(angle)]) < limit)
  }

  @Test(arguments: [(1, 1.7), (4, 0.9), (9, 0.25), (17, 0.6)], 0..<3 as Range<UInt64>)
  func series(size: (Int, Double), seed: UInt64) {
    let a = Self.random(size.0, scale: size.1, seed: seed)
    var (sum, term) = (Matrix.identity(size.0), Matrix.identity(size.0))
    for k in 1...200 {
      term = Self.product(term, a)
      for place in term.elements.indices {
        term.elements[place] /= Double(k)
        sum.elements[place] += term.elements[place]
      }
    }
    #expect(relativeDifference(a.exponential.elements, sum.elements) < 1e-12)
  }

  /// Of fourth order in the step, so that only rounding is left.
  @Test(arguments: [(3, 0.8), (8, 0.3), (12, 1.9)], 0..<3 as Range<UInt64>)
  func derivativeByDifferences(size: (Int, Double), seed: UInt64) {
    let a = Self.random(size.0, scale: size.1, seed: seed)
    let e = Self.random(size.0, scale: 1, seed: seed + 100)
    func at(_ step: Double) -> [Double] {
      Matrix(
        rows: a.rows, columns: a.rows, elements: zip(a.elements, e.elements).map { $0 + step * $1 }
      ).exponential.elements
    }
    let h = 1e-3
    let (near, far) = (zip(at(h), at(-h)).map { $0 - $1 }, zip(at(2 * h), at(-2 * h)).map { $0 - $1 })
    let differences = zip(near, far).map { (8 * $0 - $1) / (12 * h) }
    let (value, derivative) = a.exponential(derivative: e)
    #expect(relativeDifference(derivative.elements, differences) < 1e-9)
    #expect(value == a.exponential)
  }

  /// `⟨G, L(A, E)⟩ = ⟨L(Aᵀ, G), E⟩`, and L(A, A) = A·exp(A).
  @Test(arguments: [(5, 1.3), (33, 0.4), (128, 0.2)]) func adjoint(size: (Int, Double)) {
    let a = Self.random(size.0, scale: size.1, seed: 4)
    let (e, g) = (Self.random(size.0, scale: 1, seed: 5), Self.random(size.0, scale: 1, seed: 6))
    let derivative = a.exponential(derivative: e).derivative
    let forward = Self.inner(g, derivative)
    let back = Self.inner(a.transposed.exponential(derivative: g).derivative, e)
    let scale = (Self.inner(g, g) * Self.inner(derivative, derivative)).squareRoot()
    #expect(abs(forward - back) < 1e-13 * scale)
    let own = a.exponential(derivative: a)
    #expect(relativeDifference(own.derivative.elements, Self.product(a, own.value).elements) < 1e-12)
  }

  @Test(arguments: [(2, 3.1), (16, 1.0), (77, 0.3), (128, 0.05), (128, 1.7)]) func skewGivesOrthogonal(
    size: (Int, Double)
  ) {
    let value = Self.skew(size.0, scale: size.1, seed: 7).exponential
    let product = Self.product(value.transposed, value)
    let off = zip(product.elements, Matrix.identity(size.0).elements).map { abs($0 - $1) }.max() ?? 1
    #expect(off < 1e-12, "\(off)")
  }

  @Test func whatIsntFinite() {
    var a = Self.random(4, scale: 1, seed: 8)
    let e = Self.random(4, scale: 1e300, seed: 9)
    #expect(a.exponential(derivative: e).derivative.elements.allSatisfy { $0.isFinite })
    var lost = e
    lost[1, 2] = .infinity
    let (value, derivative) = a.exponential(derivative: lost)
    #expect(value == a.exponential && derivative.elements.allSatisfy(\.isNaN))
    a[0, 0] = .nan
    #expect(a.exponential(derivative: e).value.elements.allSatisfy { $0.isNaN })
  }
}
