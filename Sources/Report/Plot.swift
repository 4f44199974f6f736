/// A plot as data and a gnuplot script, so that it can be drawn anew in another style.
public struct Plot: Equatable, Sendable {
  /// The stem of its files' names.
  public let name: String
  let title: String
  let xLabel: String
  let yLabel: String
  let content: Content

  /// What there is to see.
  enum Content: Equatable, Sendable {
    case curves(Curves)
    case scatter(Scatter)
    case cells(Cells)
    case heatMap(HeatMap)
    case strips(Strips)
  }

  /// Whether there is a value to draw.
  public var isDrawable: Bool {
    switch content {
    case .curves(let curves): curves.isDrawable
    case .scatter(let scatter): scatter.isDrawable
    case .cells(let cells): cells.shown.contains(where: \.isFinite)
    case .heatMap(let map): map.values.contains(where: \.isFinite)
    case .strips(let strips): strips.strips.contains { $0.values.contains(where: \.isFinite) }
    }
  }

  /// The data file: its first line names the columns. Curves have a column for x, and each one for its values and one
  /// for errors it has; series follow each other as blocks; fields have a line for each cell.
  public var data: String {
    switch content {
    case .curves(let curves): curves.data(xLabel)
    case .scatter(let scatter): scatter.data(xLabel, yLabel)
    case .cells(let cells): cells.data(xLabel, yLabel)
    case .heatMap(let map): map.data(xLabel, yLabel)
    case .strips(let strips): strips.data(xLabel, yLabel)
    }
  }

  /// The script: draws `NAME.svg`, `NAME.png` and `NAME.pdf` from `NAME.dat` in the folder it is run in.
  public var script: String {
    let drawing = drawing
    var lines = [
      "# Draws \(name).svg, \(name).png and \(name).pdf from \(name).dat:  gnuplot \(name).gp",
      "set title \(quoted(title)) noenhanced font ',\(Format.titleSize)'",
      "set xlabel \(quoted(xLabel)) noenhanced",
      "set ylabel \(quoted(yLabel)) noenhanced",
      "set border lc rgb '#444444'",
    ]
    lines += drawing.settings
    for format in Format.allCases {
      lines.append("set terminal \(format.terminal(width: drawing.width, height: drawing.height))")
      lines.append("set output '\(name).\(format.rawValue)'")
      lines += drawing.commands
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var drawing: Drawing {
    switch content {
    case .curves(let curves): curves.drawing(name)
    case .scatter(let scatter): scatter.drawing(self)
    case .cells(let cells): cells.drawing(name)
    case .heatMap(let map): map.drawing(name)
    case .strips(let strips): strips.drawing(self)
    }
  }

  /// What a kind of content adds to a script: settings once, and what draws it in each format.
  struct Drawing {
    /// Pixels, or as many parts of an inch on paper.
    var width = 900
    var height = 560
    var settings: [String]
    var commands: [String]
  }
}

/// A text as gnuplot reads it back.
func quoted(_ text: String) -> String {
  "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
}
