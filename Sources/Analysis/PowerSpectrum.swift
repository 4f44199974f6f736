import CoRNNKernels
import RealModule

/// The power spectral density of a series, by Welch's method: periodograms of segments, each without its mean and under
/// a periodic Hann window, averaged; segments overlap by half.
///
/// One-sided: the integral over frequency is the variance. Welch, IEEE Trans. Audio Electroacoust. 15 (1967),
/// doi:10.1109/TAU.1967.1161901.
public struct PowerSpectrum: Encodable, Equatable, Sendable {
  /// `hann`: w_j = (1 − cos(2πj/n))/2.
  public let window: String
  /// How many values of a segment the next one shares: half, rounded down.
  public let overlap: Int
  /// Values in a segment, and segments averaged.
  public let segmentLength: Int
  /// Segments averaged.
  public let segments: Int
  /// About how many degrees of freedom each density has: it scatters by sqrt(2/ν) relative.
  public let degreesOfFreedom: Double
  /// From one frequency to the next, in cycles per unit of time (per step for a map without time).
  public let resolution: Double
  /// The integral of the density: the variance under the windows.
  public let power: Double
  /// How far it is from that variance computed without a transform (Parseval's identity), relative.
  public let parsevalResidual: Double
  /// The five largest local maxima of the density above 1e-10 of the largest, the highest first.
  public let peaks: [Peak]
  /// Cycles per unit of time, from 0 on.
  public let frequency: [Double]
  /// The variable's unit squared, per cycle per unit of time.
  public let density: [Double]

  /// A local maximum of the density.
  public struct Peak: Encodable, Equatable, Sendable {
    /// Cycles per unit of time, by a parabola through the logarithms of three densities.
    public let frequency: Double
    /// The density there.
    public let density: Double
  }

  /// The spectrum of values `interval` apart.
  ///
  /// - Parameters:
  ///   - values: the series.
  ///   - interval: the time from one value to the next.
  ///   - segmentLength: at least 8, at most as many as there are values.
  public init(of values: [Double], interval: Double, segmentLength: Int) {
    precondition(8...values.count ~= segmentLength, "segments of \(segmentLength) of \(values.count) values")
    let n = segmentLength
    let transform = RealFourierTransform(count: n)
    let weights = (0..<n).map { 0.5 * (1 - Double.cos(2 * .pi * Double($0) / Double(n))) }
    let weight = weights.squares
    let starts = Array(stride(from: 0, through: values.count - n, by: n - n / 2))
    var density = [Double](repeating: 0, count: n / 2 + 1)
    var variance = 0.0
    for start in starts {
      let mean = values[start..<start + n].reduce(0, +) / Double(n)
      let windowed = (0..<n).map { weights[$0] * (values[start + $0] - mean) }
      variance += windowed.squares / weight / Double(starts.count)
      let powers = transform.powers(of: windowed)
      for k in density.indices {
        // Both signs of a frequency in one, where there are two.
        let sides = k == 0 || 2 * k == n ? 1.0 : 2.0
        density[k] += sides * powers[k] * interval / weight / Double(starts.count)
      }
    }
    let resolution = 1 / (Double(n) * interval)
    window = "hann"
    overlap = n / 2
    self.segmentLength = n
    segments = starts.count
    let count = Double(starts.count)
    // Percival & Walden, Spectral Analysis for Physical Applications (1993), for Hann and half overlap.
    degreesOfFreedom = 36 * count * count / (19 * count - 1)
    self.resolution = resolution
    power = density.reduce(0, +) * resolution
    parsevalResidual = variance > 0 ? abs(power - variance) / variance : 0
    frequency = density.indices.map { Double($0) * resolution }
    self.density = density
    peaks = Self.peaks(density, resolution: resolution)
  }

  private static func peaks(_ density: [Double], resolution: Double) -> [Peak] {
    guard density.count >= 3 else { return [] }
    var peaks: [Peak] = []
    for k in 1..<density.count - 1 where density[k] > density[k - 1] && density[k] >= density[k + 1] {
      let (a, b, c) = (Double.log(density[k - 1]), Double.log(density[k]), Double.log(density[k + 1]))
      let bend = a - 2 * b + c
      let shift = a.isFinite && c.isFinite && bend < 0 ? 0.5 * (a - c) / bend : 0
      peaks.append(Peak(frequency: (Double(k) + shift) * resolution, density: density[k]))
    }
    // Maxima of rounding and of the window's skirts are none of the signal's.
    let least = 1e-10 * (density.max() ?? 0)
    peaks.removeAll { $0.density <= least }
    return Array(peaks.sorted { ($0.density, -$0.frequency) > ($1.density, -$1.frequency) }.prefix(5))
  }
}
