extension SweepResult {
  /// The most lines in a plot.
  private static let mostLines = 8
  /// The most letters that fit under an x axis.
  private static let mostLetters = 90

  /// A plot of the curves, and one of each column: lines over one axis, a heat map over two, dots over random draws.
  public var plots: [Plot] {
    curvePlots
      + columns.indices.flatMap { column in
        axes.contains { $0.role == .draws } ? scatters(column) : gridPlot(column).map { [$0] } ?? []
      }
  }

  /// The curves of all points, in a plot for each pair of paths; none where they would be too many.
  private var curvePlots: [Plot] {
    var seen: Set<String> = []
    let names = curves.map(\.name).filter { seen.insert($0).inserted }
    return names.enumerated().compactMap { place, name in
      let lines = curves.filter { $0.name == name }
      guard lines.count <= Self.mostLines else { return nil }
      let paths = name.split(separator: " over ").map { Self.words($0) }
      let sides = [lines[0].yLabel ?? paths[0], lines[0].xLabel ?? paths[1]]
      return Plot(
        name: "sweep-curves" + (names.count > 1 ? "-\(place + 1)" : ""), title: sides.joined(separator: " over "),
        xLabel: sides[1], yLabel: sides[0],
        logarithmic: Self.spansDecades(lines.flatMap { $0.y.compactMap { $0 } }),
        series: lines.map {
          .init($0.label, x: $0.x.map { $0 ?? .nan }, y: $0.y.map { $0 ?? .nan }, style: .line)
        })
    }
  }

  /// What stands after a path's last star, in words: `records.*.gradientNorm` is the gradient norm.
  private static func words(_ path: Substring) -> String {
    let last = path.split(separator: ".").split(separator: "*").last?.joined(separator: " ") ?? String(path)
    return last.map { $0.isUppercase ? " " + $0.lowercased() : String($0) }.joined()
  }

  private func plotName(_ column: Int, _ more: String = "") -> String {
    let words = columns[column].map { $0.isLetter || $0.isNumber ? $0 : "-" }
    return "sweep-" + String(words) + (more.isEmpty ? "" : "-over-" + more.filter { $0.isLetter || $0.isNumber })
  }

  /// A key's values as numbers, by their text; nil where one isn't.
  private func numbers(of axis: Int) -> [Double]? {
    let found = rows.map { Double($0.values[axis]) }
    return found.contains(nil) ? nil : found.compactMap { $0 }
  }

  private func scatters(_ column: Int) -> [Plot] {
    axes.indices.filter { axes[$0].role == .draws }.compactMap { axis in
      guard let x = numbers(of: axis) else { return nil }
      let y = rows.map { $0.numbers[column] ?? .nan }
      return Plot(
        name: plotName(column, axes[axis].key), title: "\(labels[column]) over \(axes[axis].key)",
        xLabel: axes[axis].key, yLabel: labels[column], logarithmic: Self.spansDecades(y),
        logarithmicX: Self.spansDecades(x),
        series: [.init(labels[column], x: x, y: y, style: .circles)])
    }
  }

  private func gridPlot(_ column: Int) -> Plot? {
    let all = Self.groups(of: rows, axes: axes, columns: columns.count)
    let kept = axes.indices.filter { axes[$0].role == .grid }
    var values = kept.indices.map { axis in
      var seen: Set<String> = []
      return all.map { $0.values[axis] }.filter { seen.insert($0).inserted }
    }
    let isNumeric = values.map { $0.allSatisfy { Double($0) != nil } && $0.count > 1 }
    guard all.contains(where: { $0.spreads[column].mean != nil }) else { return nil }
    func mean(_ group: Group) -> Double { group.spreads[column].mean ?? .nan }
    if kept.count == 2, isNumeric[0], isNumeric[1], values[0].count > 2, values[1].count > 2 {
      for axis in 0...1 { values[axis].sort { (Double($0) ?? 0) < (Double($1) ?? 0) } }
      var cells = [Double](repeating: .nan, count: values[0].count * values[1].count)
      for group in all {
        guard let row = values[1].firstIndex(of: group.values[1]), let at = values[0].firstIndex(of: group.values[0])
        else { continue }
        cells[row * values[0].count + at] = mean(group)
      }
      return Plot(
        name: plotName(column), title: title(column), xLabel: axes[kept[0]].key, yLabel: axes[kept[1]].key,
        valueLabel: labels[column], columns: values[0].compactMap { Double($0) },
        rows: values[1].compactMap { Double($0) }, values: cells, logarithmic: Self.spansDecades(cells))
    }
    // The longest axis of numbers is x, or else the first; the others make the lines.
    let numeric = kept.indices.filter { isNumeric[$0] }.max { values[$0].count < values[$1].count }
    guard let along = numeric ?? kept.indices.first else { return nil }
    let order = numeric == nil ? values[along] : values[along].sorted { (Double($0) ?? 0) < (Double($1) ?? 0) }
    let x = numeric == nil ? order.indices.map { Double($0 + 1) } : order.compactMap { Double($0) }
    var lines: [(label: String, groups: [Group])] = []
    for group in all {
      let label = kept.indices.filter { $0 != along }.map { axes[kept[$0]].key + " " + group.values[$0] }.joined(
        separator: ", ")
      if let place = lines.firstIndex(where: { $0.label == label }) {
        lines[place].groups.append(group)
      } else {
        lines.append((label, [group]))
      }
    }
    guard lines.count <= Self.mostLines else { return nil }
    guard numeric != nil else {
      // Between names there is nothing for a line to say.
      let names = order.map { String($0.split(separator: "/").last ?? "") }
      let fit = names.reduce(0) { $0 + $1.count + 2 } <= Self.mostLetters
      return Plot(
        name: plotName(column), title: title(column),
        xLabel: axes[kept[along]].key + (fit ? "" : ", by its place in the table"),
        yLabel: labels[column], logarithmic: Self.spansDecades(all.map(mean)),
        series: lines.map { label, groups in
          let found = order.map { value in groups.first { $0.values[along] == value } }
          return .init(
            label.isEmpty ? labels[column] : label, x: x, y: found.map { $0.map(mean) ?? .nan },
            errors: found.map { $0?.spreads[column].deviation ?? 0 }, style: .errorBars)
        }, ticks: x, tickNames: fit ? names : [])
    }
    let curves = lines.map { label, groups in
      let found = order.map { value in groups.first { $0.values[along] == value } }
      let errors = found.map { $0?.spreads[column].deviation ?? 0 }
      return Plot.Curve(
        label.isEmpty ? labels[column] : label, found.map { $0.map(mean) ?? .nan },
        errors: errors.contains { $0 > 0 } ? .bars(errors) : nil)
    }
    return Plot(
      name: plotName(column), title: title(column), xLabel: axes[kept[along]].key, yLabel: labels[column],
      logarithmic: Self.spansDecades(all.map(mean)), logarithmicX: Self.spansDecades(x), x: x, curves: curves)
  }

  private func title(_ column: Int) -> String {
    labels[column] + (groups.isEmpty ? "" : ", mean and standard deviation over repeats")
  }

  /// Whether numbers are positive and so far apart that a logarithmic axis shows them better.
  private static func spansDecades(_ values: [Double]) -> Bool {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), low > 0 else { return false }
    return high / low >= 50
  }
}
