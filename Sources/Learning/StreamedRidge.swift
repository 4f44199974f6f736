import CoRNNKernels

/// Ridge regression `min ‖(A − Ā)·X − (B − B̄)‖²/rows + λ‖X‖²` from sums over rows that aren't kept: the means are
/// taken out of both sides, so that the intercept isn't shrunk.
///
/// Rows come in blocks of products on BLAS: p²/2 multiply–adds each. The normal equations square A's condition; λ, at
/// least 1e-14 times the largest eigenvalue here, is what bounds it.
struct StreamedRidge: Sendable {
  let regressors: Int
  let targets: Int
  private(set) var rows = 0
  /// [A B]ᵀ[A B] and the column sums, about the shift.
  private var products: Matrix
  private var sums: [Double]

  init(regressors: Int, targets: Int) {
    self.regressors = regressors
    self.targets = targets
    products = Matrix(rows: regressors + targets, columns: regressors + targets)
    sums = [Double](repeating: 0, count: regressors + targets)
  }

  /// Takes in `count` rows of [A B].
  mutating func add(rows values: [Double], count: Int) {
    let width = regressors + targets
    products.addOuterProducts(count: count, left: values, right: values, rightStride: width)
    for row in 0..<count {
      for column in 0..<width { sums[column] += values[row * width + column] }
    }
    rows += count
  }

  /// Takes in all rows that `other` did.
  mutating func merge(_ other: StreamedRidge) {
    for i in products.elements.indices { products.elements[i] += other.products.elements[i] }
    for i in sums.indices { sums[i] += other.sums[i] }
    rows += other.rows
  }

  private var means: [Double] { sums.map { $0 / Double(rows) } }

  /// Covariances of the columns.
  private var covariances: Matrix {
    var result = products
    let (means, count) = (means, Double(rows))
    for i in 0..<result.rows {
      for j in 0..<result.columns { result[i, j] = result[i, j] / count - means[i] * means[j] }
    }
    return result
  }

  /// Weights q×(p + 1), the intercept last, and the mean square error on other rows, for each λ.
  struct Fit: Sendable {
    let ridge: Double
    let weights: Matrix
    let validationError: Double
  }

  /// Fits for every λ = `ridge` · (the largest eigenvalue of A's covariance), judged on `validation`'s rows; nil where the
  /// eigenvalues don't converge or a sum isn't finite.
  ///
  /// One decomposition serves all: O(p³) and p²·q for each λ.
  func fits(ridges: [Double], validation: StreamedRidge) -> [Fit]? {
    let (p, q) = (regressors, targets)
    let (own, ownMeans) = (covariances, means)
    let (other, otherMeans) = (validation.covariances, validation.means)
    guard own.elements.allSatisfy(\.isFinite), other.elements.allSatisfy(\.isFinite) else { return nil }
    var gram = Matrix(rows: p, columns: p)
    var cross = Matrix(rows: q, columns: p)
    for i in 0..<p {
      for j in 0..<p { gram[i, j] = own[i, j] }
      for k in 0..<q { cross[k, i] = own[p + k, i] }
    }
    guard let (values, vectors) = gram.symmetricEigenpairs, let largest = values.last, largest > 0 else { return nil }
    // Each target's covariance with each principal direction.
    var projected = [Double](repeating: 0, count: q * p)
    vectors.multiply(count: q, vectors: cross.elements, stride: p, keeping: 0, into: &projected)
    let back = vectors.transposed
    return ridges.map { ridge in
      let lambda = ridge * largest
      var scaled = projected
      for k in 0..<q {
        for i in 0..<p { scaled[k * p + i] /= max(values[i], 0) + lambda }
      }
      var slopes = [Double](repeating: 0, count: q * p)
      back.multiply(count: q, vectors: scaled, stride: p, keeping: 0, into: &slopes)
      var weights = Matrix(rows: q, columns: p + 1)
      var error = 0.0
      for k in 0..<q {
        var intercept = ownMeans[p + k]
        for i in 0..<p {
          weights[k, i] = slopes[k * p + i]
          intercept -= slopes[k * p + i] * ownMeans[i]
        }
        weights[k, p] = intercept
        // E(b − wᵀa − c)² = variance of what is left + its mean squared.
        var (variance, bias) = (other[p + k, p + k], otherMeans[p + k] - intercept)
        for i in 0..<p {
          let w = slopes[k * p + i]
          bias -= w * otherMeans[i]
          variance -= 2 * w * other[i, p + k]
          var row = 0.0
          for j in 0..<p { row += other[i, j] * slopes[k * p + j] }
          variance += w * row
        }
        error += max(0, variance) + bias * bias
      }
      return Fit(ridge: ridge, weights: weights, validationError: error / Double(q))
    }
  }

  /// The mean square of the targets.
  var targetMeanSquare: Double {
    (0..<targets).reduce(0) { $0 + products[regressors + $1, regressors + $1] } / Double(max(rows, 1) * targets)
  }
}
