public import CoRNNAnalysis
import CoRNNModel

extension BoundsResult {
  /// The bounds as a report.
  public var document: Document {
    var blocks: [Document.Block] = [.facts(run.facts)]
    blocks.append(.heading("Energy"))
    if let step = energy.divergedAt {
      blocks.append(
        .paragraph(
          "The run left the range of doubles at step \(step): the map is unstable with these constants and "
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
        ] + gainFacts))
    blocks.append(.figure(name: "energy", caption: "Energy of the run against each bound, over time"))
    blocks.append(.table(ladder))
    blocks.append(.list(energy.rungs.map(\.sentence)))
    return Document(title: "Energy bounds of \(run.file)", blocks)
  }

  private var gainFacts: [Document.Fact] {
    guard let gains = energy.gains else { return [] }
    func range(_ values: [Double]) -> String {
      guard let low = values.min(), let high = values.max() else { return "" }
      return low == high
        ? numberText(low, digits: 6) : "\(numberText(low, digits: 6)) to \(numberText(high, digits: 6)), by unit"
    }
    return [
      Document.Fact(
        "gains", "|y| <= \(range(gains.position)), |z| <= \(range(gains.velocity)), for all time and inputs")
    ]
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

  /// The plot of energy against each bound.
  public var energyPlot: Plot {
    var curves = [Plot.Curve("energy", energy.series.energy)]
    curves += energy.series.bounds.map { bound in
      Plot.Curve(bound.name == "gain" ? "gain (as energy)" : bound.name, bound.values, dashed: bound.name == "F.1+")
    }
    if !energy.series.weightedEnergy.isEmpty {
      curves.append(Plot.Curve("weighted energy (F.1+)", energy.series.weightedEnergy, dashed: true))
    }
    return Plot(
      name: "energy", title: "Energy and its bounds, \(run.damping.rawValue) damping", xLabel: "time",
      yLabel: "total energy", logarithmic: true, x: energy.series.time, curves: curves)
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
    if let rounding { sentence += "Rounding can have added at most \(numberText(rounding, digits: 2)). " }
    if let worstUnit {
      sentence +=
        "Tightest in unit \(worstUnit.unit) (\(worstUnit.quantity), \(numberText(100 * worstUnit.tightness, digits: 3)) % at step \(worstUnit.step)). "
    }
    return sentence + "Needs " + hypotheses.map(\.text).joined(separator: "; ") + "."
  }
}
