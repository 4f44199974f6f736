public import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import RealModule

extension FlowComparison {
  /// The comparison as a report.
  public var document: Document {
    var blocks: [Document.Block] = [.facts(run.facts)]
    if let failure = integration.failure {
      blocks.append(
        .paragraph(
          "The integrator stopped at time \(numberText(failure.time)): \(failure.reason). What follows is about the "
            + "time before."))
    }
    blocks.append(.heading("Error of the map against the ODE"))
    blocks.append(
      .table(
        Document.Table(
          "Absolute differences", columns: ["", "maximum", "at step", "in unit", "final"],
          rows: [("position", error.position), ("velocity", error.velocity)].map { name, quantity in
            [
              name, numberText(quantity.maximum, digits: 6), "\(quantity.step)", "\(quantity.unit)",
              numberText(quantity.final, digits: 6),
            ]
          })))
    blocks.append(
      .figure(name: "motion", caption: "Position and velocity of map and ODE in the unit with the largest error"))
    blocks.append(.figure(name: "difference", caption: "Difference of map and ODE over time"))
    blocks.append(.heading("Order in dt"))
    blocks.append(
      .table(
        Document.Table(
          "The same input signal, dt halved", columns: ["dt", "largest position error"],
          rows: order.levels.map { [numberText($0.timeStep), $0.error.map { numberText($0) } ?? "diverged"] })))
    blocks.append(.paragraph(orderSentence))
    blocks.append(.figure(name: "order", caption: "Error of the map against dt, and the line of order 1"))
    blocks.append(.heading("Energy"))
    blocks.append(
      .facts([
        Document.Fact("largest, map", numberText(energy.mapMaximum)),
        Document.Fact("largest, ODE", numberText(energy.flowMaximum)),
        Document.Fact("largest difference", numberText(energy.largestDifference)),
      ]))
    blocks.append(.figure(name: "energies", caption: "Total energy of map and ODE over time"))
    blocks.append(.heading("Integration"))
    blocks.append(.facts(integration.facts))
    return Document(title: "Map against ODE: \(run.file)", blocks)
  }

  private var orderSentence: String {
    guard let estimate = order.estimate, let lower = order.lower, let upper = order.upper else {
      return "No order: \(order.reason ?? "")."
    }
    return "Measured order \(numberText(estimate)), 95 % confidence interval \(numberText(lower)) to "
      + "\(numberText(upper)), from the finest \(order.levelsUsed) levels. The map is of order 1."
  }

  /// Motion, difference, order and energies as plots.
  public var plots: [Plot] {
    let difference = zip(series.mapPosition, series.flowPosition).map { $0 - $1 }
    let velocityDifference = zip(series.mapVelocity, series.flowVelocity).map { $0 - $1 }
    let measured = order.levels.compactMap { level in level.error.map { (level.timeStep, $0) } }
    let finest = measured.last
    return [
      Plot(
        name: "motion", title: "Unit \(series.unit): map and ODE", xLabel: "time t", yLabel: "position y, velocity z",
        x: series.time,
        curves: [
          .init("position, map", series.mapPosition), .init("position, ODE", series.flowPosition, dashed: true),
          .init("velocity, map", series.mapVelocity), .init("velocity, ODE", series.flowVelocity, dashed: true),
        ]),
      Plot(
        name: "difference", title: "Unit \(series.unit): map minus ODE", xLabel: "time t",
        yLabel: "difference of y, of z",
        x: series.time, curves: [.init("position", difference), .init("velocity", velocityDifference)]),
      Plot(
        name: "order", title: "Error of the map against dt", xLabel: "time step dt",
        yLabel: "largest error of y",
        logarithmic: true, logarithmicX: true, x: measured.map(\.0),
        curves: [
          .init("measured", measured.map(\.1)),
          .init("order 1", measured.map { $0.0 * (finest.map { $0.1 / $0.0 } ?? 0) }, dashed: true),
        ]),
      Plot(
        name: "energies", title: "Total energy of map and ODE", xLabel: "time t", yLabel: "energy Σ(gamma·y² + z²)",
        x: series.time,
        curves: [.init("map", series.mapEnergy), .init("ODE", series.flowEnergy, dashed: true)]),
    ]
  }
}

extension FlowComparison.Integration {
  /// The integration as facts.
  var facts: [Document.Fact] {
    [
      Document.Fact(
        "method",
        "\(options.method.rawValue), tolerances \(numberText(options.absoluteTolerance)) absolute and "
          + "\(numberText(options.relativeTolerance)) relative, input \(hold.rawValue)"),
      Document.Fact("took", counts.text),
      Document.Fact(
        "its own error",
        "\(numberText(ownError, digits: 2)): " + (isNegligible ? "negligible" : "NOT negligible beside the map's")),
    ]
  }
}

extension IntegrationCounts {
  /// The counts in words.
  var text: String {
    "\(steps) steps (\(failedSteps) taken back), \(evaluations) evaluations"
      + (jacobians > 0 ? ", \(jacobians) Jacobians" : "")
  }
}
