import COpenBLAS

/// Linear least squares `min ‖A·X − B‖` over rows that come a few at a time and aren't kept.
///
/// Holds the triangular factor of [A B], brought up to date by Householder reflections (LAPACK's `dgelqf` on rows), so
/// that the error grows with the condition of A, where the normal equations' grows with its square: neighbouring
/// samples of a smooth signal as regressors have conditions of 1e5 and more.
///
/// A row costs about 3·(p + q)² operations, for p columns of A and q of B.
public struct StreamedLeastSquares: Sendable {
  /// The columns of A, p.
  public let regressors: Int
  /// The columns of B, q.
  public let targets: Int
  /// The rows taken in so far.
  public private(set) var rows = 0
  /// The triangular factor's rows, then rows not yet taken in.
  private var block: [Double]

  private var width: Int { regressors + targets }
  /// The most values held before the factor is brought up to date.
  private var capacity: Int { 5 * width * max(width, 64) }

  /// No rows yet.
  public init(regressors: Int, targets: Int) {
    precondition(regressors > 0 && targets > 0, "\(regressors) regressors, \(targets) targets")
    self.regressors = regressors
    self.targets = targets
    block = [Double](repeating: 0, count: (regressors + targets) * (regressors + targets))
  }

  /// Takes in one row of A and one of B.
  public mutating func add(regressors a: ArraySlice<Double>, targets b: ArraySlice<Double>) {
    precondition(a.count == regressors && b.count == targets, "\(a.count) and \(b.count) values in a row")
    block += a
    block += b
    rows += 1
    if block.count >= capacity { reduce() }
  }

  /// Takes in all rows that `other` did.
  public mutating func merge(_ other: StreamedLeastSquares) {
    precondition(other.width == width && other.regressors == regressors, "another shape")
    var other = other
    other.reduce()
    block += other.block
    rows += other.rows
    reduce()
  }

  /// Brings the factor up to date with the rows that wait behind it.
  private mutating func reduce() {
    var (count, waiting) = (Int32(width), Int32(block.count / width))
    guard waiting > count else { return }
    OpenBLAS.start()
    // Rows read as columns: the transpose, whose L is R's.
    var stride = count
    var factors = [Double](repeating: 0, count: width)
    var length = Int32(64 * width)
    var work = [Double](repeating: 0, count: Int(length))
    var info: Int32 = 0
    unsafe dgelqf_(&count, &waiting, &block, &stride, &factors, &work, &length, &info)
    precondition(info == 0, "dgelqf refused its arguments: \(info)")
    block.removeLast(block.count - width * width)
    for row in 1..<width {
      for column in 0..<row { block[row * width + column] = 0 }
    }
  }

  /// What the rows give.
  public struct Solution: Sendable {
    /// Xᵀ, q×p: a row for each target.
    public let weights: Matrix
    /// The number of directions kept.
    public let rank: Int
    /// The largest over the smallest singular value of A with its columns scaled to length 1.
    public let conditionNumber: Double
    /// The mean square of each target's residual.
    public let meanSquareResiduals: [Double]
  }

  /// The solution, that of smallest norm (of X in units of the columns' lengths) where directions are lost to rounding:
  /// those whose singular value is below `rows` times the rounding unit times the largest. Nil where LAPACK's `dgelsd`
  /// doesn't converge or a value isn't finite.
  public func solution() -> Solution? {
    var final = self
    final.reduce()
    let (p, q, width) = (regressors, targets, width)
    let triangle = final.block
    guard rows > 0, triangle.allSatisfy(\.isFinite) else { return nil }
    var a = [Double](repeating: 0, count: p * p)
    var b = [Double](repeating: 0, count: p * q)
    var lengths = [Double](repeating: 0, count: p)
    for column in 0..<p {
      var square = 0.0
      for row in 0...column { square += triangle[row * width + column] * triangle[row * width + column] }
      lengths[column] = square > 0 ? square.squareRoot() : 1
      for row in 0...column { a[column * p + row] = triangle[row * width + column] / lengths[column] }
    }
    for target in 0..<q {
      for row in 0..<p { b[target * p + row] = triangle[row * width + p + target] }
    }
    var (height, size, count) = (Int32(p), Int32(p), Int32(q))
    var (stride, second) = (Int32(p), Int32(p))
    var singular = [Double](repeating: 0, count: p)
    var threshold = Double(max(rows, p)) * 0x1p-52
    var rank: Int32 = 0
    var (length, info): (Int32, Int32) = (-1, 0)
    var query = 0.0
    var integers: Int32 = 0
    unsafe dgelsd_(
      &height, &size, &count, &a, &stride, &b, &second, &singular, &threshold, &rank, &query, &length, &integers, &info)
    precondition(info == 0, "dgelsd refused its arguments: \(info)")
    length = Int32(query)
    var work = [Double](repeating: 0, count: Int(length))
    var wholes = [Int32](repeating: 0, count: Int(integers))
    unsafe dgelsd_(
      &height, &size, &count, &a, &stride, &b, &second, &singular, &threshold, &rank, &work, &length, &wholes, &info)
    guard info == 0 else { return nil }
    var weights = Matrix(rows: q, columns: p)
    for target in 0..<q {
      for column in 0..<p { weights[target, column] = b[target * p + column] / lengths[column] }
    }
    // What directions left out would have explained stays in the residual.
    let residuals = (0..<q).map { target in
      var square = 0.0
      for row in 0..<width {
        var rest = triangle[row * width + p + target]
        if row < p {
          for column in row..<p { rest -= triangle[row * width + column] * weights[target, column] }
        }
        square += rest * rest
      }
      return square / Double(rows)
    }
    return Solution(
      weights: weights, rank: Int(rank), conditionNumber: singular[0] / singular[p - 1], meanSquareResiduals: residuals)
  }
}
