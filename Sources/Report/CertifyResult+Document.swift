public import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNKernels
import CoRNNModel

extension CertifyResult {
  /// The certificates as a report.
  public var document: Document {
    var blocks: [Document.Block] = [.facts(facts)]
    blocks += contraction.blocks(name: "Map, \(damping.rawValue) damping", figure: "contraction")
    if let flowContraction { blocks += flowContraction.blocks(name: "ODE", figure: "contraction-ode") }
    blocks += gradient.blocks
    blocks.append(.heading("Published condition"))
    blocks.append(.paragraph(published.sentence))
    return Document(title: "What holds for every input of \(file)", blocks)
  }

  private var facts: [Document.Fact] {
    var facts = [
      Document.Fact("checkpoint", "\(file), layout \(layout?.rawValue ?? "by --map")"),
      Document.Fact("network", "\(hidden) units, activation \(activation.rawValue)"),
      Document.Fact(
        "constants",
        constants.filter { ["dt", "gamma", "epsilon", "damping"].contains($0.name) }
          .map { "\($0.name) \($0.value) (\($0.source.text))" }.joined(separator: ", ")),
    ]
    if closedLoop { facts.append(Document.Fact("closed loop", "outputs are the next inputs: W stands for W + V·Q")) }
    facts.append(
      Document.Fact("gains", gains?.text ?? "none: a unit doesn't decay by itself, or the activation has no bound"))
    return facts
  }

  /// The plots of each method's quantity over frequency, of the map and of the flow, and of the gradient's envelope.
  public var plots: [Plot] {
    var plots = contraction.plot(name: "contraction", title: "Contraction tests, \(damping.rawValue) damping")
    plots += flowContraction?.plot(name: "contraction-ode", title: "Contraction tests of the continuous system") ?? []
    return plots + [gradient.plot]
  }
}

extension GradientEnvelope {
  fileprivate var blocks: [Document.Block] {
    var blocks: [Document.Block] = [.heading("Gradient for every input")]
    guard applies, let factors else {
      let failed = hypotheses.filter { !$0.holds }.map(\.text).joined(separator: "; ")
      return blocks + [.paragraph("No envelope: \(failed)."), .facts(comparison.facts)]
    }
    blocks.append(
      .paragraph(
        "What step k adds to the gradient of any loss E_n of the state after step n, from a zero start, over "
          + "|dE_n/dy_n| (2-norm for Volterra, 1-norm a priori); for b. Multiply for W by the largest |y| "
          + "(\(numberText(factors.w))), for Z by the largest |z| (\(numberText(factors.z))), for V by the largest |u|"
          + (factors.v.map { " (\(numberText($0)), as given)." } ?? " (give --input-limit).")))
    let lags = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].filter {
      $0 < max(volterra.count, aPriori.count)
    }
    blocks.append(
      .table(
        Document.Table(
          "Envelope by lag n − k", columns: ["lag", "Volterra", "a priori"],
          rows: lags.map { lag in
            ["\(lag)"] + [volterra, aPriori].map { lag < $0.count ? numberText($0[lag]) : "beyond 10^308" }
          })))
    blocks.append(.figure(name: "gradient-envelope", caption: "Both envelopes over the lag"))
    var facts = comparison.facts
    facts.append(
      Document.Fact(
        "a step's largest factor",
        "\(numberText(aPrioriFactorSharp, digits: 6)) (the paper's way \(numberText(aPrioriFactor, digits: 6)))"))
    if let cotangentNorm {
      facts.append(Document.Fact("|dE_n/dy_n|₂ of the loss on hidden states", "at most \(numberText(cotangentNorm))"))
    }
    if let limits {
      let v = limits.v.map { ", V \(numberText($0))" } ?? ""
      facts.append(
        Document.Fact(
          "every |dE_n^(k)/dtheta|, all n and k",
          "at most W \(numberText(limits.w)), Z \(numberText(limits.z))\(v), b \(numberText(limits.b))"))
    }
    facts.append(Document.Fact("kind", kind.rawValue))
    return blocks + [.facts(facts)]
  }

  fileprivate var plot: Plot {
    let count = max(volterra.count, aPriori.count)
    let top = 1e15 * (volterra.first ?? 1)
    func shown(_ values: [Double]) -> [Double] {
      values.map { $0 < top ? $0 : .nan } + Array(repeating: .nan, count: count - values.count)
    }
    return Plot(
      name: "gradient-envelope", title: "dE_n^(k)/db over |dE_n/dy_n|, every input", xLabel: "lag n − k (steps)",
      yLabel: "at most", logarithmic: true, x: (0..<count).map(Double.init),
      curves: [
        .init("Volterra", shown(volterra), dashed: true), .init("a priori", shown(aPriori), dashed: true),
      ])
  }
}

extension Contraction {
  /// The finding in a sentence.
  public var sentence: String {
    if let largestExponentBound {
      return "certified: no input makes this network chaotic; largest exponent at most "
        + "\(numberText(largestExponentBound)) per unit time"
    }
    guard let gain else { return "not certified (a unit by itself doesn't decay)" }
    return gain > 1
      ? "not certified (gain \(numberText(gain)) > 1)"
      : "not certified (gain \(numberText(gain, digits: 10)), too near to 1 to prove)"
  }

  fileprivate func blocks(name: String, figure: String) -> [Document.Block] {
    var blocks: [Document.Block] = [.heading(name), .paragraph(sentence)]
    if !certified { blocks.append(.paragraph("A test that is refused says nothing about the network.")) }
    var facts = [
      Document.Fact("units by themselves", "largest exponent \(numberText(unitExponent)): no bound can be smaller")
    ]
    if let nominalExponent {
      facts.append(
        Document.Fact("all slopes 1/2", "largest exponent \(numberText(nominalExponent)), from eigenvalues"))
    }
    blocks.append(.facts(facts))
    guard !methods.isEmpty else { return blocks }
    blocks.append(.figure(name: figure, caption: "Each test's quantity over frequency; below 1 it certifies"))
    blocks.append(
      .table(
        Document.Table(
          "Tests, from plain to sharp",
          columns: ["test", "gain", "at frequency", "certified", "kind", "exponent at most", "arcs"],
          rows: methods.map { outcome in
            [
              outcome.method.rawValue, numberText(outcome.gain, digits: 6), numberText(outcome.frequency),
              outcome.certified ? "yes" : "no",
              (outcome.certified ? ClaimKind.rigorous : .numerical).rawValue,
              outcome.largestExponentBound.map { numberText($0) } ?? "–", outcome.arcs.map { "\($0)" } ?? "–",
            ]
          })))
    blocks.append(.list(methods.map { "\($0.method.rawValue): \($0.method.statement)" }))
    return blocks
  }

  fileprivate func plot(name: String, title: String) -> [Plot] {
    guard !series.curves.isEmpty else { return [] }
    let x = series.frequency
    let curves = series.curves.map { Plot.Curve($0.method.rawValue, $0.values) }
    return [
      Plot(
        name: name, title: title, xLabel: "angular frequency (radians per unit of time)", yLabel: "gain",
        fromZero: true, x: x,
        curves: curves + [Plot.Curve("certified below", x.map { _ in 1 }, dashed: true)])
    ]
  }
}

extension ContractionMethod {
  /// What it asks for, in formulas.
  fileprivate var statement: String {
    switch self {
    case .norm: "‖[W Z]‖₂ · sup max_i |g_i(s)|₂ < 1"
    case .frequency: "sup ‖M(s)‖₂ < 1, M(s) = W·diag g_y(s) + Z·diag g_z(s)"
    case .scaled: "sup ‖T·M(s)·T⁻¹‖₂ < 1 for a diagonal T > 0"
    case .sectorShift: "sup of the largest eigenvalue of the Hermitian part of T·M(s)·T⁻¹ < 1"
    }
  }
}

extension PublishedCondition {
  fileprivate var sentence: String {
    let hypothesesText = hypotheses.map(\.text).joined(separator: "; ")
    let verdict =
      holds.map { $0 ? "It holds: differences shrink in every step." : "It fails, which says nothing." }
      ?? "It doesn't apply."
    return
      "The published sufficient condition for heterogeneous networks without friction (Z = 0), with the true spectral "
      + "norm, for comparison: \(statement). The left side is \(numberText(value, digits: 6)). \(verdict) "
      + "Needs \(hypothesesText). It can't hold for dt <= 1."
  }
}
