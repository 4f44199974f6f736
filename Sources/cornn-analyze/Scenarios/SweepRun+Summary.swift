import CoRNNReport

extension SweepRun {
  /// The results of all points, in one table, with plots.
  func finish(_ store: PointStore, in folder: OutputFolder, computed: Int) async throws {
    let result = try result(store, computed: computed)
    let json = jsonText(schema: "cornn-analyze/sweep/1", result)
    try folder.write(result.csv, to: "table.csv")
    try await output.publish(
      result.document, question: scenario.question.isEmpty ? "What changes from point to point?" : scenario.question,
      json: json, plots: result.plots, name: "sweep", to: folder, csv: { result.csv })
    if let first = result.failures.first, result.failures.count == points.tasks.count {
      throw Diagnostic(.data, "every point failed; the first: \(first.message)", hint: first.hint)
    }
    guard output.strict, let first = (result.failures + result.unmet).first else { return }
    throw Diagnostic(
      result.unmet.contains { $0.code == "violated" } ? .violated : .unreached,
      "\(result.failures.count + result.unmet.count) of \(points.tasks.count) points failed or fell short; the first: "
        + first.message)
  }

  private func result(_ store: PointStore, computed: Int) throws(Diagnostic) -> SweepResult {
    var numbers: [[Double?]] = []
    var failures: [SweepResult.Trouble] = []
    var unmet: [SweepResult.Trouble] = []
    var states: [SweepResult.State] = []
    var curves: [[(path: ReportedPath, name: String, x: [Double?], y: [Double?])]] = []
    // Kinds may share a path and its words.
    func named(_ text: String, of kind: ScenarioKind) -> String {
      scenario.kinds.count > 1 ? kind.rawValue + " " + text : text
    }
    try store.forEachRecord { place, line throws(Diagnostic) in
      let task = points.tasks[place]
      let record = RecordEnd(line)
      func trouble(_ end: RecordEnd.Trouble) -> SweepResult.Trouble {
        .init(point: task.hash, code: end.code, message: end.message, hint: end.hint)
      }
      if let error = record.error { failures.append(trouble(error)) }
      if let end = record.unmet { unmet.append(trouble(end)) }
      states.append(record.error != nil ? .failed : record.unmet != nil ? .unmet : .done)
      let paths = scenario.report[task.kind] ?? []
      numbers.append(
        paths.filter { $0.over == nil }.map { record.error == nil ? ResultNumber.find($0.value.parts, in: line) : nil })
      curves.append(
        record.error != nil
          ? []
          : paths.compactMap { path in
            guard let over = path.over else { return nil }
            return (
              path, named(path.name, of: task.kind), ResultNumber.list(over.parts, in: line),
              ResultNumber.list(path.value.parts, in: line)
            )
          })
    }
    let columns = scenario.kinds.flatMap { kind in
      (scenario.report[kind] ?? []).filter { $0.over == nil }.map { path in
        SweepResult.Column(path: named(path.name, of: kind), label: named(path.value.label ?? path.name, of: kind))
      }
    }
    // What is varied together, as draws are, is several columns of one axis.
    let axes = scenario.axes.flatMap { axis in
      axis.paths.map { SweepResult.Axis(key: $0.text, role: .init(rawValue: axis.role.rawValue) ?? .grid) }
    }
    let rows = points.rows.map { row in
      SweepResult.Row(
        values: zip(scenario.axes, row.chosen).flatMap { axis, chosen in axis.values[chosen].map(\.shown) },
        numbers: row.tasks.flatMap { numbers[$0] },
        state: row.tasks.map { states[$0] }.max() ?? .done)
    }
    let families = points.rows.enumerated().flatMap { place, row in
      row.tasks.flatMap { curves[$0] }.filter { $0.x.count == $0.y.count && !$0.x.isEmpty }.map {
        SweepResult.Curve(
          name: $0.name, label: zip(axes, rows[place].values).map { "\($0.key) \($1)" }.joined(separator: ", "),
          xLabel: $0.path.over?.label, yLabel: $0.path.value.label, x: $0.x, y: $0.y)
      }
    }
    return SweepResult(
      name: scenario.name, question: scenario.question, kinds: scenario.kinds.map(\.rawValue), axes: axes,
      columns: columns, rows: rows, points: points.tasks.count, computed: computed, failures: failures, unmet: unmet,
      curves: families)
  }
}

extension Scenario {
  /// The file's name without folder and ending.
  var name: String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
  }
}

extension ScenarioNode {
  /// A value for a table.
  var shown: String {
    if let scalar { return scalar }
    if let elements { return "[" + elements.map(\.shown).joined(separator: ", ") + "]" }
    let members = (try? members()) ?? []
    return "{" + members.map { $0.name + ": " + $0.value.shown }.joined(separator: ", ") + "}"
  }
}
