public import ArgumentParser
public import CoRNNDynamics
public import CoRNNKernels

/// How the continuous system is integrated.
struct FlowOptions: ParsableArguments {
  @Option(help: ArgumentHelp("GSL's stepper for the ODE. (default: rk8pd)"))
  var method: IntegrationMethod?

  @Option(
    help: ArgumentHelp("Absolute tolerance of the ODE's integration, in each step. (default: 1e-12)", valueName: "x"))
  var absoluteTolerance: Double?

  @Option(
    help: ArgumentHelp("Relative tolerance of the ODE's integration, in each step. (default: 1e-12)", valueName: "x"))
  var relativeTolerance: Double?

  @Option(help: ArgumentHelp("The ODE integration's largest step. (default: no limit)", valueName: "x"))
  var largestStep: Double?

  @Option(
    name: .customLong("hold"), help: ArgumentHelp("What the ODE's input is between two samples. (default: zero-order)"))
  var givenHold: InputHold?

  /// What the ODE's input is between two samples.
  var hold: InputHold { givenHold ?? .zeroOrder }

  /// Whether any of the flags was given, which means something only where the ODE is integrated.
  var areGiven: Bool {
    method != nil || absoluteTolerance != nil || relativeTolerance != nil || largestStep != nil || givenHold != nil
  }

  func validate() throws {
    let (absolute, relative) = (integration.absoluteTolerance, integration.relativeTolerance)
    for (flag, value) in [("--absolute-tolerance", absolute), ("--relative-tolerance", relative)] {
      guard value >= 0, value.isFinite else { throw ValidationError("\(flag) is \(value); it must be at least 0.") }
    }
    guard absolute > 0 || relative > 0 else {
      throw ValidationError("--absolute-tolerance and --relative-tolerance are both 0; no step is that good.")
    }
    if let largestStep, !(largestStep > 0) {
      throw ValidationError("--largest-step is \(largestStep); it must be greater than 0.")
    }
  }

  /// The integration they ask for.
  var integration: IntegrationOptions {
    IntegrationOptions(
      method: method ?? .rk8pd, absoluteTolerance: absoluteTolerance ?? 1e-12,
      relativeTolerance: relativeTolerance ?? 1e-12, largestStep: largestStep)
  }

  /// Refuses a spline through fewer than three inputs.
  func check(_ inputs: InputSequence) throws(Diagnostic) {
    if hold == .cubic, inputs.steps < 3 {
      throw Diagnostic(.usage, "--hold cubic needs at least 3 inputs, there are \(inputs.steps)")
    }
  }
}

extension IntegrationMethod: ExpressibleByArgument {}
extension InputHold: ExpressibleByArgument {}
