import RealModule

extension Plot {
  /// How axes are divided.
  struct Axes: Equatable, Sendable {
    var isLogarithmic = false
    var isLogarithmicInX = false
    /// Whether the y axis begins at 0.
    var startsAtZero = false
    /// How many things x counts; nil where it is a quantity.
    var counted: Int?
    /// Where the x axis has its marks; empty to leave it to gnuplot.
    var ticks: [Double] = []
    /// What stands at them; empty for their numbers.
    var tickNames: [String] = []

    /// The script's lines about them, and about a key under them.
    func settings(_ key: Key) -> [String] {
      var lines = key.settings
      // Not for images, whose cells would move up.
      lines += ["set datafile missing 'NaN'", "set rmargin 4", "set grid back lt 1 lw 0.5 lc rgb '#CCCCCC'"]
      if isLogarithmic { lines += Self.scale(logarithmic: true) }
      if isLogarithmicInX { lines += ["set logscale x", "set format x '10^{%T}'"] }
      if let low = ticks.min(), let high = ticks.max() {
        let names = tickNames.isEmpty ? ticks.map { numberText($0) } : tickNames
        lines.append(
          "set xtics (" + zip(names, ticks).map { "\(quoted($0)) \($1)" }.joined(separator: ", ") + ") noenhanced")
        let margin = isLogarithmicInX ? Double.pow(high / low, 0.05) : 0.05 * (high - low)
        let range = isLogarithmicInX ? (low / margin, high * margin) : (low - margin, high + margin)
        if low < high { lines.append("set xrange [\(range.0):\(range.1)]") }
      }
      if startsAtZero { lines.append("set yrange [0:*]") }
      if let counted { lines.append("set xtics \(max(1, counted / 10))") }
      return lines
    }

    /// The y axis of one panel among several.
    static func scale(logarithmic: Bool) -> [String] {
      logarithmic ? ["set logscale y", "set format y '10^{%T}'"] : ["unset logscale y", "set format y '% h'"]
    }
  }

  /// What the series of a plot are called, under its axes.
  struct Key {
    private let columns: Int
    private let rows: Int

    /// A key of `labels` in a plot so wide. gnuplot takes about 8 pixels for a letter of the longest, and as many as 14
    /// of them for a sample.
    init(_ labels: [String], width: Int = 900) {
      columns = max(1, (width - 150) / (8 * (labels.map(\.count).max() ?? 0) + 112))
      rows = (labels.count + columns - 1) / columns
    }

    /// How much higher than others a plot has to be for it.
    var height: Int { 18 * max(0, rows - 3) }

    var settings: [String] {
      [
        "set key below Left reverse samplen 4 maxcols \(columns) noenhanced",
        // By itself gnuplot lets key and label touch.
        "set bmargin \(4 + rows)",
      ]
    }
  }
}
