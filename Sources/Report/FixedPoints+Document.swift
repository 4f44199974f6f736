public import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNKernels
import CoRNNModel

extension FixedPointsResult {
  /// At most this many points stand in a table; JSON has all.
  private static let most = 30

  /// The fixed points as a report.
  public var document: Document {
    var blocks: [Document.Block] = [.facts(facts), .heading("Fixed points"), .paragraph(sentence)]
    blocks.append(.paragraph(count.sentence(limit: fixedPoints.count)))
    if !fixedPoints.isEmpty {
      blocks.append(.table(table))
      blocks.append(.table(stabilityTable))
      if fixedPoints.contains(where: \.stabilitiesDiffer) {
        blocks.append(
          .paragraph(
            "The ODE and a map disagree about the stability of a point: the map's time step is beyond its critical one, "
              + "or its damping is the other kind."))
      }
      blocks.append(
        .paragraph(
          "Critical dt: the smallest time step at which a point that is stable in the ODE isn't in the map; looked for up "
            + "to \(numberText(largestTimeStep)), in steps of 10 % that are then halved."))
      blocks.append(.figure(name: "eigenvalues-flow", caption: "Eigenvalues of the ODE at each point"))
      blocks.append(.figure(name: "eigenvalues-map", caption: "Eigenvalues of the map at each point"))
      if picture != nil {
        blocks.append(.figure(name: "fixed-points", caption: "Trajectories of the map with the fixed points"))
      }
    }
    if let slowPoints { blocks += Self.blocks(slowPoints) }
    return Document(title: "Fixed points of \(system.name)", blocks)
  }

  private var facts: [Document.Fact] {
    system.facts + [
      Document.Fact("starts", "\(starts) (zero, random, points of trajectories; seed \(seed)), \(converged) arrived")
    ]
  }

  /// The finding in a sentence.
  public var sentence: String {
    let stable = fixedPoints.filter { $0.stability.flow?.kind == .stable }.count
    let verified = fixedPoints.filter(\.verified).count
    let number = fixedPoints.count
    guard number > 0 else { return "No fixed point was found." }
    return "\(number) fixed point\(number == 1 ? "" : "s"), \(verified) proved, \(stable) stable in the ODE; largest "
      + "residual \(numberText(fixedPoints.map(\.residual).max() ?? 0, digits: 2))"
  }

  private var table: Document.Table {
    let shown = min(system.network?.hidden ?? 0, 3)
    return Document.Table(
      "Points" + (fixedPoints.count > Self.most ? ", first \(Self.most) of \(fixedPoints.count)" : ""),
      columns: ["point"] + (0..<shown).map { "y\($0)" } + ["residual", "verified", "error at most", "starts"],
      rows: fixedPoints.prefix(Self.most).enumerated().map { place, point in
        ["\(place)"] + point.position.prefix(shown).map { numberText($0, digits: 6) } + [
          numberText(point.residual, digits: 2), point.verified ? "yes" : "no",
          point.errorBound.map { numberText($0, digits: 2) } ?? "–", "\(point.starts)",
        ]
      })
  }

  private var stabilityTable: Document.Table {
    Document.Table(
      "Stability",
      columns: [
        "point", "ODE", "largest real part", "explicit", "radius", "critical dt", "implicit", "radius", "critical dt",
      ],
      rows: fixedPoints.prefix(Self.most).enumerated().map { place, point in
        let stability = point.stability
        func map(_ map: FixedPointStability?) -> [String] {
          [
            map?.kind.rawValue ?? "–", map.map { numberText($0.leading, digits: 6) } ?? "–",
            map?.criticalTimeStep.map { numberText($0, digits: 6) } ?? "–",
          ]
        }
        return [
          "\(place)", stability.flow?.kind.rawValue ?? "–",
          stability.flow.map { numberText($0.leading, digits: 6) } ?? "–",
        ] + map(stability.explicit) + map(stability.implicit)
      })
  }

  private static func blocks(_ points: [SlowPoint]) -> [Document.Block] {
    var blocks: [Document.Block] = [
      .heading("Slow points"),
      .paragraph(
        "Stationary points of q = |F|²/2 that aren't fixed points, F being the ODE's velocity in (y, z). A minimum has a "
          + "positive definite Hessian."),
    ]
    guard !points.isEmpty else { return blocks + [.paragraph("None was found.")] }
    blocks.append(
      .table(
        Document.Table(
          "Slowest first" + (points.count > most ? ", \(most) of \(points.count)" : ""),
          columns: ["point", "speed |F|", "gradient of q", "smallest curvature", "minimum", "starts"],
          rows: points.prefix(most).enumerated().map { place, point in
            [
              "\(place)", numberText(point.speed, digits: 6), numberText(point.gradient, digits: 2),
              numberText(point.smallestCurvature), point.isMinimum ? "yes" : "no", "\(point.starts)",
            ]
          })))
    return blocks
  }

  /// The eigenvalues of the flow beside the imaginary axis, those of the map beside the unit circle, and trajectories with
  /// the points on a plane.
  public var plots: [Plot] {
    let shown = Array(fixedPoints.enumerated().prefix(8))
    func series(_ stability: (FixedPoint.Stability) -> FixedPointStability?) -> [Plot.Series] {
      shown.compactMap { place, point in
        stability(point.stability).map { found in
          Plot.Series(
            "point \(place), \(found.kind.rawValue)", x: found.eigenvalues.map { $0[0] },
            y: found.eigenvalues.map { $0[1] }, style: found.kind == .stable ? .circles : .crosses)
        }
      }
    }
    let flow = series(\.flow)
    let map = series(system.network?.damping == .explicit ? \.explicit : \.implicit)
    let heights = flow.flatMap(\.y)
    let reach = max(1, heights.map(abs).max() ?? 1)
    var plots = [
      Plot(
        name: "eigenvalues-flow", title: "Eigenvalues of the ODE", xLabel: "real part (1/time)",
        yLabel: "imaginary part (1/time)",
        series: flow + [Plot.Series("imaginary axis", x: [0, 0], y: [-reach, reach], style: .dashedLine)]),
      Plot(
        name: "eigenvalues-map",
        title: "Eigenvalues of the map, \(system.network?.damping?.rawValue ?? "") damping, dt \(system.timeStep)",
        xLabel: "real part", yLabel: "imaginary part", equalAxes: true,
        series: map + [Plot.unitCircle("unit circle")]),
    ]
    if let picture {
      var series = [
        Plot.Series("trajectories", x: picture.trajectories.x, y: picture.trajectories.y, style: .faintLine),
        Plot.Series("fixed points", x: picture.fixedPoints.x, y: picture.fixedPoints.y, style: .circles),
      ]
      if !picture.slowPoints.x.isEmpty {
        series.append(Plot.Series("slow points", x: picture.slowPoints.x, y: picture.slowPoints.y, style: .rings))
      }
      plots.append(
        Plot(
          name: "fixed-points", title: "Trajectories and fixed points", xLabel: picture.xLabel, yLabel: picture.yLabel,
          series: series))
    }
    return plots
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
  fileprivate func sentence(limit: Int) -> String {
    let norm = contractionNorm.map { "‖diag(1/gamma)·W‖₂ = \(numberText($0))" } ?? ""
    switch method {
    case .contraction: return "There is exactly one: \(norm) < 1."
    case .branchAndBound:
      return complete == true
        ? "These are all: \(boxes ?? 0) boxes that cover |y_i| <= 1/gamma_i were decided in interval arithmetic."
        : "There may be others: \(undecidedBoxes ?? 0) of \(boxes ?? 0) boxes that cover |y_i| <= 1/gamma_i couldn't be "
          + "decided in interval arithmetic."
    case .linear: return "There is exactly one: the equations are linear."
    case .singular: return "The equations are linear and singular to rounding: there may be none, or a subspace."
    case .tooLarge:
      return "There may be others: \(norm) isn't below 1, and only networks of up to 3 units are searched completely."
    case .unknown: return "There may be others."
    }
  }
}
