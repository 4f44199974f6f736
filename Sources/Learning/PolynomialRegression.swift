import CoRNNDynamics
import CoRNNKernels

/// A polynomial of the newest state and of earlier ones, fitted by least squares with an intercept.
///
/// Variables are centred and divided by their standard deviation first, and the rows reduced by orthogonal
/// transformations, so that the fit doesn't suffer from the condition's square.
public struct PolynomialRegression: ForecastMethod {
  public let name: String
  /// How many samples back each state is that it looks at; 0 is the newest.
  public let delays: [Int]
  /// The largest degree of a monomial.
  public let degree: Int

  /// The most regressors: beyond, a fit takes hours.
  public static let mostRegressors = 3000

  /// A polynomial of this degree in the states at these delays.
  public init(name: String, delays: [Int], degree: Int) {
    precondition(!delays.isEmpty && delays.allSatisfy { $0 >= 0 } && degree >= 1, "delays \(delays), degree \(degree)")
    self.name = name
    self.delays = delays
    self.degree = degree
  }

  public var summary: String {
    let kind = degree == 1 ? "linear" : degree == 2 ? "quadratic" : degree == 3 ? "cubic" : "degree \(degree)"
    let states = delays.map { $0 == 0 ? "x(t)" : "x(t−\($0))" }
    let isRun = delays.count > 3 && delays == Array(0..<delays.count)
    return kind + " in " + (isRun ? "x(t) … \(states[states.count - 1])" : states.joined(separator: ", "))
  }

  public func fitted(
    to data: ForecastData, task: ForecastTask, seed: UInt64, threads: Int
  ) throws(ForecastFailure) -> FittedForecast {
    let (n, oldest) = (data.training.width, delays.max() ?? 0)
    guard let count = MonomialBasis.count(variables: n * delays.count, degree: degree, most: Int.max / 4096),
      count <= Self.mostRegressors
    else {
      let count = MonomialBasis.count(variables: n * delays.count, degree: degree, most: Int.max / 4096) ?? Int.max
      throw .tooManyRegressors(method: name, count: count, most: Self.mostRegressors)
    }
    guard task.firstScored >= oldest else {
      throw .tooShort(method: name, needed: oldest, firstScored: task.firstScored)
    }
    let scaling = StateScaling(data.training, from: task.firstScored)
    let basis = MonomialBasis(variables: n * delays.count, degree: degree)
    let (training, batch) = (data.training, data.training.batch)
    // One stream of rows for each eighth of the trajectories, whatever the threads.
    let parts = min(8, batch)
    let streams = parallelMap(count: parts, threads: threads) { part in
      var squares = StreamedLeastSquares(regressors: count, targets: n)
      var (past, row): ([Double], [Double]) = ([], [])
      for b in part * batch / parts..<(part + 1) * batch / parts {
        for t in task.scored(of: training.steps) {
          past.removeAll(keepingCapacity: true)
          for delay in delays { scaling.append(training.values, at: ((t - delay) * batch + b) * n, to: &past) }
          row.removeAll(keepingCapacity: true)
          basis.append(of: past, to: &row)
          let later = ((t + task.horizon) * batch + b) * n
          squares.add(regressors: row[...], targets: training.values[later..<later + n])
        }
      }
      return squares
    }
    var all = streams[0]
    for stream in streams.dropFirst() { all.merge(stream) }
    guard let solution = all.solution() else { throw .notSolved(method: name) }
    let model = PolynomialForecast(
      variables: n, delays: delays, basis: basis, scaling: scaling, weights: solution.weights)
    return FittedForecast(
      model: model, parameters: count * n,
      settings: [
        ForecastSetting("regressors", "\(count)"), ForecastSetting("rank", "\(solution.rank)"),
        ForecastSetting("condition", solution.conditionNumber),
      ])
  }
}

/// Each variable's mean and standard deviation, to centre and scale by.
struct StateScaling: Equatable, Sendable {
  let mean: [Double]
  let deviation: [Double]

  /// Those of a set of trajectories from sample `first` on; a variable that stays as it is keeps its size.
  init(_ data: InputSequence, from first: Int) {
    let n = data.width
    var (sums, squares) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
    let values = data.values[min(first, data.steps - 1) * data.batch * n..<data.steps * data.batch * n]
    let count = Double(values.count / n)
    for (place, value) in values.enumerated() { sums[place % n] += value }
    let mean = sums.map { $0 / count }
    for (place, value) in values.enumerated() {
      squares[place % n] += (value - mean[place % n]) * (value - mean[place % n])
    }
    self.mean = mean
    deviation = squares.map { $0 > 0 ? ($0 / count).squareRoot() : 1 }
  }

  /// Appends a state, scaled.
  func append(_ values: [Double], at place: Int, to scaled: inout [Double]) {
    for j in mean.indices { scaled.append((values[place + j] - mean[j]) / deviation[j]) }
  }
}

/// The fitted polynomial. It carries the states it needs, newest first; before they came it takes the training mean.
struct PolynomialForecast: ForecastModel {
  let variables: Int
  let delays: [Int]
  let basis: MonomialBasis
  let scaling: StateScaling
  /// n×count.
  let weights: Matrix

  private var oldest: Int { delays.max() ?? 0 }
  var carried: Int { oldest * variables }

  init(variables: Int, delays: [Int], basis: MonomialBasis, scaling: StateScaling, weights: Matrix) {
    self.variables = variables
    self.delays = delays
    self.basis = basis
    self.scaling = scaling
    self.weights = weights
  }

  func advance(inputs: [Double], carry: inout [Double], predictions: inout [Double]) {
    let n = variables
    let batch = inputs.count / n
    var (monomials, past, newest): ([Double], [Double], [Double]) = ([], [], [])
    monomials.reserveCapacity(batch * basis.count)
    for b in 0..<batch {
      let room = b * carried
      newest.removeAll(keepingCapacity: true)
      scaling.append(inputs, at: b * n, to: &newest)
      past.removeAll(keepingCapacity: true)
      for delay in delays {
        if delay == 0 {
          past += newest
        } else {
          past += carry[room + (delay - 1) * n..<room + delay * n]
        }
      }
      basis.append(of: past, to: &monomials)
      for place in stride(from: room + carried - 1, to: room + n - 1, by: -1) { carry[place] = carry[place - n] }
      if carried > 0 {
        for j in 0..<n { carry[room + j] = newest[j] }
      }
    }
    // Row by row, so that a trajectory's bits don't depend on the others.
    for b in 0..<batch {
      weights.multiply(
        count: 1, vectors: monomials, from: b * basis.count, stride: basis.count, keeping: 0, into: &predictions,
        at: b * n)
    }
  }
}
