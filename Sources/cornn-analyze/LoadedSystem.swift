import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

/// A system ready to move.
struct LoadedSystem {
  let description: SystemDescription
  let family: SystemFamily
  let system: any DynamicalSystem
  /// The vector field of a flow; nil for a map.
  let field: (any FlowField)?
  let start: [Double]
  /// Steps in a period of what drives it; nil where there is none.
  var stepsPerPeriod: Int? { description.stepsPerPeriod }
  /// The steps of the inputs or the signal; 0 without.
  let inputSteps: Int

  /// Refuses a variable that isn't there.
  func check(variable: Int) throws(Diagnostic) {
    guard !(0..<description.dimension ~= variable) else { return }
    throw Diagnostic(
      .usage, "--variable is \(variable) where there are \(description.dimension) state variables, from 0",
      hint: description.network.map { "0 to \($0.hidden - 1) are positions, \($0.hidden) on velocities" })
  }

  /// Refuses an ODE whose inputs jump: its orbit turns where they do, and not where it is smooth.
  func requireSmoothFlow() throws(Diagnostic) {
    guard description.network != nil, let field, !field.isAutonomous else { return }
    throw Diagnostic(
      .usage, "inputs that jump at every step leave the flow neither smooth crossings nor maxima",
      hint: "hold the input with --constant-input, or look once a period: stroboscopic")
  }
}

extension FlowIntegration {
  /// A classic system's steps are short enough for it, and tangents see the derivative of these very steps.
  static let usual = FlowIntegration.rungeKutta(substeps: 1)
  /// Where a state within a step matters, or the step is a network's own.
  static let tight = FlowIntegration.adaptive(
    IntegrationOptions(absoluteTolerance: 1e-10, relativeTolerance: 1e-10))

  /// The step control where states within a step are wanted.
  var options: IntegrationOptions {
    switch self {
    case .adaptive(let options): options
    case .rungeKutta: preconditionFailure("crossings by equal steps")
    }
  }
}

extension SystemOptions {
  /// Reads the checkpoint or makes the system.
  ///
  /// - Parameters:
  ///   - usual: how a flow is integrated unless the flags say; nil for `usual` on classic systems and `tight` on networks.
  ///   - number: which of the random networks of a seed.
  func load(integrating usual: FlowIntegration? = nil, number: Int = 0) throws -> LoadedSystem {
    if let system {
      return try named(system, try values(), integration(usual: usual ?? .usual))
    }
    if let hidden = random.randomHidden { return try drawn(hidden, number, integration(usual: usual ?? .tight)) }
    guard let path = checkpoint else { preconditionFailure("no checkpoint after validation") }
    return try network(path, integration(usual: usual ?? .tight))
  }

  private func network(_ path: String, _ integration: FlowIntegration?) throws(Diagnostic) -> LoadedSystem {
    let stored = try reading.stored(path)
    let open = try reading.network(stored)
    let (drive, words, steps) = try driving(open, inputScale: stored.constants.inputScale.value)
    let family = SystemFamily.network(open, path: path, drive, integration)
    let network = closedLoop ? try open.closedLoop(path: path) : open
    let (system, field, _) = SystemFamily.moving(network, drive, integration)
    let (start, named) = try startState(
      dimension: 2 * network.hidden, hidden: network.hidden, usual: [Double](repeating: 0, count: 2 * network.hidden),
      named: "zero")
    var period: Int?
    if case .inputs(let sequence)? = drive, sequence.steps > 1 { period = sequence.steps }
    return LoadedSystem(
      description: SystemDescription(
        stored, network: network, mode: closedLoop ? .closedLoop : period == nil ? .autonomous : .driven,
        drivenBy: words, integration: integration, stepsPerPeriod: period, start: named),
      family: family, system: system, field: field, start: start, inputSteps: steps)
  }

  private func drawn(
    _ hidden: Int, _ number: Int, _ integration: FlowIntegration?
  ) throws(Diagnostic) -> LoadedSystem {
    let drawn = try RandomNetwork(
      hidden: hidden, seed: random.networkSeed ?? 0, number: number, constants: try reading.given())
    let (drive, words, steps) = try driving(drawn.network, inputScale: 1)
    guard let drive else {
      throw Diagnostic(.usage, "--closed-loop: a random network has no readout", hint: "give --constant-input 0")
    }
    let (system, field, _) = SystemFamily.moving(drawn.network, drive, integration)
    let (start, named) = try startState(
      dimension: 2 * hidden, hidden: hidden, usual: drawn.start, named: drawn.startWords)
    var period: Int?
    if case .inputs(let sequence) = drive, sequence.steps > 1 { period = sequence.steps }
    return LoadedSystem(
      description: SystemDescription(
        name: drawn.name, network: drawn.network, layout: nil, isRandom: true,
        constants: drawn.constants, mode: period == nil ? .autonomous : .driven, drivenBy: words,
        integration: integration,
        stepsPerPeriod: period, start: named),
      family: .network(drawn.network, path: drawn.name, drive, integration), system: system, field: field, start: start,
      inputSteps: steps)
  }

  /// What drives the network (nil for its own outputs), in words too, and how many steps of it there are.
  private func driving(
    _ network: OscillatorNetwork, inputScale: Double
  ) throws(Diagnostic) -> (OscillatorMapSystem.Drive?, String, Int) {
    if closedLoop { return (nil, "its own outputs", 0) }
    let scale = drive.scaleInputs ? inputScale : 1
    func scaled(by scale: Double) -> String { scale == 1 ? "" : ", divided by \(scale)" }
    func constant(_ values: [Double], _ words: String) -> (OscillatorMapSystem.Drive?, String, Int) {
      (.constant(values.map { $0 / scale }), words + scaled(by: scale), drive.steps ?? 0)
    }
    let width = network.inputs
    if drive.isConstant {
      let value = drive.signal == .zero ? 0 : drive.amplitude ?? 1
      return constant([Double](repeating: value, count: width), "constant input \(value) on \(width) channels")
    }
    if drive.isGiven {
      let (inputs, source, divisor) = try drive.sequence(
        inputScale: inputScale, network: network, memory: reading.memory)
      guard inputs.batch == 1 else {
        throw Diagnostic(
          .data, "\(source): \(inputs.batch) trajectories where one is wanted",
          hint: "save one of them as steps × width")
      }
      return (.inputs(inputs), "\(source)\(scaled(by: divisor)), \(inputs.steps) steps, repeated", inputs.steps)
    }
    guard let text = constantInput, let numbers = numberList(text) else {
      return (
        .constant([Double](repeating: 0, count: width)), "constant input zero on \(width) channels, as none was given",
        0
      )
    }
    if numbers.count == 1 {
      return constant(
        [Double](repeating: numbers[0], count: width), "constant input \(numbers[0]) on \(width) channels")
    }
    guard numbers.count == width else {
      throw Diagnostic(
        .usage, "--constant-input has \(numbers.count) numbers where the network's inputs are \(width) wide",
        hint: "one number stands for all channels")
    }
    let shown = numbers.prefix(8).map { "\($0)" }.joined(separator: ", ")
    return constant(numbers, "constant input " + shown + (numbers.count > 8 ? ", …" : ""))
  }

  private func named(
    _ named: NamedSystem, _ given: [String: Double], _ integration: FlowIntegration?
  ) throws(Diagnostic) -> LoadedSystem {
    let (system, field, period, usual, values) = try Diagnostic.naming("--parameter", named) {
      () throws(NamedSystem.ParameterError) in
      let (system, field, period) = try SystemFamily.moving(
        named, given, timeStep: samplingStep, integration: integration ?? .usual)
      return (system, field, period, try named.make(given).start, try named.values(given))
    }
    let (start, words) = try startState(
      dimension: system.dimension, usual: usual,
      named: usual.count <= 5
        ? usual.map { "\($0)" }.joined(separator: ", ") : "\(usual.count) values near the attractor")
    let isDriven = field.map { !$0.isAutonomous } ?? false
    return LoadedSystem(
      description: SystemDescription(
        name: named.rawValue,
        parameters: named.parameters.map { .init(name: $0.name, value: values[$0.name] ?? $0.value) },
        mode: isDriven ? .driven : .autonomous,
        drivenBy: isDriven
          ? "its own forcing" + (field?.period.map { " of period \($0)" } ?? "") : "nothing but its own equations",
        integration: integration, system: system, stepsPerPeriod: period, start: words,
        angles: field?.angles ?? []),
      family: .named(named, given, timeStep: samplingStep, integration ?? .usual), system: system, field: field,
      start: start, inputSteps: 0)
  }

  /// The start given, or the usual one, and what it is called.
  private func startState(
    dimension: Int, hidden: Int? = nil, usual: [Double], named: String
  ) throws(Diagnostic) -> ([Double], String) {
    if let path = drive.initial {
      let values = try drive.readStart(dimension: dimension, hidden: hidden, memory: reading.memory)
      return (values ?? usual, path)
    }
    guard let text = start, let numbers = numberList(text) else { return (usual, named) }
    guard numbers.count == dimension else {
      throw Diagnostic(
        .usage, "--start has \(numbers.count) numbers where there are \(dimension) state variables",
        hint: hidden.map { "\($0) positions, then \($0) velocities" })
    }
    return (numbers, numbers.count <= 8 ? text : "\(numbers.count) values of --start")
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
