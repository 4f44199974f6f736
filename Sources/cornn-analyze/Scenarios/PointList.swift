import CoRNNReport

/// The points of a scenario, before any is computed.
struct PointList: Encodable {
  let scenario: String
  let question: String
  let varied: [String]
  let points: [Point]

  struct Point: Encodable {
    let number: Int
    let point: String
    let kind: String
    /// Of the combinations that need it, the first: a value for each varied key.
    let values: [String]
  }

  var document: Document {
    Document(
      title: "Points of \(scenario)",
      [
        .facts(
          (question.isEmpty ? [] : [.init("question", question)]) + [
            .init("varied", varied.isEmpty ? "nothing" : varied.joined(separator: ", ")),
            .init("points", "\(points.count), each of whose settings its command takes"),
          ]),
        .table(
          .init(
            "Points in order", columns: ["#", "point", "kind"] + varied,
            rows: points.map { ["\($0.number)", $0.point, $0.kind] + $0.values.map(shortened) })),
      ])
  }
}

extension SweepRun {
  /// The points as a list.
  var list: PointList {
    var first = [Int?](repeating: nil, count: points.tasks.count)
    for (number, row) in points.rows.enumerated() {
      for task in row.tasks where first[task] == nil { first[task] = number }
    }
    return PointList(
      scenario: scenario.name, question: scenario.question, varied: scenario.axes.flatMap(\.paths).map(\.text),
      points: points.tasks.enumerated().map { place, task in
        let row = points.rows[first[place] ?? 0]
        return PointList.Point(
          number: place + 1, point: task.hash, kind: task.kind.rawValue,
          values: zip(scenario.axes, row.chosen).flatMap { axis, chosen in axis.values[chosen].map(\.shown) })
      })
  }
}
