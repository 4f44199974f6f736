import CoRNNDynamics
import CoRNNKernels

/// One polynomial for every variable, of those up to `radius` places away on the ring: what a system does that looks the
/// same from each of its variables. Fitted by least squares with an intercept.
///
/// Degree 3 and radius 3 have 120 weights for any number of variables. It forecasts the change from the newest state.
public struct LocalPolynomial: ForecastMethod {
  public let name = "local"
  /// Places on either side; fewer where the ring has fewer.
  public let radius: Int
  /// The largest degree of a monomial.
  public let degree: Int
  /// Training rows are thinned evenly in time to about so many at most.
  public static let mostRows = 300_000

  /// A polynomial of this degree in 2·radius + 1 neighbours.
  public init(radius: Int = 3, degree: Int = 3) {
    precondition(radius >= 0 && degree >= 1, "radius \(radius), degree \(degree)")
    self.radius = radius
    self.degree = degree
  }

  public var summary: String { "one polynomial of degree \(degree) for all variables, radius \(radius)" }

  public func fitted(
    to data: ForecastData, task: ForecastTask, seed: UInt64, threads: Int
  ) throws(ForecastFailure) -> FittedForecast {
    let (n, training, batch) = (data.training.width, data.training, data.training.batch)
    let radius = min(radius, (n - 1) / 2)
    let basis = MonomialBasis(variables: 2 * radius + 1, degree: degree)
    guard basis.count <= PolynomialRegression.mostRegressors else {
      throw .tooManyRegressors(method: name, count: basis.count, most: PolynomialRegression.mostRegressors)
    }
    let scored = task.scored(of: training.steps)
    let every = max(1, (scored.count * batch * n + Self.mostRows - 1) / Self.mostRows)
    // One mean and deviation for all variables, as the polynomial is one.
    let scaling = StateScaling(
      InputSequence(steps: training.steps * batch * n, batch: 1, width: 1, values: training.values),
      from: task.firstScored * batch * n)
    let (mean, deviation) = (scaling.mean[0], scaling.deviation[0])
    let parts = min(8, batch)
    let streams = parallelMap(count: parts, threads: threads) { part in
      var squares = StreamedLeastSquares(regressors: basis.count, targets: 1)
      var (near, row): ([Double], [Double]) = ([], [])
      for b in part * batch / parts..<(part + 1) * batch / parts {
        // Another offset in each trajectory.
        for t in stride(from: scored.lowerBound + b % every, to: scored.upperBound, by: every) {
          let (now, later) = ((t * batch + b) * n, ((t + task.horizon) * batch + b) * n)
          for j in 0..<n {
            near.removeAll(keepingCapacity: true)
            for shift in -radius...radius {
              near.append((training.values[now + (j + shift + n) % n] - mean) / deviation)
            }
            row.removeAll(keepingCapacity: true)
            basis.append(of: near, to: &row)
            squares.add(regressors: row[...], targets: [training.values[later + j] - training.values[now + j]])
          }
        }
      }
      return squares
    }
    var all = streams[0]
    for stream in streams.dropFirst() { all.merge(stream) }
    guard let solution = all.solution() else { throw .notSolved(method: name) }
    return FittedForecast(
      model: LocalForecast(
        variables: n, radius: radius, basis: basis, mean: mean, deviation: deviation, weights: solution.weights),
      parameters: basis.count,
      settings: [
        ForecastSetting("radius", "\(radius)"), ForecastSetting("every", "\(every)"),
        ForecastSetting("rank", "\(solution.rank)"), ForecastSetting("condition", solution.conditionNumber),
      ])
  }
}

/// The fitted local polynomial.
struct LocalForecast: ForecastModel {
  let variables: Int
  let radius: Int
  let basis: MonomialBasis
  let mean: Double
  let deviation: Double
  /// 1×count.
  let weights: Matrix
  var carried: Int { 0 }

  func advance(inputs: [Double], carry: inout [Double], predictions: inout [Double]) {
    let n = variables
    var (near, monomials): ([Double], [Double]) = ([], [])
    for i in inputs.indices {
      let (row, j) = (i / n * n, i % n)
      near.removeAll(keepingCapacity: true)
      for shift in -radius...radius { near.append((inputs[row + (j + shift + n) % n] - mean) / deviation) }
      monomials.removeAll(keepingCapacity: true)
      basis.append(of: near, to: &monomials)
      var change = 0.0
      for k in monomials.indices { change += weights.elements[k] * monomials[k] }
      predictions[i] = inputs[i] + change
    }
  }
}
