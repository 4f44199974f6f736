import CoRNNAnalysis
import CoRNNDynamics
import CoRNNModel

extension GradientBounds {
  /// The gradient as part of a report.
  func blocks(_ run: RunDescription) -> [Document.Block] {
    var blocks: [Document.Block] = [.heading("Gradient"), .facts(facts)]
    blocks.append(
      .table(
        Document.Table(
          "The gradient of the loss by each block", columns: ["", "W", "Z", "V", "b"],
          rows: [("Frobenius norm", frobenius), ("largest entry", maximum)].map { name, values in
            [name] + NetworkGradient.Block.allCases.map { numberText(values[$0], digits: 6) }
          })))
    blocks.append(.table(ladder.table))
    blocks.append(.list(ladder.rungs.map(\.sentence)))
    blocks.append(
      .figure(name: "jacobians", caption: "How far a change spreads: norms of dX_N/dX_k over the lag, and their bounds")
    )
    blocks.append(
      .figure(
        name: "gradient-lags",
        caption:
          "What step k adds to the gradient of E_n by \(ladder.series.block.rawValue) over the lag, and its bounds"))
    blocks.append(.figure(name: "gradient-steps", caption: "The same over n and k"))
    blocks.append(.facts(ladder.volterra.facts))
    if let proposition32 { blocks += proposition32.blocks }
    blocks += profile.blocks
    if let proposition33 { blocks += proposition33.blocks }
    if !separations.isEmpty { blocks += separations.blocks }
    return blocks
  }

  private var facts: [Document.Fact] {
    var facts = [
      Document.Fact(
        "loss",
        "\(numberText(loss, digits: 8)) (\(lossName), at \(scoredSteps.rawValue) step\(scoredSteps == .every ? "" : " alone"))"
      ),
      Document.Fact(
        "by the constants",
        "gamma \(numberText(others.gamma)), epsilon \(numberText(others.epsilon)) (norms over units), dt \(numberText(others.dt))"
      ),
      Document.Fact(
        "by the start, by the inputs", "\(numberText(others.initial)), \(numberText(others.inputs)) (norms)"),
      Document.Fact("weight assumption (6)", weightAssumption.text),
    ]
    let extent = "\(decomposition.steps) steps of the first trajectory, lags up to \(decomposition.largestLag)"
    facts.append(Document.Fact("decomposed over", decomposition.isComplete ? extent : extent + " only (see --lags)"))
    return facts
  }

  /// Jacobians and gradient over the lag, the heat map over (n, k), sensitivity, and orders where they were measured.
  func plots(timeStep: Double) -> [Plot] {
    let series = ladder.series
    let count = profile.lag.count
    let lags = profile.lag.map(Double.init)
    func padded(_ values: [Double]) -> [Double] {
      values.prefix(count) + Array(repeating: .nan, count: max(0, count - values.count))
    }
    // Bounds that are beyond all use would press what matters flat.
    func shown(_ values: [Double], beside actual: [Double]) -> [Double] {
      let top = 1e15 * max(1e-300, actual.filter(\.isFinite).max() ?? 1)
      return padded(values).map { $0 > 0 && $0 < top ? $0 : .nan }
    }
    func holds(_ rung: GradientRung) -> Bool { ladder.rungs.first { $0.name == rung.rawValue }?.applies ?? false }
    var jacobians: [Plot.Curve] = [
      .init("‖dX_N/dX_k‖∞", shown(series.jacobian, beside: series.jacobian)),
      .init("product", shown(series.product, beside: series.jacobian), dashed: true),
      .init("a priori", shown(series.aPriori, beside: series.jacobian), dashed: true),
      .init("a priori+", shown(series.aPrioriSharp, beside: series.jacobian), dashed: true),
      .init("Volterra (2-norm)", shown(series.volterra, beside: series.jacobian), dashed: true),
    ]
    if holds(.paper) {
      jacobians.append(.init("paper (asymptotic)", shown(series.paper, beside: series.jacobian), dashed: true))
    }
    var gradients: [Plot.Curve] = [
      .init("actual, largest over n", shown(series.gradient, beside: series.gradient)),
      .init("product", shown(series.gradientProduct, beside: series.gradient), dashed: true),
      .init("a priori+", shown(series.gradientAPriori, beside: series.gradient), dashed: true),
      .init("Volterra", shown(series.gradientVolterra, beside: series.gradient), dashed: true),
    ]
    if holds(.gradientVolterraForAll) {
      gradients.append(
        .init("Volterra, all inputs", shown(series.gradientVolterraForAll, beside: series.gradient), dashed: true))
    }
    return [
      Plot(
        name: "jacobians", title: "Spread of a change over the lag", xLabel: "lag N − k (steps)",
        yLabel: "norm of dX_N/dX_k, and bounds", logarithmic: true, x: lags, curves: jacobians),
      Plot(
        name: "gradient-lags", title: "Largest entry of dE_n^(k)/d\(series.block.rawValue) over the lag",
        xLabel: "lag n − k (steps)", yLabel: "largest |entry|", logarithmic: true, x: lags, curves: gradients),
      parts.heatMap,
      Plot(
        name: "sensitivity", title: "Does the gradient vanish? Sensitivity over the lag's time",
        xLabel: "time (n − k)·dt",
        yLabel: "|a| / |dE_n/dy_n|", logarithmic: true, x: profile.lag.map { Double($0) * timeStep },
        curves: [
          .init("coRNN", padded(profile.sensitivity)),
          .init("tanh RNN with the same W, V, b (a step is a step)", padded(profile.sensitivityTanh), dashed: true),
        ]),
    ] + (proposition33?.plots ?? [])
  }
}

extension GradientDecomposition {
  /// The Frobenius norm of dE_n^(k) by a block over k (columns) and n (rows), each cell the largest of what it covers.
  fileprivate var heatMap: Plot {
    let block = firstBlock
    let size = min(steps, 160)
    func bin(_ step: Int) -> Int { (step - 1) * size / max(steps, 1) }
    var values = [Double](repeating: 0, count: size * size)
    for n in 1...max(steps, 1) where n <= steps {
      for k in max(1, n - largestLag)...n {
        let place = bin(n) * size + bin(k)
        values[place] = max(values[place], frobenius(block, n: n, k: k))
      }
    }
    let middles = (0..<size).map { (Double($0) + 0.5) * Double(steps) / Double(size) + 0.5 }
    return Plot(
      name: "gradient-steps", title: "Frobenius norm of dE_n^(k)/d\(block.rawValue)", xLabel: "step k",
      yLabel: "step n", valueLabel: "log₁₀ of the norm",
      x: middles, y: middles, values: values)
  }
}

extension GradientLadder {
  fileprivate var table: Document.Table {
    Document.Table(
      "Bounds on Jacobian products (J) and on the parts of the gradient (G)",
      columns: ["bound", "kind", "origin", "for", "applies", "holds", "tightness", "at n, lag"],
      rows: rungs.map { rung in
        [
          rung.name, rung.kind.rawValue, rung.origin.rawValue, rung.isForAllInputs ? "all inputs" : "this run",
          rung.applies ? "yes" : "no",
          rung.holds.map { $0 ? "yes" : rung.kind == .asymptotic ? "exceeded" : "VIOLATED" } ?? "–",
          rung.tightness.map { numberText($0) } ?? "–",
          rung.step.flatMap { step in rung.lag.map { "\(step), \($0)" } } ?? "–",
        ]
      })
  }
}

extension GradientLadder.Rung {
  fileprivate var sentence: String {
    guard applies else {
      let failed = hypotheses.filter { !$0.holds }.map(\.text).joined(separator: "; ")
      return "\(name) doesn't apply: \(failed)."
    }
    var sentence = "\(name), on the \(quantity.rawValue): \(statement). "
    if let firstViolation {
      sentence +=
        kind == .asymptotic
        ? "Exceeded first at n = \(firstViolation); it is asymptotic, no bound at finite dt. "
        : "Violated first at n = \(firstViolation). "
    } else if let tightness {
      sentence += "Reached to \(numberText(100 * tightness, digits: 3)) %. "
    } else {
      sentence += "Nothing to look at. "
    }
    if let rounding, kind != .asymptotic {
      sentence += "Rounding can have added at most \(numberText(rounding, digits: 2)) of the bound. "
    }
    return sentence
      + (hypotheses.isEmpty ? "Needs nothing." : "Needs " + hypotheses.map(\.text).joined(separator: "; ") + ".")
  }
}

extension VolterraEnvelope {
  /// The comparison's sums, and what they stay below.
  var facts: [Document.Fact] {
    var facts = [Document.Fact("‖[W Z]‖₂", numberText(couplingNorm, digits: 6))]
    if let plainSum, let couplingSum {
      facts.append(
        Document.Fact(
          "Volterra sums",
          "K·Σ|h_j| = \(numberText(plainSum)), Σ‖M_j‖ = \(numberText(couplingSum)): "
            + (isSummable ? "bounded for all lags" : "not below 1, so no bound for all lags")))
    } else {
      facts.append(Document.Fact("Volterra sums", "none: a unit isn't Schur stable"))
    }
    if let positionLimit, let stateLimit {
      facts.append(
        Document.Fact(
          "limits for all lags", "position \(numberText(positionLimit)), state \(numberText(stateLimit))"))
    }
    return facts
  }
}

extension WeightAssumption {
  /// eta, its terms and r*, in words.
  var text: String {
    "eta = \(numberText(eta)) (W: \(numberText(positionTerm)), Z: \(numberText(velocityTerm))), "
      + (exponent.map { "r* = \(numberText($0))" } ?? "no r*: dt >= 1") + ", \(holds ? "holds" : "doesn't hold")"
  }
}
