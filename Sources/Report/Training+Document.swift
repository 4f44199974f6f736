public import CoRNNLearning
import CoRNNModel

extension TrainingResult {
  /// The run as a report.
  public var document: Document {
    let ending =
      switch outcome {
      case "finished": "all steps taken"
      case "stoppedImproving": "stopped: the validation score had stopped getting better"
      default:
        "diverged: the objective, its gradient or what became of the weights wasn't finite at step \(divergedAt ?? 0); the weights are those of the "
          + "step before. A lower --rate or a --clip (1, say) helps"
      }
    var facts = [
      Document.Fact("task", task), Document.Fact("outcome", ending), Document.Fact("steps", "\(steps)"),
      Document.Fact("parameters", "\(parameters)"),
    ]
    if let best {
      facts.append(Document.Fact("best", "\(numberText(best.score)) at step \(best.step)"))
    } else {
      facts.append(Document.Fact("best", "none: no score was finite"))
    }
    facts.append(Document.Fact("score", scoreName))
    facts.append(
      Document.Fact(
        "time",
        "\(numberText(seconds, digits: 3)) s of training here, \(numberText(dataSeconds, digits: 3)) s for the data"
      ))
    var blocks: [Document.Block] = [.facts(facts)]
    if let test { blocks += [.heading("On the test trajectories"), .table(Self.table(test))] }
    if let adding { blocks += [.heading("On the test set"), .table(Self.table(adding)), .facts(Self.facts(adding))] }
    if !records.isEmpty {
      blocks += [.heading("Along training"), .table(recordTable)]
    }
    if records.contains(where: { $0.weights != nil }) {
      blocks.append(
        .paragraph(
          "eta and r* are of (6) as the paper states it, for gamma = epsilon = 1. energy/bound is the largest energy along "
            + "the first validation trajectory over the tightest rigorous rung whose hypotheses hold, which is named; bounds on "
            + "weights.safetensors shows all of them. The exponent, where it is asked for, is the largest conditional one along "
            + "that trajectory, per unit of the network's time."))
    }
    let captions = [
      "training": "Objective and validation score",
      "test-error": "Test error over training steps, beside what predicting the mean is expected to have",
      "weight-assumption": "Both terms of (6) during training",
      "weight-norms": "Norms of W and Z during training",
      "training-exponent": "The largest conditional exponent during training",
    ]
    blocks += plots.map { .figure(name: $0.name, caption: captions[$0.name] ?? $0.name) }
    blocks += [.heading("Settings"), .facts(settings.map { Document.Fact($0.name, $0.value) })]
    return Document(title: "Training", blocks)
  }

  private static func table(_ test: [TestScore]) -> Document.Table {
    let first = test[0].score
    return Document.Table(
      "NRMSE: RMSE over the targets' root mean square (\(numberText(first.targetRootMeanSquare))), \(first.scoredSteps) "
        + "steps of \(first.trajectories) trajectories from sample \(first.firstScored) on",
      columns: ["model", "NRMSE", "±", "by deviation"],
      rows: test.map {
        [
          $0.name, numberText($0.score.nrmse), $0.score.standardError.map { numberText($0, digits: 2) } ?? "–",
          numberText($0.score.byDeviation),
        ]
      })
  }

  private static func table(_ score: AddingScore) -> Document.Table {
    func row(_ name: String, _ error: SquaredError) -> [String] {
      [name, numberText(error.value), error.standardError.map { numberText($0, digits: 2) } ?? "–"]
    }
    return Document.Table(
      "Mean squared error on \(score.sequences) sequences of their own stream, with its standard error over them (measured)",
      columns: ["model", "error", "±"],
      rows: (score.best.map { [row("best on validation", $0)] } ?? [])
        + [row("last step", score.last), row("predicting the mean, 1", score.baseline)])
  }

  private static func facts(_ score: AddingScore) -> [Document.Fact] {
    [
      Document.Fact("expected of predicting the mean", "1/6 = \(numberText(score.expectedBaseline)) (exact)"),
      Document.Fact(
        "test error below 0.01", score.firstBelowHundredth.map { "first seen at step \($0)" } ?? "not seen at any look"),
    ]
  }

  /// At most twelve records: the first, the last, and those evenly between.
  private var recordTable: Document.Table {
    let shown = 12
    let places =
      records.count <= shown
      ? Array(records.indices) : (0..<shown).map { $0 * (records.count - 1) / (shown - 1) }
    let hasWeights = records.contains { $0.weights != nil }
    var columns = ["step", "objective", "gradient", "rate", "score"]
    if adding != nil { columns.append("test") }
    let plain = columns.count
    if hasWeights { columns += ["eta", "r*", "|W|∞", "|Z|∞", "‖W‖₂", "‖Z‖₂", "energy/bound"] }
    let hasExponent = records.contains { $0.weights?.exponent != nil }
    if hasExponent { columns += ["exponent", "±"] }
    return Document.Table(
      records.count <= shown ? "Records" : "Records, \(shown) of \(records.count)", columns: columns,
      rows: places.map { place in
        let record = records[place]
        var row = [
          "\(record.step)", numberText(record.loss), numberText(record.gradientNorm), numberText(record.rate),
          (record.score.map { numberText($0) } ?? "not finite") + (record.isBest ? " *" : ""),
        ]
        if adding != nil { row.append(record.test.map { numberText($0) } ?? "not finite") }
        if hasWeights {
          guard let weights = record.weights else { return row + columns.dropFirst(plain).map { _ in "–" } }
          row += [
            numberText(weights.assumption.eta), weights.assumption.exponent.map { numberText($0) } ?? "–",
            numberText(weights.positionInfinityNorm), numberText(weights.velocityInfinityNorm),
            numberText(weights.positionSpectralNorm), numberText(weights.velocitySpectralNorm),
            weights.energyTightness.map { "\(numberText($0)) (\(weights.energyRung ?? ""))" } ?? "–",
          ]
          if hasExponent {
            row += [
              weights.exponent.map { numberText($0) } ?? "–",
              weights.exponentError.map { numberText($0, digits: 2) } ?? "–",
            ]
          }
        }
        return row
      })
  }

  /// The objective and the score, and for oscillators the terms of (6) and the norms, over the steps.
  public var plots: [Plot] {
    guard records.count > 1 else { return [] }
    let steps = records.map { Double($0.step) }
    var plots = [
      Plot(
        name: "training", title: "Training", xLabel: "step", yLabel: "objective (batches), score (validation)",
        logarithmic: true, x: steps,
        curves: [
          .init("objective on batches", records.map(\.loss)),
          .init("validation score", records.map { $0.score ?? .nan }),
        ])
    ]
    if let adding {
      plots.append(
        Plot(
          name: "test-error", title: "Adding problem: test error during training", xLabel: "step",
          yLabel: "mean squared error", logarithmic: true, x: steps,
          curves: [
            .init("test error", records.map { $0.test ?? .nan }),
            .init("predicting the mean: 1/6", steps.map { _ in adding.expectedBaseline }, dashed: true),
          ]))
    }
    let weighed = records.compactMap { record in record.weights.map { (Double(record.step), $0) } }
    guard weighed.count > 1 else { return plots }
    let at = weighed.map(\.0)
    let weights = weighed.map(\.1)
    plots.append(
      Plot(
        name: "weight-assumption", title: "The weight assumption (6) during training", xLabel: "step",
        yLabel: "terms of (6)", logarithmic: true, x: at,
        curves: [
          .init("dt·(1 + |W|)/(1 + dt)", weights.map(\.assumption.positionTerm)),
          .init("dt·|Z|/(1 + dt)", weights.map(\.assumption.velocityTerm)),
          .init("√dt, the most that (6) allows", weights.map { $0.limit ?? .nan }, dashed: true),
        ]))
    plots.append(
      Plot(
        name: "weight-norms", title: "Norms of the recurrent weights during training", xLabel: "step", yLabel: "norm",
        x: at,
        curves: [
          .init("|W|∞", weights.map(\.positionInfinityNorm)), .init("|Z|∞", weights.map(\.velocityInfinityNorm)),
          .init("‖W‖₂", weights.map(\.positionSpectralNorm), dashed: true),
          .init("‖Z‖₂", weights.map(\.velocitySpectralNorm), dashed: true),
        ]))
    let measured = weighed.filter { $0.1.exponent != nil }
    if measured.count > 1 {
      plots.append(
        Plot(
          name: "training-exponent", title: "Largest conditional exponent during training", xLabel: "step",
          yLabel: "per unit of the network's time", x: measured.map(\.0),
          curves: [
            .init(
              "largest exponent", measured.map { $0.1.exponent ?? .nan },
              errors: .band(measured.map { $0.1.exponentError ?? 0 }))
          ]))
    }
    return plots
  }
}
