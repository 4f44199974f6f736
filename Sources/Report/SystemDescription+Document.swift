import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNModel

extension SystemDescription {
  /// What was studied, as a list of facts.
  var facts: [Document.Fact] { facts(without: nil) }

  /// What was studied, but for a parameter that took several values.
  func facts(without swept: String?) -> [Document.Fact] {
    var facts: [Document.Fact] = []
    if let network {
      let kind = isFlow ? "ODE" : "map, \(network.damping?.rawValue ?? "") damping"
      facts = [
        network.isRandom
          ? Document.Fact("weights", name)
          : Document.Fact("checkpoint", "\(name), layout \(network.layout?.rawValue ?? "by --map")"),
        Document.Fact("network", "\(network.hidden) units, \(kind), activation \(network.activation.rawValue)"),
        Document.Fact(
          "constants",
          network.constants.filter { ["dt", "gamma", "epsilon"].contains($0.name) }
            .map { "\($0.name) \($0.value) (\($0.source.text))" }.joined(separator: ", ")),
      ]
    } else {
      let values = (parameters ?? []).filter { $0.name != swept }.map {
        "\($0.name) = \(numberText($0.value, digits: 10))"
      }
      facts = [
        Document.Fact(
          "system", ([name] + (values.isEmpty ? [] : [values.joined(separator: ", ")])).joined(separator: ": ")),
        Document.Fact("kind", "\(isFlow ? "flow" : "map") of \(dimension) variable\(dimension == 1 ? "" : "s")"),
      ]
    }
    facts.append(Document.Fact("mode", mode.text))
    facts.append(Document.Fact("driven by", drivenBy))
    if let integration {
      let period = network == nil ? stepsPerPeriod.map { ", \($0) to a period of the forcing" } ?? "" : ""
      facts.append(
        Document.Fact("integration", integration.text + ", sampled every \(numberText(timeStep, digits: 10))" + period))
    }
    if let start { facts.append(Document.Fact("start", start)) }
    if !angles.isEmpty {
      facts.append(Document.Fact("angles", angles.map(variableName).joined(separator: ", ") + ", shown in [−π, π]"))
    }
    return facts
  }

  /// Its name without folders, for titles of plots.
  var shortName: String { name.split(separator: "/").last.map(String.init) ?? name }

  /// What an axis of a parameter's values says: those of a network's, but for the step, are factors on its own.
  func sweptLabel(_ parameter: String) -> String {
    network != nil && parameter != "dt" ? "factor on \(parameter)" : parameter
  }

  /// What a state variable is called.
  func variableName(_ index: Int) -> String {
    guard let network else { return "x\(index)" }
    return index < network.hidden ? "y\(index)" : "z\(index - network.hidden)"
  }
}

extension SystemDescription.Integration {
  fileprivate var text: String {
    if let stepsPerSample {
      return "Runge–Kutta of order 4, \(stepsPerSample == 1 ? "a step" : "\(stepsPerSample) steps") a sample"
    }
    return "\(method) at \(numberText(relativeTolerance ?? 0))"
  }
}

extension SystemMode {
  fileprivate var text: String {
    switch self {
    case .driven: "driven: what is found is conditional on the inputs"
    case .autonomous: "autonomous"
    case .closedLoop: "closed loop: outputs are the next inputs, W stands for W + V·Q"
    }
  }
}
