public import ArgumentParser
public import CoRNNDynamics
import CoRNNKernels

/// Which dynamical system: a checkpoint's network and what drives it, or a classic one by name. The same for every verb
/// about dynamics.
struct SystemOptions: ParsableArguments {
  @Argument(help: "Trained weights, unless --system is given: .pt, .pth, .safetensors, .npz or .json.")
  var checkpoint: String?

  @Option(help: ArgumentHelp("A classic system instead of a checkpoint."))
  var system: NamedSystem?

  @Option(
    name: .customLong("parameter"), parsing: .upToNextOption,
    help: ArgumentHelp("Parameters of the system, one or several.", valueName: "key=value"))
  var parameters: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The step at which a classic flow is sampled, shortened to divide a forcing's period. (default: the system's own)",
      valueName: "x"))
  var samplingStep: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The same input at every step: d numbers between commas, or one for all channels.", valueName: "x,y,…"))
  var constantInput: String?

  @Flag(help: "The network's outputs are its next inputs, W + V·Q in place of W.")
  var closedLoop = false

  @Flag(name: .customLong("flow"), help: "The checkpoint's ODE instead of its map, sampled every dt.")
  var usesFlow = false

  @Option(
    help: ArgumentHelp(
      "GSL's stepper for a flow. (default: Runge–Kutta of order 4, a step a sample; rk8pd where crossings are looked for, "
        + "and for a checkpoint's ODE but in lyapunov)"))
  var method: IntegrationMethod?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Tolerance of a flow's stepper, absolute and relative. (default: 1e-10)", valueName: "x"))
  var tolerance: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The start as numbers between commas, instead of --initial.", valueName: "x,y,…"))
  var start: String?

  @OptionGroup var random: RandomNetworkOptions
  @OptionGroup var drive: DriveOptions
  @OptionGroup var reading: ReadingOptions

  /// Whether it is a flow.
  var isFlow: Bool { system?.isFlow ?? usesFlow }

  /// Whether an input was named that stays.
  var isInputConstant: Bool { constantInput != nil || drive.isConstant }

  func validate() throws {
    let sources = [
      ("A checkpoint", checkpoint != nil), ("--system", system != nil), ("--random-hidden", random.randomHidden != nil),
    ].filter(\.1).map(\.0)
    guard sources.count == 1 else {
      throw ValidationError(
        sources.isEmpty
          ? "No system: give a checkpoint, or --system NAME, or --random-hidden M."
          : "\(sources[0]) and \(sources[1]) contradict each other: give one.")
    }
    if let system { try validate(system) } else { try validateNetwork() }
    if start != nil, drive.initial != nil {
      throw ValidationError("--start and --initial contradict each other: give one.")
    }
    for (flag, text) in [("--constant-input", constantInput), ("--start", start)] {
      if let text, numberList(text) == nil {
        throw ValidationError("\(flag) is \(text); it must be numbers with commas between.")
      }
    }
    if method != nil || tolerance != nil, !isFlow {
      throw ValidationError(
        "\(method == nil ? "--tolerance" : "--method") means nothing to a map\(system == nil ? ": add --flow" : "").")
    }
    if let tolerance, !(tolerance > 0 && tolerance < 1) {
      throw ValidationError("--tolerance is \(tolerance); it must be between 0 and 1.")
    }
  }

  private func validate(_ system: NamedSystem) throws {
    let foreign =
      reading.givenFlags
      + [
        ("--flow", usesFlow), ("--closed-loop", closedLoop), ("--constant-input", constantInput != nil),
        ("--inputs", drive.inputs != nil), ("--signal", drive.signal != nil), ("--scale-inputs", drive.scaleInputs),
      ].filter(\.1).map(\.0)
    if let flag = foreign.first {
      throw ValidationError("\(flag) belongs to a checkpoint; a classic system has its --parameter.")
    }
    if let samplingStep {
      guard samplingStep > 0, samplingStep.isFinite else {
        throw ValidationError("--sampling-step is \(samplingStep); it must be greater than 0.")
      }
      guard system.isFlow else {
        throw ValidationError("--sampling-step means nothing to \(system.rawValue), which is a map.")
      }
    }
    _ = try values()
  }

  private func validateNetwork() throws {
    if !parameters.isEmpty || samplingStep != nil {
      throw ValidationError("\(samplingStep == nil ? "--parameter" : "--sampling-step") belongs to --system.")
    }
    let drives = [
      ("--inputs", drive.inputs != nil), ("--signal", drive.signal != nil),
      ("--constant-input", constantInput != nil), ("--closed-loop", closedLoop),
    ].filter(\.1).map(\.0)
    guard drives.count < 2 else {
      throw ValidationError("\(drives[0]) and \(drives[1]) contradict each other: give one.")
    }
    try drive.requireSteps(evenIfConstant: false)
    if drive.scaleInputs, closedLoop || drives.isEmpty {
      throw ValidationError("--scale-inputs is about inputs that are given.")
    }
  }

  /// Refuses a checkpoint that nothing drives.
  func requireDrive() throws {
    guard system == nil, !drive.isGiven, constantInput == nil, !closedLoop else { return }
    throw ValidationError("Nothing drives the network: give --inputs, --signal, --constant-input or --closed-loop.")
  }

  /// The parameters given.
  func values() throws -> [String: Double] {
    var values: [String: Double] = [:]
    for text in parameters {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let value = Double(parts[1]) else {
        throw ValidationError("--parameter '\(text)' isn't of the form key=value with a number.")
      }
      guard values.updateValue(value, forKey: parts[0]) == nil else {
        throw ValidationError("--parameter \(parts[0]) is given twice.")
      }
    }
    return values
  }

  /// How a flow is integrated; nil for a map.
  ///
  /// - Parameter usual: what stands for it where neither flag was given.
  func integration(usual: FlowIntegration) -> FlowIntegration? {
    guard isFlow else { return nil }
    return method == nil && tolerance == nil
      ? usual
      : .adaptive(
        IntegrationOptions(
          method: method ?? .rk8pd, absoluteTolerance: tolerance ?? 1e-10, relativeTolerance: tolerance ?? 1e-10))
  }
}

/// Numbers with commas between; nil where a part isn't one.
func numberList(_ text: String) -> [Double]? {
  let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0.filter { $0 != " " }) }
  guard parts.allSatisfy({ $0?.isFinite ?? false }) else { return nil }
  return parts.compactMap { $0 }
}

extension NamedSystem: ExpressibleByArgument {}
