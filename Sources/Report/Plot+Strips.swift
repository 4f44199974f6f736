extension Plot {
  /// A heat map among several over the same axes.
  public struct Strip: Equatable, Sendable {
    let title: String
    /// Row by row (y); a value that isn't finite leaves the cell blank.
    let values: [Double]
    /// Whether values lie on both sides of 0 and 0 is to stand out.
    let isDifference: Bool
    /// The range of colours; nil for that of the values.
    let range: ClosedRange<Double>?

    /// A heat map of `values`, row by row.
    public init(_ title: String, _ values: [Double], difference: Bool = false, range: ClosedRange<Double>? = nil) {
      self.title = title
      self.values = values
      isDifference = difference
      self.range = range
    }
  }

  /// Heat maps above each other.
  struct Strips: Equatable, Sendable {
    let x: [Double]
    let y: [Double]
    let strips: [Strip]
    let mark: Double?
  }
}

extension Plot.Strips {
  /// A row for each cell: x, y and a value for each strip.
  func data(_ xLabel: String, _ yLabel: String) -> String {
    var text = "# \"\(xLabel)\" \"\(yLabel)\" " + strips.map { "\"\($0.title)\"" }.joined(separator: " ") + "\n"
    for (row, y) in y.enumerated() {
      for (column, x) in x.enumerated() {
        text += "\(x) \(y)"
        for strip in strips {
          let value = strip.values[row * self.x.count + column]
          text += value.isFinite ? " \(value)" : " NaN"
        }
        text += "\n"
      }
      text += "\n"
    }
    return text
  }

  func script(name: String, title: String, x: String, y: String, _ quoted: (String) -> String) -> String {
    var lines = [
      "# Draws \(name).svg and \(name).png from \(name).dat:  gnuplot \(name).gp",
      "set border lc rgb '#444444'",
      "unset key",
      "set lmargin at screen 0.09",
      "set rmargin at screen 0.88",
      "set datafile missing 'NaN'",
      "set xrange [\(Plot.Cells.edges(self.x))]",
      "set yrange [\(Plot.Cells.edges(self.y))]",
      "set ylabel \(y) noenhanced",
    ]
    if let mark {
      lines.append("set arrow from \(mark), graph 0 to \(mark), graph 1 nohead front lw 2 lc rgb '#000000'")
    }
    for terminal in ["svg size 900,860 background rgb 'white'", "pngcairo size 900,860"] {
      lines.append("set terminal \(terminal)")
      lines.append("set output '\(name).\(terminal.hasPrefix("svg") ? "svg" : "png")'")
      lines.append("set multiplot layout \(strips.count),1 title \(title) noenhanced")
      for (place, strip) in strips.enumerated() {
        lines.append("set title \(quoted(strip.title)) noenhanced")
        lines.append(place == strips.count - 1 ? "set xlabel \(x) noenhanced" : "unset xlabel")
        lines.append(
          strip.isDifference
            ? "set palette defined (0 '#0072B2', 0.5 '#FFFFFF', 1 '#D55E00')"
            : "set palette defined (0 '#00204C', 0.25 '#414D6B', 0.5 '#7C7B78', 0.75 '#BBAF71', 1 '#FFE945')")
        lines.append(strip.range.map { "set cbrange [\($0.lowerBound):\($0.upperBound)]" } ?? "set cbrange [*:*]")
        lines.append("plot '\(name).dat' using 1:2:\(place + 3) with image")
      }
      lines.append("unset multiplot")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
