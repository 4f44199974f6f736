import CoRNNReport

/// What a scenario reports of each result: a number, or one list of numbers over another, with words for either.
///
/// Written `PATH`, `PATH as LABEL`, or two of them with ` over ` between for a curve; a part of a curve's path is `*`.
struct ReportedPath: Equatable {
  /// A path into a result, and how tables and plots call what is there.
  struct Side: Equatable {
    let path: String
    let label: String?

    var parts: [String] { ["result"] + path.split(separator: ".").map(String.init) }
  }

  let value: Side
  /// What a curve is over; nil for a number.
  let over: Side?

  /// Reads an entry of `report`.
  init(_ node: ScenarioNode) throws(Diagnostic) {
    guard let text = node.scalar, !text.isEmpty else {
      throw node.place.trouble("it must be a path into the result", hint: "for instance exponents.0.value")
    }
    let sides = try text.split(separator: " over ", omittingEmptySubsequences: false).map { side throws(Diagnostic) in
      let parts = side.split(separator: " as ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let path = parts.first, !path.isEmpty, !path.contains(" "), !path.hasPrefix("."), parts.last != "" else {
        throw node.place.trouble(
          "\(text): it must be a path into the result, and perhaps words for it",
          hint: "for instance exponents.0.value as largest exponent")
      }
      return Side(path: path, label: parts.dropFirst().first)
    }
    let isCurve = sides.count > 1 || sides[0].path.contains("*")
    guard !isCurve || sides.count == 2 && sides.allSatisfy({ $0.path.split(separator: ".").contains("*") }) else {
      throw node.place.trouble(
        "\(text): both sides of a curve must have a *", hint: "for instance records.*.score over records.*.step")
    }
    value = sides[0]
    over = isCurve ? sides[1] : nil
  }

  /// A number without words of its own.
  init(number path: String) { self.init(value: Side(path: path, label: nil), over: nil) }

  private init(value: Side, over: Side?) {
    self.value = value
    self.over = over
  }

  /// The kind that its first part names; nil if that names none.
  var kind: ScenarioKind? {
    value.path.split(separator: ".").first.flatMap { ScenarioKind(rawValue: String($0)) }
  }

  /// It without the kind that its sides begin with.
  func within(_ kind: ScenarioKind) -> ReportedPath {
    func rest(_ side: Side) -> Side {
      let prefix = kind.rawValue + "."
      return side.path.hasPrefix(prefix)
        ? Side(path: String(side.path.dropFirst(prefix.count)), label: side.label) : side
    }
    return ReportedPath(value: rest(value), over: over.map(rest))
  }

  /// The paths as they are written, without words.
  var name: String { value.path + (over.map { " over " + $0.path } ?? "") }
}
