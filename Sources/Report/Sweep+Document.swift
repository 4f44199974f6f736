extension SweepResult {
  /// The most rows of a table in the report; the file has all.
  private static let mostRows = 60

  /// The report.
  public var document: Document {
    var facts = question.isEmpty ? [] : [Document.Fact("question", question)]
    facts += [
      .init("kinds", kinds.joined(separator: ", ")),
      .init("varied", axes.map { $0.key + ($0.role == .grid ? "" : " (\($0.role.rawValue))") }.joined(separator: ", ")),
      .init(
        "points",
        "\(points)" + (computed < points ? ", \(computed) of them computed now, the others known" : "")
          + (rows.count * kinds.count > points
            ? "; \(rows.count * kinds.count) in the table, some of them the same" : "")),
    ]
    if !failures.isEmpty { facts.append(.init("failed", "\(failures.count)")) }
    if !unmet.isEmpty {
      facts.append(
        .init("fell short", "\(unmet.count): a goal not reached, a bound violated, or a certificate refused"))
    }
    var document = Document(title: "Scenario \(name)", [.facts(facts)])
    if !groups.isEmpty { document.append([.heading("Over the repeats"), .table(spread)]) }
    document.append([.heading("Every point"), .table(table)])
    if rows.count > Self.mostRows {
      document.append([.paragraph("The first \(Self.mostRows) of \(rows.count); table.csv has all.")])
    }
    let empty = columns.indices.filter { column in rows.allSatisfy { $0.numbers[column] == nil } }
    if !empty.isEmpty {
      let names = empty.map { columns[$0] }.joined(separator: ", ")
      document.append([.paragraph("No result has a number at \(names).")])
    }
    for (title, troubles) in [("Failed", failures), ("Fell short", unmet)] where !troubles.isEmpty {
      let shown = troubles.prefix(10).map { "\($0.point): \($0.message)" }
      document.append([
        .heading(title),
        .list(shown + (troubles.count > 10 ? ["and \(troubles.count - 10) more, in results.jsonl"] : [])),
      ])
    }
    let figures = plots.filter(\.isDrawable).map { Document.Block.figure(name: $0.name, caption: $0.title) }
    document.append(figures)
    return document
  }

  private var hasTrouble: Bool { rows.contains { $0.state != .done } }

  private var table: Document.Table {
    .init(
      "Numbers by point",
      columns: ["#"] + axes.map(\.key) + labels + (hasTrouble ? ["state"] : []),
      rows: rows.prefix(Self.mostRows).enumerated().map { place, row in
        ["\(place + 1)"] + row.values.map(shortened) + row.numbers.map { $0.map { numberText($0, digits: 5) } ?? "–" }
          + (hasTrouble ? [row.state.words] : [])
      })
  }

  private var spread: Document.Table {
    .init(
      "Mean ± standard deviation",
      columns: axes.filter { $0.role != .repeats }.map(\.key) + ["runs"] + labels,
      rows: groups.prefix(Self.mostRows).map { group in
        group.values.map(shortened) + ["\(group.spreads.map(\.count).max() ?? 0)"]
          + group.spreads.map { spread in
            guard let mean = spread.mean else { return "–" }
            return numberText(mean, digits: 5) + (spread.deviation.map { " ± " + numberText($0, digits: 2) } ?? "")
          }
      })
  }

  /// Every row as comma-separated values, numbers with all their digits.
  public var csv: String {
    let table = Document.Table(
      "", columns: axes.map(\.key) + columns + ["state"],
      rows: rows.map { row in row.values + row.numbers.map { $0.map { "\($0)" } ?? "" } + [row.state.words] })
    return Document(title: "", [.table(table)]).csv
  }
}

extension SweepResult.State {
  var words: String {
    switch self {
    case .done: "done"
    case .unmet: "fell short"
    case .failed: "failed"
    }
  }
}
