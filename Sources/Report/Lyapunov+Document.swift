public import CoRNNAnalysis

extension LyapunovResult {
  /// The spectrum as a report.
  public var document: Document {
    let per = unit == .perTime ? "per unit time" : "per step"
    var facts =
      system.facts + [
        Document.Fact(
          "run",
          "\(run.steps) steps of \(numberText(run.timeStep)) after \(run.transient), made orthonormal every \(run.interval)"
        )
      ]
    facts.append(Document.Fact("converged?", verdict))
    facts.append(
      Document.Fact(
        "Kaplan–Yorke dimension",
        kaplanYorkeDimension.map { numberText($0, digits: 5) } ?? "not known: too few exponents were computed"))
    facts.append(Document.Fact("sum of the positive", "\(numberText(run.positiveSum)) \(per)"))
    facts.append(
      Document.Fact(
        "trace identity",
        traceIdentityResidual.map {
          "residual \(numberText($0, digits: 2)) \(per), over \(run.checkedSteps) of the steps"
        } ?? "not checked: it takes all \(run.dimension) exponents"))
    if let residual = run.divergenceResidual {
      facts.append(
        Document.Fact(
          "sum minus the flow's divergence", "\(numberText(residual, digits: 2)) \(per): the integrator's own error"))
    }
    if let point = run.fixedPoint {
      facts.append(
        Document.Fact(
          "ended at a fixed point",
          "its eigenvalues give \(point.exponents.prefix(3).map { numberText($0, digits: 6) }.joined(separator: ", ")), "
            + "\(numberText(point.difference, digits: 2)) from what was measured"))
    }
    return Document(
      title: "Lyapunov exponents of \(system.name)",
      [
        .facts(facts),
        .table(
          Document.Table(
            "Exponents \(per), natural logarithms", columns: ["", "exponent", "standard error"],
            rows: exponents.enumerated().map { index, exponent in
              [
                "\(index + 1)", numberText(exponent.value, digits: 6),
                exponent.standardError.map { numberText($0, digits: 2) } ?? "–",
              ]
            })), .figure(name: "spectrum", caption: "The exponents in their order"),
        .figure(name: "convergence", caption: "Running estimates over the steps"),
      ])
  }

  private var verdict: String {
    let worst = exponents.compactMap(\.standardError).max()
    guard let worst else { return "not converged: too short a run for standard errors" }
    if converged { return "yes: every standard error is at most \(numberText(run.target))" }
    return "not converged: a standard error is \(numberText(worst, digits: 2)), more than \(numberText(run.target))"
      + (run.stoppedAtCap ? ", after the most steps allowed" : "")
  }

  /// The spectrum against its index, and running estimates.
  public var plots: [Plot] {
    let shown = min(run.trace.values.count, 8)
    return [
      Plot(
        name: "spectrum", title: "Lyapunov spectrum of \(system.name)", xLabel: "index",
        yLabel: unit == .perTime ? "exponent per unit time" : "exponent per step", counting: true,
        x: exponents.indices.map { Double($0 + 1) },
        curves: [.init("exponents", exponents.map(\.value)), .init("0", exponents.map { _ in 0 }, dashed: true)]),
      Plot(
        name: "convergence", title: "Running estimates", xLabel: "steps", yLabel: "exponent", logarithmicX: true,
        x: run.trace.step.map(Double.init),
        curves: (0..<shown).map { .init("tangent \($0 + 1)", run.trace.values[$0]) }),
    ]
  }
}
