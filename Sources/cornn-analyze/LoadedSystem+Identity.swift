import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

extension LoadedSystem {
  /// What tells runs of these systems from runs of others, by name: weights, inputs and starts by fingerprints.
  static func identity(_ systems: [LoadedSystem]) -> [String: String] {
    var (weights, inputs, starts) = (Fingerprint(), Fingerprint(), Fingerprint())
    var identity: [String: String] = ["networks": "\(systems.count)"]
    for loaded in systems {
      starts.add(loaded.start)
      switch loaded.family {
      case .network(let network, _, let drive, let integration):
        weights.add(network)
        switch drive {
        case .inputs(let sequence)?: inputs.add(sequence.values)
        case .constant(let values)?: inputs.add(values)
        case nil: inputs.add("its own outputs".utf8)
        }
        identity["integration"] = integration.map { "\($0)" } ?? "none"
        identity["weights"] = weights.text
        identity["inputs"] = inputs.text
      case .named(let named, let given, let timeStep, let integration):
        identity["system"] = named.rawValue
        identity["parameters"] = given.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(
          separator: ", ")
        identity["sampling-step"] = timeStep.map { "\($0)" } ?? "the system's own"
        identity["integration"] = "\(integration)"
      }
    }
    identity["start"] = starts.text
    return identity
  }
}

extension Fingerprint {
  /// Takes in all that a network's motion depends on.
  fileprivate mutating func add(_ network: OscillatorNetwork) {
    let oscillators = network.oscillators
    for matrix in [network.positionWeights, network.velocityWeights, network.inputWeights] { add(matrix.elements) }
    for values in [network.bias, oscillators.gamma, oscillators.epsilon, [oscillators.timeStep]] { add(values) }
    add(oscillators.damping.rawValue.utf8)
    add(oscillators.activation.rawValue.utf8)
    if let readout = network.readout {
      add(readout.weights.elements)
      add(readout.bias)
    }
  }
}

extension LyapunovSpectrum.FiniteTime {
  /// `time` (the end of each window), and `exponents`, windows × exponents.
  func arrays(timeStep: Double) -> [ArrayWriter.Named] {
    [
      ArrayWriter.Named("time", shape: [step.count], values: step.map { Double($0) * timeStep }),
      ArrayWriter.Named(
        "exponents", shape: [step.count, values.count],
        values: step.indices.flatMap { row in values.map { $0[row] } }),
    ]
  }
}
