import ArgumentParser
import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNLearning
import CoRNNModel
import CoRNNReport
import FoundationEssentials

/// A trained network's run under Lorenz-96 and what is found of it: what the teaching page shows and doesn't compute.
struct PlaygroundReplay: Encodable {
  let text: String
  /// The steps of the run, and the time of a sample.
  let steps: Int
  let interval: Double
  /// Samples ahead, and the first sample that is scored.
  let horizon: Int
  let firstScored: Int
  /// The run's inputs and the targets after them, (steps + horizon)×d doubles, little-endian, in base64.
  let inputs: String
  /// The states after every `checkEvery` steps: positions, then velocities.
  let checkEvery: Int
  let states: [[Double]]
  let bounds: [EnergyBounds.Rung]
  let findings: [Finding]

  /// A line of the page's table.
  struct Finding: Encodable {
    let what: String
    let value: String
    let remark: String
    let kind: ClaimKind
  }

  /// Samples that the exponent is measured over.
  private static let exponentSteps = 100_000
  private static let data = ForecastDataRecipe(forcing: 8, seed: 1)
  private static let task = ForecastTask()

  /// Runs the network in a file and analyses it; a few seconds.
  ///
  /// The inputs are those of `--signal lorenz96 --seed 1`.
  init(checkpoint path: String, threads: Int, quiet: Bool) throws {
    let progress = Progress("analysing the trained network", total: 4, quiet: quiet)
    defer { progress.finish() }
    let (steps, every) = (1000, 50)
    let input = try InputOptions.parse(["--signal", "lorenz96", "--steps", "\(Self.exponentSteps)", "--seed", "1"])
    let prepared = try Prepared(checkpoint: CheckpointOptions.parse([path]), input: input)
    let network = prepared.network
    guard let forecast = (try? GivenNetwork(network, name: path))?.model else {
      preconditionFailure("\(path): not a forecasting network")
    }
    let m = network.hidden
    let shown = prepared.inputs.part(steps: 0..<steps, trajectories: 0..<1)
    let trajectory = OscillatorMap(network).trajectory(inputs: shown, start: nil)
    let energy = EnergyBounds(network: network, inputs: shown, trajectory: trajectory)
    progress.advance(1)
    let dynamics = NetworkDynamics(network, inputs: prepared.inputs, interval: Self.data.interval)
    progress.advance(1)
    let test: InputSequence
    do throws(IntegrationFailure) {
      test = try ForecastData.trajectories(Self.data, .test, threads: threads)
    } catch {
      throw Diagnostic(trajectory: error, forcing: Self.data.forcing)
    }
    progress.advance(1)
    let score = forecast.score(on: test, task: Self.task, threads: threads)
    let persistence = LastValue(variables: network.inputs).score(on: test, task: Self.task, threads: threads)
    progress.advance(1)

    text =
      "\(m) oscillators (\(network.oscillators.damping.rawValue) damping, dt = \(network.oscillators.timeStep)) were trained "
      + "to say what Lorenz-96 with \(Self.data.variables) variables at F = 8, a chaotic system, will be \(Self.task.horizon) samples "
      + "of \(Self.data.interval) later. Here they hear a trajectory that they weren't trained on."
    self.steps = steps
    interval = Self.data.interval
    horizon = Self.task.horizon
    firstScored = Self.task.firstScored
    checkEvery = every
    inputs = Self.base64(prepared.inputs.values.prefix((steps + Self.task.horizon) * prepared.inputs.width))
    states = stride(from: every - 1, to: steps, by: every).map { n in
      Array(trajectory.positions[n * m..<(n + 1) * m] + trajectory.velocities[n * m..<(n + 1) * m])
    }
    bounds = energy.rungs
    findings = Self.findings(score, persistence, dynamics, energy, timeStep: network.oscillators.timeStep)
  }

  private static func findings(
    _ score: ForecastScore, _ persistence: ForecastScore, _ dynamics: NetworkDynamics, _ energy: EnergyBounds,
    timeStep: Double
  ) -> [Finding] {
    let assumption = dynamics.weightAssumption
    var findings = [
      Finding(
        what: "forecast error (NRMSE)", value: number(score.nrmse, score.standardError),
        remark: "root mean square error over the target's root mean square, \(score.trajectories) test trajectories, "
          + "from sample \(score.firstScored) on; always saying the last value has \(numberText(persistence.nrmse))",
        kind: .measured),
      Finding(
        what: "largest conditional Lyapunov exponent",
        value: dynamics.conditionalExponent.map { number($0, dynamics.conditionalExponentError) }
          ?? "none: the run diverged",
        remark: "per unit of Lorenz-96's time, over \(dynamics.steps) samples; below 0: under this input the network "
          + "forgets its start", kind: .measured),
      Finding(
        what: "certificate that no input makes it chaotic",
        value: dynamics.largestExponentBound.map { "exponent at most " + numberText($0) } ?? "refused",
        remark: dynamics.certified
          ? "a small-gain test proved over all frequencies"
          : "the smallest gain of four tests is \(dynamics.gain.map { numberText($0) } ?? "infinite"), not below 1; "
            + "a refusal says nothing",
        kind: dynamics.kind),
      Finding(
        what: "weight assumption (6)", value: assumption.holds ? "holds" : "fails",
        remark:
          "eta = \(numberText(assumption.eta)), where √dt = \(numberText(timeStep.squareRoot())) is the most that it allows",
        kind: .numerical),
      Finding(
        what: "energy identity", value: numberText(energy.identityResidual, digits: 2),
        remark: "largest residual, relative to the step's largest term", kind: .measured),
    ]
    for rung in energy.rungs where rung.applies {
      findings.append(
        Finding(
          what: "energy bound \(rung.name)",
          value: rung.tightness.map { "reached to " + numberText(100 * $0, digits: 3) + " %" } ?? "not compared",
          remark: rung.statement + (rung.holds == false ? "; VIOLATED" : "; holds"), kind: rung.kind))
    }
    return findings
  }

  private static func number(_ value: Double, _ error: Double?) -> String {
    numberText(value) + (error.map { " ± " + numberText($0, digits: 2) } ?? "")
  }

  private static func base64(_ values: ArraySlice<Double>) -> String {
    var bytes = Data(capacity: 8 * values.count)
    for value in values {
      for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift)) }
    }
    return bytes.base64EncodedString()
  }
}

/// Forecasts what it sees.
private struct LastValue: ForecastModel {
  let variables: Int
  var carried: Int { 0 }

  func advance(inputs: [Double], carry: inout [Double], predictions: inout [Double]) { predictions = inputs }
}
