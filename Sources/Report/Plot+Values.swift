/// What a plot shows, in words and numbers.
extension Plot {
  /// The most rows of a table of values: as many as there are points of a curve on the screen.
  private static let mostRows = 2000

  /// Series with their coordinates, in the order of drawing.
  private var allSeries: [Series] {
    switch content {
    case .scatter(let scatter): scatter.all
    case .curves(let curves):
      curves.curves.map { curve in
        Series(
          curve.label, x: curves.x, y: curve.values, errors: curve.errors?.values ?? [],
          style: curve.errors == nil ? .line : .errorBars)
      }
    case .cells, .heatMap, .strips: []
    }
  }

  /// Fields over columns and rows: a name and the values row by row.
  private var fields: (x: [Double], y: [Double], values: [(name: String, values: [Double])])? {
    switch content {
    case .cells(let cells): (cells.x, cells.y, [(cells.label, cells.shown)])
    case .heatMap(let map): (map.columns, map.rows, [(map.label, map.values)])
    case .strips(let strips): (strips.x, strips.y, strips.strips.map { ($0.title, $0.values) })
    case .curves, .scatter: nil
    }
  }

  /// What there is to see, as a sentence for each series: where it runs from and to, and its extremes.
  public var finding: String {
    if let fields {
      return fields.values.map { field in
        let columns = fields.x.count
        guard let high = field.values.extreme(by: >), let low = field.values.extreme(by: <) else {
          return "\(field.name): no value."
        }
        func place(_ index: Int) -> String {
          "\(xLabel) \(numberText(fields.x[index % columns])), \(yLabel) \(numberText(fields.y[index / columns]))"
        }
        return "\(field.name): least \(numberText(field.values[low])) at \(place(low)), most "
          + "\(numberText(field.values[high])) at \(place(high))."
      }.joined(separator: " ")
    }
    return allSeries.map { series in
      let known = series.y.indices.filter { series.x[$0].isFinite && series.y[$0].isFinite }
      guard let first = known.first, let last = known.last else { return "\(series.label): no value." }
      let y = known.map { series.y[$0] }
      guard let high = y.extreme(by: >), let low = y.extreme(by: <) else { return "\(series.label): no value." }
      let name = series.label.isEmpty ? "values" : series.label
      guard known.count > 1 else {
        return "\(name): \(numberText(y[0])) at \(numberText(series.x[first]))."
      }
      if y[low] == y[high] { return "\(name): \(numberText(y[0])) throughout." }
      let range = "between \(numberText(y[low])) and \(numberText(y[high]))"
      switch series.style {
      case .dots, .circles, .crosses, .rings, .triangles, .squares: return "\(name): \(known.count) points \(range)."
      default:
        return "\(name): from \(numberText(y[0])) at \(numberText(series.x[first])) to "
          + "\(numberText(y[y.count - 1])) at \(numberText(series.x[last])), \(range)."
      }
    }.joined(separator: " ")
  }

  /// All values: a column for each curve or field, or series one after the other under their names.
  public var csv: String {
    func line(_ cells: [String]) -> String { cells.map(\.csvQuoted).joined(separator: ",") + "\n" }
    if let fields {
      var text = line([xLabel, yLabel] + fields.values.map(\.name))
      for (row, y) in fields.y.enumerated() {
        for (column, x) in fields.x.enumerated() {
          let place = row * fields.x.count + column
          text += line(["\(x)", "\(y)"] + fields.values.map { "\($0.values[place])" })
        }
      }
      return text
    }
    if case .curves(let curves) = content {
      let columns = curves.curves.flatMap(\.columns)
      return line(valueColumns(curves))
        + curves.x.indices.map { place in line(["\(curves.x[place])"] + columns.map { "\($0[place])" }) }.joined()
    }
    return line(["series", xLabel, yLabel, "error"])
      + allSeries.map { series in
        series.x.indices.map { place in
          line([
            series.label, "\(series.x[place])", "\(series.y[place])",
            series.errors.isEmpty ? "" : "\(series.errors[place])",
          ])
        }.joined()
      }.joined()
  }

  /// The columns of a table of curves: x, and for each curve its values and any errors.
  private func valueColumns(_ curves: Curves) -> [String] {
    [xLabel] + curves.curves.flatMap { $0.errors == nil ? [$0.label] : [$0.label, "± " + $0.label] }
  }

  /// The values as tables; of long series every k-th point, as curves are drawn, which the title says.
  var drawnTables: [Document.Table] {
    func thinning(_ count: Int) -> (every: Int, note: String) {
      let every = max(1, (count + Self.mostRows - 1) / Self.mostRows)
      return (every, every == 1 ? "" : ", one in \(every) of \(count) points")
    }
    if let fields {
      let count = fields.x.count * fields.y.count
      let (every, note) = thinning(count)
      return [
        Document.Table(
          title + note, columns: [xLabel, yLabel] + fields.values.map(\.name),
          rows: stride(from: 0, to: count, by: every).map { place in
            [numberText(fields.x[place % fields.x.count]), numberText(fields.y[place / fields.x.count])]
              + fields.values.map { numberText($0.values[place]) }
          })
      ]
    }
    if case .curves(let curves) = content {
      let (every, note) = thinning(curves.x.count)
      let columns = curves.curves.flatMap(\.columns)
      return [
        Document.Table(
          title + note,
          columns: valueColumns(curves),
          rows: stride(from: 0, to: curves.x.count, by: every).map { place in
            [numberText(curves.x[place])] + columns.map { numberText($0[place]) }
          })
      ]
    }
    return allSeries.map { series in
      let (every, note) = thinning(series.x.count)
      return Document.Table(
        series.label + note, columns: [xLabel, yLabel] + (series.errors.isEmpty ? [] : ["±"]),
        rows: stride(from: 0, to: series.x.count, by: every).map { place in
          [numberText(series.x[place]), numberText(series.y[place])]
            + (series.errors.isEmpty ? [] : [numberText(series.errors[place])])
        })
    }
  }
}

extension [Double] {
  /// The place of the finite entry that comes first by an order.
  fileprivate func extreme(by precedes: (Double, Double) -> Bool) -> Int? {
    indices.filter { self[$0].isFinite }.min { precedes(self[$0], self[$1]) }
  }
}
