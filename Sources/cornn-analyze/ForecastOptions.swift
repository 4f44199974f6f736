import ArgumentParser
import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNLearning

/// Which Lorenz-96, which trajectories, which models.
struct ForecastOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: ArgumentHelp("F.", valueName: "x"))
  var forcing: Double

  @Option(parsing: .unconditional, help: ArgumentHelp("The system's variables.", valueName: "n"))
  var variables = 5

  @Option(help: ArgumentHelp("Seed of the trajectories, of searches and of the first fit.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Models, commas between: \(ForecastCatalogue.methods.map(\.name).joined(separator: ", ")); all for all. (default: those that need no training)",
      discussion:
        "Networks may have their units, and a coRNN its damping and epsilon, after colons: lstm:30, cornn:128, cornn:64:implicit, cornn:64:epsilon=3.",
      valueName: "names"))
  var models: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Trajectories in each set.", valueName: "n"))
  var trajectories = 128

  @Option(parsing: .unconditional, help: ArgumentHelp("Samples in a trajectory, 0.01 apart.", valueName: "n"))
  var samples = 2000

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The first sample that a forecast is fitted and scored at.", valueName: "n"))
  var firstScored = 200

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Fits, each with its own seed, of models that depend on one.", valueName: "n"))
  var seeds = 3

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Settings tried, on validation only, for models that have any; at most 10.", valueName: "n"))
  var trials = 10

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("An optimiser's steps in a trial of a trained network. (default: 1500)", valueName: "n"))
  var trialSteps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("An optimiser's steps in a fit of a trained network. (default: 12000)", valueName: "n"))
  var fitSteps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The standard error to reach of the system's largest exponent, per unit time.", valueName: "x"))
  var untilError = 3e-3

  /// The most numbers in all trajectories.
  static let mostValues = 1 << 28

  func validate() throws {
    if !forcing.isFinite { throw ValidationError("--forcing is \(forcing); it must be finite.") }
    for (flag, value, range) in [
      ("--variables", variables, 4...10_000), ("--trajectories", trajectories, 2...1_000_000),
      ("--samples", samples, 2...10_000_000), ("--first-scored", firstScored, 0...10_000_000),
      ("--seeds", seeds, 1...1000),
      ("--trials", trials, 1...10),
    ] where !(range ~= value) {
      throw ValidationError("\(flag) is \(value); it must be \(range.lowerBound) to \(range.upperBound).")
    }
    for (flag, value, range) in [
      ("--trial-steps", trialSteps, 1...100_000_000), ("--fit-steps", fitSteps, 1...100_000_000),
    ] {
      guard let value else { continue }
      guard range ~= value else {
        throw ValidationError("\(flag) is \(value); it must be \(range.lowerBound) to \(range.upperBound).")
      }
      guard methods(store: nil).contains(where: { $0 is TrainedNetwork }) else {
        throw ValidationError("\(flag) is about trained networks: add cornn or lstm to --models.")
      }
    }
    if !(untilError > 0) { throw ValidationError("--until-error is \(untilError); it must be greater than 0.") }
    guard 3 * trajectories <= Self.mostValues / variables / samples else {
      throw ValidationError(
        "three sets of \(trajectories) trajectories of \(samples) samples of \(variables) variables are more than "
          + "\(Self.mostValues) numbers: lower --trajectories or --samples.")
    }
    if let models, models != "all" {
      for name in models.split(separator: ",", omittingEmptySubsequences: false) {
        guard ForecastCatalogue.method(String(name)) != nil else {
          throw ValidationError(
            "--models: there is no \(name); there are \(ForecastCatalogue.methods.map(\.name).joined(separator: ", "))."
          )
        }
      }
    }
  }

  /// The models asked for; but for those that `leavingOut` names where all are.
  ///
  /// - Parameter store: where trained networks keep their fits.
  func methods(leavingOut: [String] = [], store: (any FitStore)?) -> [any ForecastMethod] {
    let all = ForecastCatalogue.methods.filter { !leavingOut.contains($0.name) }
    let chosen: [any ForecastMethod] =
      switch models {
      case nil: all.filter { !($0 is TrainedNetwork) }
      case "all"?: all
      case let names?: names.split(separator: ",").compactMap { ForecastCatalogue.method(String($0)) }
      }
    return chosen.map { method in
      guard var network = method as? TrainedNetwork else { return method }
      if let trialSteps { network.trialSteps = trialSteps }
      if let fitSteps { network.fitSteps = fitSteps }
      network.store = store
      return network
    }
  }

  /// How trajectories are made, under another forcing where one is given.
  func recipe(forcing other: Double? = nil) -> ForecastDataRecipe {
    ForecastDataRecipe(
      variables: variables, forcing: other ?? forcing, trajectories: trajectories, samples: samples, seed: seed)
  }

  /// The trajectories.
  func data(forcing other: Double? = nil, threads: Int) throws(Diagnostic) -> ForecastData {
    do throws(IntegrationFailure) {
      return try ForecastData(recipe(forcing: other), threads: threads)
    } catch {
      throw Diagnostic(trajectory: error, forcing: other ?? forcing)
    }
  }

  /// The system's largest exponent.
  func exponent(forcing other: Double? = nil) throws(Diagnostic) -> LargestExponent {
    do throws(LyapunovSpectrum.Failure) {
      return try LargestExponent(variables: variables, forcing: other ?? forcing, target: untilError)
    } catch {
      guard case .diverged(let failure) = error else { throw Diagnostic(error) }
      throw Diagnostic(exponent: failure, forcing: other ?? forcing)
    }
  }

  /// How models are fitted.
  func fitting(threads: Int) -> ForecastComparison.Options {
    ForecastComparison.Options(seed: seed, seeds: seeds, trials: trials, threads: threads)
  }
}

extension Diagnostic {
  /// The message for trajectories that can't be made.
  init(trajectory failure: IntegrationFailure, forcing: Double) {
    self.init(lorenz96: failure, forcing: forcing, missing: "trajectories")
  }

  /// The message for a largest exponent that can't be computed.
  init(exponent failure: IntegrationFailure, forcing: Double) {
    self.init(lorenz96: failure, forcing: forcing, missing: "largest exponent")
  }

  private init(lorenz96 failure: IntegrationFailure, forcing: Double, missing: String) {
    self.init(
      .data, "Lorenz-96 at F = \(forcing) has no \(missing): at time \(failure.time) \(failure.reason)",
      hint: "such an F drives the system out of the integrator's range: give a smaller one (--forcing, --forcings; "
        + "forcing in a scenario)")
  }
}
