import RealModule

/// A plot as data and a gnuplot script, so that it can be drawn anew in another style.
public struct Plot: Equatable, Sendable {
  /// One line of a plot; a value that isn't finite leaves a gap.
  public struct Curve: Equatable, Sendable {
    let label: String
    let values: [Double]
    let isDashed: Bool
    let errors: Errors?

    /// How far off values may be, in both directions, and how that is drawn.
    public enum Errors: Equatable, Sendable {
      /// A band, so far above and below.
      case band([Double])
      /// Bars, likewise.
      case bars([Double])

      var values: [Double] {
        switch self {
        case .band(let values), .bars(let values): values
        }
      }
    }

    /// A line called `label` through `values`.
    public init(_ label: String, _ values: [Double], errors: Errors? = nil, dashed: Bool = false) {
      self.label = label
      self.values = values
      self.errors = errors
      isDashed = dashed
    }

    /// Its columns of data: the values, then the errors where there are any.
    var columns: [[Double]] { [values] + (errors.map { [$0.values] } ?? []) }
  }

  /// The stem of its files' names.
  public let name: String
  let title: String
  let xLabel: String
  let yLabel: String
  let isLogarithmic: Bool
  let isLogarithmicInX: Bool
  /// Whether the y axis begins at 0, and whether x counts things.
  let startsAtZero: Bool
  let isCounting: Bool
  let x: [Double]
  let curves: [Curve]
  /// Cells instead of curves: a value for each column (x) and row (y).
  let cells: Cells?
  /// Series with coordinates of their own instead of curves over `x`.
  let scatter: Scatter?
  /// Where the x axis has its marks; empty to leave it to gnuplot.
  private var ticks: [Double] = []
  /// Panels of cells above each other.
  let strips: Strips?

  /// Cells of columns and rows that have values of their own.
  let heatMap: HeatMap?

  /// A heat map's cells, evenly spaced.
  struct Cells: Equatable, Sendable {
    let x: [Double]
    let y: [Double]
    /// Row by row (y); a value that isn't finite leaves the cell blank.
    let values: [Double]
    let label: String
  }

  /// A plot of curves over `x`.
  public init(
    name: String, title: String, xLabel: String, yLabel: String, logarithmic: Bool = false,
    logarithmicX: Bool = false, fromZero: Bool = false, counting: Bool = false, x: [Double], curves: [Curve]
  ) {
    precondition(
      curves.allSatisfy { $0.columns.allSatisfy { $0.count == x.count } }, "\(name): curves that aren't \(x.count) long"
    )
    self.name = name
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    isLogarithmic = logarithmic
    isLogarithmicInX = logarithmicX
    startsAtZero = fromZero
    isCounting = counting
    self.x = x
    self.curves = curves
    cells = nil
    scatter = nil
    strips = nil
    heatMap = nil
  }

  /// A plot of points and lines with coordinates of their own.
  ///
  /// - Parameters:
  ///   - name: the plot's name, which its files get.
  ///   - title: what stands above it.
  ///   - xLabel: what stands at the x axis.
  ///   - yLabel: what stands at the y axis.
  ///   - logarithmic: whether y is on a logarithmic axis.
  ///   - logarithmicX: whether x is.
  ///   - equalAxes: whether a unit is as long on both axes.
  ///   - series: the points and lines.
  ///   - above: panels above the series, over the same x, from the top.
  ///   - ticks: where the x axis has its marks; empty to leave it to gnuplot.
  public init(
    name: String, title: String, xLabel: String, yLabel: String, logarithmic: Bool = false, logarithmicX: Bool = false,
    equalAxes: Bool = false, series: [Series], above: [Panel] = [], ticks: [Double] = []
  ) {
    self.ticks = ticks
    self.name = name
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    isLogarithmic = logarithmic
    isLogarithmicInX = logarithmicX
    startsAtZero = false
    isCounting = false
    x = []
    curves = []
    cells = nil
    scatter = Scatter(series: series, hasEqualAxes: equalAxes, above: above)
    strips = nil
    heatMap = nil
  }

  /// A heat map of log₁₀ of positive values over columns `x` and rows `y`.
  ///
  /// - Parameters:
  ///   - name: the plot's name, which its files get.
  ///   - title: what stands above it.
  ///   - xLabel: what stands at the x axis.
  ///   - yLabel: what stands at the y axis.
  ///   - valueLabel: what stands at the colours.
  ///   - x: the columns' places.
  ///   - y: the rows' places.
  ///   - values: row by row; those that aren't positive and finite leave a blank.
  public init(
    name: String, title: String, xLabel: String, yLabel: String, valueLabel: String, x: [Double], y: [Double],
    values: [Double]
  ) {
    precondition(values.count == x.count * y.count, "\(name): \(values.count) cells for \(x.count)×\(y.count)")
    self.name = name
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    isLogarithmic = false
    isLogarithmicInX = false
    startsAtZero = false
    isCounting = false
    self.x = []
    curves = []
    cells = Cells(x: x, y: y, values: values, label: valueLabel)
    scatter = nil
    strips = nil
    heatMap = nil
  }

  /// Heat maps above each other, over the same columns and rows.
  ///
  /// - Parameters:
  ///   - name: the plot's name, which its files get.
  ///   - title: what stands above it.
  ///   - xLabel: what stands at the x axis.
  ///   - yLabel: what stands at the y axis.
  ///   - x: the columns' places.
  ///   - y: the rows' places.
  ///   - strips: the panels from the top.
  ///   - mark: where a line crosses all of them.
  public init(
    name: String, title: String, xLabel: String, yLabel: String, x: [Double], y: [Double], strips: [Strip],
    mark: Double? = nil
  ) {
    precondition(strips.allSatisfy { $0.values.count == x.count * y.count }, "\(name): not \(x.count)×\(y.count)")
    self.name = name
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    isLogarithmic = false
    isLogarithmicInX = false
    startsAtZero = false
    isCounting = false
    self.x = []
    curves = []
    cells = nil
    scatter = nil
    self.strips = Strips(x: x, y: y, strips: strips, mark: mark)
    heatMap = nil
  }

  /// A heat map whose columns and rows are named by their values, which needn't be evenly spaced.
  ///
  /// - Parameters:
  ///   - name: the plot's name, which its files get.
  ///   - title: what stands above it.
  ///   - xLabel: what stands at the x axis.
  ///   - yLabel: what stands at the y axis.
  ///   - valueLabel: what stands at the colours.
  ///   - columns: the columns' values.
  ///   - rows: the rows' values.
  ///   - values: row by row; those that aren't finite leave a blank.
  public init(
    name: String, title: String, xLabel: String, yLabel: String, valueLabel: String, columns: [Double], rows: [Double],
    values: [Double], logarithmic: Bool = false
  ) {
    precondition(values.count == columns.count * rows.count, "\(name): not \(columns.count)×\(rows.count)")
    self.name = name
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    isLogarithmic = false
    isLogarithmicInX = false
    startsAtZero = false
    isCounting = false
    x = []
    curves = []
    cells = nil
    scatter = nil
    strips = nil
    heatMap = HeatMap(columns: columns, rows: rows, values: values, label: valueLabel, isLogarithmic: logarithmic)
  }

  /// Whether there is a value to draw.
  public var isDrawable: Bool {
    if let cells { return cells.values.contains { $0 > 0 && $0.isFinite } }
    if let heatMap { return heatMap.values.contains(where: \.isFinite) }
    if let strips { return strips.strips.contains { $0.values.contains(where: \.isFinite) } }
    if let scatter {
      return scatter.series.contains { series in
        zip(series.x, series.y).contains { $0.isFinite && $1.isFinite && (!isLogarithmic || $1 > 0) }
      }
    }
    return curves.contains { curve in curve.values.contains { $0.isFinite && (!isLogarithmic || $0 > 0) } }
  }

  /// The data file: a column for x, and for each curve one for its values and one for errors it has, under a line of
  /// names.
  public var data: String {
    if let cells { return cells.data(xLabel, yLabel) }
    if let heatMap { return heatMap.data(xLabel, yLabel) }
    if let strips { return strips.data(xLabel, yLabel) }
    if let scatter { return scatter.data(xLabel, yLabel) }
    let names = [xLabel] + curves.flatMap { $0.errors == nil ? [$0.label] : [$0.label, $0.label + " ±"] }
    var text = "# " + names.map { "\"\($0)\"" }.joined(separator: " ") + "\n"
    let columns = curves.flatMap(\.columns)
    for row in x.indices {
      text += "\(x[row])"
      for column in columns { text += column[row].isFinite ? " \(column[row])" : " NaN" }
      text += "\n"
    }
    return text
  }

  /// Colours that stay apart for colour-blind readers (Okabe and Ito).
  private static let colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F7F"]

  /// The script: draws `NAME.svg` and `NAME.png` from `NAME.dat` in the folder it is run in.
  public var script: String {
    if let cells { return cellScript(cells) }
    if let heatMap {
      return heatMap.script(name: name, title: quoted(title), x: quoted(xLabel), y: quoted(yLabel), quoted)
    }
    if let strips {
      return strips.script(name: name, title: quoted(title), x: quoted(xLabel), y: quoted(yLabel), quoted)
    }
    if let scatter { return scatterScript(scatter) }
    // More points than pixels only make large files; the data keeps them all.
    let every = max(1, x.count / 2000)
    var lines = axes
    // Few points are worth seeing one by one.
    let style = x.count <= 30 ? "linespoints pt 7 ps 0.7" : "lines"
    var drawn: [String] = []
    var column = 2
    for (place, curve) in curves.enumerated() {
      defer { column += curve.columns.count }
      guard curve.values.contains(where: { $0.isFinite && (!isLogarithmic || $0 > 0) }) else { continue }
      let source = "'\(name).dat' every \(every) using 1:"
      let colour = "lc rgb '\(Self.colours[place % Self.colours.count])'"
      switch curve.errors {
      case .band:
        drawn.append(
          source + "($\(column)-$\(column + 1)):($\(column)+$\(column + 1)) with filledcurves \(colour) "
            + "fs transparent solid 0.2 noborder notitle")
      case .bars:
        drawn.append(source + "\(column):\(column + 1) with yerrorbars pt 0 lw 1.2 \(colour) notitle")
      case nil: break
      }
      drawn.append(
        source + "\(column) with \(style) lw 1.5 dt \(curve.isDashed ? 2 : 1) \(colour) title \(quoted(curve.label))")
    }
    for terminal in ["svg size 900,560 background rgb 'white'", "pngcairo size 900,560"] {
      lines.append("set terminal \(terminal)")
      lines.append("set output '\(name).\(terminal.hasPrefix("svg") ? "svg" : "png")'")
      lines.append("plot " + drawn.joined(separator: ", \\\n     "))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The script's lines about titles, axes and key.
  private var axes: [String] {
    var lines = [
      "# Draws \(name).svg and \(name).png from \(name).dat:  gnuplot \(name).gp",
      "set title \(quoted(title)) noenhanced",
      "set xlabel \(quoted(xLabel)) noenhanced",
      "set ylabel \(quoted(yLabel)) noenhanced",
      "set key below Left reverse samplen 2 noenhanced",
      // By itself gnuplot lets key and label touch.
      "set bmargin \(4 + keyRows)",
      "set rmargin 4",
      "set grid back lt 1 lw 0.5 lc rgb '#CCCCCC'",
      "set border lc rgb '#444444'",
      "set datafile missing 'NaN'",
    ]
    if isLogarithmic {
      lines.append("set logscale y")
      lines.append("set format y '10^{%T}'")
    }
    if isLogarithmicInX {
      lines.append("set logscale x")
      lines.append("set format x '10^{%T}'")
    }
    if let low = ticks.min(), let high = ticks.max() {
      lines.append("set xtics (" + ticks.map { "\(quoted(numberText($0))) \($0)" }.joined(separator: ", ") + ")")
      let margin = isLogarithmicInX ? Double.pow(high / low, 0.05) : 0.05 * (high - low)
      let range = isLogarithmicInX ? (low / margin, high * margin) : (low - margin, high + margin)
      if low < high { lines.append("set xrange [\(range.0):\(range.1)]") }
    }
    if startsAtZero { lines.append("set yrange [0:*]") }
    if isCounting { lines.append("set xtics \(max(1, x.count / 10))") }
    return lines
  }

  /// How many rows the key takes, about: 110 characters stand in the width.
  private var keyRows: Int {
    let labels = scatter?.series.map(\.label) ?? curves.map(\.label)
    let columns = max(1, 110 / ((labels.map(\.count).max() ?? 0) + 8))
    return (labels.count + columns - 1) / columns
  }

  /// The script of a scatter plot, with a panel above where there is one.
  private func scatterScript(_ scatter: Scatter) -> String {
    var lines = axes
    func drawn(_ panel: Int? = nil) -> String {
      "plot " + scatter.drawn(name: name, above: panel, colours: Self.colours, quoted: quoted)
    }
    let above = scatter.above
    // Beyond the margins an axis ends with the data.
    lines.append("set autoscale fix")
    lines += scatter.margins
    if scatter.hasEqualAxes { lines.append("set size ratio -1") }
    let size = !above.isEmpty ? "900,900" : scatter.hasEqualAxes ? "760,760" : "900,560"
    for terminal in ["svg size \(size) background rgb 'white'", "pngcairo size \(size)"] {
      lines.append("set terminal \(terminal)")
      lines.append("set output '\(name).\(terminal.hasPrefix("svg") ? "svg" : "png")'")
      guard !above.isEmpty else {
        lines.append(drawn())
        continue
      }
      let xs = (scatter.series + above.flatMap(\.series)).flatMap(\.x).filter(\.isFinite)
      lines.append("set xrange [\(xs.min() ?? 0):\(xs.max() ?? 1)]")
      // The panels stand exactly above each other, with numbers under the lowest alone; the axes say what is shown,
      // unless the topmost has several series: then a key stands beside it.
      let hasKey = above[0].series.count > 2
      // Of the height between 0.08 and 0.94, the lowest has 1.6 times as much as each of the others.
      let gap = 0.03
      let height = (0.86 - gap * Double(above.count)) / (Double(above.count) + 1.6)
      lines += [
        "set multiplot", hasKey ? "set key at screen 0.985, screen 0.93 top right vertical noenhanced" : "unset key",
        "set offsets 0, 0, graph 0.04, graph 0.04", "set lmargin at screen 0.12",
        "set rmargin at screen \(hasKey ? 0.78 : 0.97)", "set format x ''", "unset xlabel",
      ]
      for (place, panel) in above.enumerated() {
        let top = 0.94 - Double(place) * (height + gap)
        lines += [
          "set tmargin at screen \(numberText(top))", "set bmargin at screen \(numberText(top - height))",
          "set ylabel \(quoted(panel.label)) noenhanced",
        ]
        lines += scale(logarithmic: panel.isLogarithmic) + [drawn(place), "unset title", "unset key"]
      }
      lines += [
        "set tmargin at screen \(numberText(0.08 + 1.6 * height))", "set bmargin at screen 0.08", "set format x '% h'",
        "set xlabel \(quoted(xLabel)) noenhanced", "set ylabel \(quoted(yLabel)) noenhanced",
      ]
      lines +=
        scale(logarithmic: isLogarithmic) + [
          drawn(), "unset multiplot", "set title \(quoted(title)) noenhanced",
        ]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func scale(logarithmic: Bool) -> [String] {
    logarithmic ? ["set logscale y", "set format y '10^{%T}'"] : ["unset logscale y", "set format y '% h'"]
  }

  private func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  /// The script of a heat map: dark is small in every theme of a colour-blind-safe scale.
  private func cellScript(_ cells: Cells) -> String {
    var lines = [
      "# Draws \(name).svg and \(name).png from \(name).dat:  gnuplot \(name).gp",
      "set title \(quoted(title)) noenhanced",
      "set xlabel \(quoted(xLabel)) noenhanced",
      "set ylabel \(quoted(yLabel)) noenhanced",
      "set cblabel \(quoted(cells.label)) noenhanced",
      "set border lc rgb '#444444'",
      "set palette defined (0 '#00204C', 0.25 '#414D6B', 0.5 '#7C7B78', 0.75 '#BBAF71', 1 '#FFE945')",
      "unset key",
      "set xrange [\(Cells.edges(cells.x))]",
      "set yrange [\(Cells.edges(cells.y))]",
    ]
    for terminal in ["svg size 900,640 background rgb 'white'", "pngcairo size 900,640"] {
      lines.append("set terminal \(terminal)")
      lines.append("set output '\(name).\(terminal.hasPrefix("svg") ? "svg" : "png")'")
      lines.append("plot '\(name).dat' using 1:2:3 with image pixels")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Plot.Cells {
  /// What is drawn: log₁₀ of each value, not a number where there is none.
  var shown: [Double] { values.map { $0 > 0 && $0.isFinite ? Double.log10($0) : .nan } }

  /// A row for each cell: x, y and log₁₀ of the value.
  fileprivate func data(_ xLabel: String, _ yLabel: String) -> String {
    var text = "# \"\(xLabel)\" \"\(yLabel)\" \"\(label)\"\n"
    for (row, y) in y.enumerated() {
      for (column, x) in x.enumerated() {
        let value = values[row * self.x.count + column]
        text += "\(x) \(y) " + (value > 0 && value.isFinite ? "\(Double.log10(value))" : "NaN") + "\n"
      }
      text += "\n"
    }
    return text
  }

  /// The range that shows every cell whole.
  static func edges(_ values: [Double]) -> String {
    guard let first = values.first, let last = values.last else { return "0:1" }
    let half = values.count > 1 ? (values[1] - first) / 2 : 0.5
    return "\(first - half):\(last + half)"
  }
}
