extension Plot {
  /// One line of a plot; a value that isn't finite leaves a gap.
  public struct Curve: Equatable, Sendable {
    let label: String
    let values: [Double]
    let isDashed: Bool
    let errors: Errors?

    /// How far off values may be, in both directions, and how that is drawn.
    public enum Errors: Equatable, Sendable {
      /// A band, so far above and below.
      case band([Double])
      /// Bars, likewise.
      case bars([Double])

      var values: [Double] {
        switch self {
        case .band(let values), .bars(let values): values
        }
      }
    }

    /// A line called `label` through `values`; `dashed` is what others are held against: bounds, theory, a model.
    public init(_ label: String, _ values: [Double], errors: Errors? = nil, dashed: Bool = false) {
      self.label = label
      self.values = values
      self.errors = errors
      isDashed = dashed
    }

    var hasBars: Bool {
      if case .bars = errors { true } else { false }
    }

    /// Its columns of data: the values, then the errors where there are any.
    var columns: [[Double]] { [values] + (errors.map { [$0.values] } ?? []) }
  }

  /// Curves over the same x.
  struct Curves: Equatable, Sendable {
    let x: [Double]
    let curves: [Curve]
    let axes: Axes
  }

  /// A plot of curves over `x`.
  public init(
    name: String, title: String, xLabel: String, yLabel: String, logarithmic: Bool = false,
    logarithmicX: Bool = false, fromZero: Bool = false, counting: Bool = false, x: [Double], curves: [Curve]
  ) {
    precondition(
      curves.allSatisfy { $0.columns.allSatisfy { $0.count == x.count } }, "\(name): curves that aren't \(x.count) long"
    )
    self.init(
      name: name, title: title, xLabel: xLabel, yLabel: yLabel,
      content: .curves(
        Curves(
          x: x, curves: curves,
          axes: Axes(
            isLogarithmic: logarithmic, isLogarithmicInX: logarithmicX, startsAtZero: fromZero,
            counted: counting ? x.count : nil))))
  }
}

extension Plot.Curves {
  var isDrawable: Bool { curves.contains { known($0) > 0 } }

  /// How many values of a curve have a place on the axes.
  private func known(_ curve: Plot.Curve) -> Int {
    curve.values.count { $0.isFinite && (!axes.isLogarithmic || $0 > 0) }
  }

  /// A column for x, and for each curve one for its values and one for errors it has, under a line of names.
  func data(_ xLabel: String) -> String {
    let names = [xLabel] + curves.flatMap { $0.errors == nil ? [$0.label] : [$0.label, $0.label + " ±"] }
    var text = "# " + names.map { "\"\($0)\"" }.joined(separator: " ") + "\n"
    let columns = curves.flatMap(\.columns)
    for row in x.indices {
      text += "\(x[row])"
      for column in columns { text += column[row].isFinite ? " \(column[row])" : " NaN" }
      text += "\n"
    }
    return text
  }

  func drawing(_ name: String) -> Plot.Drawing {
    // More points than pixels only make large files; the data keeps them all.
    let every = max(1, x.count / 2000)
    let source = "'\(name).dat'"
    let lines = curves.count { !$0.isDashed && known($0) > 0 }
    let hasOthers = curves.count { known($0) > 0 } > 1
    var number = 0
    var drawn: [String] = []
    var column = 2
    for (place, curve) in curves.enumerated() {
      defer { column += curve.columns.count }
      let known = known(curve)
      guard known > 0 else { continue }
      let pen = Plot.Pen(place)
      switch curve.errors {
      case .band:
        drawn.append(
          "\(source) every \(every) using 1:($\(column)-$\(column + 1)):($\(column)+$\(column + 1)) with filledcurves "
            + "\(pen.inColour) fs transparent solid 0.15 noborder notitle")
      case .bars:
        drawn.append(
          "\(source) every \(every) using 1:\(column):\(column + 1) with yerrorbars pt 0 lw 1.2 \(pen.inColour) notitle"
        )
      case nil: break
      }
      // Bars leave room for a symbol each; symbols show a whole line under broken ones that it falls together with.
      let marks =
        curve.hasBars ? .all : Plot.Marks(points: known, number: number, of: lines, besideOthers: hasOthers)
      // A single value is no line.
      if curve.isDashed, known > 1 {
        drawn.append(
          "\(source) every \(known <= Plot.fewPoints ? 1 : every) using 1:\(column) with lines \(pen.dashedLine) "
            + "title \(quoted(curve.label)) noenhanced")
      } else {
        drawn += Plot.line(
          from: source, every: every, using: "1:\(column)", known: known, pen: pen, symbol: pen.symbol, marks: marks,
          label: curve.label)
        number += 1
      }
    }
    let key = Plot.Key(curves.map(\.label))
    // A logarithmic axis goes on to powers of ten, which wastes room unless they are few.
    let isWide = (x.filter { $0 > 0 }.min()).map { (x.max() ?? 0) >= 100 * $0 } ?? false
    let ends = axes.isLogarithmicInX && isWide ? ["set autoscale xfix"] : []
    return Plot.Drawing(
      height: 560 + key.height, settings: axes.settings(key) + ends, commands: [Plot.plotCommand(drawn)])
  }
}
