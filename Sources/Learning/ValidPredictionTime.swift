import RealModule

/// How long forecasts stay within a threshold of the truth, over many starts.
public struct ValidPredictionTime: Encodable, Equatable, Sendable {
  /// Of the normalised error.
  public let threshold: Double
  /// In units of time: the mean over the starts, its standard error, and the spread.
  public let mean: Double
  /// Its standard error over starts.
  public let standardError: Double
  /// The tenth percentile over starts.
  public let tenth: Double
  /// The median.
  public let median: Double
  /// The ninetieth percentile.
  public let ninetieth: Double
  /// The least.
  public let least: Double
  /// Starts at which the error never exceeded it: each counts as the whole length, so the mean is too low then.
  public let unreached: Int
  /// The mean in Lyapunov times (the time times the largest exponent); its standard error with and without the
  /// exponent's own. Null where the exponent isn't above 0 by three standard errors.
  public let lyapunovTimes: Double?
  /// The standard error of `lyapunovTimes`, with the exponent's own.
  public let lyapunovStandardError: Double?
  /// The same without the exponent's own.
  public let lyapunovErrorFromStarts: Double?

  /// From the normalised errors of each start, `errors[start][k]` after (k + 1) samples.
  init(threshold: Double, errors: [[Double]], interval: Double, exponent: LargestExponent) {
    self.threshold = threshold
    var unreached = 0
    let times = errors.map { series in
      // The last sample at which it was still within.
      guard let first = series.firstIndex(where: { $0 > threshold }) else {
        unreached += 1
        return Double(series.count) * interval
      }
      return Double(first) * interval
    }
    let count = Double(times.count)
    let mean = times.reduce(0, +) / count
    let deviation = (times.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(count - 1, 1)).squareRoot()
    let sorted = times.sorted()
    self.mean = mean
    standardError = deviation / count.squareRoot()
    tenth = sorted.quantile(0.1)
    median = sorted.quantile(0.5)
    ninetieth = sorted.quantile(0.9)
    least = sorted[0]
    self.unreached = unreached
    if let error = exponent.standardError, exponent.value > 3 * error {
      lyapunovTimes = mean * exponent.value
      lyapunovErrorFromStarts = standardError * exponent.value
      lyapunovStandardError = Double.hypot(standardError * exponent.value, mean * error)
    } else {
      (lyapunovTimes, lyapunovErrorFromStarts, lyapunovStandardError) = (nil, nil, nil)
    }
  }
}

extension [Double] {
  /// A quantile of sorted values, linear between them.
  func quantile(_ q: Double) -> Double {
    let place = q * Double(count - 1)
    let low = Int(place)
    guard low + 1 < count else { return self[count - 1] }
    return self[low] + (place - Double(low)) * (self[low + 1] - self[low])
  }
}
