public import CoRNNAnalysis
import RealModule

extension LyapunovResult {
  /// The spectrum as a report.
  public var document: Document {
    var blocks: [Document.Block] = [.facts(facts), .table(exponentTable)]
    if let windows = run.finiteTime { blocks.append(.table(windows.table(per: unit.text))) }
    blocks.append(.figure(name: "spectrum", caption: "The exponents in their order, with three standard errors"))
    blocks.append(.figure(name: "convergence", caption: "Running estimates over the steps, with three standard errors"))
    if run.finiteTime != nil {
      blocks.append(.figure(name: "finite-time", caption: "Exponents of windows along the trajectory"))
      blocks.append(.figure(name: "finite-time-density", caption: "How often windows have which exponents"))
    }
    return Document(title: "Lyapunov exponents of \(system.name)", blocks)
  }

  private var facts: [Document.Fact] {
    let time = Double(run.steps) * run.timeStep
    let span =
      unit == .perTime
      ? "\(run.steps) steps of \(numberText(run.timeStep)), time \(numberText(time))" : "\(run.steps) steps"
    return system.facts + [
      Document.Fact(
        "run", "\(span), after \(run.transient) steps left out; made orthonormal every \(run.interval)"),
      Document.Fact("converged?", verdict), Document.Fact("signs", signs),
      Document.Fact(
        "Kaplan–Yorke dimension",
        kaplanYorkeDimension.map { withError($0, run.kaplanYorkeError) }
          ?? "not known: the sum of the \(exponents.count) exponents computed isn't negative"),
      Document.Fact("sum of the positive", "\(withError(run.positiveSum, run.positiveSumError)) \(unit.text)"),
    ] + checks
  }

  private var checks: [Document.Fact] {
    var facts = [
      Document.Fact(
        "trace identity",
        traceIdentityResidual.map {
          "residual \(numberText($0, digits: 2)) \(unit.text), over \(run.checkedSteps) of the steps"
        }
          ?? "not checked: the sum of all \(run.dimension) exponents is the mean of log|det J|; no identity fixes the sum "
          + "of the first \(exponents.count)")
    ]
    if let residual = run.divergenceResidual {
      facts.append(
        Document.Fact(
          "sum minus the flow's divergence",
          "\(numberText(residual, digits: 2)) \(unit.text): the integrator's own error"))
    }
    if let point = run.fixedPoint {
      facts.append(
        Document.Fact(
          "ended at a fixed point",
          "its eigenvalues give \(point.exponents.prefix(3).map { numberText($0, digits: 6) }.joined(separator: ", ")), "
            + "\(numberText(point.difference, digits: 2)) from what was measured"))
    }
    return facts
  }

  private var exponentTable: Document.Table {
    let hasTime = unit == .perTime
    return Document.Table(
      "Exponents, natural logarithms",
      columns: ["", unit.text, "standard error"] + (hasTime ? ["per step"] : []) + ["sign"],
      rows: exponents.enumerated().map { index, exponent in
        ["\(index + 1)", numberText(exponent.value, digits: 6)]
          + [exponent.standardError.map { numberText($0, digits: 2) } ?? "–"]
          + (hasTime ? [numberText(run.exponentsPerStep[index], digits: 6)] : []) + [exponent.sign.text]
      })
  }

  private var signs: String {
    func count(_ sign: LyapunovSpectrum.Sign) -> Int { exponents.count { $0.sign == sign } }
    if count(.unknown) > 0 { return "not known: no standard errors" }
    return "\(count(.positive)) positive, \(count(.neutral)) not told from 0, \(count(.negative)) negative"
  }

  private var verdict: String {
    if converged { return "yes: every standard error is at most \(numberText(run.target)), and the means are steady" }
    return "not converged: " + run.obstacles.map { $0.text(target: run.target) }.joined(separator: "; ")
      + (run.stoppedAtCap ? "; after the most steps allowed" : "")
  }

  /// The spectrum against its index, running estimates, and windows.
  public var plots: [Plot] {
    let shown = min(run.trace.values.count, 8)
    let axis = unit == .perTime ? "exponent per unit time" : "exponent per step"
    return [
      Plot(
        name: "spectrum", title: "Lyapunov spectrum of \(system.shortName)", xLabel: "index", yLabel: axis,
        counting: true,
        x: exponents.indices.map { Double($0 + 1) },
        curves: [
          .init(
            "exponents, ± 3 standard errors", exponents.map(\.value),
            errors: .bars(exponents.map { 3 * ($0.standardError ?? .nan) })),
          .init("0", exponents.map { _ in 0 }, dashed: true),
        ]),
      Plot(
        name: "convergence", title: "Running estimates, ± 3 standard errors", xLabel: "steps", yLabel: axis,
        logarithmicX: true, x: run.trace.step.map(Double.init),
        curves: (0..<shown).map { place in
          .init(
            "exponent \(place + 1)", run.trace.values[place],
            errors: .band(run.trace.standardErrors[place].map { 3 * ($0 ?? .nan) }))
        }),
    ] + (run.finiteTime?.plots(axis: axis, timeStep: unit == .perTime ? run.timeStep : nil) ?? [])
  }
}

extension LyapunovObstacle {
  /// What is in the way, in words.
  public func text(target: Double) -> String {
    func number(_ value: Double) -> String { numberText(value, digits: 2) }
    return switch self {
    case .fewBlocks(let count): "too short a run for standard errors (\(count) blocks of orthonormalisations)"
    case .error(let index, let error):
      "the standard error of exponent \(index) is \(number(error)), more than \(numberText(target))"
    case .drift(let index, let change):
      "exponent \(index) is still drifting: \(number(change)) between the run's halves; a longer --transient helps"
    case .correlation(let index, let correlation, let factor):
      "blocks of exponent \(index) are still correlated (\(number(correlation))), so that its standard error may be "
        + "\(number(factor)) times as large; a longer run helps"
    case .moved: "a mean still moves as the run grows"
    }
  }
}

extension LyapunovSpectrum.Unit {
  /// What exponents are per, in words.
  var text: String { self == .perTime ? "per unit time" : "per step" }
}

extension LyapunovSpectrum.Sign {
  fileprivate var text: String {
    switch self {
    case .positive: "+"
    case .negative: "−"
    case .neutral: "0?"
    case .unknown: "?"
    }
  }
}

/// A value with its standard error.
func withError(_ value: Double, _ error: Double?) -> String {
  numberText(value, digits: 6) + (error.map { $0.isFinite ? " ± \(numberText($0, digits: 2))" : "" } ?? "")
}
