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

  /// The plots of each method's quantity over frequency, of the map and of the flow.
  public var contractionPlots: [Plot] {
    var plots = contraction.plot(name: "contraction", title: "Contraction tests, \(damping.rawValue) damping")
    plots += flowContraction?.plot(name: "contraction-ode", title: "Contraction tests of the continuous system") ?? []
    return plots
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
        name: name, title: title, xLabel: "angular frequency", yLabel: "gain", x: x,
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
