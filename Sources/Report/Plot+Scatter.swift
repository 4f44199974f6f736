import RealModule

extension Plot {
  /// Points or a line with coordinates of their own.
  public struct Series: Equatable, Sendable {
    /// How it is drawn.
    public enum Style: String, Sendable {
      /// Dots of a pixel or two, for thousands.
      case dots
      /// Filled circles, crosses, open circles, triangles and open squares, to be seen one by one.
      case circles, crosses, rings, triangles, squares
      /// Filled circles with bars for errors.
      case errorBars
      /// Steps of equal width around each x.
      case histogram
      /// A line through the points.
      case line
      /// A line through few values, to be seen one by one.
      case lineWithPoints
      /// In grey, for what others stand out from: thin, or wide under them.
      case faintLine, wideLine
      /// A dashed one.
      case dashedLine
    }

    let label: String
    let x: [Double]
    let y: [Double]
    /// How far off y may be, for ``Style/errorBars``.
    let errors: [Double]
    let style: Style
    /// Which of the colours; nil for the one of its place.
    let colour: Int?

    /// Points (x, y); those that aren't finite are left out, and break a line.
    public init(
      _ label: String, x: [Double], y: [Double], errors: [Double] = [], style: Style, colour: Int? = nil
    ) {
      precondition(x.count == y.count, "\(label): \(x.count) against \(y.count) values")
      precondition(errors.count == (style == .errorBars ? x.count : 0), "\(label): \(errors.count) errors")
      self.label = label
      self.x = x
      self.y = y
      self.errors = errors
      self.style = style
      self.colour = colour
    }
  }

  /// Series over axes that they share.
  struct Scatter: Equatable, Sendable {
    let series: [Series]
    /// Whether a unit is as long on both axes.
    let hasEqualAxes: Bool
    /// Panels above, over the same x, from the top; empty for a single one.
    let above: [Panel]
  }

  /// Series over a y axis of their own.
  public struct Panel: Equatable, Sendable {
    let label: String
    let series: [Series]
    let isLogarithmic: Bool

    /// A panel whose y axis is called `label`.
    public init(_ label: String, series: [Series], logarithmic: Bool = false) {
      self.label = label
      self.series = series
      isLogarithmic = logarithmic
    }
  }

  /// The unit circle, as a line.
  static func unitCircle(_ label: String) -> Series {
    let angles = (0...360).map { Double($0) * .pi / 180 }
    return Series(label, x: angles.map { .cos($0) }, y: angles.map { .sin($0) }, style: .dashedLine)
  }
}

extension Plot.Scatter {
  /// Blocks of `x y`, two blank lines apart, for gnuplot's `index`.
  func data(_ xLabel: String, _ yLabel: String) -> String {
    var text = "# \"\(xLabel)\" \"\(yLabel)\"\n"
    for series in series + above.flatMap(\.series) {
      text += "# \"\(series.label)\"\n"
      var isEmpty = true
      for (place, (x, y)) in zip(series.x, series.y).enumerated() {
        let isFinite = x.isFinite && y.isFinite
        let error = series.style == .errorBars ? series.errors[place].isFinite ? " \(series.errors[place])" : " 0" : ""
        // A blank line breaks a line.
        let breaks = [.line, .faintLine, .wideLine, .lineWithPoints].contains(series.style) && !isEmpty
        text += isFinite ? "\(x) \(y)\(error)\n" : breaks ? "\n" : ""
        isEmpty = isEmpty && !isFinite
      }
      if isEmpty { text += series.style == .errorBars ? "NaN NaN NaN\n" : "NaN NaN\n" }
      text += "\n\n"
    }
    return text
  }

  /// The room around what is drawn: marks on the frame are easily overlooked, but lines may reach it, and a density
  /// stands on 0.
  var margins: [String] {
    let styles = series.map(\.style)
    if styles.contains(.histogram) { return ["set offsets graph 0.04, graph 0.04, graph 0.04, 0", "set yrange [0:*]"] }
    let side = styles.allSatisfy { $0 == .line } ? "0" : "graph 0.04"
    return ["set offsets \(side), \(side), graph 0.04, graph 0.04"]
  }

  /// What gnuplot is told to draw, for a panel above or, where that is nil, the lowest.
  func drawn(name: String, above panel: Int?, colours: [String], quoted: (String) -> String) -> String {
    let first = panel.map { series.count + above[..<$0].reduce(0) { $0 + $1.series.count } } ?? 0
    return (panel.map { above[$0].series } ?? series).enumerated().map { place, series in
      let colour = colours[(series.colour ?? place) % colours.count]
      let style =
        switch series.style {
        case .dots: "points pt 7 ps \(series.x.count > 20_000 ? "0.1" : "0.25")"
        case .circles: "points pt 7 ps 0.9"
        case .crosses: "points pt 2 ps 1.1 lw 1.5"
        case .rings: "points pt 6 ps 1.1 lw 1.5"
        case .errorBars: "yerrorbars pt 7 ps 0.7 lw 1.2"
        case .histogram: "histeps lw 1.5"
        case .triangles: "points pt 9 ps 1.1"
        case .squares: "points pt 4 ps 1.2 lw 1.5"
        case .line: "lines lw 1.3"
        // Another symbol where the colours come round again.
        case .lineWithPoints: "linespoints lw 1.3 ps 0.8 pt \(place < colours.count ? 7 : 4)"
        case .faintLine: "lines lw 0.7"
        case .wideLine: "lines lw 5"
        case .dashedLine: "lines lw 1 dt 2"
        }
      return
        "'\(name).dat' index \(first + place) using \(series.style == .errorBars ? "1:2:3" : "1:2") with \(style) lc rgb '"
        + (series.style.grey ?? colour) + "' title \(quoted(series.label))"
    }.joined(separator: ", \\\n     ")
  }
}

extension Plot.Series.Style {
  /// The grey of what isn't in colour.
  fileprivate var grey: String? {
    switch self {
    case .dashedLine: "#444444"
    case .faintLine: "#AAAAAA"
    case .wideLine: "#BBBBBB"
    default: nil
    }
  }
}
