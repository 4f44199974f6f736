public import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
public import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

/// Which dynamical system: a checkpoint's map under something that drives it, or a classic one by name.
struct SystemOptions: ParsableArguments {
  @Argument(help: "Trained weights, unless --system is given: .pt, .pth, .safetensors, .npz or .json.")
  var checkpoint: String?

  @Option(help: ArgumentHelp("A classic system instead of a checkpoint."))
  var system: NamedSystem?

  @Option(
    name: .customLong("parameter"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A parameter of the system; may be repeated.", valueName: "key=value"))
  var parameters: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The step at which a classic flow is sampled. (default: the system's own)", valueName: "x"))
  var samplingStep: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The same input at every step: d numbers between commas.", valueName: "x,y,…"))
  var constantInput: String?

  @Flag(help: "The network's outputs are its next inputs.")
  var closedLoop = false

  @Flag(name: .customLong("flow"), help: "The checkpoint's ODE instead of its map, sampled every dt.")
  var usesFlow = false

  @Option(
    help: ArgumentHelp("GSL's stepper for a flow. (default: classical Runge–Kutta of order 4, a step a sample)"))
  var method: IntegrationMethod?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Tolerance of --method, absolute and relative. (default: 1e-9)", valueName: "x"))
  var tolerance: Double?

  @OptionGroup var drive: DriveOptions
  @OptionGroup var reading: ReadingOptions

  func validate() throws {
    guard (checkpoint == nil) != (system == nil) else {
      throw ValidationError(
        checkpoint == nil
          ? "No system: give a checkpoint, or --system NAME."
          : "A checkpoint and --system contradict each other: give one.")
    }
    let drives = [drive.isGiven, constantInput != nil, closedLoop].filter(\.self).count
    if system != nil {
      if drives > 0 { throw ValidationError("Inputs, --constant-input and --closed-loop are about a checkpoint.") }
      if let samplingStep, !(samplingStep > 0 && samplingStep.isFinite) {
        throw ValidationError("--sampling-step is \(samplingStep); it must be greater than 0.")
      }
      if samplingStep != nil, system?.isFlow == false {
        throw ValidationError("--sampling-step means nothing to \(system?.rawValue ?? ""), which is a map.")
      }
    } else {
      if !parameters.isEmpty || samplingStep != nil {
        throw ValidationError("--parameter and --sampling-step belong to --system.")
      }
      guard drives == 1 else {
        throw ValidationError(
          drives == 0
            ? "Nothing drives the network: give --inputs, --signal, --constant-input or --closed-loop."
            : "--inputs or --signal, --constant-input and --closed-loop contradict each other: give one.")
      }
    }
    if tolerance != nil, method == nil { throw ValidationError("--tolerance belongs to --method.") }
    if let tolerance, !(tolerance > 0 && tolerance < 1) {
      throw ValidationError("--tolerance is \(tolerance); it must be between 0 and 1.")
    }
    if usesFlow, system != nil {
      throw ValidationError("--flow is about a checkpoint; \(system?.rawValue ?? "") is what it is.")
    }
    if method != nil, system?.isFlow == false || (system == nil && !usesFlow) {
      throw ValidationError("--method means nothing to a map\(system == nil ? ": add --flow" : "").")
    }
    _ = try values()
  }

  private var integration: FlowIntegration {
    method.map {
      .adaptive(
        IntegrationOptions(method: $0, absoluteTolerance: tolerance ?? 1e-9, relativeTolerance: tolerance ?? 1e-9))
    } ?? .rungeKutta(substeps: 1)
  }

  private func integrationText(_ timeStep: Double) -> String {
    "sampled every \(timeStep) by "
      + (method.map { "\($0.rawValue) at \(tolerance ?? 1e-9)" } ?? "Runge–Kutta of order 4")
  }

  /// A system, where it starts, and what it is.
  struct Loaded {
    let system: any DynamicalSystem
    let start: [Double]
    let description: SystemDescription
    /// The steps of recorded or made inputs; 0 without.
    var inputSteps = 0
  }

  /// Reads the checkpoint or makes the system.
  func load() throws(Diagnostic) -> Loaded {
    if let system { return try named(system) }
    guard let path = checkpoint else { preconditionFailure("no checkpoint after validation") }
    let stored = try reading.stored(path)
    var network = try reading.network(stored)
    let mode: SystemDescription.Mode
    let driven: OscillatorMapSystem.Drive
    var source: String
    var start: [Double]?
    var inputSteps = 0
    if drive.isGiven {
      let loaded = try drive.load(stored: stored, network: network, memory: reading.memory)
      guard loaded.inputs.batch == 1 else {
        throw Diagnostic(.data, "\(loaded.description.source): \(loaded.inputs.batch) trajectories where one is wanted")
      }
      driven = .inputs(loaded.inputs)
      inputSteps = loaded.inputs.steps
      (mode, source, start) = (
        .driven, "\(loaded.description.source), \(loaded.inputs.steps) steps, repeated", loaded.start
      )
    } else if closedLoop {
      network = try network.closedLoop(path: path)
      (driven, mode, source) = (.constant([]), .closedLoop, "its own outputs")
      start = try drive.readStart(network: network, batch: 1, memory: reading.memory)
    } else {
      let value = try constant(network)
      (driven, mode) = (.constant(value), .autonomous)
      source = "constant \(value.map { "\($0)" }.joined(separator: ", "))"
      start = try drive.readStart(network: network, batch: 1, memory: reading.memory)
    }
    return Loaded(
      system: usesFlow
        ? SampledFlow(
          OscillatorFlowField(network, drive: driven), timeStep: network.oscillators.timeStep, integration: integration)
        : OscillatorMapSystem(network, drive: driven),
      start: start ?? [Double](repeating: 0, count: 2 * network.hidden),
      description: SystemDescription(
        name: path, mode: mode, drivenBy: source,
        parameters: stored.constants.texts + (usesFlow ? [integrationText(network.oscillators.timeStep)] : []),
        start: drive.initial ?? "zero"), inputSteps: inputSteps)
  }

  private func named(_ system: NamedSystem) throws(Diagnostic) -> Loaded {
    let values = (try? values()) ?? [:]
    do throws(NamedSystem.ParameterError) {
      let made = try system.make(values, timeStep: samplingStep, integration: integration)
      let parameters = system.parameters.map { "\($0.name) \(values[$0.name] ?? $0.value)" }
      let sampled = system.isFlow ? [integrationText(made.system.timeStep)] : []
      return Loaded(
        system: made.system, start: made.start,
        description: SystemDescription(
          name: system.rawValue, mode: .autonomous, drivenBy: "nothing but its own equations",
          parameters: parameters + sampled,
          start: made.start.count <= 5 ? "\(made.start)" : "\(made.start.count) values near the attractor"))
    } catch {
      switch error {
      case .unknown(let name):
        throw Diagnostic(
          .usage, "--parameter \(name): \(system.rawValue) has no such parameter",
          hint: system.parameters.isEmpty
            ? "it has none" : "it has " + system.parameters.map(\.name).joined(separator: ", "))
      case .outOfRange(let name, let value, let requirement):
        throw Diagnostic(.usage, "--parameter \(name) is \(value); it must be \(requirement)")
      }
    }
  }

  /// The parameters given.
  private func values() throws -> [String: Double] {
    var values: [String: Double] = [:]
    for text in parameters {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let value = Double(parts[1]) else {
        throw ValidationError("--parameter '\(text)' isn't of the form key=value.")
      }
      guard values.updateValue(value, forKey: parts[0]) == nil else {
        throw ValidationError("--parameter \(parts[0]) is given twice.")
      }
    }
    return values
  }

  private func constant(_ network: OscillatorNetwork) throws(Diagnostic) -> [Double] {
    let parts = (constantInput ?? "").split(separator: ",").map { Double($0) }
    let numbers = parts.compactMap(\.self).filter(\.isFinite)
    guard numbers.count == parts.count, numbers.count == network.inputs else {
      throw Diagnostic(
        .usage, "--constant-input \(constantInput ?? ""): the network takes \(network.inputs) numbers",
        hint: "separate them by commas")
    }
    return numbers
  }
}

extension OscillatorNetwork {
  /// The network whose outputs are its next inputs, or why there is none.
  func closedLoop(path: String) throws(Diagnostic) -> OscillatorNetwork {
    do throws(InvalidNetwork) {
      if let closed = try closingLoop() { return closed }
    } catch {
      throw Diagnostic(error, path: path)
    }
    let outputs = readout?.weights.rows ?? 0
    throw Diagnostic(
      .usage,
      "--closed-loop: \(path) has \(outputs == 0 ? "no readout" : "\(outputs) outputs") and "
        + "\(embedding == nil ? "\(inputs) inputs" : "tokens for inputs")",
      hint: "a loop closes only where there are as many outputs as inputs")
  }
}

extension NamedSystem: ExpressibleByArgument {}
