import CoRNNKernels
import RealModule

/// D_H, the Hellinger distance of power spectra, for each variable and averaged: of z-scored series, smoothed by a Gaussian
/// of 20 frequencies and divided by their sum. 0 for equal spectra, 1 for such that don't overlap.
struct SpectralDistance: Sendable {
  private let variables: Int
  private let spectra: [[Double]]

  static let smoothing = 20.0
  static let text = "periodograms of the whole runs, each variable z-scored, smoothed by a Gaussian of 20 frequencies"

  init(from run: [Double], variables: Int) {
    self.variables = variables
    spectra = Self.spectra(run, variables)
  }

  /// The distance of a run of the same length.
  func value(of other: [Double]) -> Double {
    let theirs = Self.spectra(other, variables)
    return zip(spectra, theirs).reduce(0) { sum, pair in
      let overlap = zip(pair.0, pair.1).reduce(0) { $0 + ($1.0 * $1.1).squareRoot() }
      return sum + max(0, 1 - overlap).squareRoot()
    } / Double(variables)
  }

  private static func spectra(_ run: [Double], _ n: Int) -> [[Double]] {
    let count = run.count / n
    let transform = RealFourierTransform(count: count)
    // Four deviations on either side, mirrored at the ends.
    let reach = Int(4 * smoothing)
    let weights = (-reach...reach).map { Double.exp(-0.5 * Double($0 * $0) / (smoothing * smoothing)) }
    return (0..<n).map { j in
      let series = (0..<count).map { run[$0 * n + j] }
      let mean = series.reduce(0, +) / Double(count)
      let deviation = (series.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)).squareRoot()
      let powers = transform.powers(of: series.map { deviation > 0 ? ($0 - mean) / deviation : 0 })
      let last = powers.count - 1
      let smooth = powers.indices.map { k in
        zip(-reach...reach, weights).reduce(0) { sum, term in
          // Mirrored: …, 1, 0 | 0, 1, … and likewise at the end.
          var place = k + term.0
          if place < 0 { place = -1 - place }
          if place > last { place = 2 * last + 1 - place }
          return sum + term.1 * powers[min(max(place, 0), last)]
        }
      }
      let sum = smooth.reduce(0, +)
      return sum > 0 ? smooth.map { $0 / sum } : smooth
    }
  }
}
