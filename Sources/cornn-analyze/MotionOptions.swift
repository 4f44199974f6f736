import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import CoRNNReport

/// What moves: a checkpoint's network and what drives it, or a named system.
struct MotionOptions: ParsableArguments {
  @Argument(help: "Trained weights: .pt, .pth, .safetensors, .npz or .json; or give --system.")
  var checkpoint: String?

  @Option(
    help: ArgumentHelp(
      "A classic system instead: \(NamedSystem.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
  var system: String?

  @Option(help: ArgumentHelp("A parameter of the system, key=value; can be given again.", valueName: "key=value"))
  var parameter: [String] = []

  @Option(parsing: .unconditional, help: ArgumentHelp("The step that a system's flow is sampled at.", valueName: "x"))
  var samplingStep: Double?

  @Option(help: ArgumentHelp("How tensors make up the network; see inspect --help.", valueName: "id"))
  var layout: String?

  @Option(help: ArgumentHelp("Which tensor is which; see inspect --help.", valueName: "roles"))
  var map: String?

  @Option(help: ArgumentHelp("The layer to take from a file of several.", valueName: "k"))
  var layer: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("The network's time step.", valueName: "x"))
  var dt: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Stiffness.", valueName: "x|file"))
  var gamma: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Damping constant.", valueName: "x|file"))
  var epsilon: String?

  @Option(help: ArgumentHelp("Whether damping acts on the new velocity (implicit) or the old one (explicit)."))
  var damping: Damping?

  @Option(help: "The activation. (default: tanh)")
  var activation: Activation?

  @Flag(name: .customLong("flow"), help: "Take the network's continuous system instead of its map.")
  var usesFlow = false

  @Flag(help: "Take the network whose outputs are its next inputs, W + V·Q in place of W.")
  var closedLoop = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The network's input, held for ever: d numbers with commas between, or one for all channels. (default: zero)",
      valueName: "x,y,…"))
  var constantInput: String?

  @Option(help: ArgumentHelp("Recorded inputs, again from the first after the last.", valueName: "file"))
  var inputs: String?

  @Option(help: ArgumentHelp("Made inputs: cosine, steps, noise, lorenz96.", valueName: "name"))
  var signal: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Size of a signal. (default: 1)", valueName: "x"))
  var amplitude: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Radians (cosine) or new levels (steps) per unit time. (default: 1)", valueName: "x"))
  var frequency: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Where it starts: numbers with commas between, one for each state variable.", valueName: "x,y,…")
  )
  var start: String?

  func validate() throws {
    guard (checkpoint == nil) != (system == nil) else {
      throw ValidationError(
        checkpoint == nil
          ? "Nothing to analyse: give a checkpoint, or --system NAME."
          : "A checkpoint and --system contradict each other: give one.")
    }
    if let system, NamedSystem(rawValue: system) == nil {
      throw ValidationError(
        "Unknown system '\(system)'. Known: \(NamedSystem.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    let network: [(String, Bool)] = [
      ("--layout", layout != nil), ("--map", map != nil), ("--layer", layer != nil), ("--dt", dt != nil),
      ("--gamma", gamma != nil), ("--epsilon", epsilon != nil), ("--damping", damping != nil),
      ("--activation", activation != nil), ("--flow", usesFlow), ("--closed-loop", closedLoop),
      ("--constant-input", constantInput != nil), ("--inputs", inputs != nil), ("--signal", signal != nil),
      ("--amplitude", amplitude != nil), ("--frequency", frequency != nil),
    ]
    if system != nil, let flag = network.first(where: \.1)?.0 {
      throw ValidationError(
        "\(flag) belongs to a checkpoint, not to --system; a system's parameters go by --parameter.")
    }
    if checkpoint != nil, !parameter.isEmpty || samplingStep != nil {
      throw ValidationError("\(samplingStep != nil ? "--sampling-step" : "--parameter") belongs to --system.")
    }
    let drives = [
      ("--constant-input", constantInput != nil), ("--inputs", inputs != nil), ("--signal", signal != nil),
      ("--closed-loop", closedLoop),
    ].filter(\.1).map(\.0)
    if drives.count > 1 { throw ValidationError("\(drives[0]) and \(drives[1]) contradict each other: give one.") }
    if signal == nil, amplitude != nil || frequency != nil {
      throw ValidationError("\(amplitude != nil ? "--amplitude" : "--frequency") belongs to --signal.")
    }
    if let samplingStep, !(samplingStep > 0 && samplingStep.isFinite) {
      throw ValidationError("--sampling-step is \(samplingStep); it must be greater than 0.")
    }
    for (flag, text) in [("--constant-input", constantInput), ("--start", start)] {
      if let text, numberList(text) == nil {
        throw ValidationError("\(flag) is \(text); it must be numbers with commas between.")
      }
    }
    for text in parameter where Self.pair(text) == nil {
      throw ValidationError("--parameter is \(text); it must be key=value with a number.")
    }
    if checkpoint != nil { _ = try checkpointOptions() }
  }

  static func pair(_ text: String) -> (key: String, value: Double)? {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let value = Double(parts[1]) else { return nil }
    return (String(parts[0]), value)
  }

  /// The options of a checkpoint among these.
  func checkpointOptions() throws -> CheckpointOptions {
    var arguments = [checkpoint ?? ""]
    func add(_ flag: String, _ value: String?) { if let value { arguments.append("\(flag)=\(value)") } }
    add("--layout", layout)
    add("--map", map)
    add("--layer", layer)
    add("--dt", dt)
    add("--gamma", gamma)
    add("--epsilon", epsilon)
    add("--damping", damping?.rawValue)
    add("--activation", activation?.rawValue)
    return try CheckpointOptions.parse(arguments)
  }

  /// The named system and its parameters.
  func named() throws(Diagnostic) -> (system: NamedSystem, given: [String: Double])? {
    guard let system, let named = NamedSystem(rawValue: system) else { return nil }
    var given: [String: Double] = [:]
    for text in parameter {
      guard let (key, value) = Self.pair(text) else { continue }
      given[key] = value
    }
    do throws(NamedSystem.ParameterError) {
      _ = try named.make(given)
    } catch {
      throw Diagnostic(error, system: named)
    }
    return (named, given)
  }
}

/// Numbers with commas between; nil where a part isn't one.
func numberList(_ text: String) -> [Double]? {
  let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0.filter { $0 != " " }) }
  guard parts.allSatisfy({ $0?.isFinite ?? false }) else { return nil }
  return parts.compactMap { $0 }
}

extension Diagnostic {
  /// The message for a parameter that a system can't have.
  init(_ error: NamedSystem.ParameterError, system: NamedSystem) {
    let known = system.parameters.map(\.name).joined(separator: ", ")
    switch error {
    case .unknown(let name):
      self.init(
        .usage, "\(system.rawValue) has no parameter \(name)", hint: known.isEmpty ? "it has none" : "it has \(known)")
    case .outOfRange(let name, let value, let requirement):
      self.init(.usage, "\(name) of \(system.rawValue) is \(value); it must be \(requirement)")
    }
  }
}
