public import CoRNNAnalysis
import CoRNNCheckpoints
public import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

extension RunDescription {
  /// The run as a list of facts.
  var facts: [Document.Fact] {
    var facts = [
      Document.Fact("checkpoint", "\(file), layout \(layout?.rawValue ?? "by --map")"),
      Document.Fact("map", "\(damping.rawValue) damping, \(hidden) units, activation \(activation.rawValue)"),
    ]
    facts.append(
      Document.Fact(
        "constants",
        constants.filter { ["dt", "gamma", "epsilon"].contains($0.name) }
          .map { "\($0.name) \($0.value) (\($0.source.text))" }.joined(separator: ", ")))
    for constant in constants where !constant.overrides.isEmpty {
      facts.append(
        Document.Fact(
          "override",
          "\(constant.name) \(constant.value) (\(constant.source.text)) instead of \(constant.overrides.map(\.text).joined(separator: ", "))"
        ))
    }
    let scale = input.dividedBy == 1 ? "" : ", divided by \(numberText(input.dividedBy))"
    facts.append(
      Document.Fact(
        "inputs",
        "\(input.source): \(input.steps) steps"
          + (input.trajectories > 1 ? ", \(input.trajectories) trajectories" : "")
          + ", width \(input.width)\(scale)"))
    facts.append(Document.Fact("start", input.start))
    return facts
  }
}

extension SimulationResult {
  /// The run as a report; at most `most` units of the final state.
  public var document: Document {
    var blocks: [Document.Block] = [.facts(run.facts)]
    if let divergedAt {
      blocks.append(
        .paragraph(
          "The run left the range of doubles at step \(divergedAt): the map is unstable with these constants and "
            + "inputs. The \(steps) states before are kept."))
    }
    if let integration {
      blocks.append(
        .facts([
          Document.Fact(
            "ODE",
            "\(integration.options.method.rawValue), tolerances \(numberText(integration.options.absoluteTolerance)) and "
              + "\(numberText(integration.options.relativeTolerance)), input \(integration.hold.rawValue): "
              + integration.counts.text)
        ]))
      if let failure = integration.failure {
        blocks.append(.paragraph("The integrator stopped at time \(numberText(failure.time)): \(failure.reason)."))
      }
    }
    blocks.append(
      .facts([
        Document.Fact("states", "\(steps)"),
        Document.Fact("largest |y|", numberText(largestPosition)),
        Document.Fact("largest |z|", numberText(largestVelocity)),
      ]))
    if let position = finalPosition.first, let velocity = finalVelocity.first {
      let shown = position.indices.prefix(8)
      blocks.append(
        .table(
          Document.Table(
            "Final state" + (finalPosition.count > 1 ? " of trajectory 0" : "")
              + (shown.count < position.count ? ", first \(shown.count) of \(position.count) units" : ""),
            columns: ["unit", "position", "velocity"],
            rows: shown.map { ["\($0)", numberText(position[$0], digits: 6), numberText(velocity[$0], digits: 6)] })))
    }
    if let output = finalOutput?.first {
      blocks.append(
        .facts([Document.Fact("readout", output.prefix(8).map { numberText($0, digits: 6) }.joined(separator: ", "))]))
    }
    blocks.append(.figure(name: "positions", caption: "Positions over time"))
    return Document(title: "Simulation of \(run.file)", blocks)
  }
}

extension Trajectory {
  /// The plot of the first units' positions in the first trajectory.
  public var positionPlot: Plot {
    let shown = min(hidden, 6)
    return Plot(
      name: "positions", title: "Positions of \(shown < hidden ? "the first \(shown) of \(hidden)" : "all") units",
      xLabel: "time t", yLabel: "position y", x: times,
      curves: (0..<shown).map { unit in
        Plot.Curve("y\(unit)", (0..<steps).map { positions[$0 * batch * hidden + unit] })
      })
  }

  /// Every state as comma-separated values: step, time, trajectory, then positions and velocities.
  public var csv: String {
    let names = ["step", "time", "trajectory"] + (0..<hidden).map { "y\($0)" } + (0..<hidden).map { "z\($0)" }
    var text = names.joined(separator: ",") + "\n"
    for (step, time) in times.enumerated() {
      for b in 0..<batch {
        let place = (step * batch + b) * hidden
        text += "\(step + 1),\(time),\(b)"
        for value in positions[place..<place + hidden] { text += ",\(value)" }
        for value in velocities[place..<place + hidden] { text += ",\(value)" }
        text += "\n"
      }
    }
    return text
  }
}
