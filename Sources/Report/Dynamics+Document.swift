public import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNKernels
import CoRNNModel
import RealModule

extension SystemFixedPointsResult {
  /// The fixed points as a report.
  public var document: Document {
    let what = period.map { "Orbits of the forcing's period \(numberText($0, digits: 6))" } ?? "Fixed points"
    var blocks: [Document.Block] = [
      .facts(system.facts), .heading(what),
      .paragraph(
        "\(fixedPoints.count) found by Newton's method from \(starts) starts (seed \(seed)); numerical: none is proved, and "
          + "there may be others."
          + (fixedPoints.isEmpty
            ? "" : " Largest residual \(numberText(fixedPoints.map(\.residual).max() ?? 0, digits: 2)).")),
    ]
    if period != nil {
      blocks.append(
        .paragraph(
          "Fixed points of the map over one period, as it is integrated in steps of \(numberText(system.timeStep)): "
            + "stable within the radius 1."))
    }
    if !fixedPoints.isEmpty {
      let shown = min(system.dimension, 4)
      blocks.append(
        .table(
          Document.Table(
            "Points" + (fixedPoints.count > 30 ? ", first 30 of \(fixedPoints.count)" : ""),
            columns: ["point"] + (0..<shown).map { system.variableName($0) } + [
              "residual", "starts", "stability", system.isFlow && period == nil ? "largest real part" : "radius",
              "growing",
            ],
            rows: fixedPoints.prefix(30).enumerated().map { place, point in
              let stability = point.stability.flow ?? point.stability.map
              return ["\(place)"] + point.position.prefix(shown).map { numberText($0, digits: 7) } + [
                numberText(point.residual, digits: 2), "\(point.starts)", stability?.kind.rawValue ?? "–",
                stability.map { numberText($0.leading, digits: 6) } ?? "–", stability.map { "\($0.growing)" } ?? "–",
              ]
            })))
      blocks.append(.figure(name: "eigenvalues", caption: "Eigenvalues at each point"))
    }
    return Document(title: "Fixed points of \(system.name)", blocks)
  }

  /// The eigenvalues beside the imaginary axis or the unit circle.
  public var plots: [Plot] {
    [
      Plot.eigenvalues(
        fixedPoints.map { $0.stability.flow ?? $0.stability.map },
        ofMap: !fixedPoints.contains { $0.stability.flow != nil }, name: "eigenvalues",
        title: "Eigenvalues at the fixed points of \(system.shortName)")
    ]
  }
}

extension SpectrumResult {
  /// What the series is of: of an angle its sine.
  private var variableName: String {
    system.angles.contains(variable) ? "sin \(system.variableName(variable))" : system.variableName(variable)
  }

  private var cycles: String { unit == "perTime" ? "cycles per unit of time" : "cycles per step" }

  /// The spectrum as a report.
  public var document: Document {
    var blocks: [Document.Block] = [.facts(system.facts)]
    if let failure {
      blocks.append(.paragraph("The run ended at time \(numberText(failure.time)): \(failure.reason)."))
    }
    blocks.append(
      .facts([
        Document.Fact("variable", variableName),
        Document.Fact("steps", "\(steps), after \(transient) left out"),
        Document.Fact("mean and variance", "\(numberText(mean, digits: 6)), \(numberText(variance, digits: 6))"),
      ]))
    if let spectrum {
      blocks.append(.heading("Power spectrum"))
      blocks.append(
        .facts([
          Document.Fact(
            "method",
            "Welch: \(spectrum.segments) segment\(spectrum.segments == 1 ? "" : "s") of \(spectrum.segmentLength), "
              + "\(spectrum.overlap) shared, periodic Hann window, each without its mean; one-sided density"),
          Document.Fact("resolution", "\(numberText(spectrum.resolution)) \(cycles)"),
          Document.Fact(
            "integral",
            "\(numberText(spectrum.power, digits: 6)), the variance under the windows to "
              + "\(numberText(spectrum.parsevalResidual, digits: 2)) relative (Parseval)"),
          Document.Fact(
            "standard error",
            "of each density about \(Int((100 * (2 / spectrum.degreesOfFreedom).squareRoot()).rounded())) % "
              + "(\(numberText(spectrum.degreesOfFreedom)) degrees of freedom)"),
        ]))
      if !spectrum.peaks.isEmpty {
        blocks.append(
          .table(
            Document.Table(
              "Highest peaks", columns: ["frequency", "angular frequency", "period", "density"],
              rows: spectrum.peaks.map {
                [
                  numberText($0.frequency, digits: 6), numberText(2 * .pi * $0.frequency, digits: 6),
                  numberText(1 / $0.frequency, digits: 6), numberText($0.density),
                ]
              })))
        blocks.append(
          .paragraph(
            "Local maxima above 1e-10 of the highest; frequencies in \(cycles), by a parabola through the logarithms of "
              + "three densities; angular ones in radians."))
      }
      blocks.append(
        .figure(name: "spectrum", caption: "Power spectral density, up to the last above 1e-16 of the highest"))
    }
    if let zeroOne {
      blocks.append(.heading("0–1 test for chaos"))
      blocks.append(.paragraph(zeroOne.sentence))
      blocks.append(
        .facts([
          Document.Fact(
            "K", "\(numberText(zeroOne.median)) (median over \(zeroOne.frequencies) c, seed \(zeroOne.seed))"),
          Document.Fact(
            "quartiles", "\(numberText(zeroOne.lowerQuartile)) to \(numberText(zeroOne.upperQuartile))"),
          Document.Fact(
            "values",
            "\(zeroOne.values), "
              + (isStroboscopic
                ? "once in \(zeroOne.every) steps, a whole number of periods of the forcing"
                : zeroOne.every == 1 ? "every step" : "every \(zeroOne.every) steps")),
        ]))
      if let decorrelation, zeroOne.every < decorrelation {
        blocks.append(
          .paragraph(
            "Sampled too finely: the variable keeps its correlation for \(decorrelation) steps, and finely sampled chaos "
              + "looks regular to this test. Take every \(decorrelation) steps."))
      } else if system.hasTime, !isStroboscopic, decorrelation == nil {
        blocks.append(
          .paragraph(
            "The variable keeps its correlation for a tenth of the run or more: finely sampled chaos looks regular to "
              + "this test. Take more steps, or fewer values."))
      }
      if zeroOne.values < 1000 {
        blocks.append(.paragraph("Fewer than 1000 values decide little: raise --length."))
      }
    }
    return Document(title: "Spectrum of \(system.name)", blocks)
  }

  /// The density over frequency.
  public var plots: [Plot] {
    guard let spectrum else { return [] }
    // Beyond lie rounding and the window's skirts; the data of the result has all.
    let least = 1e-16 * (spectrum.density.max() ?? 0)
    let last = spectrum.density.lastIndex { $0 > least } ?? 0
    let frequencies = Array(spectrum.frequency.prefix(last + 1))
    let label = "Welch, \(spectrum.segments) segments of \(spectrum.segmentLength), Hann"
    return [
      Plot(
        name: "spectrum", title: "Power spectrum of \(variableName), \(system.shortName)",
        xLabel: "frequency (\(cycles))",
        yLabel: "density (\(variableName)² per \(unit == "perTime" ? "cycle per unit of time" : "cycle per step"))",
        logarithmic: true, x: frequencies, curves: [.init(label, Array(spectrum.density.prefix(frequencies.count)))])
    ]
  }
}

extension ZeroOneTest {
  fileprivate var sentence: String {
    if median > 0.8 { return "Chaotic by this test (K near 1): measured, a second opinion." }
    if median < 0.2 { return "Regular by this test (K near 0): measured, a second opinion." }
    return "Undecided by this test (K between 0.2 and 0.8): more steps, or another sampling, may decide."
  }
}

extension SectionResult {
  /// The finding in a sentence.
  public var sentence: String {
    let number = "\(points.count) point\(points.count == 1 ? "" : "s")"
    switch outcome {
    case .complete:
      return number
        + (recurrence.map { $0 == 1 ? ", all one: period 1" : ", \($0) in turn: period \($0)" }
          ?? "; no period up to \(min(64, points.count / 2))")
    case .timeLimit:
      return "\(number) of \(wanted) by time \(numberText(time)): the orbit returns too seldom, or never"
    case .failure:
      return "\(number) of \(wanted): the orbit ended at time \(numberText(failure?.time ?? time)), "
        + (failure?.reason ?? "")
    }
  }

  /// The section as a report.
  public var document: Document {
    var blocks: [Document.Block] = [.facts(system.facts), .heading("Section"), .paragraph(sentence + ".")]
    var facts: [Document.Fact] = []
    if let section {
      facts.append(Document.Fact("surface", "\(section.surface.text(system)), \(section.direction.rawValue)"))
      facts.append(
        Document.Fact(
          "search",
          "from time \(numberText(section.transient)) for at most \(numberText(section.timeLimit)), in steps of "
            + "\(numberText(section.step)); \(section.integration.method.rawValue) at "
            + numberText(section.integration.relativeTolerance)))
      facts.append(
        Document.Fact(
          "off the surface", "at most \(numberText(largestResidual, digits: 2)), every crossing a root in time"))
    }
    if let period { facts.append(Document.Fact("stroboscopic", "every \(numberText(period, digits: 8))")) }
    if let meanReturnTime { facts.append(Document.Fact("mean return time", numberText(meanReturnTime, digits: 8))) }
    facts.append(
      Document.Fact(
        "recurrence",
        (recurrence.map { "period \($0)" } ?? "none up to \(min(64, points.count / 2))")
          + ", to \(numberText(tolerance)) of the largest value"))
    blocks.append(.facts(facts))
    if !points.isEmpty {
      let shown = min(system.dimension, 4)
      blocks.append(
        .table(
          Document.Table(
            "Points" + (points.count > 12 ? ", first 12 of \(points.count)" : ""),
            columns: ["time"] + (0..<shown).map { system.variableName($0) },
            rows: points.prefix(12).map { point in
              [numberText(point.time, digits: 9)] + point.state.prefix(shown).map { numberText($0, digits: 8) }
            })))
      blocks.append(.figure(name: "section", caption: "The points of the section"))
    }
    return Document(title: "Section of \(system.name)", blocks)
  }

  /// The points over two variables that the section leaves free; where it leaves one, its next value over each.
  public var plots: [Plot] {
    guard system.dimension > 1, !points.isEmpty else { return [] }
    let free = freeVariables
    let isReturnMap = free.count == 1
    let (a, b) = (free[0], isReturnMap ? free[0] : free[1])
    let shown = Array(isReturnMap ? zip(points, points.dropFirst()) : zip(points, points[...]))
    guard !shown.isEmpty else { return [] }
    func series(_ label: String, _ chosen: [(SectionPoint, SectionPoint)]) -> Plot.Series {
      Plot.Series(
        "\(chosen.count) \(label)", x: chosen.map { $0.0.state[a] }, y: chosen.map { $0.1.state[b] },
        // A few places seen again and again would be lost as dots.
        style: points.count > 200 && recurrence == nil ? .dots : .circles)
    }
    let series =
      section?.direction == .both
      ? [series("rising", shown.filter(\.0.isRising)), series("falling", shown.filter { !$0.0.isRising })]
      : [series("points", shown)]
    let place =
      section.map { "\($0.surface.text(system)), \($0.direction.rawValue)" }
      ?? "every \(numberText(period ?? 0)) \(system.hasTime ? "units of time" : "steps")"
    return [
      Plot(
        name: "section", title: "Section of \(system.shortName): \(place)", xLabel: system.variableName(a),
        yLabel: system.variableName(b) + (isReturnMap ? " at the next crossing" : ""),
        series: series.filter { !$0.x.isEmpty })
    ]
  }

  /// The variables that the plane doesn't fix; y0 and z0 of a network under a stroboscope.
  private var freeVariables: [Int] {
    if section == nil, let hidden = system.network?.hidden { return [0, hidden] }
    var free = Array(0..<system.dimension)
    if case .plane(let normal, _) = section?.surface {
      free.removeAll { place in normal.indices.allSatisfy { $0 == place ? normal[$0] != 0 : normal[$0] == 0 } }
    }
    return free
  }
}

extension SectionSurface {
  fileprivate func text(_ system: SystemDescription) -> String {
    switch self {
    case .plane(let normal, let offset):
      let terms = normal.indices.filter { normal[$0] != 0 }.prefix(4).map { i in
        (normal[i] == 1 ? "" : numberText(normal[i]) + "·") + system.variableName(i)
      }
      return terms.joined(separator: " + ") + " = \(numberText(offset))"
    case .extremum(let index): return "\(system.variableName(index)) turns"
    }
  }
}

extension OrbitDiagramResult {
  /// The diagram as a report.
  public var document: Document {
    let columns = diagram.columns
    let unit = system.isFlow ? "units of time" : "steps"
    var blocks: [Document.Block] = [
      .facts(system.facts(without: diagram.parameter)), .heading("Orbit diagram"),
      .facts([
        Document.Fact(
          "parameter",
          "\(diagram.parameter) from \(numberText(columns.first?.value ?? 0)) to \(numberText(columns.last?.value ?? 0)), "
            + "\(columns.count) values"),
        Document.Fact("points", "\(system.variableName(diagram.variable)), \(diagram.sampling.text)"),
        Document.Fact(
          "each value",
          "\(diagram.kept) points after \(numberText(diagram.transient)) \(unit), "
            + (diagram.warmStart
              ? "from where the one before ended, 1e-6 beside it where that stood still" : "from the start")),
        Document.Fact(
          "period",
          "the smallest p <= \(min(64, diagram.kept / 2)) after which all points return to "
            + "\(numberText(diagram.tolerance)) of the largest value; none near a bifurcation, where orbits settle slowly"
        ),
      ]),
    ]
    let lost = columns.filter { ![.complete, .rest].contains($0.outcome) }.count
    if lost > 0 {
      blocks.append(
        .paragraph("\(lost) of \(columns.count) orbits diverged or gave too few points in the time allowed."))
    }
    blocks.append(
      .table(
        Document.Table(
          "Periods" + (stretches.count > 40 ? ", the first 40 of \(stretches.count) stretches" : ""),
          columns: ["from", "to", "period"] + (exponents == nil ? [] : ["exponents"]), rows: Array(stretches.prefix(40))
        )))
    if exponents != nil {
      let errors = (exponents ?? []).compactMap(\.standardError)
      blocks.append(
        .paragraph(
          "Largest Lyapunov exponents \(system.hasTime ? "per unit of time" : "per step") (measured), each of the orbit "
            + "shown, from where it ended"
            + (errors.max().map { "; standard errors up to \(numberText($0, digits: 2))." } ?? ".")))
    }
    blocks.append(.figure(name: "orbit-diagram", caption: "The points kept at each value"))
    return Document(title: "Orbit diagram of \(system.name)", blocks)
  }

  /// Neighbouring values with one period.
  private var stretches: [[String]] {
    var rows: [(places: ClosedRange<Int>, text: String)] = []
    for (place, column) in diagram.columns.enumerated() {
      let text =
        switch column.outcome {
        case .diverged: "diverged"
        case .timeLimit: "too few points"
        case .rest: "rest"
        case .complete: column.period.map(String.init) ?? "none"
        }
      if let last = rows.last, last.text == text {
        rows[rows.count - 1].places = last.places.lowerBound...place
      } else {
        rows.append((place...place, text))
      }
    }
    return rows.map { places, text in
      let ends = [places.lowerBound, places.upperBound].map { numberText(diagram.columns[$0].value, digits: 6) }
      guard let exponents else { return ends + [text] }
      let values = exponents[places].compactMap(\.value)
      let range = [values.min(), values.max()].map { $0.map { numberText($0, digits: 3) } ?? "–" }
      return ends + [text, range[0] == range[1] ? range[0] : range.joined(separator: " to ")]
    }
  }

  /// The points over the parameter, and above them the largest exponent where it was computed.
  public var plots: [Plot] {
    let columns = diagram.columns
    let points = Plot.Series(
      system.variableName(diagram.variable), x: columns.flatMap { column in column.points.map { _ in column.value } },
      y: columns.flatMap(\.points), style: .dots)
    var above: [Plot.Panel] = []
    if let exponents, exponents.contains(where: { $0.value != nil }) {
      above = [
        Plot.Panel(
          "exponent λ₁ (1/\(system.hasTime ? "time" : "step"))",
          series: [
            Plot.Series(
              "largest exponent", x: exponents.map(\.parameter), y: exponents.map { $0.value ?? .nan }, style: .line),
            Plot.Series(
              "zero", x: [columns.first?.value ?? 0, columns.last?.value ?? 1], y: [0, 0], style: .dashedLine),
          ])
      ]
    }
    return [
      Plot(
        name: "orbit-diagram", title: "Orbit diagram of \(system.shortName), \(diagram.sampling.text)",
        xLabel: system.sweptLabel(diagram.parameter),
        yLabel: system.variableName(diagram.variable), series: [points], above: above)
    ]
  }
}

extension OrbitSampling {
  fileprivate var text: String {
    switch self {
    case .everyStep: "after every step"
    case .stroboscopic: "once a period of the forcing"
    case .maxima: "at its local maxima"
    }
  }
}
