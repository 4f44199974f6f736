extension Plot {
  /// Series over axes that they share.
  struct Scatter: Equatable, Sendable {
    let series: [Series]
    /// Whether a unit is as long on both axes.
    let hasEqualAxes: Bool
    /// Panels above, over the same x, from the top; empty for a single one.
    let above: [Panel]
    let axes: Axes
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
  ///   - tickNames: what stands at them; empty for their numbers.
  public init(
    name: String, title: String, xLabel: String, yLabel: String, logarithmic: Bool = false, logarithmicX: Bool = false,
    equalAxes: Bool = false, series: [Series], above: [Panel] = [], ticks: [Double] = [],
    tickNames: [String] = []
  ) {
    precondition(
      tickNames.isEmpty || tickNames.count == ticks.count, "\(name): \(tickNames.count) names of \(ticks.count) marks")
    self.init(
      name: name, title: title, xLabel: xLabel, yLabel: yLabel,
      content: .scatter(
        Scatter(
          series: series, hasEqualAxes: equalAxes, above: above,
          axes: Axes(isLogarithmic: logarithmic, isLogarithmicInX: logarithmicX, ticks: ticks, tickNames: tickNames))))
  }
}

extension Plot.Scatter {
  /// The series of all panels, in the order of their data.
  var all: [Plot.Series] { series + above.flatMap(\.series) }

  var isDrawable: Bool {
    series.contains { series in
      zip(series.x, series.y).contains { $0.isFinite && $1.isFinite && (!axes.isLogarithmic || $1 > 0) }
    }
  }

  /// Blocks of `x y`, two blank lines apart, for gnuplot's `index`.
  func data(_ xLabel: String, _ yLabel: String) -> String {
    "# \"\(xLabel)\" \"\(yLabel)\"\n" + all.map(\.data).joined()
  }

  func drawing(_ plot: Plot) -> Plot.Drawing {
    let width = hasEqualAxes ? 760 : 900
    let key = Plot.Key(series.map(\.label), width: width)
    // Beyond the margins an axis ends with the data.
    var settings = axes.settings(key) + ["set autoscale fix"] + margins
    if hasEqualAxes { settings.append("set size ratio -1") }
    let lowest = Plot.plotCommand(series.drawn(plot.name, first: 0))
    return above.isEmpty
      ? Plot.Drawing(
        width: width, height: (hasEqualAxes ? 760 : 560) + key.height, settings: settings, commands: [lowest])
      : Plot.Drawing(height: 900, settings: settings, commands: panels(plot, lowest: lowest))
  }

  /// The room around what is drawn: marks on the frame are easily overlooked, but lines may reach it, and a density
  /// stands on 0.
  private var margins: [String] {
    let styles = series.map(\.style)
    if styles.contains(.histogram) { return ["set offsets graph 0.04, graph 0.04, graph 0.04, 0", "set yrange [0:*]"] }
    let side = styles.allSatisfy { $0 == .line } ? "0" : "graph 0.04"
    return ["set offsets \(side), \(side), graph 0.04, graph 0.04"]
  }

  /// The panels exactly above each other, with numbers under the lowest alone; the axes say what is shown, unless the
  /// topmost has several series: then a key stands beside it.
  private func panels(_ plot: Plot, lowest: String) -> [String] {
    let xs = all.flatMap(\.x).filter(\.isFinite)
    let hasKey = above[0].series.count > 2
    // Of the height between 0.08 and 0.94, the lowest has 1.6 times as much as each of the others.
    let gap = 0.03
    let height = (0.86 - gap * Double(above.count)) / (Double(above.count) + 1.6)
    var lines = [
      "set xrange [\(xs.min() ?? 0):\(xs.max() ?? 1)]", "set multiplot",
      hasKey ? "set key at screen 0.985, screen 0.93 top right vertical noenhanced" : "unset key",
      "set offsets 0, 0, graph 0.04, graph 0.04", "set lmargin at screen 0.12",
      "set rmargin at screen \(hasKey ? 0.78 : 0.97)", "set format x ''", "unset xlabel",
    ]
    var first = series.count
    for (place, panel) in above.enumerated() {
      let top = 0.94 - Double(place) * (height + gap)
      lines += [
        "set tmargin at screen \(numberText(top))", "set bmargin at screen \(numberText(top - height))",
        "set ylabel \(quoted(panel.label)) noenhanced",
      ]
      lines += Plot.Axes.scale(logarithmic: panel.isLogarithmic)
      lines += [Plot.plotCommand(panel.series.drawn(plot.name, first: first)), "unset title", "unset key"]
      first += panel.series.count
    }
    lines += [
      "set tmargin at screen \(numberText(0.08 + 1.6 * height))", "set bmargin at screen 0.08", "set format x '% h'",
      "set xlabel \(quoted(plot.xLabel)) noenhanced", "set ylabel \(quoted(plot.yLabel)) noenhanced",
    ]
    lines += Plot.Axes.scale(logarithmic: axes.isLogarithmic)
    return lines + [
      lowest, "unset multiplot", "set title \(quoted(plot.title)) noenhanced font ',\(Plot.Format.titleSize)'",
    ]
  }
}
