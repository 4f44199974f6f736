/// A dense matrix of doubles in row-major order.
public struct Matrix: Equatable, Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The entries, row after row.
  public var elements: [Double]

  /// A matrix of `elements`, row after row.
  public init(rows: Int, columns: Int, elements: [Double]) {
    precondition(
      rows >= 0 && columns >= 0 && elements.count == rows * columns,
      "\(elements.count) elements don't make a \(rows)×\(columns) matrix")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// A matrix with every entry equal to `value`.
  public init(rows: Int, columns: Int, repeating value: Double = 0) {
    self.init(rows: rows, columns: columns, elements: Array(repeating: value, count: rows * columns))
  }

  /// The entry in `row` and `column`, both from zero.
  public subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  /// One row.
  public func row(_ index: Int) -> ArraySlice<Double> {
    elements[index * columns..<(index + 1) * columns]
  }

  /// The matrices `left` and `right` of equal height side by side, `[left right]`.
  public init(_ left: Matrix, beside right: Matrix) {
    precondition(left.rows == right.rows, "\(left.rows) rows beside \(right.rows)")
    var elements: [Double] = []
    elements.reserveCapacity(left.elements.count + right.elements.count)
    for row in 0..<left.rows {
      elements += left.row(row)
      elements += right.row(row)
    }
    self.init(rows: left.rows, columns: left.columns + right.columns, elements: elements)
  }

  /// Some of the columns, as a matrix of their own.
  public func columns(_ range: Range<Int>) -> Matrix {
    var part: [Double] = []
    part.reserveCapacity(rows * range.count)
    for row in 0..<rows { part += elements[row * columns + range.lowerBound..<row * columns + range.upperBound] }
    return Matrix(rows: rows, columns: range.count, elements: part)
  }

  /// The transpose.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for row in 0..<rows {
      for column in 0..<columns { result[column, row] = self[row, column] }
    }
    return result
  }

  /// The matrix times `diag(factors)` from the right: column j is multiplied by `factors[j]`.
  public func scalingColumns(by factors: [Double]) -> Matrix {
    precondition(factors.count == columns, "\(factors.count) factors for \(columns) columns")
    var scaled = self
    for row in 0..<rows {
      for column in 0..<columns { scaled.elements[row * columns + column] *= factors[column] }
    }
    return scaled
  }
}
