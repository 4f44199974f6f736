public import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNKernels
import CoRNNModel

extension FixedPointsResult {
  /// At most this many points stand in a table; JSON has all.
  private static let most = 30

  /// The fixed points as a report.
  public var document: Document {
    var blocks: [Document.Block] = [.facts(facts), .heading("Fixed points"), .paragraph(sentence + ".")]
    blocks.append(.paragraph(count.sentence(of: fixedPoints.count)))
    if !fixedPoints.isEmpty {
      blocks.append(.table(table))
      blocks += notes.map { .paragraph($0) }
      blocks.append(.heading("Stability"))
      blocks.append(.table(stabilityTable))
      if fixedPoints.contains(where: \.stabilitiesDiffer) {
        blocks.append(
          .paragraph(
            "The ODE and a map disagree about a point: the time step, \(numberText(system.timeStep)), is beyond the critical one "
              + "of that map."))
      }
      blocks.append(
        .paragraph(
          "Numerical: eigenvalues by LAPACK, of the ODE and of both maps with the network's own constants, whichever its "
            + "damping. Critical dt: the smallest time step at which a point that is stable in the ODE isn't in that map, "
            + "because a pair of eigenvalues leaves the unit circle (pair) or one leaves through −1 (flip); looked for up "
            + "to \(numberText(largestTimeStep)) in steps of 10 %, then halved."))
      blocks.append(.figure(name: "eigenvalues-flow", caption: "Eigenvalues of the ODE at the fixed points"))
      blocks.append(
        .figure(name: "eigenvalues-map", caption: "Eigenvalues of the map at the fixed points, with the unit circle"))
      if picture != nil {
        blocks.append(.figure(name: "fixed-points", caption: "Trajectories of the map with the fixed points"))
      }
    }
    if let slowPoints { blocks += slowBlocks(slowPoints) }
    return Document(title: "Fixed points of \(system.name)", blocks)
  }

  /// What the table of points means.
  private var notes: [String] {
    var notes: [String] = []
    if fixedPoints.contains(where: \.verified) {
      notes.append(
        "Proved (rigorous): Krawczyk's test in outward-rounded interval arithmetic shows one exact fixed point of the "
          + "network as read, no further than \"error\" from the one printed in any component, and no other within "
          + "\"alone within\".")
    }
    if fixedPoints.contains(where: { !$0.verified }) {
      notes.append(
        system.network?.activation == .tanh
          ? "Not proved (numerical): the residual is as small as rounding lets it be, but the test doesn't pass. A "
            + "smallest singular value of I − diag(sigma'/gamma)·W near 0 says why: this is, or nearly is, a fold or a "
            + "pitchfork, where fixed points meet or part."
          : "Not proved (numerical): the residual is as small as rounding lets it be; proofs are for tanh only.")
    }
    return notes
  }

  private var facts: [Document.Fact] {
    system.facts + [
      Document.Fact(
        "starts",
        "\(starts): zero, random, points of trajectories (seed \(seed)); \(converged) led to a fixed point")
    ]
  }

  private var hidden: Int { system.network?.hidden ?? 0 }

  /// The finding in a sentence.
  public var sentence: String {
    let stable = fixedPoints.filter { $0.stability.flow?.kind == .stable }.count
    let verified = fixedPoints.filter(\.verified).count
    let number = fixedPoints.count
    guard number > 0 else { return "No fixed point was found" }
    return "\(number) fixed point\(number == 1 ? "" : "s"), \(verified) proved, \(stable) stable in the ODE; largest "
      + "residual \(numberText(fixedPoints.map(\.residual).max() ?? 0, digits: 2))"
  }

  private var table: Document.Table {
    let shown = min(hidden, 3)
    let rows: [[String]] = fixedPoints.prefix(Self.most).enumerated().map { place, point in
      var row = ["\(place)"] + point.position.prefix(shown).map { numberText($0, digits: 6) }
      row.append(numberText(point.residual, digits: 2))
      row.append(point.verified ? "yes" : "no")
      row.append(point.errorBound.map { numberText($0, digits: 2) } ?? "–")
      row.append(point.uniqueWithin.map { numberText($0, digits: 2) } ?? "–")
      row.append(point.smallestSingularValue.map { numberText($0, digits: 2) } ?? "–")
      row.append("\(point.starts)")
      return row
    }
    return Document.Table(
      (hidden > shown ? "First \(shown) of \(hidden) positions" : "Positions") + Self.cut(fixedPoints.count),
      columns: ["point"] + (0..<shown).map { "y\($0)" } + [
        "residual", "proved", "error", "alone within", "singular value", "starts",
      ], rows: rows)
  }

  private static func cut(_ count: Int) -> String { count > most ? ", \(most) of \(count) (all in the JSON)" : "" }

  private var stabilityTable: Document.Table {
    Document.Table(
      "Small displacements" + Self.cut(fixedPoints.count),
      columns: [
        "point", "ODE", "largest real part", "explicit map", "radius", "critical dt", "implicit map", "radius",
        "critical dt",
      ],
      rows: fixedPoints.prefix(Self.most).enumerated().map { place, point in
        let stability = point.stability
        let isStable = stability.flow?.kind == .stable
        func map(_ map: FixedPointStability?) -> [String] {
          let critical = map?.criticalTimeStep.map { step in
            numberText(step, digits: 6) + (map?.crossing.map { " (\($0.rawValue))" } ?? "")
          }
          return [
            map?.kind.rawValue ?? "–", map.map { numberText($0.leading, digits: 6) } ?? "–",
            critical ?? (isStable ? "> " + numberText(largestTimeStep) : "–"),
          ]
        }
        return [
          "\(place)", stability.flow?.kind.rawValue ?? "–",
          stability.flow.map { numberText($0.leading, digits: 6) } ?? "–",
        ] + map(stability.explicit) + map(stability.implicit)
      })
  }

  private func slowBlocks(_ points: [SlowPoint]) -> [Document.Block] {
    var blocks: [Document.Block] = [
      .heading("Slow points"),
      .paragraph(
        "Where |F|² is stationary and not 0, F being the ODE's velocity in (y, z); numerical. A minimum has a positive "
          + "definite Hessian."
          + (typicalSpeed.map {
            " Along the trajectories that starts were taken from, |F| is \(numberText($0)) (median)."
          } ?? "")
      ),
    ]
    guard !points.isEmpty else { return blocks + [.paragraph("None was found.")] }
    let shown = min(hidden, 3)
    blocks.append(
      .table(
        Document.Table(
          "Slowest first" + Self.cut(points.count),
          columns: ["point"] + (0..<shown).map { "y\($0)" } + [
            "speed |F|", "gradient", "smallest curvature", "minimum", "largest real part", "growing", "starts",
          ],
          rows: points.prefix(Self.most).enumerated().map { place, point in
            ["\(place)"] + point.position.prefix(shown).map { numberText($0, digits: 6) } + [
              numberText(point.speed, digits: 6), numberText(point.gradient, digits: 2),
              numberText(point.smallestCurvature), point.isMinimum ? "yes" : "no",
              point.stability.map { numberText($0.leading, digits: 6) } ?? "–",
              point.stability.map { "\($0.growing)" } ?? "–", "\(point.starts)",
            ]
          })))
    return blocks
  }

  /// The eigenvalues of the flow beside the imaginary axis, those of the map beside the unit circle, and trajectories with
  /// the points on a plane.
  public var plots: [Plot] {
    let own: (FixedPoint.Stability) -> FixedPointStability? =
      system.network?.damping == .explicit ? \.explicit : \.implicit
    var plots = [
      Plot.eigenvalues(
        fixedPoints.map(\.stability.flow), ofMap: false, name: "eigenvalues-flow",
        title: "Eigenvalues of the ODE at the fixed points of \(system.shortName)"),
      Plot.eigenvalues(
        fixedPoints.map { own($0.stability) }, ofMap: true, name: "eigenvalues-map",
        title:
          "Eigenvalues of the map at the fixed points, \(system.network?.damping?.rawValue ?? "") damping, dt \(system.timeStep)"
      ),
    ]
    if let picture {
      var series = [
        Plot.Series("trajectories of the map", x: picture.trajectories.x, y: picture.trajectories.y, style: .faintLine)
      ]
      series += FixedPointStability.Kind.inOrder.enumerated().compactMap { colour, entry in
        let (kind, style) = entry
        let places = fixedPoints.indices.filter { own(fixedPoints[$0].stability)?.kind == kind }
        guard !places.isEmpty else { return nil }
        return Plot.Series(
          "\(kind.rawValue) in the map", x: places.map { picture.fixedPoints.x[$0] },
          y: places.map { picture.fixedPoints.y[$0] }, style: style, colour: colour)
      }
      if !picture.slowPoints.x.isEmpty {
        series.append(
          Plot.Series("slow points", x: picture.slowPoints.x, y: picture.slowPoints.y, style: .squares, colour: 6))
      }
      plots.append(
        Plot(
          name: "fixed-points", title: "Trajectories and fixed points of \(system.shortName)", xLabel: picture.xLabel,
          yLabel: picture.yLabel, series: series))
    }
    return plots
  }
}

extension FixedPointStability.Kind {
  /// The kinds, each with how its points are drawn.
  static let inOrder: [(Self, Plot.Series.Style)] = [
    (.stable, .circles), (.saddle, .crosses), (.unstable, .rings), (.marginal, .triangles),
  ]
}

extension Plot {
  /// The eigenvalues at fixed points by the points' stability, with the imaginary axis (flows) or the unit circle (maps).
  ///
  /// Those of maps beyond 3 in either part are left out and counted.
  static func eigenvalues(_ points: [FixedPointStability?], ofMap isMap: Bool, name: String, title: String) -> Plot {
    let reach = isMap ? 3.0 : .infinity
    var series: [Series] = FixedPointStability.Kind.inOrder.enumerated().compactMap { colour, entry in
      let (kind, style) = entry
      let chosen = points.compactMap { $0 }.filter { $0.kind == kind }
      let values = chosen.flatMap(\.eigenvalues)
      guard !values.isEmpty else { return nil }
      let shown = values.filter { abs($0[0]) <= reach && abs($0[1]) <= reach }
      let beyond = values.count - shown.count
      return Series(
        "\(kind.rawValue) (\(chosen.count) point\(chosen.count == 1 ? "" : "s")"
          + (beyond > 0 ? "; \(beyond) eigenvalue\(beyond == 1 ? "" : "s") beyond the frame)" : ")"),
        x: shown.map { $0[0] }, y: shown.map { $0[1] }, style: style, colour: colour)
    }
    let height = max(1e-3, series.flatMap(\.y).map(abs).max() ?? 1)
    series.append(
      isMap
        ? unitCircle("unit circle")
        : Series("imaginary axis", x: [0, 0], y: [-1.1 * height, 1.1 * height], style: .dashedLine))
    return Plot(
      name: name, title: title, xLabel: isMap ? "real part" : "real part (1/time)",
      yLabel: isMap ? "imaginary part" : "imaginary part (1/time)", equalAxes: isMap, series: series)
  }
}

extension FixedPoint {
  /// Whether the ODE and the maps don't agree.
  fileprivate var stabilitiesDiffer: Bool {
    guard let flow = stability.flow?.kind else { return false }
    return [stability.explicit, stability.implicit].contains {
      $0.map { ($0.kind == .stable) != (flow == .stable) } ?? false
    }
  }
}

extension FixedPointCount {
  /// What is known of the number in a sentence.
  fileprivate func sentence(of found: Int) -> String {
    let norm = contractionNorm.map { "‖diag(1/gamma)·W‖₂ = \(numberText($0))" } ?? ""
    switch method {
    case .contraction: return "There is exactly one (rigorous): \(norm), proved below 1 with all rounding."
    case .branchAndBound:
      if complete == true {
        return "These are all (rigorous): \(boxes ?? 0) boxes that cover |y_i| <= 1/gamma_i were decided in "
          + "outward-rounded interval arithmetic."
      }
      let regions = undecidedRegions ?? []
      let shown = regions.prefix(3).map { region in
        region.enumerated().map { "y\($0) \(numberText($1[0], digits: 6))…\(numberText($1[1], digits: 6))" }
          .joined(separator: ", ")
      }
      return "Unresolved: \(undecidedBoxes ?? 0) of \(boxes ?? 0) boxes that cover |y_i| <= 1/gamma_i couldn't be "
        + "decided. Fixed points that aren't proved, or more of them, can be only in "
        + (regions.count > 3 ? "\(regions.count) regions, among them " : "") + shown.joined(separator: "; ") + "."
    case .linear:
      return kind == .rigorous
        ? "There is exactly one (rigorous): without an activation, y = 0."
        : "There is exactly one (numerical): the equations are linear and well conditioned."
    case .singular: return "The equations are linear and singular to rounding: there may be none, or a subspace."
    case .tooLarge:
      return "There may be others: \(norm) isn't proved below 1, and only networks of up to 3 units are searched "
        + "completely."
    case .unknown: return "There may be others."
    }
  }
}
