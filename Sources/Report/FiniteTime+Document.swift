import CoRNNAnalysis
import RealModule

extension LyapunovSpectrum.FiniteTime {
  /// What windows came to, exponent by exponent.
  func table(per unit: String) -> Document.Table {
    Document.Table(
      "Exponents of \(step.count) windows of \(window) steps, \(unit)",
      columns: ["", "mean", "standard deviation", "least", "largest"],
      rows: mean.indices.map { i in
        ["\(i + 1)"] + [mean[i], deviation[i], least[i], largest[i]].map { numberText($0, digits: 5) }
      })
  }

  /// The first exponents over the windows, and how often each value is had.
  func plots(axis: String, timeStep: Double?) -> [Plot] {
    let shown = 0..<min(values.count, 4)
    // More than fit side by side only make a smear; the arrays hold them all.
    let first = min(step.count, 500)
    let ends = step.prefix(first).map { Double($0) * (timeStep ?? 1) }
    return [
      Plot(
        name: "finite-time",
        title: "Exponents of \(first < step.count ? "the first \(first) " : "")windows of \(window) steps",
        xLabel: timeStep == nil ? "step" : "time", yLabel: axis,
        series: shown.map { .init("exponent \($0 + 1)", x: ends, y: Array(values[$0].prefix(first)), style: .line) }),
      Plot(
        name: "finite-time-density", title: "Density of the exponents of windows of \(window) steps", xLabel: axis,
        yLabel: "density",
        series: shown.compactMap { i in
          histogram(values[i]).map { .init("exponent \(i + 1)", x: $0.centres, y: $0.density, style: .histogram) }
        }),
    ]
  }
}

/// A density over bins of equal width, two interquartile ranges over the cube root of the count (Freedman and
/// Diaconis, doi:10.1007/BF01025868), at most 200; nil where the values are too few, or all the same.
func histogram(_ values: [Double]) -> (centres: [Double], density: [Double])? {
  let sorted = values.filter(\.isFinite).sorted()
  guard sorted.count >= 8, let low = sorted.first, let high = sorted.last, high > low else { return nil }
  let count = Double(sorted.count)
  let spread = sorted[3 * sorted.count / 4] - sorted[sorted.count / 4]
  let wanted = spread > 0 ? (high - low) / (2 * spread / Double.pow(count, 1.0 / 3)) : 1
  let bins = Int(min(200, max(4, wanted.rounded(.up))))
  let width = (high - low) / Double(bins)
  var counts = [Int](repeating: 0, count: bins)
  for value in sorted { counts[min(bins - 1, Int((value - low) / width))] += 1 }
  return (
    (0..<bins).map { low + (Double($0) + 0.5) * width }, counts.map { Double($0) / (count * width) }
  )
}
