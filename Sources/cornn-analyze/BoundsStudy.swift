import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import CoRNNReport

/// A run of the map, its energy and its gradient, with all states held or, beyond `--memory`, run again in pieces.
struct BoundsStudy {
  let prepared: Prepared
  let description: RunDescription
  /// The run; nil where its states don't fit.
  let trajectory: Trajectory?
  let energy: EnergyBounds
  let flow: FlowEnergy?

  private let options: GradientOptions
  private let loss: Loss
  private let targetMaximum: Double
  private let gradient: NetworkGradient?
  private let separations: [Separation]
  private let output: OutputOptions
  /// The first trajectory, as far as it fits.
  private let first: Trajectory
  private let hold: InputHold

  init(
    _ prepared: Prepared, gradient options: GradientOptions, loss: (loss: Loss, targetMaximum: Double),
    flow flowOptions: FlowOptions?, against: InputSequence?, memory: ByteCount, output: OutputOptions
  ) throws(Diagnostic) {
    let (network, inputs, start) = (prepared.network, prepared.inputs, prepared.start)
    self.prepared = prepared
    self.options = options
    self.loss = loss.loss
    self.output = output
    targetMaximum = loss.targetMaximum
    description = RunDescription(prepared.stored, input: prepared.description)
    hold = flowOptions?.hold ?? .zeroOrder
    let row = 16 * inputs.batch * network.hidden
    let fits = inputs.steps.multipliedReportingOverflow(by: row)
    let holdsStates = !fits.overflow && fits.partialValue <= memory.bytes
    let runs = Progress("simulating", total: inputs.steps * inputs.batch, quiet: output.quiet)
    if holdsStates {
      let run = OscillatorMap(network).trajectory(
        inputs: inputs, start: start, threads: output.threadCount, progress: { runs.advance($0) })
      runs.finish()
      let progress = Progress("energy", total: run.steps * run.batch, quiet: output.quiet)
      energy = EnergyBounds(network: network, inputs: inputs, trajectory: run, progress: { progress.advance($0) })
      progress.finish()
      trajectory = run
      first = run.only(0)
    } else {
      let segment = memory.bytes / (4 * row)
      guard segment >= 1, flowOptions == nil, against == nil else {
        throw Diagnostic(
          .usage, "the states of \(inputs.steps) steps would take more than --memory allows",
          hint: segment < 1
            ? "raise --memory"
            : "raise --memory, or leave the ODE and --against out (--no-flow) to have the map run in pieces")
      }
      energy = EnergyBounds(
        network: network, inputs: inputs, start: start, segment: segment, threads: output.threadCount,
        progress: { runs.advance($0) })
      runs.finish()
      trajectory = nil
      let steps = min(inputs.steps, memory.bytes / (64 * network.hidden))
      first = OscillatorMap(network).trajectory(
        inputs: inputs.part(steps: 0..<steps, trajectories: 0..<1),
        start: start.map { Array($0.prefix(2 * network.hidden)) })
    }
    let flows = try Self.flows(
      prepared, flowOptions: flowOptions, against: against, trajectory: trajectory, output: output)
    flow = flows.energy
    separations = flows.separations
    gradient =
      options.isWanted && energy.divergedAt == nil ? Self.gradient(of: loss.loss, prepared, trajectory, output) : nil
  }

  private static func gradient(
    of loss: Loss, _ prepared: Prepared, _ trajectory: Trajectory?, _ output: OutputOptions
  ) -> NetworkGradient? {
    let inputs = prepared.inputs
    let progress = Progress(
      "backpropagating", total: (trajectory == nil ? 2 : 1) * inputs.steps * inputs.batch, quiet: output.quiet)
    defer { progress.finish() }
    let sweep = Backpropagation(prepared.network)
    guard let trajectory else {
      return sweep.gradient(
        of: loss, inputs: inputs, start: prepared.start, withInputs: true, threads: output.threadCount,
        progress: { progress.advance($0) })
    }
    return sweep.gradient(
      of: loss, inputs: inputs, trajectory: trajectory, withInputs: true, threads: output.threadCount,
      progress: { progress.advance($0) })
  }

  /// The flow's energy, and how far runs under two inputs part.
  private static func flows(
    _ prepared: Prepared, flowOptions: FlowOptions?, against: InputSequence?, trajectory: Trajectory?,
    output: OutputOptions
  ) throws(Diagnostic) -> (energy: FlowEnergy?, separations: [Separation]) {
    let network = prepared.network
    var separations: [Separation] = []
    if let against, let trajectory {
      let other = OscillatorMap(network).trajectory(
        inputs: against, start: prepared.start, threads: output.threadCount)
      separations.append(Separation(network: network, first: trajectory, second: other, system: .map))
    }
    guard let flowOptions else { return (nil, separations) }
    func integrate(_ inputs: InputSequence, withEnergy: Bool) -> OscillatorFlow.Result {
      let progress = Progress("integrating", total: inputs.steps * inputs.batch, quiet: output.quiet)
      defer { progress.finish() }
      return OscillatorFlow(network, hold: flowOptions.hold, options: flowOptions.integration).trajectory(
        inputs: inputs, start: prepared.start, withEnergy: withEnergy, threads: output.threadCount,
        progress: { progress.advance($0) })
    }
    let flow = integrate(prepared.inputs, withEnergy: true)
    if let against {
      let integration = flowOptions.integration
      separations.append(
        Separation(
          network: network, first: flow.trajectory, second: integrate(against, withEnergy: false).trajectory,
          system: .flow, tolerance: 200 * (integration.absoluteTolerance + integration.relativeTolerance)))
    }
    let energy = FlowEnergy(
      network: network, flow: flow, options: flowOptions.integration, hold: flowOptions.hold)
    return (energy, separations)
  }

  /// Everything, with what the searches found.
  func result(
    worstCase: [WorstCase]? = nil, gradientWorstCase: GradientWorstCase? = nil, series: TrainingSeries? = nil
  ) throws(Diagnostic) -> BoundsResult {
    var reason: String?
    var bounds: GradientBounds?
    if options.isWanted {
      if let step = energy.divergedAt {
        reason = "the run left the range of doubles at step \(step)"
      } else if let gradient, gradient.isFinite {
        bounds = try gradientBounds(gradient, gradientWorstCase)
      } else {
        reason = "the backward sweep left the range of doubles"
      }
    }
    return BoundsResult(
      run: description, energy: energy, gradient: bounds, gradientReason: reason, flow: flow, worstCase: worstCase,
      series: series)
  }

  private func gradientBounds(
    _ gradient: NetworkGradient, _ worst: GradientWorstCase?
  ) throws(Diagnostic) -> GradientBounds {
    let (network, inputs) = (prepared.network, prepared.inputs)
    var orders: Proposition33?
    if options.orders {
      let halvings = options.halvings ?? 10
      let progress = Progress("orders", total: Proposition33.runCount(halvings: halvings), quiet: output.quiet)
      defer { progress.finish() }
      do {
        orders = try Proposition33(
          network: network, inputs: inputs, start: prepared.start, hold: hold, halvings: halvings,
          threads: output.threadCount, progress: { progress.advance($0) })
      } catch {
        throw Diagnostic(error, path: description.file)
      }
    }
    let progress = Progress("decomposing", total: first.steps, quiet: output.quiet)
    defer { progress.finish() }
    return GradientBounds(
      network: network, loss: loss, gradient: gradient, inputs: inputs, trajectory: first,
      targetMaximum: targetMaximum, inputLimit: inputs.values.reduce(0) { max($0, abs($1)) },
      largestLag: options.largestLag(steps: first.steps), worstCase: worst, proposition33: orders,
      separations: separations, threads: output.threadCount, progress: { progress.advance($0) })
  }

  /// Writes the gradient by every parameter, and the decomposition.
  func writeGradient(_ result: BoundsResult, to folder: OutputFolder) throws(Diagnostic) {
    guard let bounds = result.gradient else { return }
    try folder.write(bounds.gradient.arrays(prepared), to: "gradient.npz")
    try folder.write(bounds.parts.arrays, to: "decomposition.npz")
  }

  /// The run's own plot, where its states are held.
  var plots: [Plot] { trajectory.map { [$0.positionPlot] } ?? [] }
}

extension NetworkGradient {
  fileprivate func arrays(_ prepared: Prepared) -> [ArrayWriter.Named] {
    let (m, d) = (prepared.network.hidden, prepared.network.inputs)
    let batch = prepared.inputs.batch
    var arrays: [ArrayWriter.Named] = [
      .init("W", shape: [m, m], values: positionWeights.elements),
      .init("Z", shape: [m, m], values: velocityWeights.elements),
      .init("V", shape: [m, d], values: inputWeights.elements), .init("b", shape: [m], values: bias),
      .init("gamma", shape: [m], values: gamma), .init("epsilon", shape: [m], values: epsilon),
      .init("dt", shape: [], values: [timeStep]),
      .init("initial", shape: batch == 1 ? [2 * m] : [batch, 2 * m], values: initial),
    ]
    if let inputs {
      let steps = prepared.inputs.steps
      arrays.append(.init("inputs", shape: batch == 1 ? [steps, d] : [steps, batch, d], values: inputs))
    }
    if let readout {
      arrays.append(.init("readout_weight", shape: [readout.weights.rows, m], values: readout.weights.elements))
      arrays.append(.init("readout_bias", shape: [readout.bias.count], values: readout.bias))
    }
    return arrays
  }
}

extension GradientDecomposition {
  /// `drive_norm` and `drive_maximum`, N×(L+1): row n − 1, column n − k; the factors' norms in row k − 1; the product
  /// of the two is the norm of dE_n^(k) by that block.
  fileprivate var arrays: [ArrayWriter.Named] {
    var arrays: [ArrayWriter.Named] = [
      .init("drive_norm", shape: [steps, largestLag + 1], values: norms),
      .init("drive_maximum", shape: [steps, largestLag + 1], values: maxima),
    ]
    for block in NetworkGradient.Block.allCases {
      arrays.append(.init("\(block.rawValue)_norm", shape: [steps], values: factorNorms(block)))
      arrays.append(.init("\(block.rawValue)_maximum", shape: [steps], values: factorMaxima(block)))
    }
    return arrays
  }
}
