public import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNKernels
import CoRNNModel

extension Inspection {
  /// The inspection as a report.
  public var document: Document {
    var blocks: [Document.Block] = [.facts(overview)]
    blocks.append(.heading("Constants"))
    blocks.append(.table(Document.Table(constants: constants)))
    blocks.append(.heading("Tensors"))
    blocks.append(
      .table(
        Document.Table(
          "What each is to the network", columns: ["tensor", "type", "shape", "role"],
          rows: tensors.map {
            [
              $0.name, $0.type.rawValue, "(" + $0.shape.map(String.init).joined(separator: ", ") + ")",
              $0.roles.isEmpty ? "not used" : $0.roles.joined(separator: "; "),
            ]
          })))
    if !unread.isEmpty { blocks.append(.paragraph("Not read: " + unread.joined(separator: ", ") + ".")) }
    blocks.append(.heading("Norms"))
    blocks.append(.facts(normFacts))
    blocks.append(.heading("Weight assumption (6)"))
    blocks.append(.facts(assumptionFacts))
    blocks.append(.heading("Which bounds apply"))
    blocks.append(.table(Document.Table(theorems: theorems)))
    blocks.append(.list(theorems.map { "\($0.name): \($0.statement)" }))
    return Document(title: "Inspection of \(file)", blocks)
  }

  private var overview: [Document.Fact] {
    var facts = [
      Document.Fact("format", "\(format.rawValue), \(bytesText(fileSize))"),
      Document.Fact("layout", "\(layout?.rawValue ?? "by --map") (\(layoutReason))"),
    ]
    if let layer { facts.append(Document.Fact("layer", "\(layer)")) }
    facts.append(Document.Fact("hidden units (m)", "\(hidden)"))
    facts.append(Document.Fact("input width (d)", "\(inputs)"))
    facts.append(Document.Fact("outputs", outputs == 0 ? "no readout" : "\(outputs)"))
    if let tokens { facts.append(Document.Fact("embedding", "\(tokens) tokens")) }
    facts.append(Document.Fact("damping", damping.rawValue))
    facts.append(Document.Fact("parameters", "\(parameters)"))
    facts.append(Document.Fact("OpenBLAS core", blasCore))
    return facts
  }

  private var layoutReason: String {
    switch layoutSource {
    case .flag: "as asked for"
    case .sidecar: "as the JSON beside it says"
    case .recognized: "recognised by tensor names and shapes"
    case .map: "no layout recognised"
    }
  }

  private var normFacts: [Document.Fact] {
    var facts = [
      Document.Fact(
        "infinity",
        "W \(numberText(norms.infinity.w))  Z \(numberText(norms.infinity.z))  V \(numberText(norms.infinity.v))")
    ]
    if let spectral = norms.spectral {
      facts.append(
        Document.Fact(
          "spectral", "W \(numberText(spectral.w))  Z \(numberText(spectral.z))  [W Z] \(numberText(spectral.wz))"))
    } else {
      facts.append(Document.Fact("spectral", "not computed"))
    }
    return facts
  }

  private var assumptionFacts: [Document.Fact] {
    let w = weightAssumption
    let stated = w.statedCase ? "" : " (stated for gamma = epsilon = 1, which this network doesn't have)"
    return [
      Document.Fact("eta", "\(numberText(w.eta))\(stated)"),
      Document.Fact("terms", "with W \(numberText(w.positionTerm)), with Z \(numberText(w.velocityTerm))"),
      Document.Fact("eta with its own constants", numberText(w.etaOwn)),
      Document.Fact(
        "exponent r*",
        w.exponent.map { numberText($0) + (w.holds ? ": holds (at least 1/2)" : ": fails (needs at least 1/2)") }
          ?? "none: dt >= 1"),
    ]
  }
}

extension Document.Table {
  /// Constants and where each came from.
  init(constants: [Inspection.Constant]) {
    self.init(
      "Where each came from", columns: ["constant", "value", "source", "overrides"],
      rows: constants.map { [$0.name, $0.value, $0.source.text, $0.overrides.map(\.text).joined(separator: ", ")] })
  }

  /// Bounds and whether their hypotheses hold, a row for each hypothesis.
  init(theorems: [Inspection.Theorem]) {
    self.init(
      "Energy ladder", columns: ["bound", "applies", "origin", "needs", "value", "limit", "verdict"],
      rows: theorems.flatMap { theorem in
        theorem.hypotheses.enumerated().map { place, hypothesis in
          let isFirst = place == 0
          return [
            isFirst ? theorem.name : "", isFirst ? theorem.applies ? "yes" : "no" : "",
            isFirst ? theorem.origin.rawValue : "", hypothesis.statement,
            hypothesis.value.map { numberText($0) } ?? "", hypothesis.limit.map { numberText($0) } ?? "",
            hypothesis.holds
              ? "holds"
              : "fails"
                + (hypothesis.failingUnits.isEmpty ? "" : " in " + unitsText(hypothesis.failingUnits)),
          ]
        }
      })
  }
}
