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
    self.init(
      name: name, title: title, xLabel: xLabel, yLabel: yLabel,
      content: .strips(Strips(x: x, y: y, strips: strips, mark: mark)))
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

  func drawing(_ plot: Plot) -> Plot.Drawing {
    var settings = [
      "unset key", "set lmargin at screen 0.09", "set rmargin at screen 0.88", "set xrange [\(Plot.Cells.edges(x))]",
      "set yrange [\(Plot.Cells.edges(y))]",
    ]
    if let mark {
      settings.append("set arrow from \(mark), graph 0 to \(mark), graph 1 nohead front lw 2 lc rgb '#000000'")
    }
    var commands = [
      "set multiplot layout \(strips.count),1 title \(quoted(plot.title)) noenhanced font ',\(Plot.Format.titleSize)'"
    ]
    for (place, strip) in strips.enumerated() {
      commands += [
        "set title \(quoted(strip.title)) noenhanced font ',\(Plot.Format.fontSize)'",
        place == strips.count - 1 ? "set xlabel \(quoted(plot.xLabel)) noenhanced" : "unset xlabel",
        strip.isDifference ? Plot.differencePalette : Plot.palette,
        strip.range.map { "set cbrange [\($0.lowerBound):\($0.upperBound)]" } ?? "set cbrange [*:*]",
        Plot.plotCommand(["'\(plot.name).dat' using 1:2:\(place + 3) with image"]),
      ]
    }
    return Plot.Drawing(height: 860, settings: settings, commands: commands + ["unset multiplot"])
  }
}
