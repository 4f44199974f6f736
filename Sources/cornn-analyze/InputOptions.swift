import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

/// What drives the network and where it starts, for commands that can't do without.
struct InputOptions: ParsableArguments {
  @OptionGroup var drive: DriveOptions

  func validate() throws {
    if !drive.isGiven { throw ValidationError("No inputs: give --inputs FILE, or --signal NAME with --steps N.") }
    try drive.requireSteps()
    try drive.refuseIdleSeed()
  }

  /// The inputs and start for a network, and what they are.
  func load(
    stored: StoredNetwork, network: OscillatorNetwork, memory: ByteCount
  ) throws(Diagnostic) -> (inputs: InputSequence, start: [Double]?, description: InputDescription) {
    try drive.load(stored: stored, network: network, memory: memory)
  }
}

/// Recorded inputs or a signal, and a start.
struct DriveOptions: ParsableArguments {
  /// The signals by name.
  enum SignalName: String, CaseIterable, ExpressibleByArgument {
    case cosine, steps, noise, lorenz96, constant, zero
  }

  @Option(help: ArgumentHelp("Inputs: .npy, .npz or .csv, N×d or N×B×d; tokens N or N×B.", valueName: "file"))
  var inputs: String?

  @Option(help: ArgumentHelp("Made inputs instead of --inputs; needs --steps."))
  var signal: SignalName?

  @Option(parsing: .unconditional, help: ArgumentHelp("The number of steps of a signal.", valueName: "n"))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Size of a signal: cosine, steps, noise, constant. (default: 1)", valueName: "x"))
  var amplitude: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Radians (cosine) or new levels (steps) per unit time. (default: 1)", valueName: "x"))
  var frequency: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The forcing F of the lorenz96 signal. (default: 8)", valueName: "x"))
  var forcing: Double?

  @Option(help: ArgumentHelp("Seed of what is random in a signal, or in the command. (default: 0)", valueName: "n"))
  var seed: UInt64?

  @Flag(help: "Divide inputs by the checkpoint's input_scale; lorenz96 always is, being raw task data.")
  var scaleInputs = false

  @Option(
    help: ArgumentHelp(
      "The start, a value for each state variable: positions, then velocities. (default: zero for a network)",
      valueName: "file"))
  var initial: String?

  /// Whether there are inputs.
  var isGiven: Bool { inputs != nil || signal != nil }

  /// Whether the signal is the same at every step.
  var isConstant: Bool { signal == .constant || signal == .zero }

  private var isRandom: Bool { signal == .steps || signal == .noise || signal == .lorenz96 }

  func validate() throws {
    if inputs != nil, signal != nil { throw ValidationError("--inputs and --signal contradict each other: give one.") }
    guard let signal else {
      let extra: [(String, Bool)] = [
        ("--steps", steps != nil), ("--amplitude", amplitude != nil), ("--frequency", frequency != nil),
        ("--forcing", forcing != nil),
      ]
      if let flag = extra.first(where: \.1)?.0 {
        throw ValidationError("\(flag) belongs to --signal\(inputs == nil ? "" : ", not to --inputs").")
      }
      return
    }
    if let steps, steps < 1 { throw ValidationError("--steps is \(steps); it must be at least 1.") }
    let used: [(String, Bool, Set<SignalName>)] = [
      ("--amplitude", amplitude != nil, [.cosine, .steps, .noise, .constant]),
      ("--frequency", frequency != nil, [.cosine, .steps]),
      ("--forcing", forcing != nil, [.lorenz96]),
    ]
    for (flag, given, signals) in used where given && !signals.contains(signal) {
      throw ValidationError("\(flag) means nothing to --signal \(signal.rawValue).")
    }
    for (flag, value) in [("--amplitude", amplitude), ("--frequency", frequency), ("--forcing", forcing)] {
      if let value, !value.isFinite { throw ValidationError("\(flag) is \(value); it must be finite.") }
    }
    if let amplitude, amplitude < 0, signal == .steps || signal == .noise {
      throw ValidationError("--amplitude is \(amplitude); --signal \(signal.rawValue) needs at least 0.")
    }
    if let frequency, frequency <= 0 {
      throw ValidationError("--frequency is \(frequency); it must be greater than 0.")
    }
  }

  /// Refuses a signal that changes without its number of steps.
  func requireSteps(evenIfConstant: Bool = true) throws {
    guard let signal, steps == nil, evenIfConstant || !isConstant else { return }
    throw ValidationError("--signal \(signal.rawValue) needs --steps N.")
  }

  /// Refuses a seed where nothing is random.
  func refuseIdleSeed() throws {
    guard seed != nil, !isRandom else { return }
    throw ValidationError(
      signal.map { "--seed means nothing to --signal \($0.rawValue)." }
        ?? "--seed belongs to --signal\(inputs == nil ? "" : ", not to --inputs").")
  }

  /// The inputs and start for a network, and what they are.
  func load(
    stored: StoredNetwork, network: OscillatorNetwork, memory: ByteCount
  ) throws(Diagnostic) -> (inputs: InputSequence, start: [Double]?, description: InputDescription) {
    let (sequence, source, scale) = try sequence(
      inputScale: stored.constants.inputScale.value, network: network, memory: memory)
    let start = try readStart(
      dimension: 2 * network.hidden, hidden: network.hidden, batch: sequence.batch, memory: memory)
    return (
      sequence, start,
      InputDescription(source: source, inputs: sequence, dividedBy: scale, start: initial ?? "zero")
    )
  }

  /// The inputs for a network, where they are from, and what they were divided by.
  func sequence(
    inputScale: Double, network: OscillatorNetwork, memory: ByteCount
  ) throws(Diagnostic) -> (inputs: InputSequence, source: String, dividedBy: Double) {
    var source: String
    var sequence: InputSequence
    var scaled = scaleInputs
    if let path = inputs {
      source = path
      sequence = try Self.file(path, network: network, memory: memory)
    } else {
      let (name, made) = try make(network, memory: memory)
      source = name
      sequence = made
      scaled = scaled || signal == .lorenz96
    }
    let scale = scaled ? inputScale : 1
    if scale != 1 { sequence = sequence.divided(by: scale) }
    return (sequence, source, scale)
  }

  /// The inputs in a file.
  static func file(
    _ path: String, network: OscillatorNetwork, memory: ByteCount
  ) throws(Diagnostic) -> InputSequence {
    let array = try readArray(path, names: ["inputs", "input", "u"], memory: memory)
    do {
      return try InputSequence(
        array: array.shape, values: array.values, areIntegers: array.isInteger, isText: array.isText, for: network)
    } catch {
      throw Diagnostic(error, path: path)
    }
  }

  private func make(_ network: OscillatorNetwork, memory: ByteCount) throws(Diagnostic) -> (String, InputSequence) {
    guard let signal, let steps else { preconditionFailure("no signal after validation") }
    let (bytes, overflow) = steps.multipliedReportingOverflow(by: 8 * network.inputs)
    guard !overflow, bytes <= memory.bytes else {
      throw Diagnostic(
        .usage, "the inputs of \(steps) steps would take more than --memory allows",
        hint: "raise --memory, or run fewer steps")
    }
    let amplitude = amplitude ?? 1
    let frequency = frequency ?? 1
    let seed = seed ?? 0
    let made: Signal
    let name: String
    switch signal {
    case .cosine:
      made = .cosine(amplitude: amplitude, frequency: frequency)
      name = "cosine, amplitude \(amplitude), frequency \(frequency)"
    case .steps:
      made = .steps(amplitude: amplitude, frequency: frequency)
      name = "steps, amplitude \(amplitude), frequency \(frequency), seed \(seed)"
    case .noise:
      made = .noise(amplitude: amplitude)
      name = "normal noise, amplitude \(amplitude), seed \(seed)"
    case .lorenz96:
      guard network.inputs >= 4 else {
        throw Diagnostic(
          .usage, "--signal lorenz96 has at least 4 variables, the network's inputs are \(network.inputs) wide")
      }
      made = .lorenz96(forcing: forcing ?? 8)
      name =
        "Lorenz-96, \(network.inputs) variables, F = \(forcing ?? 8), every \(Lorenz96.samplingInterval), "
        + "\(Lorenz96.integration.method.rawValue) at \(Lorenz96.integration.relativeTolerance), seed \(seed)"
    case .constant:
      made = .constant(amplitude: amplitude)
      name = "constant \(amplitude)"
    case .zero:
      made = .zero
      name = "zero"
    }
    do {
      return (
        name,
        try made.inputs(
          count: steps, width: network.inputs, timeStep: network.oscillators.timeStep,
          random: SplittableRandom(seed: seed))
      )
    } catch {
      throw Diagnostic(
        .data, "--signal \(signal.rawValue) can't be integrated beyond time \(error.time): \(error.reason)")
    }
  }

  /// The start in `--initial`, n values; nil without the flag.
  ///
  /// - Parameters:
  ///   - hidden: the units of a network, whose positions and velocities may stand in two rows.
  ///   - batch: trajectories, which may have a start each.
  func readStart(
    dimension: Int, hidden: Int? = nil, batch: Int = 1, memory: ByteCount
  ) throws(Diagnostic) -> [Double]? {
    guard let path = initial else { return nil }
    let array = try readArray(path, names: ["initial"], memory: memory)
    let shapes =
      [[dimension], [1, dimension], [dimension, 1], [batch, dimension]] + (hidden.map { [[2, $0]] } ?? [])
    guard shapes.contains(array.shape) else {
      let shape = array.shape.map(String.init).joined(separator: ", ")
      throw Diagnostic(
        .data,
        "\(path): shape (\(shape)) where the start is (\(dimension))"
          + (hidden == nil ? "" : ", or (\(batch), \(dimension)) for the batch"),
        hint: hidden == nil ? nil : "positions first, then velocities")
    }
    return array.values
  }
}

/// Reads an array, or says why not.
func readArray(_ path: String, names: [String], memory: ByteCount) throws(Diagnostic) -> NumericArray {
  do {
    return try NumericArray(path: path, names: names, memoryLimit: memory.bytes)
  } catch {
    throw Diagnostic(error)
  }
}

extension Diagnostic {
  /// The message for an array that can't be a network's inputs.
  init(_ error: InputSequence.ShapeError, path: String) {
    func text(_ shape: [Int]) -> String { "(" + shape.map(String.init).joined(separator: ", ") + ")" }
    switch error {
    case .inputs(let shape, let width):
      self.init(
        .data,
        "\(path): shape \(text(shape)) where the network's inputs are (steps, \(width)) or (steps, batch, \(width))")
    case .tokens(let shape):
      self.init(.data, "\(path): shape \(text(shape)) where tokens are (steps) or (steps, batch)")
    case .token(let index, let value, let count):
      self.init(.data, "\(path): token \(value) at index \(index) where the embedding has 0 to \(count - 1)")
    case .empty: self.init(.data, "\(path): it has no inputs")
    }
  }
}
