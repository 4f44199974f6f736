import CoRNNKernels
import RealModule

/// D_stsp, the Kullback–Leibler divergence of the states a run visits from those the truth does, in nats.
///
/// Under six variables by bins: 30 for each variable over the truth's range ± 0.1 standard deviations, Laplace smoothing
/// 1e-5; a state beyond the range counts in the nearest bin. From six on by Gaussian mixtures on every state (thinned to
/// 5000) with variance 1 in units of each variable's standard deviation, the integral by 1000 draws of seed 0 (Koppe et
/// al. 2019, doi:10.1371/journal.pcbi.1007263; Brenner et al. 2022).
struct StateSpaceDivergence: Sendable {
  private let variables: Int
  private let low: [Double]
  private let width: [Double]
  private let mean: [Double]
  private let deviation: [Double]
  private let run: [Double]

  static let bins = 30
  private static let smoothing = 1e-5
  private static let centres = 5000
  private static let draws = 1000

  init(from run: [Double], variables n: Int) {
    variables = n
    self.run = run
    let count = Double(run.count / n)
    var sums = [Double](repeating: 0, count: n)
    var (least, largest) = (Array(run[..<n]), Array(run[..<n]))
    for (place, value) in run.enumerated() {
      let j = place % n
      sums[j] += value
      least[j] = min(least[j], value)
      largest[j] = max(largest[j], value)
    }
    let mean = sums.map { $0 / count }
    var squares = [Double](repeating: 0, count: n)
    for (place, value) in run.enumerated() {
      squares[place % n] += (value - mean[place % n]) * (value - mean[place % n])
    }
    let deviation = squares.map { max(($0 / count).squareRoot(), .leastNormalMagnitude) }
    self.mean = mean
    self.deviation = deviation
    low = zip(least, deviation).map { $0 - 0.1 * $1 }
    width = zip(zip(least, largest), deviation).map { ($0.1 - $0.0 + 0.2 * $1) / Double(Self.bins) }
  }

  /// How it is computed.
  var text: String {
    variables < 6
      ? "\(Self.bins) bins for each variable over the truth's range ± 0.1 standard deviations, Laplace smoothing 1e-5, "
        + "states beyond in the nearest bin"
      : "Gaussian mixtures on \(Self.centres) states, variance 1 in units of the standard deviation, \(Self.draws) draws"
  }

  /// D(truth ‖ run).
  func value(of other: [Double]) -> Double {
    variables < 6 ? byBins(other) : byMixtures(other)
  }

  private func byBins(_ other: [Double]) -> Double {
    let (mine, theirs) = (cells(run), cells(other))
    let total = (0..<variables).reduce(1.0) { count, _ in count * Double(Self.bins) }
    let alpha = Self.smoothing
    let (norm, otherNorm) = (
      Double(run.count / variables) + alpha * total, Double(other.count / variables) + alpha * total
    )
    var sum = 0.0
    var occupied = 0
    // Both lists are sorted by cell: merged, so that the sum's order is fixed.
    var (i, j) = (0, 0)
    while i < mine.count || j < theirs.count {
      let cell = min(i < mine.count ? mine[i].cell : .max, j < theirs.count ? theirs[j].cell : .max)
      var (a, b) = (alpha, alpha)
      if i < mine.count, mine[i].cell == cell {
        a += Double(mine[i].count)
        i += 1
      }
      if j < theirs.count, theirs[j].cell == cell {
        b += Double(theirs[j].count)
        j += 1
      }
      let (p, q) = (a / norm, b / otherNorm)
      sum += p * Double.log(p / q)
      occupied += 1
    }
    return sum + (total - Double(occupied)) * alpha / norm * Double.log(otherNorm / norm)
  }

  /// The cells visited and how often, sorted.
  private func cells(_ states: [Double]) -> [(cell: Int, count: Int)] {
    let n = variables
    let visited = stride(from: 0, to: states.count, by: n).map { place in
      (0..<n).reduce(0) { cell, j in
        let bin = ((states[place + j] - low[j]) / width[j]).rounded(.down)
        return cell * Self.bins + Int(min(max(bin, 0), Double(Self.bins - 1)))
      }
    }.sorted()
    var counted: [(cell: Int, count: Int)] = []
    for cell in visited {
      if counted.last?.cell == cell { counted[counted.count - 1].count += 1 } else { counted.append((cell, 1)) }
    }
    return counted
  }

  private func byMixtures(_ other: [Double]) -> Double {
    let n = variables
    let (mine, theirs) = (centres(run), centres(other))
    var random = SplittableRandom(seed: 0)
    var draws: [Double] = []
    for _ in 0..<Self.draws {
      let centre = Int(random.next() % UInt64(mine.rows))
      for j in 0..<n { draws.append(mine[centre, j] + random.normal()) }
    }
    let (p, q) = (Self.logDensities(draws, mine), Self.logDensities(draws, theirs))
    return zip(p, q).reduce(0) { $0 + $1.0 - $1.1 } / Double(Self.draws)
  }

  /// States in units of standard deviations, evenly thinned.
  private func centres(_ states: [Double]) -> Matrix {
    let count = states.count / variables
    let kept = min(count, Self.centres)
    var rows: [Double] = []
    for k in 0..<kept {
      let place = k * count / kept * variables
      for j in 0..<variables { rows.append((states[place + j] - mean[j]) / deviation[j]) }
    }
    return Matrix(rows: kept, columns: variables, elements: rows)
  }

  /// log of the mean of exp(−|x − c|²/2) over the centres, for each draw; the constant is the same for all.
  private static func logDensities(_ draws: [Double], _ centres: Matrix) -> [Double] {
    let n = centres.columns
    let count = draws.count / n
    var products = [Double](repeating: 0, count: count * centres.rows)
    centres.multiply(count: count, vectors: draws, stride: n, keeping: 0, into: &products)
    let lengths = (0..<centres.rows).map { centres.row($0).reduce(0) { $0 + $1 * $1 } }
    return (0..<count).map { draw in
      let own = draws[draw * n..<(draw + 1) * n].reduce(0) { $0 + $1 * $1 }
      let exponents = (0..<centres.rows).map { products[draw * centres.rows + $0] - 0.5 * (own + lengths[$0]) }
      let largest = exponents.max() ?? 0
      return largest + Double.log(exponents.reduce(0) { $0 + Double.exp($1 - largest) } / Double(centres.rows))
    }
  }
}
