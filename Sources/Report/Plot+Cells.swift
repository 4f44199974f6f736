import RealModule

extension Plot {
  /// A heat map's cells, evenly spaced: a value for each column (x) and row (y).
  struct Cells: Equatable, Sendable {
    let x: [Double]
    let y: [Double]
    /// Row by row (y); a value that isn't positive and finite leaves the cell blank.
    let values: [Double]
    let label: String
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
    self.init(
      name: name, title: title, xLabel: xLabel, yLabel: yLabel,
      content: .cells(Cells(x: x, y: y, values: values, label: valueLabel)))
  }
}

extension Plot.Cells {
  /// What is drawn: log₁₀ of each value, not a number where there is none.
  var shown: [Double] { values.map { $0 > 0 && $0.isFinite ? Double.log10($0) : .nan } }

  /// A row for each cell: x, y and log₁₀ of the value.
  func data(_ xLabel: String, _ yLabel: String) -> String {
    var text = "# \"\(xLabel)\" \"\(yLabel)\" \"\(label)\"\n"
    let shown = shown
    for (row, y) in y.enumerated() {
      for (column, x) in x.enumerated() {
        let value = shown[row * self.x.count + column]
        text += "\(x) \(y) " + (value.isFinite ? "\(value)" : "NaN") + "\n"
      }
      text += "\n"
    }
    return text
  }

  func drawing(_ name: String) -> Plot.Drawing {
    Plot.Drawing(
      height: 640,
      settings: [
        "set cblabel \(quoted(label)) noenhanced", Plot.palette, "unset key", "set xrange [\(Self.edges(x))]",
        "set yrange [\(Self.edges(y))]",
      ], commands: [Plot.plotCommand(["'\(name).dat' using 1:2:3 with image pixels"])])
  }

  /// The range that shows every cell whole.
  static func edges(_ values: [Double]) -> String {
    guard let first = values.first, let last = values.last else { return "0:1" }
    let half = values.count > 1 ? (values[1] - first) / 2 : 0.5
    return "\(first - half):\(last + half)"
  }
}
