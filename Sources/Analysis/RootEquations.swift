import CoRNNKernels

/// Equations `F(x) = 0` with their exact Jacobian.
protocol RootEquations: Sendable {
  /// The number of unknowns and of equations.
  var dimension: Int { get }
  /// `F(x)`; nil where it can't be evaluated.
  func residual(at x: [Double]) -> [Double]?
  /// `∂F/∂x`; nil where it can't be evaluated.
  func jacobian(at x: [Double]) -> Matrix?
  /// What rounding can leave of F at the double nearest to a zero; nil where there is no bound.
  func rounding(at x: [Double]) -> [Double]?
}

extension RootEquations {
  func rounding(at x: [Double]) -> [Double]? { nil }
}

/// A zero found, and how exactly.
struct NumericalRoot: Equatable, Sendable {
  var position: [Double]
  /// The largest |F_i| there.
  var residual: Double
}

extension RootEquations {
  /// The zero that damped Newton steps lead to; nil where they stall at a point that isn't one.
  ///
  /// Each step is halved until |F|² falls. From `tolerance` on (largest |F_i|) full steps go on while they bring the
  /// residual down. It must end within what rounding can leave, where that is known: |F| has minima that are small and
  /// no zeros.
  func root(from start: [Double], tolerance: Double, iterations: Int = 200) -> NumericalRoot? {
    var x = start
    guard var f = residual(at: x), f.allSatisfy(\.isFinite) else { return nil }
    var size = f.largest
    for _ in 0..<iterations where size > tolerance {
      guard let step = newtonStep(at: x, f) else { return nil }
      var part = 1.0
      let before = f.squares
      while true {
        let next = zip(x, step).map { $0 + part * $1 }
        if let value = residual(at: next), value.squares < (1 - 1e-4 * part) * before {
          (x, f, size) = (next, value, value.largest)
          break
        }
        part /= 2
        if part < 1e-9 { return nil }
      }
    }
    guard size <= tolerance else { return nil }
    // At a multiple zero each step takes a part of the distance only.
    for _ in 0..<100 {
      guard let step = newtonStep(at: x, f) else { break }
      let next = zip(x, step).map { $0 + $1 }
      guard let value = residual(at: next), value.largest < size else { break }
      (x, f, size) = (next, value, value.largest)
    }
    return isZero(f, at: x) ? NumericalRoot(position: x, residual: size) : nil
  }

  /// Whether F at x is no more than rounding can leave at a zero; true where that isn't known.
  func isZero(_ f: [Double], at x: [Double]) -> Bool {
    guard let rounding = rounding(at: x) else { return true }
    return zip(f, rounding).allSatisfy { abs($0) <= $1 }
  }

  private func newtonStep(at x: [Double], _ f: [Double]) -> [Double]? {
    jacobian(at: x)?.solving(f.map { -$0 })
  }
}

/// The zeros among `found` without doubles: two within `tolerances` of each other in every component are one, and the
/// first stands for it. Sorted by position, with how many of `found` each stands for.
func distinctRoots(_ found: [NumericalRoot], tolerances: [Double]) -> [(root: NumericalRoot, count: Int)] {
  var distinct: [(root: NumericalRoot, count: Int)] = []
  for root in found {
    let known = distinct.firstIndex { other in
      zip(zip(root.position, other.root.position), tolerances).allSatisfy { abs($0.0 - $0.1) <= $1 }
    }
    if let known {
      distinct[known].count += 1
      if root.residual < distinct[known].root.residual { distinct[known].root = root }
    } else {
      distinct.append((root, 1))
    }
  }
  return distinct.sorted { $0.root.position.lexicographicallyPrecedes($1.root.position) }
}

extension [Double] {
  /// The largest absolute value; NaN counts as infinite.
  var largest: Double { reduce(0) { $1.isNaN ? .infinity : Swift.max($0, abs($1)) } }
  /// The sum of squares.
  var squares: Double { reduce(0) { $0 + $1 * $1 } }
}
