public import ArgumentParser
public import CoRNNDynamics
public import CoRNNKernels

/// How the continuous system is integrated.
struct FlowOptions: ParsableArguments {
  @Option(help: ArgumentHelp("GSL's stepper for the ODE."))
  var method: IntegrationMethod = .rk8pd

  @Option(help: ArgumentHelp("Absolute tolerance of the ODE's integration, in each step.", valueName: "x"))
  var absoluteTolerance = 1e-12

  @Option(help: ArgumentHelp("Relative tolerance of the ODE's integration, in each step.", valueName: "x"))
  var relativeTolerance = 1e-12

  @Option(help: ArgumentHelp("The ODE integration's largest step. (default: no limit)", valueName: "x"))
  var largestStep: Double?

  @Option(help: ArgumentHelp("What the ODE's input is between two samples."))
  var hold: InputHold = .zeroOrder

  func validate() throws {
    for (flag, value) in [("--absolute-tolerance", absoluteTolerance), ("--relative-tolerance", relativeTolerance)] {
      guard value >= 0, value.isFinite else { throw ValidationError("\(flag) is \(value); it must be at least 0.") }
    }
    guard absoluteTolerance > 0 || relativeTolerance > 0 else {
      throw ValidationError("--absolute-tolerance and --relative-tolerance are both 0; no step is that good.")
    }
    if let largestStep, !(largestStep > 0) {
      throw ValidationError("--largest-step is \(largestStep); it must be greater than 0.")
    }
  }

  /// The integration they ask for.
  var integration: IntegrationOptions {
    IntegrationOptions(
      method: method, absoluteTolerance: absoluteTolerance, relativeTolerance: relativeTolerance,
      largestStep: largestStep)
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
