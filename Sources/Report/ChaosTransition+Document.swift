public import CoRNNAnalysis

extension ChaosTransitionResult {
  /// The transition as a report.
  public var document: Document {
    Document(
      title: "Largest Lyapunov exponent of \(system.name) over \(transition.parameter)",
      [
        .facts(system.facts + (networks > 1 ? [Document.Fact("networks", "\(networks) at each value")] : [])),
        .heading("What is known"), .paragraph(transition.sentence), .facts(transition.facts),
        .table(transition.table(networks: networks)),
        .figure(
          name: "transition",
          caption: "The largest exponent over \(transition.parameter), with three standard errors, and what is proved"),
      ])
  }

  /// Exponents with errors by class, and bounds, over the parameter.
  public var plots: [Plot] {
    var series = ChaosTransition.Class.allCases.enumerated().compactMap { place, which -> Plot.Series? in
      let points = transition.points.filter { $0.class == which && $0.exponent != nil }
      guard !points.isEmpty else { return nil }
      return Plot.Series(
        which.text, x: points.map(\.value), y: points.map { $0.exponent ?? .nan },
        errors: points.map { 3 * ($0.standardError ?? .nan) }, style: .errorBars, colour: place)
    }
    let proved = transition.points.filter { $0.largestExponentBound != nil }
    if !proved.isEmpty {
      series.append(
        Plot.Series(
          "proved bound, for every input", x: proved.map(\.value), y: proved.map { $0.largestExponentBound ?? .nan },
          style: .crosses, colour: 6))
    }
    let values = transition.points.map(\.value)
    if let low = values.min(), let high = values.max() {
      series.append(Plot.Series("0", x: [low, high], y: [0, 0], style: .dashedLine))
    }
    return [
      Plot(
        name: "transition", title: "Largest exponent of \(system.shortName)",
        xLabel: system.sweptLabel(transition.parameter),
        yLabel: transition.unit == .perTime ? "exponent per unit time" : "exponent per step",
        logarithmicX: transition.isLogarithmic, series: series,
        ticks: transition.distinctValues.count <= 12 ? transition.distinctValues : [])
    ]
  }
}

extension ChaosTransition {
  /// The values, each once.
  fileprivate var distinctValues: [Double] {
    points.map(\.value).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  /// Whether the values are spread over more than a decade, geometrically.
  fileprivate var isLogarithmic: Bool {
    let values = distinctValues
    guard let first = values.first, let last = values.last, values.count > 2, first > 0, last >= 8 * first else {
      return false
    }
    let middle = values[values.count / 2]
    return abs(middle * middle - first * last) < abs(middle - 0.5 * (first + last)) * (first + last)
  }

  /// What was found in a sentence.
  public var sentence: String {
    let count = points.count
    var parts: [String] = []
    if hasCertificates { parts.append("\(classes.certified) certified for every input") }
    parts += [
      "\(classes.measuredStable) measured stable", "\(classes.measuredChaotic) measured chaotic",
      "\(classes.undecided) undecided",
    ]
    return "Of \(count) points, " + parts.dropLast().joined(separator: ", ") + " and \(parts.last ?? "")."
  }

  fileprivate var facts: [Document.Fact] {
    var facts: [Document.Fact] = []
    if hasCertificates {
      facts.append(
        Document.Fact(
          "certificate",
          bounded == 0
            ? "refused at every point, which says nothing about chaos"
            : "rigorous; \(belowBound) of \(bounded) measured at most their bound"
              + (leastMargin.map { ", the nearest \(numberText($0, digits: 2)) below" } ?? "")))
    } else {
      facts.append(Document.Fact("certificate", "none: it is about networks"))
    }
    facts.append(
      Document.Fact(
        "measured", "an exponent counts as told from 0 beyond three standard errors and one over the time averaged over"
      ))
    let trouble = points.filter { $0.obstacles.contains(where: \.isUnsteady) || $0.failure != nil }
    facts.append(
      Document.Fact(
        "converged?",
        points.allSatisfy(\.converged)
          ? "yes, at every point"
          : "at \(points.count { $0.converged }) of \(points.count) points; the others' errors show"
            + (trouble.isEmpty ? "" : ", but at \(trouble.count) they can't be trusted")))
    return facts
  }

  fileprivate func table(networks: Int) -> Document.Table {
    Document.Table(
      "Largest exponents \(unit.text)",
      columns: [parameter] + (networks > 1 ? ["network"] : [])
        + ["exponent", "standard error"] + (hasCertificates ? ["proved bound"] : []) + ["class", "steps", "remarks"],
      rows: points.map { point in
        [numberText(point.value, digits: 5)] + (networks > 1 ? ["\(point.network)"] : []) + [
          point.exponent.map { numberText($0, digits: 5) } ?? "–",
          point.standardError.map { numberText($0, digits: 2) } ?? "–",
        ] + (hasCertificates ? [point.largestExponentBound.map { numberText($0, digits: 4) } ?? "–"] : [])
          + [point.class.text, "\(point.steps)", point.remarks]
      })
  }
}

extension ChaosTransition.Point {
  fileprivate var remarks: String {
    if let failure { return failure }
    return obstacles.map { obstacle in
      switch obstacle {
      case .fewBlocks: "too short"
      case .error: "error above target"
      case .drift: "drifting"
      case .correlation: "correlated blocks"
      case .moved: "still moving"
      }
    }.joined(separator: ", ")
  }
}

extension ChaosTransition.Class {
  var text: String {
    switch self {
    case .certified: "certified"
    case .measuredStable: "measured stable"
    case .measuredChaotic: "measured chaotic"
    case .undecided: "undecided"
    }
  }
}
