import RealModule

extension Plot {
  /// A heat map over values that needn't be evenly spaced: each has a column or a row, with its value beside it.
  struct HeatMap: Equatable, Sendable {
    let columns: [Double]
    let rows: [Double]
    /// Row by row; a value that isn't finite leaves the cell blank.
    let values: [Double]
    let label: String
    /// Whether colours go by factors: every value is positive.
    let isLogarithmic: Bool
  }
}

extension Plot.HeatMap {
  /// A line for each cell: the column's and the row's number, and the value.
  func data(_ xLabel: String, _ yLabel: String) -> String {
    var text = "# \"\(xLabel)\" \"\(yLabel)\" \"\(label)\"\n"
    for row in rows.indices {
      for column in columns.indices {
        let value = values[row * columns.count + column]
        text += "\(column) \(row) " + (value.isFinite ? "\(value)" : "NaN") + "\n"
      }
      text += "\n"
    }
    return text
  }

  /// The script: few cells have their values written in them.
  func script(name: String, title: String, x: String, y: String, _ quoted: (String) -> String) -> String {
    func ticks(_ values: [Double]) -> String {
      let every = max(1, values.count / 16)
      let marks = values.enumerated().filter { $0.offset.isMultiple(of: every) }
      return "(" + marks.map { "\(quoted(numberText($0.element))) \($0.offset)" }.joined(separator: ", ") + ")"
    }
    var lines = [
      "# Draws \(name).svg and \(name).png from \(name).dat:  gnuplot \(name).gp",
      "set title \(title) noenhanced",
      "set xlabel \(x) noenhanced",
      "set ylabel \(y) noenhanced",
      "set cblabel \(quoted(label)) noenhanced",
      "set border lc rgb '#444444'",
      "set datafile missing 'NaN'",
      "set palette defined (0 '#00204C', 0.25 '#414D6B', 0.5 '#7C7B78', 0.75 '#BBAF71', 1 '#FFE945')",
      "unset key",
      "set tics out nomirror",
      "set xtics \(ticks(columns)) noenhanced",
      "set ytics \(ticks(rows)) noenhanced",
      "set xrange [-0.5:\(Double(columns.count) - 0.5)]",
      "set yrange [-0.5:\(Double(rows.count) - 0.5)]",
    ]
    let finite = values.filter(\.isFinite)
    var plot = "plot '\(name).dat' using 1:2:3 with image pixels"
    if let low = finite.min(), let high = finite.max() {
      // One value has no range: some on both sides of it.
      let margin = low == high ? max(abs(low) * 0.1, 1e-300) : 0
      if isLogarithmic { lines += ["set logscale cb", "set format cb '%h'"] }
      lines.append("set cbrange [\(low - margin):\(high + margin)]")
      if columns.count <= 10, rows.count <= 16 {
        let middle = isLogarithmic ? low * Double.pow(high / low, 0.55) : low + 0.55 * (high - low)
        plot +=
          ", '' using 1:2:(sprintf('%.3g', $3)):($3 > \(middle) ? 0x000000 : 0xFFFFFF) with labels tc rgb variable"
      }
    }
    for terminal in ["svg size 900,640 background rgb 'white'", "pngcairo size 900,640"] {
      lines.append("set terminal \(terminal)")
      lines.append("set output '\(name).\(terminal.hasPrefix("svg") ? "svg" : "png")'")
      lines.append(plot)
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
