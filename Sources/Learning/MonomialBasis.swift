/// All products of up to `degree` of n variables, repetition allowed, the constant 1 first: (n + d)!/(n!·d!) of them.
///
/// In graded order, within a degree lexicographic: 1, x0, x1, …, x0², x0·x1, …
public struct MonomialBasis: Equatable, Sendable {
  /// The number of variables, n.
  public let variables: Int
  /// The highest degree, d.
  public let degree: Int
  /// Each monomial after the constant is `value[parent] · x[factor]`.
  private let parents: [Int]
  private let factors: [Int]

  /// The number of monomials.
  public var count: Int { parents.count + 1 }

  /// The number of monomials, before a basis is made; nil where it exceeds `most`.
  public static func count(variables: Int, degree: Int, most: Int) -> Int? {
    var count = 1
    for k in 0..<degree {
      let (product, overflow) = count.multipliedReportingOverflow(by: variables + k + 1)
      guard !overflow, product / (k + 1) <= most else { return nil }
      count = product / (k + 1)
    }
    return count
  }

  /// The basis on this many variables.
  public init(variables: Int, degree: Int) {
    precondition(variables > 0 && degree >= 0, "\(variables) variables, degree \(degree)")
    self.variables = variables
    self.degree = degree
    var (parents, factors): ([Int], [Int]) = ([], [])
    // Factors in rising order: a monomial is extended by its last factor or a later one.
    var last = [(index: 0, factor: 0)]
    for _ in 0..<degree {
      var next: [(index: Int, factor: Int)] = []
      for (index, factor) in last {
        for extra in factor..<variables {
          parents.append(index)
          factors.append(extra)
          next.append((parents.count, extra))
        }
      }
      last = next
    }
    self.parents = parents
    self.factors = factors
  }

  /// Appends the monomials of `x[offset ..< offset + n]` to `values`.
  public func append(of x: [Double], from offset: Int = 0, to values: inout [Double]) {
    precondition(offset >= 0 && offset + variables <= x.count, "\(variables) variables from \(offset) of \(x.count)")
    let first = values.count
    values.append(1)
    for k in parents.indices { values.append(values[first + parents[k]] * x[offset + factors[k]]) }
  }

  /// Appends the derivatives of the monomials by each variable, n rows of `count`.
  public func appendDerivatives(of x: [Double], from offset: Int = 0, to rows: inout [Double]) {
    var values: [Double] = []
    values.reserveCapacity(count)
    append(of: x, from: offset, to: &values)
    for variable in 0..<variables {
      let first = rows.count
      rows.append(0)
      for k in parents.indices {
        let own = factors[k] == variable ? values[parents[k]] : 0
        rows.append(rows[first + parents[k]] * x[offset + factors[k]] + own)
      }
    }
  }
}
