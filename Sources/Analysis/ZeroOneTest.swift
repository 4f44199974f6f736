import CoRNNKernels
import RealModule

/// The 0–1 test for chaos on a series: near 1 for chaos, near 0 for regular motion, in between undecided.
///
/// With `p(n) = Σ_{j<=n} φ(j)·cos jc` and `q(n) = Σ φ(j)·sin jc`, regular motion keeps (p, q) bounded for almost every c,
/// and chaos lets it diffuse: K_c is the correlation of n with the mean square displacement after n steps, less its
/// oscillating term; K the median over c. The series' mean is taken off first: it only adds to that term. Gottwald & Melbourne, SIAM J. Appl. Dyn. Syst. 8 (2009),
/// doi:10.1137/080718851.
public struct ZeroOneTest: Encodable, Equatable, Sendable {
  /// The median of K_c.
  public let median: Double
  /// The quartiles of K_c.
  public let lowerQuartile: Double
  /// The upper quartile.
  public let upperQuartile: Double
  /// How many c were drawn from (π/5, 4π/5), and from which seed.
  public let frequencies: Int
  /// The seed they were drawn from.
  public let seed: UInt64
  /// The values of the series that were used, every so many of those given: a flow sampled finely looks regular.
  public let values: Int
  /// Every how many of the values given one was used.
  public let every: Int

  /// The test on every `every`-th value, `n`/10 of which are the largest lag.
  ///
  /// Costs frequencies·n²/10 multiply–adds, n being the number of values used (at most `most`).
  public init(
    of series: [Double], every: Int, frequencies: Int = 100, seed: UInt64 = 0, most: Int = 5000, threads: Int = 1
  ) {
    let thinned = stride(from: 0, to: series.count, by: max(1, every)).map { series[$0] }
    let values = Array(thinned.suffix(most))
    precondition(values.count >= 100, "the 0–1 test on \(values.count) values")
    let mean = values.reduce(0, +) / Double(values.count)
    let centred = values.map { $0 - mean }
    let random = SplittableRandom(seed: seed)
    let found = parallelMap(count: frequencies, threads: threads) { index in
      var stream = random.split(UInt64(index))
      return Self.correlation(centred, c: stream.uniform(in: .pi / 5...4 * .pi / 5))
    }.sorted()
    median = Self.quantile(found, 0.5)
    lowerQuartile = Self.quantile(found, 0.25)
    upperQuartile = Self.quantile(found, 0.75)
    self.frequencies = frequencies
    self.seed = seed
    self.values = values.count
    self.every = max(1, every)
  }

  private static func quantile(_ sorted: [Double], _ part: Double) -> Double {
    let place = part * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
  }

  /// K_c of a series without its mean, whose displacements have no oscillating term; 0 for a series that stands still.
  private static func correlation(_ values: [Double], c: Double) -> Double {
    let n = values.count
    let lags = n / 10
    var (p, q) = ([Double](), [Double]())
    var (sumP, sumQ) = (0.0, 0.0)
    for (j, value) in values.enumerated() {
      sumP += value * .cos(Double(j + 1) * c)
      sumQ += value * .sin(Double(j + 1) * c)
      p.append(sumP)
      q.append(sumQ)
    }
    let kept = n - lags
    let displacements = (1...lags).map { lag -> Double in
      var sum = 0.0
      for j in 0..<kept {
        let (x, y) = (p[j + lag] - p[j], q[j + lag] - q[j])
        sum += x * x + y * y
      }
      return sum / Double(kept)
    }
    let count = Double(lags)
    let middle = (count + 1) / 2
    let average = displacements.reduce(0, +) / count
    var (cross, spread, own) = (0.0, 0.0, 0.0)
    for (place, value) in displacements.enumerated() {
      let x = Double(place + 1) - middle
      cross += x * (value - average)
      spread += x * x
      own += (value - average) * (value - average)
    }
    return own > 0 ? cross / (spread * own).squareRoot() : 0
  }

  /// The number of values after which a series has lost its correlation: the first at which its autocorrelation isn't
  /// positive; nil where it stays positive for a tenth of the series, 1 for a series that stands still.
  ///
  /// Looks at the first 200,000 values; costs that many multiply–adds a lag.
  public static func decorrelation(of series: [Double]) -> Int? {
    let series = series.prefix(200_000)
    let n = series.count
    guard n >= 20, series.contains(where: { $0 != series[0] }) else { return 1 }
    let mean = series.reduce(0, +) / Double(n)
    for lag in 1...n / 10 {
      var sum = 0.0
      for j in 0..<n - lag { sum += (series[j] - mean) * (series[j + lag] - mean) }
      if sum <= 0 { return lag }
    }
    return nil
  }
}
