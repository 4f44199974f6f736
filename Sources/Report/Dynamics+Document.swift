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
        "\(fixedPoints.count) found from \(starts) starts (seed \(seed)); there may be others. Largest residual "
          + numberText(fixedPoints.map(\.residual).max() ?? 0, digits: 2)),
    ]
    if !fixedPoints.isEmpty {
      let shown = min(system.dimension, 4)
      blocks.append(
        .table(
          Document.Table(
            "Points" + (fixedPoints.count > 30 ? ", first 30 of \(fixedPoints.count)" : ""),
            columns: ["point"] + (0..<shown).map { system.variableName($0) } + [
              "residual", "starts", "kind", system.isFlow && period == nil ? "largest real part" : "radius", "growing",
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
    let isFlow = fixedPoints.contains { $0.stability.flow != nil }
    let series = fixedPoints.prefix(8).enumerated().compactMap { place, point in
      (point.stability.flow ?? point.stability.map).map { found in
        Plot.Series(
          "point \(place), \(found.kind.rawValue)", x: found.eigenvalues.map { $0[0] },
          y: found.eigenvalues.map { $0[1] }, style: found.kind == .stable ? .circles : .crosses)
      }
    }
    let reach = max(1, series.flatMap(\.y).map(abs).max() ?? 1)
    let border =
      isFlow
      ? Plot.Series("imaginary axis", x: [0, 0], y: [-reach, reach], style: .dashedLine)
      : Plot.unitCircle("unit circle")
    return [
      Plot(
        name: "eigenvalues", title: "Eigenvalues at the fixed points of \(system.name)", xLabel: "real part",
        yLabel: "imaginary part", equalAxes: !isFlow, series: series + [border])
    ]
  }
}

extension SpectrumResult {
  private var cycles: String { unit == "perTime" ? "cycles per unit of time" : "cycles per step" }

  /// The spectrum as a report.
  public var document: Document {
    var blocks: [Document.Block] = [.facts(system.facts)]
    if let failure {
      blocks.append(.paragraph("The run ended at time \(numberText(failure.time)): \(failure.reason)."))
    }
    blocks.append(
      .facts([
        Document.Fact("variable", system.variableName(variable)),
        Document.Fact("steps", "\(steps), after \(transient) left out"),
        Document.Fact("mean and variance", "\(numberText(mean, digits: 6)), \(numberText(variance, digits: 6))"),
      ]))
    if let spectrum {
      blocks.append(.heading("Power spectrum"))
      blocks.append(
        .facts([
          Document.Fact(
            "method",
            "Welch: \(spectrum.segments) segments of \(spectrum.segmentLength), Hann window, half overlapping, means removed"
          ),
          Document.Fact("resolution", "\(numberText(spectrum.resolution)) \(cycles)"),
          Document.Fact("integral", "\(numberText(spectrum.power, digits: 6)) (the variance under the windows)"),
          Document.Fact(
            "scatter",
            "each density within about \(Int((100 * (2 / spectrum.degreesOfFreedom).squareRoot()).rounded())) % "
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
        blocks.append(.paragraph("Frequencies in \(cycles); angular ones in radians."))
      }
      blocks.append(.figure(name: "spectrum", caption: "Power spectral density"))
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
            "values", "\(zeroOne.values), " + (zeroOne.every == 1 ? "every step" : "every \(zeroOne.every) steps")),
        ]))
    }
    return Document(title: "Spectrum of \(system.name)", blocks)
  }

  /// The density over frequency.
  public var plots: [Plot] {
    guard let spectrum else { return [] }
    return [
      Plot(
        name: "spectrum", title: "Power spectrum of \(system.variableName(variable))", xLabel: "frequency (\(cycles))",
        yLabel: "density", logarithmic: true, x: spectrum.frequency, curves: [.init("Welch", spectrum.density)])
    ]
  }
}

extension ZeroOneTest {
  fileprivate var sentence: String {
    if median > 0.8 { return "Chaotic by this test (K near 1); a second opinion, not a proof." }
    if median < 0.2 { return "Regular by this test (K near 0); a second opinion, not a proof." }
    return "Undecided by this test (K between 0.2 and 0.8): more steps, or another sampling, may decide."
  }
}

extension SectionResult {
  /// The finding in a sentence.
  public var sentence: String {
    let number = "\(points.count) point\(points.count == 1 ? "" : "s")"
    switch outcome {
    case .complete:
      return number + (recurrence.map { ", which return after \($0)" } ?? "; none return within 64")
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
      facts.append(Document.Fact("off the surface", "at most \(numberText(largestResidual, digits: 2))"))
    }
    if let period { facts.append(Document.Fact("stroboscopic", "every \(numberText(period, digits: 8))")) }
    if let meanReturnTime { facts.append(Document.Fact("mean return time", numberText(meanReturnTime, digits: 8))) }
    facts.append(
      Document.Fact("recurrence", recurrence.map { "period \($0)" } ?? "none up to 64, to \(numberText(tolerance))"))
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

  /// The points over two variables that the section leaves free.
  public var plots: [Plot] {
    guard system.dimension > 1, !points.isEmpty else { return [] }
    let (a, b) = axes
    return [
      Plot(
        name: "section", title: "Section of \(system.name)", xLabel: system.variableName(a),
        yLabel: system.variableName(b),
        series: [
          Plot.Series(
            "\(points.count) points", x: points.map { $0.state[a] }, y: points.map { $0.state[b] },
            style: points.count > 200 ? .dots : .circles)
        ])
    ]
  }

  /// The first two variables that the plane doesn't fix; y0 and z0 of a network under a stroboscope.
  private var axes: (Int, Int) {
    if section == nil, let hidden = system.network?.hidden { return (0, hidden) }
    var free = Array(0..<system.dimension)
    if case .plane(let normal, _) = section?.surface, free.count > 2 {
      free.removeAll { place in normal.indices.allSatisfy { $0 == place ? normal[$0] != 0 : normal[$0] == 0 } }
    }
    return (free[0], free[1])
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
    case .extremum(let index): return "where \(system.variableName(index)) turns"
    }
  }
}

extension OrbitDiagramResult {
  /// The diagram as a report.
  public var document: Document {
    let columns = diagram.columns
    let unit = system.isFlow ? "units of time" : "steps"
    var blocks: [Document.Block] = [
      .facts(system.facts), .heading("Orbit diagram"),
      .facts([
        Document.Fact(
          "parameter",
          "\(diagram.parameter) from \(numberText(columns.first?.value ?? 0)) to \(numberText(columns.last?.value ?? 0)), "
            + "\(columns.count) values"),
        Document.Fact("points", "\(system.variableName(diagram.variable)), \(diagram.sampling.text)"),
        Document.Fact(
          "each value",
          "\(diagram.kept) points after \(numberText(diagram.transient)) \(unit), "
            + (diagram.warmStart ? "from where the one before ended" : "from the start")),
        Document.Fact(
          "period", "the smallest p <= 64 after which all points return to \(numberText(diagram.tolerance))"),
      ]),
    ]
    let lost = columns.filter { $0.outcome != .complete }.count
    if lost > 0 {
      blocks.append(
        .paragraph("\(lost) of \(columns.count) orbits diverged or gave too few points in the time allowed."))
    }
    blocks.append(.table(Document.Table("Periods", columns: ["from", "to", "period"], rows: stretches)))
    blocks.append(.figure(name: "orbit-diagram", caption: "The points kept at each value"))
    return Document(title: "Orbit diagram of \(system.name)", blocks)
  }

  /// Neighbouring values with one period, at most 40 rows.
  private var stretches: [[String]] {
    var rows: [(Double, Double, String)] = []
    for (place, column) in diagram.columns.enumerated() {
      let text =
        column.outcome == .diverged
        ? "diverged"
        : column.outcome == .timeLimit
          ? "too few points"
          : column.period.map(String.init) ?? "none"
      if let last = rows.last, last.2 == text {
        rows[rows.count - 1].1 = column.value
      } else {
        rows.append((column.value, column.value, text))
      }
      _ = place
    }
    return rows.prefix(40).map { [numberText($0.0, digits: 6), numberText($0.1, digits: 6), $0.2] }
  }

  /// The points over the parameter, and above them the largest exponent where it was computed.
  public var plots: [Plot] {
    let columns = diagram.columns
    let points = Plot.Series(
      system.variableName(diagram.variable), x: columns.flatMap { column in column.points.map { _ in column.value } },
      y: columns.flatMap(\.points), style: .dots)
    var upper: [Plot.Series] = []
    if let exponents, exponents.contains(where: { $0.value != nil }) {
      upper = [
        Plot.Series(
          "largest exponent", x: exponents.map(\.parameter), y: exponents.map { $0.value ?? .nan }, style: .line),
        Plot.Series(
          "zero", x: [columns.first?.value ?? 0, columns.last?.value ?? 1], y: [0, 0], style: .dashedLine),
      ]
    }
    return [
      Plot(
        name: "orbit-diagram", title: "Orbit diagram of \(system.name)", xLabel: diagram.parameter,
        yLabel: system.variableName(diagram.variable), series: [points], upper: upper,
        upperLabel: system.hasTime ? "exponent per unit time" : "exponent per step")
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
