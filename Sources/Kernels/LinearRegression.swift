import CGSL

/// A straight line through points by least squares, with a confidence interval for its slope.
public struct LinearRegression: Codable, Equatable, Sendable {
  /// The line's slope.
  public let slope: Double
  /// Its value at 0.
  public let intercept: Double
  /// The standard error of the slope.
  public let standardError: Double
  /// Half the width of the slope's 95 % confidence interval (Student's t with n − 2 degrees of freedom).
  public let halfWidth: Double

  /// The line through at least three points.
  public init(x: [Double], y: [Double]) {
    precondition(x.count == y.count && x.count >= 3, "a line through \(x.count) and \(y.count) values")
    let n = Double(x.count)
    let meanX = x.reduce(0, +) / n
    let meanY = y.reduce(0, +) / n
    let spread = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    let slope = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / spread
    let intercept = meanY - slope * meanX
    let squares = zip(x, y).reduce(0) { sum, point in
      let rest = point.1 - intercept - slope * point.0
      return sum + rest * rest
    }
    self.slope = slope
    self.intercept = intercept
    standardError = (squares / (n - 2) / spread).squareRoot()
    halfWidth = gsl_cdf_tdist_Pinv(0.975, n - 2) * standardError
  }
}
