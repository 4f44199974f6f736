/// The house style: one font, colours, lines and symbols for all plots, in every format.
extension Plot {
  /// The files that a script draws.
  enum Format: String, CaseIterable {
    case svg, png, pdf

    /// The font of all that is written, and its size in pixels; titles are larger.
    static let font = "DejaVu Sans"
    static let fontSize = 15
    static let titleSize = 17
    /// Pixels of the others to an inch of paper: 900 fit between the margins of a page.
    private static let density = 120.0

    /// gnuplot's terminal for a picture so many pixels wide and high. Terminals have different measures; the scales
    /// bring letters, lines, dashes and symbols of all to the size that SVG has them in, as measured.
    func terminal(width: Int, height: Int) -> String {
      let font = "font '\(Self.font),\(Self.fontSize)'"
      switch self {
      case .svg: return "svg size \(width),\(height) \(font) background rgb 'white'"
      case .png: return "pngcairo size \(width),\(height) \(font) fontscale 0.75 dashlength 2 pointscale 1.7"
      case .pdf:
        let inches = [width, height].map { "\(numberText(Double($0) / Self.density, digits: 5))in" }
        return "pdfcairo size \(inches.joined(separator: ",")) \(font) fontscale 0.45 linewidth 1.2 dashlength 1.8"
      }
    }
  }

  /// What tells a series from the others, in colour and in black and white.
  struct Pen: Equatable {
    let colour: String
    /// The pattern of its line where that is broken, as gnuplot has it: strokes and gaps in halves of its width.
    let dash: String
    /// gnuplot's number of its symbol.
    let symbol: Int

    /// The pen of a place among series; the first 64 all differ.
    init(_ place: Int) {
      // Where colours come round again, they come with other dashes and symbols.
      let shifted = place + place / Self.colours.count
      colour = Self.colours[place % Self.colours.count]
      dash = Self.dashes[shifted % Self.dashes.count]
      symbol = Self.symbols[shifted % Self.symbols.count]
    }

    /// Colours that stay apart for colour-blind readers (Okabe and Ito).
    static let colours = [
      "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F7F",
    ]
    static let dashes = [
      "(10,4)", "(16,6)", "(3,4)", "(14,5,3,5)", "(28,7)", "(14,5,3,5,3,5)", "(7,7)", "(24,5,9,5)",
      "(4,8)", "(20,4,3,4,3,4)",
    ]
    /// Filled circle, square, triangle, triangle upside down and lozenge; the same open.
    static let symbols = [7, 5, 9, 11, 13, 4, 6, 8, 10, 12]

    var inColour: String { "lc rgb '\(colour)'" }
    /// What is measured: a whole line.
    var line: String { "lw 1.8 dt 1 \(inColour)" }
    /// What it is held against: bounds, theory, another model.
    var dashedLine: String { "lw 1.8 dt \(dash) \(inColour)" }
  }

  /// From dark to light, for eyes of all kinds and for paper.
  static let palette =
    "set palette defined (0 '#00204C', 0.25 '#414D6B', 0.5 '#7C7B78', 0.75 '#BBAF71', 1 '#FFE945')"
  /// From dark to light as well, with hues that part at the middle, which is grey.
  static let differencePalette =
    "set palette defined (0 '#08306B', 0.25 '#3F73AD', 0.5 '#A0A0A0', 0.75 '#E9AC62', 1 '#FFE8C2')"

  /// Fewer points than these are seen one by one.
  static let fewPoints = 30
  /// How many symbols a line of many points gets.
  private static let marksOnALine = 12

  /// Which points of a line have symbols.
  enum Marks: Equatable {
    case none, all
    /// Some, others than those of the other lines, of which it is so many-th: lines that fall together show symbols of
    /// each.
    case some(number: Int, of: Int)

    /// Those of a line of so many points.
    init(points: Int, number: Int, of lines: Int, besideOthers: Bool) {
      if points <= (lines > 4 ? Plot.marksOnALine : Plot.fewPoints) {
        self = .all
      } else {
        self = besideOthers ? .some(number: number, of: lines) : .none
      }
    }
  }

  /// A line as gnuplot is to draw it.
  static func line(
    from source: String, every thinned: Int = 1, using columns: String, known: Int, pen: Pen, symbol: Int,
    marks: Marks, label: String
  ) -> [String] {
    let mark = "pt \(symbol) ps 0.9"
    let title = "title \(quoted(label)) noenhanced"
    let thinning = thinned > 1 ? " every \(thinned)" : ""
    switch marks {
    case .all: return ["\(source) using \(columns) with linespoints \(pen.line) \(mark) \(title)"]
    case .none: return ["\(source)\(thinning) using \(columns) with lines \(pen.line) \(title)"]
    case .some(let number, let lines):
      // Far enough from one to the next that the others' fit between, but for very many lines.
      let between = max(known / marksOnALine, min(lines, known / 3))
      let first = between * (2 * number + 1) / (2 * lines)
      return [
        "\(source)\(thinning) using \(columns) with lines \(pen.line) notitle",
        "\(source) every \(between)::\(first) using \(columns) with points \(mark) \(pen.inColour) notitle",
        "keyentry with linespoints \(pen.line) \(mark) \(title)",
      ]
    }
  }

  /// `plot` and what it is to draw, a line each.
  static func plotCommand(_ drawn: [String]) -> String { "plot " + drawn.joined(separator: ", \\\n     ") }
}
