import CoRNNAnalysis
import CoRNNModel
import RealModule

extension Proposition32 {
  var blocks: [Document.Block] {
    var facts = [
      Document.Fact("bound", "(3/2)·(m + Ȳ·√m) = \(numberText(bound, digits: 6)), Ȳ = \(numberText(targetMaximum))"),
      Document.Fact(
        "largest |dE/dtheta| over it",
        "\(numberText(ratio)) (by \(block.rawValue)[\(row)\(block == .b ? "" : ", \(column)")])"
          + (holds ? "" : ": the claim is exceeded")),
      Document.Fact(
        "kind", "\(kind.rawValue): its proof drops terms in dt; a ratio below 1 is an observation, no proof"),
      Document.Fact("hypotheses", hypotheses.map(\.text).joined(separator: "; ")),
    ]
    if let worst = worstCase {
      facts.append(
        Document.Fact(
          "worst found",
          "\(numberText(worst.ratio)) by \(worst.block.rawValue)[\(worst.row)\(worst.block == .b ? "" : ", \(worst.column)")], "
            + "inputs in \(numberText(worst.inputRange.lowerBound)) to \(numberText(worst.inputRange.upperBound)), targets "
            + "within ±\(numberText(worst.targetLimit)), \(worst.iterations) runs (given inputs: \(numberText(worst.ratioGiven)))"
            + (worst.file.map { ", saved as \($0)" } ?? "")))
    }
    return [.subheading("Proposition 3.2"), .facts(facts)]
  }
}

extension GradientProfile {
  var blocks: [Document.Block] {
    var facts = [
      Document.Fact(
        "decay of the sensitivity",
        rate.map { rate in
          "\(numberText(rate)) ± \(numberText(rateHalfWidth ?? 0)) per unit time (slope of its logarithm; neighbouring "
            + "lags aren't independent)"
        } ?? "too few lags to tell"),
      Document.Fact(
        "largest exponent along the run",
        exponent.map { "\(numberText($0)) ± \(numberText(exponentError ?? 0)) per unit time (standard error)" }
          ?? "too few steps to tell"),
      Document.Fact(
        "tanh RNN with the same W, V, b",
        rateTanh.map { "\(numberText($0)) per the same time (a step for a step)" }
          ?? "too few lags to tell, or 0 at once"),
    ]
    if let isExplained {
      facts.append(
        Document.Fact(
          "does it vanish?",
          isExplained
            ? "it decays no faster than the exponent explains" : "it decays FASTER than the exponent explains"))
    }
    return [
      .subheading("Decay over the lag"), .facts(facts),
      .figure(name: "sensitivity", caption: "Sensitivity to the drive of an earlier step, next to a tanh RNN's"),
    ]
  }
}

extension Proposition33 {
  var blocks: [Document.Block] {
    [
      .subheading("Proposition 3.3: orders in dt"),
      .paragraph(
        "Slopes of log|dE_N^(k)| over log dt at T = \(numberText(time)), dt from \(numberText(timeSteps[0])) to "
          + "\(numberText(timeSteps[timeSteps.count - 1])), the finest \(levelsUsed) in the fit, with 95 % intervals. The "
          + "proposition says dt^(3/2) or smaller (for W, with u = b = 0): an order marked * lies below 3/2, and the "
          + "proposition doesn't cover it."),
      .table(
        Document.Table(
          "Measured orders", columns: ["start and signal", "weights", "reading", "W", "Z", "V", "b", "(6) holds"],
          rows: rows.map { row in
            [row.setting.rawValue, row.weights.rawValue, row.reading.rawValue] + row.orders.map(\.text) + [
              row.assumptionHolds == [true, true]
                ? "yes" : row.assumptionHolds == [false, false] ? "no" : "at the finest dt only"
            ]
          })), .figure(name: "orders", caption: "Largest entry of dE_N^(k)/dW against dt"),
    ]
  }

  /// W's part against dt in every setting, weights as they are.
  var plots: [Plot] {
    let shown = rows.filter { $0.weights == .fixed }
    let top = shown.compactMap { $0.orders.first?.values.first }.filter { $0 > 0 && $0.isFinite }.max() ?? 1
    return [
      Plot(
        name: "orders", title: "Proposition 3.3: dE_N^(k)/dW against dt", xLabel: "time step dt",
        yLabel: "largest |entry|",
        logarithmic: true, logarithmicX: true, x: timeSteps,
        curves: shown.map { row in
          Plot.Curve(
            "\(row.setting.rawValue); \(row.reading.rawValue)",
            (row.orders.first?.values ?? []).map { $0 > 0 ? $0 : .nan }, dashed: row.reading == .time)
        } + [
          Plot.Curve("order 3/2", timeSteps.map { top * Double.pow($0 / timeSteps[0], 1.5) }, dashed: true)
        ])
    ]
  }
}

extension Proposition33.Order {
  fileprivate var text: String {
    guard let estimate, let lower, let upper else { return values.allSatisfy { $0 == 0 } ? "0 throughout" : "none" }
    let half = (upper - lower) / 2
    return "\(numberText(estimate, digits: 3)) ± \(numberText(half, digits: 1))" + (isCovered == false ? " *" : "")
  }
}

extension [Separation] {
  var blocks: [Document.Block] {
    [
      .subheading("Two runs under two inputs"),
      .paragraph(
        "E.1 and D.2 bound how far two runs from one start can part. Any bounded system parts by a finite distance, "
          + "chaotic ones included: they say nothing of chaos."),
      .table(
        Document.Table(
          "Separation", columns: ["bound", "kind", "applies", "holds", "largest", "tightness", "at step"],
          rows: map {
            [
              $0.name, $0.kind.rawValue, $0.applies ? "yes" : "no", $0.holds.map { $0 ? "yes" : "VIOLATED" } ?? "–",
              numberText($0.largest), $0.tightness.map { numberText($0) } ?? "–", $0.step.map(String.init) ?? "–",
            ]
          })),
      .list(map { "\($0.name): \($0.statement). Needs \($0.hypotheses.map(\.text).joined(separator: "; "))." }),
    ]
  }
}

extension TrainingSeries {
  var blocks: [Document.Block] {
    [
      .heading("Along training"),
      .table(
        Document.Table(
          "The weight assumption (6) and the gradient at each checkpoint",
          columns: [
            "checkpoint", "eta", "W's term", "Z's term", "r*", "(6) holds", "|W|∞", "|Z|∞", "loss",
            "largest |dE/dtheta|",
          ],
          rows: points.map { point in
            let assumption = point.weightAssumption
            return [
              point.file, numberText(assumption.eta), numberText(assumption.positionTerm),
              numberText(assumption.velocityTerm), assumption.exponent.map { numberText($0) } ?? "–",
              assumption.holds ? "yes" : "no", numberText(point.positionNorm), numberText(point.velocityNorm),
              point.loss.map { numberText($0) } ?? "–", point.gradientMaximum.map { numberText($0) } ?? "–",
            ]
          })), .figure(name: "training", caption: "Both terms of (6) at each checkpoint"),
    ]
  }

  var plots: [Plot] {
    [
      Plot(
        name: "training", title: "The weight assumption along training", xLabel: "checkpoint", yLabel: "terms of (6)",
        logarithmic: true, counting: true, x: points.indices.map { Double($0 + 1) },
        curves: [
          .init("dt·(1 + |W|)/(1 + dt)", points.map(\.weightAssumption.positionTerm)),
          .init("dt·|Z|/(1 + dt)", points.map(\.weightAssumption.velocityTerm)),
          .init("eta", points.map(\.weightAssumption.eta), dashed: true),
        ])
    ]
  }
}
