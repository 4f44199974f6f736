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
  ///   - logarithmic: whether colours go by factors; every value is positive then.
  public init(
    name: String, title: String, xLabel: String, yLabel: String, valueLabel: String, columns: [Double], rows: [Double],
    values: [Double], logarithmic: Bool = false
  ) {
    precondition(values.count == columns.count * rows.count, "\(name): not \(columns.count)×\(rows.count)")
    self.init(
      name: name, title: title, xLabel: xLabel, yLabel: yLabel,
      content: .heatMap(
        HeatMap(columns: columns, rows: rows, values: values, label: valueLabel, isLogarithmic: logarithmic)))
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

  /// Few cells have their values written in them.
  func drawing(_ name: String) -> Plot.Drawing {
    func ticks(_ values: [Double]) -> String {
      let every = max(1, values.count / 16)
      let marks = values.enumerated().filter { $0.offset.isMultiple(of: every) }
      return "(" + marks.map { "\(quoted(numberText($0.element))) \($0.offset)" }.joined(separator: ", ") + ")"
    }
    var settings = [
      "set cblabel \(quoted(label)) noenhanced", Plot.palette, "unset key", "set tics out nomirror",
      "set xtics \(ticks(columns)) noenhanced", "set ytics \(ticks(rows)) noenhanced",
      "set xrange [-0.5:\(Double(columns.count) - 0.5)]", "set yrange [-0.5:\(Double(rows.count) - 0.5)]",
    ]
    let finite = values.filter(\.isFinite)
    var drawn = ["'\(name).dat' using 1:2:3 with image pixels"]
    if let low = finite.min(), let high = finite.max() {
      // One value has no range: some on both sides of it.
      let margin = low == high ? max(abs(low) * 0.1, 1e-300) : 0
      if isLogarithmic { settings += ["set logscale cb", "set format cb '%h'"] }
      settings.append("set cbrange [\(low - margin):\(high + margin)]")
      if columns.count <= 10, rows.count <= 16 {
        let middle = isLogarithmic ? low * Double.pow(high / low, 0.55) : low + 0.55 * (high - low)
        // Not quite black, which a dark page would turn round.
        drawn.append(
          "'' using 1:2:($3 == $3 ? sprintf('%.3g', $3) : ''):($3 > \(middle) ? 0x1A1A1A : 0xFFFFFF) with labels "
            + "tc rgb variable")
      }
    }
    return Plot.Drawing(height: 640, settings: settings, commands: [Plot.plotCommand(drawn)])
  }
}
