public import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

extension BoundsResult {
  /// The bounds as a report.
  public var document: Document {
    var blocks: [Document.Block] = [.facts(run.facts)]
    blocks.append(.heading("Energy"))
    if let step = energy.divergedAt {
      blocks.append(
        .paragraph(
          "The energy left the range of doubles at step \(step): the map is unstable with these constants and "
            + "inputs. What follows is about the \(energy.steps) steps before."))
    }
    blocks.append(
      .facts(
        [
          Document.Fact(
            "largest energy",
            "\(numberText(energy.maximum)) at step \(energy.maximumStep)"
              + (energy.trajectories > 1 ? " of trajectory \(energy.maximumTrajectory)" : "")),
          Document.Fact(
            "identity residual",
            "\(numberText(energy.identityResidual, digits: 2)) (relative; rounding level is below 1e-13)"),
        ] + (energy.gains.map { [Document.Fact("gains", $0.text)] } ?? [])))
    blocks.append(.figure(name: "energy", caption: "Energy of the run against each bound, over time"))
    if let flow {
      if let failure = flow.failure {
        blocks.append(
          .paragraph(
            "The integrator stopped at time \(numberText(failure.time)): \(failure.reason). What is said of the ODE "
              + "is about the time before."))
      }
      blocks.append(.facts(flow.facts))
      blocks.append(.figure(name: "energy-ode", caption: "Energy of the continuous system against its bounds"))
    }
    blocks.append(.table(ladder))
    blocks.append(.list(energy.rungs.map(\.sentence)))
    if let worstCase { blocks += worstCase.blocks }
    if let gradient { blocks += gradient.blocks(run) }
    if let gradientReason {
      blocks += [.heading("Gradient"), .paragraph("No gradient: \(gradientReason).")]
    }
    if let series { blocks += series.blocks }
    return Document(title: "Bounds of \(run.file)", blocks)
  }

  private var ladder: Document.Table {
    Document.Table(
      "Bounds, the paper's first",
      columns: ["bound", "kind", "origin", "applies", "holds", "tightness", "margin", "worst unit"],
      rows: energy.rungs.map { rung in
        [
          rung.name, rung.kind.rawValue, rung.origin.rawValue, rung.applies ? "yes" : "no",
          rung.holds.map { $0 ? "yes" : "VIOLATED" } ?? "–", rung.tightness.map { numberText($0) } ?? "–",
          rung.margin.map { numberText($0) } ?? "–",
          rung.worstUnit.map { "\($0.unit): \(numberText($0.tightness))" } ?? "–",
        ]
      })
  }

  /// Energy against each bound, of the map and of the flow; the gradient over lags and steps; the training series.
  public var plots: [Plot] {
    var plots = [energy.plot(name: "energy", title: "Energy and its bounds, \(run.damping.rawValue) damping")]
    if let flow {
      plots.append(flow.bounds.plot(name: "energy-ode", title: "Energy of the continuous system and its bounds"))
    }
    return plots + (gradient?.plots(timeStep: run.timeStep) ?? []) + (series?.plots ?? [])
  }
}

extension EnergyBounds {
  fileprivate func plot(name: String, title: String) -> Plot {
    var curves = [Plot.Curve("energy", series.energy)]
    curves += series.bounds.map { bound in
      Plot.Curve(
        bound.name.hasPrefix("gain") ? "\(bound.name), as energy" : bound.name, bound.values, dashed: true)
    }
    if !series.weightedEnergy.isEmpty {
      curves.append(Plot.Curve("weighted energy (F.1+)", series.weightedEnergy))
    }
    return Plot(
      name: name, title: title, xLabel: "time t", yLabel: "total energy Σ(gamma·y² + z²)", logarithmic: true,
      x: series.time, curves: curves)
  }
}

extension [WorstCase] {
  /// How close each bound came to being attained.
  fileprivate var blocks: [Document.Block] {
    [
      .heading("Worst case"),
      .table(
        Document.Table(
          "The largest value/bound that the search found (a lower bound on what there is)",
          columns: ["bound", "kind", "given inputs", "bang-bang", "found", "at step", "from", "inputs saved as"],
          rows: map {
            [
              $0.rung, ClaimKind.measured.rawValue, numberText($0.tightnessGiven),
              $0.tightnessBangBang.map { numberText($0) } ?? "–",
              numberText($0.tightness), "\($0.step)", $0.from, $0.file ?? "",
            ]
          })),
    ]
  }
}

extension EnergyBounds.Gains {
  /// The gains in words: one pair, or their range over units.
  var text: String {
    func range(_ values: [Double]) -> String {
      guard let low = values.min(), let high = values.max() else { return "" }
      return low == high
        ? numberText(low, digits: 6) : "\(numberText(low, digits: 6)) to \(numberText(high, digits: 6)), by unit"
    }
    return "|y| <= \(range(position)), |z| <= \(range(velocity)), for all time and inputs, from a zero start"
  }
}

extension FlowEnergy {
  /// The continuous system as facts.
  fileprivate var facts: [Document.Fact] {
    var facts = [
      Document.Fact(
        "ODE",
        "\(options.method.rawValue), tolerances \(numberText(options.absoluteTolerance)) and "
          + "\(numberText(options.relativeTolerance)), input \(hold.rawValue): \(counts.text)"),
      Document.Fact("largest energy", "\(numberText(maximum)) after step \(maximumStep)"),
      Document.Fact(
        "identity residual", "\(numberText(identityResidual, digits: 2)) (relative; of the order of the tolerances)"),
    ]
    if let gains { facts.append(Document.Fact("gains", gains.text)) }
    return facts
  }
}

extension EnergyBounds.Rung {
  /// What the bound says here, in a sentence.
  var sentence: String {
    guard applies else {
      let failed = hypotheses.filter { !$0.holds }.map(\.text).joined(separator: "; ")
      return "\(name) doesn't apply: \(failed). That says nothing about the run."
    }
    var sentence = "\(name): \(statement). "
    if let firstViolation {
      sentence += "Violated first at step \(firstViolation). "
    } else if let tightness, let tightestStep {
      sentence += "Reached to \(numberText(100 * tightness, digits: 3)) % at step \(tightestStep). "
    } else {
      sentence += "No step to look at. "
    }
    if let rounding {
      let allowance = numberText(rounding, digits: 2)
      sentence +=
        system == .map
        ? "Rounding can have added at most \(allowance). "
        : "Errors of the integration are allowed for up to \(allowance). "
    }
    if let worstUnit {
      sentence +=
        "Tightest in unit \(worstUnit.unit) (\(worstUnit.quantity), \(numberText(100 * worstUnit.tightness, digits: 3)) % at step \(worstUnit.step)). "
    }
    return sentence + "Needs " + hypotheses.map(\.text).joined(separator: "; ") + "."
  }
}
