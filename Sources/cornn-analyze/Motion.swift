import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

/// A system ready to move.
struct Motion {
  let description: MotionDescription
  let system: any DynamicalSystem
  /// The vector field of a flow; nil for a map.
  let field: (any FlowField)?
  let start: [Double]
  /// Steps in a period of the forcing; nil where there is none.
  let stepsPerPeriod: Int?
  /// The same system at another value of a parameter.
  let family: Family

  /// Where systems of a family come from.
  enum Family {
    case network(OscillatorNetwork, OscillatorMapSystem.Drive, isFlow: Bool)
    case named(NamedSystem, [String: Double], timeStep: Double?)
  }

  /// - Parameter steps: how many steps are wanted, for signals that are made.
  init(_ options: MotionOptions, steps: Int) throws {
    if let (named, given) = try options.named() {
      try self.init(named, given, options)
    } else {
      try self.init(checkpoint: options, steps: steps)
    }
  }

  private init(_ named: NamedSystem, _ given: [String: Double], _ options: MotionOptions) throws {
    let (system, field, steps) = try Self.make(named, given, timeStep: options.samplingStep)
    let usual = try named.make(given).start
    start = try Self.start(options, usual: usual)
    self.system = system
    self.field = field
    stepsPerPeriod = steps
    let values = try named.values(given)
    description = MotionDescription(
      system: named.rawValue,
      parameters: named.parameters.map { .init(name: $0.name, value: values[$0.name] ?? $0.value) },
      isFlow: named.isFlow, dimension: system.dimension, timeStep: system.timeStep, hasTime: system.hasTime,
      start: options.start ?? "the system's own")
    family = .named(named, given, timeStep: options.samplingStep)
  }

  /// A named system; a flow that is driven periodically takes a whole number of steps a period.
  static func make(
    _ named: NamedSystem, _ given: [String: Double], timeStep: Double?
  ) throws(Diagnostic) -> (system: any DynamicalSystem, field: (any FlowField)?, stepsPerPeriod: Int?) {
    do throws(NamedSystem.ParameterError) {
      guard let field = try named.field(given) else { return (try named.make(given).system, nil, nil) }
      let wanted = timeStep ?? named.timeStep
      guard let period = field.period else { return (field.sampled(every: wanted), field, nil) }
      let count = max(1, Int((period / wanted).rounded(.up)))
      return (field.sampled(every: period / Double(count)), field, count)
    } catch {
      throw Diagnostic(error, system: named)
    }
  }

  private init(checkpoint options: MotionOptions, steps: Int) throws {
    let checkpoint = try options.checkpointOptions()
    let stored = try checkpoint.stored()
    var network = try checkpoint.network(stored)
    if options.closedLoop { network = try network.closedLoop(path: checkpoint.checkpoint) }
    let drive: OscillatorMapSystem.Drive
    let words: String
    var repeats: Int?
    if options.inputs != nil || options.signal != nil {
      var arguments: [String] = []
      func add(_ flag: String, _ value: String?) { if let value { arguments.append("\(flag)=\(value)") } }
      add("--inputs", options.inputs)
      add("--signal", options.signal)
      if options.signal != nil { add("--steps", "\(steps)") }
      add("--amplitude", options.amplitude)
      add("--frequency", options.frequency)
      let (inputs, _, description) = try InputOptions.parse(arguments).load(
        stored: stored, network: network, memory: checkpoint.memory)
      drive = .inputs(inputs.firstTrajectory)
      words = description.source + (options.inputs == nil ? "" : ", repeated after \(inputs.steps) steps")
      repeats = options.inputs == nil ? nil : inputs.steps
    } else {
      let values = try Self.constantInput(options.constantInput, width: network.inputs)
      drive = .constant(values)
      words =
        options.closedLoop
        ? "the network's own outputs" : "constant " + (options.constantInput ?? "zero") + " (width \(network.inputs))"
    }
    start = try Self.start(options, usual: [Double](repeating: 0, count: 2 * network.hidden))
    system = Self.make(network, drive, isFlow: options.usesFlow)
    field = options.usesFlow ? OscillatorFlowField(network, drive: drive) : nil
    stepsPerPeriod = repeats
    description = MotionDescription(
      stored, network: network, input: words, isFlow: options.usesFlow, start: options.start ?? "zero")
    family = .network(network, drive, isFlow: options.usesFlow)
  }

  static func make(
    _ network: OscillatorNetwork, _ drive: OscillatorMapSystem.Drive, isFlow: Bool
  ) -> any DynamicalSystem {
    guard isFlow else { return OscillatorMapSystem(network, drive: drive) }
    return SampledFlow(
      OscillatorFlowField(network, drive: drive), timeStep: network.oscillators.timeStep,
      integration: .adaptive(IntegrationOptions(absoluteTolerance: 1e-10, relativeTolerance: 1e-10)))
  }

  /// An input of this width from a list of numbers; zero for nil.
  static func constantInput(_ text: String?, width: Int) throws(Diagnostic) -> [Double] {
    guard let text, let numbers = numberList(text) else { return [Double](repeating: 0, count: width) }
    if numbers.count == 1 { return [Double](repeating: numbers[0], count: width) }
    guard numbers.count == width else {
      throw Diagnostic(
        .usage, "--constant-input has \(numbers.count) numbers where the network's inputs are \(width) wide",
        hint: "one number stands for all channels")
    }
    return numbers
  }

  private static func start(_ options: MotionOptions, usual: [Double]) throws(Diagnostic) -> [Double] {
    guard let text = options.start, let numbers = numberList(text) else { return usual }
    guard numbers.count == usual.count else {
      throw Diagnostic(.usage, "--start has \(numbers.count) numbers where there are \(usual.count) state variables")
    }
    return numbers
  }

  /// Refuses a variable that isn't there.
  func check(variable: Int, flag: String) throws(Diagnostic) {
    guard !(0..<description.dimension ~= variable) else { return }
    throw Diagnostic(
      .usage, "\(flag) is \(variable) where there are \(description.dimension) state variables, from 0",
      hint: description.hidden.map { "0 to \($0 - 1) are positions, \($0) on velocities" })
  }
}
