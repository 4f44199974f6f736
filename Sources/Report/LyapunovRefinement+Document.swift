public import CoRNNAnalysis
import CoRNNKernels

extension LyapunovRefinementResult {
  /// The refinement as a report.
  public var document: Document {
    let shown = 0..<min(refinement.flow.count, 6)
    return Document(
      title: "Lyapunov exponents of \(system.name) as dt falls",
      [
        .facts(
          system.facts + [
            Document.Fact(
              "span",
              "time \(numberText(refinement.span)) after \(numberText(refinement.transient)), at every dt under the same "
                + "input signal"),
            Document.Fact(
              "ODE",
              "\(refinement.integration.method.rawValue) at \(numberText(refinement.integration.relativeTolerance)); "
                + "another method at a hundredth of that differs by \(numberText(refinement.ownError, digits: 2))"),
          ]),
        .table(
          Document.Table(
            "Exponents per unit time", columns: ["dt"] + shown.map { "exponent \($0 + 1)" },
            rows: refinement.levels.map { level in
              [numberText(level.timeStep)] + shown.map { numberText(level.exponents[$0].value, digits: 6) }
            } + [["ODE"] + shown.map { withError(refinement.flow[$0].value, refinement.flow[$0].standardError) }])),
        .table(
          Document.Table(
            "Map minus ODE", columns: ["dt"] + shown.map { "exponent \($0 + 1)" },
            rows: refinement.levels.map { level in
              [numberText(level.timeStep)] + shown.map { numberText(level.differences[$0], digits: 3) }
            })),
        .table(
          Document.Table(
            "Order in dt; 1 is expected",
            columns: ["", "order", "95 % interval", "levels", "standard error of the finest difference by chance"],
            rows: refinement.orders.enumerated().map { place, order in
              ["\(place + 1)", order.estimate.map { numberText($0) } ?? "none"]
                + [
                  order.lower.flatMap { low in order.upper.map { "\(numberText(low)) to \(numberText($0))" } } ?? "–",
                  "\(order.levelsUsed)",
                  (refinement.levels.last?.samplingErrors[place]).map { numberText($0, digits: 2) } ?? "–",
                ]
            })), .paragraph(sentence),
        .figure(name: "refinement", caption: "Differences of the map's exponents from the ODE's over dt"),
      ])
  }

  private var sentence: String {
    if let reason = refinement.orders.compactMap(\.reason).first {
      let count = refinement.orders.count { $0.reason != nil }
      return "No order for \(count) of \(refinement.orders.count) exponents: \(reason)."
    }
    return "Both average over the same time from the same start, so that differences are the map's error and hold no "
      + "sampling error where neighbours come together."
  }

  /// Differences over dt.
  public var plots: [Plot] {
    let steps = refinement.levels.map(\.timeStep)
    let shown = 0..<min(refinement.flow.count, 6)
    func sizes(_ i: Int) -> [Double] { refinement.levels.map { abs($0.differences[i]) } }
    let finest = (steps.last ?? 1, sizes(0).last ?? 1)
    return [
      Plot(
        name: "refinement", title: "Exponents of the map against the ODE's", xLabel: "time step dt",
        yLabel: "|difference| per unit time", logarithmic: true, logarithmicX: true, x: steps,
        curves: shown.map { .init("exponent \($0 + 1)", sizes($0)) }
          + [.init("order 1", steps.map { $0 * finest.1 / finest.0 }, dashed: true)])
    ]
  }
}
