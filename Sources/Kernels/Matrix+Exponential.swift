import COpenBLAS

extension Matrix {
  /// The exponential of a square matrix and its derivative in the direction E, `lim ((exp(self + h·E) − exp(self))/h)`:
  /// scaling and squaring with the Padé approximant of degree 13 on the pair of value and derivative.
  ///
  /// The adjoint of the derivative is the derivative at the transpose: with `G = df/d exp(A)`, `df/dA` is the derivative
  /// at Aᵀ in the direction G. The exponential of a skew-symmetric matrix is orthogonal to rounding, as the diagonal
  /// approximants of one are. Costs 6 products and a solution for the value, about three times that for both, and a
  /// product (three) more for each doubling of the 1-norm beyond 4.7. Numbers that aren't finite give such.
  ///
  /// Source: Higham 2005, doi:10.1137/04061101X; Al-Mohy & Higham 2009, doi:10.1137/080716426.
  public func exponential(derivative direction: Matrix) -> (value: Matrix, derivative: Matrix) {
    precondition(direction.rows == rows && direction.columns == columns, "a direction of another shape")
    let size = direction.elements.reduce(0) { max($0, $1.isFinite ? abs($1) : .infinity) }
    guard size.isFinite else { return (exponential, Matrix(rows: rows, columns: columns, repeating: .nan)) }
    let factor = size > 0 ? size : 1
    let unit = DualMatrix(value: direction, derivative: nil).scaled(1 / factor).value
    let both = exponential(DualMatrix(value: self, derivative: unit))
    guard let derivative = both.derivative else { preconditionFailure("a derivative was lost") }
    return (both.value, DualMatrix(value: derivative, derivative: nil).scaled(factor).value)
  }

  /// The exponential of a square matrix.
  public var exponential: Matrix { exponential(DualMatrix(value: self, derivative: nil)).value }

  private func exponential(_ a: DualMatrix) -> DualMatrix {
    precondition(rows == columns, "\(rows)×\(columns)")
    let norm = (0..<columns).map { j in (0..<rows).reduce(0) { $0 + abs(self[$1, j]) } }.max() ?? 0
    guard norm.isFinite else {
      let lost = Matrix(rows: rows, columns: columns, repeating: .nan)
      return DualMatrix(value: lost, derivative: a.derivative.map { _ in lost })
    }
    // Of Al-Mohy & Higham's table 6.1: the largest norm for which value and derivative are right to rounding.
    var doublings = 0
    while norm * Double(sign: .plus, exponent: -doublings, significand: 1) > 4.74 { doublings += 1 }
    let x = a.scaled(Double(sign: .plus, exponent: -doublings, significand: 1))
    let b: [Double] = [
      64_764_752_532_480_000, 32_382_376_266_240_000, 7_771_770_303_897_600, 1_187_353_796_428_800, 129_060_195_264_000,
      10_559_470_521_600, 670_442_572_800, 33_522_128_640, 1_323_241_920, 40_840_800, 960_960, 16_380, 182, 1,
    ]
    let x2 = x * x
    let x4 = x2 * x2
    let x6 = x4 * x2
    let one = DualMatrix(
      value: .identity(rows), derivative: a.derivative.map { _ in Matrix(rows: rows, columns: rows) })
    func sum(_ terms: [(Double, DualMatrix)]) -> DualMatrix { DualMatrix(terms) }
    let odd =
      x * (x6 * sum([(b[13], x6), (b[11], x4), (b[9], x2)]) + sum([(b[7], x6), (b[5], x4), (b[3], x2), (b[1], one)]))
    let even =
      x6 * sum([(b[12], x6), (b[10], x4), (b[8], x2)]) + sum([(b[6], x6), (b[4], x4), (b[2], x2), (b[0], one)])
    var result = sum([(1, even), (-1, odd)]).solving(even + odd)
    for _ in 0..<doublings { result = result * result }
    return result
  }
}

/// A matrix and its derivative in one direction, if that is wanted.
private struct DualMatrix {
  var value: Matrix
  var derivative: Matrix?

  init(value: Matrix, derivative: Matrix?) {
    self.value = value
    self.derivative = derivative
  }

  /// A sum with factors.
  init(_ terms: [(factor: Double, matrix: DualMatrix)]) {
    func total(_ part: (DualMatrix) -> Matrix?) -> Matrix? {
      guard var sum = part(terms[0].matrix) else { return nil }
      for place in sum.elements.indices { sum.elements[place] *= terms[0].factor }
      for (factor, matrix) in terms.dropFirst() {
        guard let other = part(matrix) else { return nil }
        for place in sum.elements.indices { sum.elements[place] += factor * other.elements[place] }
      }
      return sum
    }
    guard let value = total(\.value) else { preconditionFailure("no terms") }
    self.init(value: value, derivative: total(\.derivative))
  }

  func scaled(_ factor: Double) -> DualMatrix { DualMatrix([(factor, self)]) }

  static func + (left: DualMatrix, right: DualMatrix) -> DualMatrix { DualMatrix([(1, left), (1, right)]) }

  static func * (left: DualMatrix, right: DualMatrix) -> DualMatrix {
    func product(_ a: Matrix, _ b: Matrix, onto sum: Matrix? = nil) -> Matrix {
      var result = sum ?? Matrix(rows: a.rows, columns: b.columns)
      // a·b row by row: each row of a through the transpose of b.
      b.transposed.multiply(
        count: a.rows, vectors: a.elements, stride: a.columns, keeping: sum == nil ? 0 : 1, into: &result.elements)
      return result
    }
    var derivative: Matrix?
    if let dl = left.derivative, let dr = right.derivative {
      derivative = product(left.value, dr, onto: product(dl, right.value))
    }
    return DualMatrix(value: product(left.value, right.value), derivative: derivative)
  }

  /// `self⁻¹·right`: with `X = Q⁻¹P`, `dX = Q⁻¹(dP − dQ·X)`. Q has no eigenvalue near 0 for the norms it is used for.
  func solving(_ right: DualMatrix) -> DualMatrix {
    guard let solution = value.solving(right.value) else { preconditionFailure("a singular denominator") }
    guard let dq = derivative, let dp = right.derivative else { return DualMatrix(value: solution, derivative: nil) }
    let moved = DualMatrix(value: dq, derivative: nil) * DualMatrix(value: solution, derivative: nil)
    var rest = dp
    for place in rest.elements.indices { rest.elements[place] -= moved.value.elements[place] }
    return DualMatrix(value: solution, derivative: value.solving(rest))
  }
}
