import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import CoRNNReport

/// Runs the map.
struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Run the map, or the ODE with --flow, under inputs and save its states.",
    discussion: """
      --output DIR writes trajectory.npz, simulate.json and a plot; --output FILE.npz writes the states alone: \
      time (N), position and velocity (N×m, or N×B×m), row n being the state after input n, and inputs (N×d or N×B×d) \
      as the network saw them.
      """)

  @OptionGroup var checkpoint: CheckpointOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var flow: FlowOptions
  @OptionGroup var output: OutputOptions

  @Flag(name: .customLong("flow"), help: "Integrate the continuous system instead of running the map.")
  var usesFlow = false

  func validate() throws {
    if !usesFlow, flow.areGiven {
      throw ValidationError("--method, --hold, the tolerances and --largest-step are about the ODE: add --flow.")
    }
  }

  func run() async throws {
    let wantsFile = output.output?.lowercased().hasSuffix(".npz") ?? false
    let prepared = try Prepared(checkpoint: checkpoint, input: input)
    if wantsFile { try output.tryReport() }
    let folder = wantsFile ? nil : try output.folder()
    if wantsFile, let path = output.output { try tryWriting(path) }
    let run = try Run(prepared, flow: usesFlow ? flow : nil, output: output)
    let result = SimulationResult(
      run: run.description, network: run.network, trajectory: run.trajectory, integration: run.integration)
    let json = jsonText(schema: "cornn-analyze/simulate/1", result)
    let states = wantsFile ? output.output : folder?.file("trajectory.npz")
    if let states { try run.write(to: states) }
    try await output.publish(
      result.document, question: "How does the network move under these inputs?", json: json,
      plots: [run.trajectory.positionPlot], name: "simulate", to: folder,
      places: states.map { ["states: \($0)"] } ?? [], csv: { run.trajectory.csv })
    if output.strict, let failure = result.integration?.failure {
      throw Diagnostic(.unreached, "the integrator stopped at time \(failure.time): \(failure.reason)")
    }
    if output.strict, let step = result.divergedAt {
      throw Diagnostic(.unreached, "the run left the range of doubles at step \(step)")
    }
  }
}

/// A network and the inputs that the flags ask for: everything that can be wrong with files, before anything is
/// written.
struct Prepared {
  let stored: StoredNetwork
  let network: OscillatorNetwork
  let inputs: InputSequence
  /// y_0 and z_0 as they were given; nil for zero.
  let start: [Double]?
  let description: InputDescription

  /// - Parameter holdsStates: whether the run's states are going to be held all at once.
  init(checkpoint: CheckpointOptions, input: InputOptions, holdsStates: Bool = true) throws(Diagnostic) {
    stored = try checkpoint.stored()
    network = try checkpoint.network(stored)
    (inputs, start, description) = try input.load(stored: stored, network: network, memory: checkpoint.memory)
    guard holdsStates else { return }
    try checkpoint.checkMemory(steps: inputs.steps, batch: inputs.batch, hidden: network.hidden)
  }
}

/// A network run under its inputs.
struct Run {
  let network: OscillatorNetwork
  let inputs: InputSequence
  let start: [Double]?
  let trajectory: Trajectory
  let description: RunDescription
  /// How the flow was integrated; nil for the map.
  let integration: SimulationResult.Integration?

  /// Runs the map, or the flow where options for it are given.
  init(_ prepared: Prepared, flow: FlowOptions? = nil, output: OutputOptions) throws(Diagnostic) {
    network = prepared.network
    inputs = prepared.inputs
    start = prepared.start
    description = RunDescription(prepared.stored, input: prepared.description)
    let progress = Progress("simulating", total: inputs.steps * inputs.batch, quiet: output.quiet)
    if let flow {
      try flow.check(inputs)
      let result = OscillatorFlow(network, hold: flow.hold, options: flow.integration).trajectory(
        inputs: inputs, start: start, threads: output.threadCount, progress: { progress.advance($0) })
      trajectory = result.trajectory
      integration = SimulationResult.Integration(
        options: flow.integration, hold: flow.hold, counts: result.counts, failure: result.failure)
    } else {
      trajectory = OscillatorMap(network).trajectory(
        inputs: inputs, start: start, threads: output.threadCount, progress: { progress.advance($0) })
      integration = nil
    }
    progress.finish()
  }
}

extension Run {
  /// Writes time, position, velocity and inputs to an `.npz`; the inputs of the steps that were run.
  func write(to path: String) throws(Diagnostic) {
    let (steps, batch) = (trajectory.steps, trajectory.batch)
    func shape(_ width: Int) -> [Int] { batch == 1 ? [steps, width] : [steps, batch, width] }
    do {
      try ArrayWriter.write(
        [
          .init("time", shape: [steps], values: trajectory.times),
          .init("position", shape: shape(trajectory.hidden), values: trajectory.positions),
          .init("velocity", shape: shape(trajectory.hidden), values: trajectory.velocities),
          .init(
            "inputs", shape: shape(inputs.width), values: Array(inputs.values.prefix(steps * batch * inputs.width))),
        ], to: path)
    } catch {
      throw Diagnostic(error)
    }
  }
}
