import RealModule

extension Plot {
  /// Points or a line with coordinates of their own.
  public struct Series: Equatable, Sendable {
    /// How it is drawn.
    public enum Style: String, Sendable {
      /// Dots of a pixel or two, for thousands.
      case dots
      /// Filled circles, crosses, open circles, triangles and open squares, to be seen one by one; a panel's second
      /// series of a kind gets symbols of its own.
      case circles, crosses, rings, triangles, squares
      /// Filled symbols with bars for errors.
      case errorBars
      /// Steps of equal width around each x.
      case histogram
      /// A line through the points.
      case line
      /// A line through few values, to be seen one by one.
      case lineWithPoints
      /// In grey, for what others stand out from: thin, or wide under them.
      case faintLine, wideLine
      /// A dashed one in grey: an axis, a threshold.
      case dashedLine
    }

    let label: String
    let x: [Double]
    let y: [Double]
    /// How far off y may be, for ``Style/errorBars``.
    let errors: [Double]
    let style: Style
    /// Which of the pens; nil for the one of its place.
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

extension Plot.Series {
  /// How many points have both coordinates.
  var known: Int { x.indices.count { x[$0].isFinite && y[$0].isFinite } }

  /// Blocks of `x y`, with an error where there is one; a blank line breaks a line.
  var data: String {
    var text = "# \"\(label)\"\n"
    var isEmpty = true
    let breaks = [.line, .faintLine, .wideLine, .lineWithPoints].contains(style)
    for (place, (x, y)) in zip(x, y).enumerated() {
      let isFinite = x.isFinite && y.isFinite
      let error = style == .errorBars ? errors[place].isFinite ? " \(errors[place])" : " 0" : ""
      text += isFinite ? "\(x) \(y)\(error)\n" : breaks && !isEmpty ? "\n" : ""
      isEmpty = isEmpty && !isFinite
    }
    if isEmpty { text += style == .errorBars ? "NaN NaN NaN\n" : "NaN NaN\n" }
    return text + "\n\n"
  }
}

extension [Plot.Series] {
  /// What gnuplot is told to draw: the series of a panel, whose data are the blocks from `first` on.
  func drawn(_ name: String, first: Int) -> [String] {
    let lines = count { $0.style == .line }
    var taken: Set<Int> = []
    var number = 0
    var dashedLines = 0
    return indices.flatMap { place in
      let series = self[place]
      let pen = Plot.Pen(series.colour ?? place)
      // No two series of points look alike.
      func symbol(_ wanted: Int? = nil) -> Int {
        let own = Plot.Pen.symbols.firstIndex(of: pen.symbol) ?? 0
        let choice = (wanted.map { [$0] } ?? []) + Plot.Pen.symbols[own...] + Plot.Pen.symbols[..<own]
        let found = choice.first { !taken.contains($0) } ?? pen.symbol
        taken.insert(found)
        return found
      }
      let source = "'\(name).dat' index \(first + place)"
      func entry(_ columns: String, _ style: String) -> [String] {
        ["\(source) using \(columns) with \(style) title \(quoted(series.label)) noenhanced"]
      }
      switch series.style {
      case .dots:
        let mark = symbol()
        // Other symbols than circles need some size to be known by.
        let size = mark != 7 ? "0.45" : series.x.count > 20_000 ? "0.1" : "0.25"
        return entry("1:2", "points pt \(mark) ps \(size) \(pen.inColour)")
      case .circles: return entry("1:2", "points pt \(symbol(7)) ps 0.9 \(pen.inColour)")
      case .crosses: return entry("1:2", "points pt \(symbol(2)) ps 1.1 lw 1.5 \(pen.inColour)")
      case .rings: return entry("1:2", "points pt \(symbol(6)) ps 1.2 lw 1.5 \(pen.inColour)")
      case .triangles: return entry("1:2", "points pt \(symbol(9)) ps 1.1 \(pen.inColour)")
      case .squares: return entry("1:2", "points pt \(symbol(4)) ps 1.2 lw 1.5 \(pen.inColour)")
      case .errorBars: return entry("1:2:3", "yerrorbars pt \(symbol()) ps 0.9 lw 1.2 \(pen.inColour)")
      case .histogram:
        return entry("1:2", "histeps " + ((series.colour ?? place) == 0 ? pen.line : pen.dashedLine))
      case .lineWithPoints: return entry("1:2", "linespoints \(pen.line) pt \(symbol()) ps 0.9")
      case .line:
        defer { number += 1 }
        return Plot.line(
          from: source, using: "1:2", known: series.known, pen: pen, symbol: lines > 1 ? symbol() : pen.symbol,
          marks: .init(points: series.known, number: number, of: lines, besideOthers: lines > 1), label: series.label)
      case .faintLine: return entry("1:2", "lines lw 0.7 lc rgb '#AAAAAA'")
      case .wideLine: return entry("1:2", "lines lw 5 lc rgb '#BBBBBB'")
      case .dashedLine:
        dashedLines += 1
        return entry("1:2", "lines lw 1.2 dt \(Plot.Pen(dashedLines).dash) lc rgb '#444444'")
      }
    }
  }
}
