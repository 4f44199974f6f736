import CoRNNKernels
import Foundation
import Testing

/// Interval operations hold the exact results.
@Suite struct IntervalTests {
  /// Exact sums, differences and products of doubles as a head and a tail.
  static func sum(_ a: Double, _ b: Double) -> (Double, Double) {
    let s = a + b
    let part = s - a
    return (s, (a - (s - part)) + (b - part))
  }

  static func product(_ a: Double, _ b: Double) -> (Double, Double) {
    let p = a * b
    return (p, (-p).addingProduct(a, b))
  }

  /// Whether head + tail, exactly, is in the interval.
  static func holds(_ interval: Interval, _ exact: (Double, Double)) -> Bool {
    let low = Self.sum(exact.0, -interval.lower)
    let high = Self.sum(interval.upper, -exact.0)
    return low.0 + (low.1 + exact.1) >= 0 && high.0 + (high.1 - exact.1) >= 0
  }

  @Test(arguments: [3, 71, 905] as [UInt64]) func containsExactResults(seed: UInt64) {
    var random = SplittableRandom(seed: seed)
    func number() -> Double { random.normal() * exp(random.uniform(in: -20...20)) }
    for _ in 0..<20_000 {
      let (a, b, c, d) = (number(), number(), number(), number())
      let (x, y) = (Interval(min(a, b), max(a, b)), Interval(min(c, d), max(c, d)))
      for p in [a, b] {
        for q in [c, d] {
          #expect(Self.holds(x + y, Self.sum(p, q)) && Self.holds(x - y, Self.sum(p, -q)))
          #expect(Self.holds(x * y, Self.product(p, q)))
        }
        #expect(Self.holds(c * x, Self.product(c, p)) && Self.holds(x.squared, Self.product(p, p)))
        let quotient = x.divided(by: abs(c))
        #expect(quotient.lower * abs(c) <= p.nextUp && quotient.upper * abs(c) >= p.nextDown)
      }
      #expect(x.contains(x.midpoint) && x.squared.lower >= 0 && x.width >= x.upper - x.lower)
    }
  }

  @Test func tanhAgainstLongerArithmetic() {
    var random = SplittableRandom(seed: 17)
    for _ in 0..<50_000 {
      let x = random.normal() * exp(random.uniform(in: -12...3))
      let single = Interval(x).tanh
      // By expm1 in 64 bits of mantissa.
      let e = expm1l(2 * Float80(x))
      let exact = x > 20 ? Float80(1) - 2 * expl(-2 * Float80(x)) : e / (e + 2)
      #expect(Float80(single.lower) <= exact && exact <= Float80(single.upper), "\(x)")
      let slope = Float80(1) - exact * exact
      let around = Interval(x).tanhSlope
      #expect(Float80(around.lower) <= slope + 1e-19 && slope - 1e-19 <= Float80(around.upper), "\(x)")
    }
    #expect(Interval(-800, 0).tanh.lower == -1 && Interval(0, 800).tanh.upper == 1)
  }

  @Test func setsOfNumbers() {
    let a = Interval(-1.25, 2.385)
    #expect(a.intersection(Interval(2.5, 3)) == nil && a.intersection(Interval(2, 3)) == Interval(2, 2.385))
    #expect(Interval(0, 2).isInterior(of: a) && !Interval(-1.25, 2).isInterior(of: a))
    #expect(Interval(-1.25, 2).isContained(in: a) && a.magnitude == 2.385)
    #expect(a.squared.lower == 0 && Interval(-3, -1).squared.lower <= 1)
  }
}

/// Solutions and symmetric eigenpairs by LAPACK.
@Suite struct SolveTests {
  @Test(arguments: [1, 2, 7, 40]) func solvesAndInverts(size: Int) throws {
    var random = SplittableRandom(seed: UInt64(size))
    let a = Matrix(rows: size, columns: size, elements: (0..<size * size).map { _ in random.normal() })
    let x = (0..<size).map { _ in random.normal() }
    var right = [Double](repeating: 0, count: size)
    a.multiply(count: 1, vectors: x, stride: size, keeping: 0, into: &right)
    let solved = try #require(a.solving(right))
    #expect(zip(solved, x).allSatisfy { abs($0 - $1) < 1e-9 })
    let inverse = try #require(a.inverse)
    for i in 0..<size {
      for j in 0..<size {
        let entry = (0..<size).reduce(0) { $0 + inverse[i, $1] * a[$1, j] }
        #expect(abs(entry - (i == j ? 1 : 0)) < 1e-9)
      }
    }
    #expect(Matrix(rows: 2, columns: 2, elements: [1, 2, 2, 4]).solving([1, 0]) == nil)
  }

  @Test func symmetricEigenpairs() throws {
    var random = SplittableRandom(seed: 5)
    let n = 9
    var a = Matrix(rows: n, columns: n)
    for i in 0..<n {
      for j in 0...i {
        a[i, j] = random.normal()
        a[j, i] = a[i, j]
      }
    }
    let (values, vectors) = try #require(a.symmetricEigenpairs)
    for k in 0..<n {
      for i in 0..<n {
        let image = (0..<n).reduce(0) { $0 + a[i, $1] * vectors[k, $1] }
        #expect(abs(image - values[k] * vectors[k, i]) < 1e-12)
      }
    }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
  }
}
