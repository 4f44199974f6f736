import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import CoRNNReport

/// Holds a run against its bounds.
struct BoundsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bounds",
    abstract: "Hold a run's energy and gradient against the exact identity and every bound that applies.",
    discussion: """
      --output DIR writes bounds.json, bounds.md, gradient.npz (the gradient by every parameter), decomposition.npz \
      (what each step k adds to the gradient of each E_n, by size), and plots with their data and scripts.
      """)

  @OptionGroup var checkpoint: CheckpointOptions
  @Argument(help: ArgumentHelp("Later checkpoints of the same training: (6) along them, the rest for the last."))
  var series: [String] = []

  @OptionGroup var input: InputOptions
  @OptionGroup var gradient: GradientOptions
  @OptionGroup var flow: FlowOptions
  @OptionGroup var output: OutputOptions

  @Flag(
    name: .customLong("flow"), inversion: .prefixedNo,
    help: "Integrate the continuous system beside the map, for D.1, D.1+ and its gain.")
  var includesFlow = true

  @Flag(help: "Search inputs (and targets) that drive value/bound as high as possible; saved to --output.")
  var worstCase = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What the worst inputs stay within, as ±x. (default: the range of the given inputs)", valueName: "x"))
  var inputLimit: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What the worst hidden targets stay within, as ±x. (default: the largest given target)", valueName: "x"))
  var targetLimit: Double?

  @Option(help: ArgumentHelp("Runs of the worst-case search from each of its two starts.", valueName: "n"))
  var iterations = 100

  func validate() throws {
    if worstCase, output.output == nil {
      throw ValidationError("--worst-case saves the inputs it finds: give --output DIR.")
    }
    if !includesFlow, flow.areGiven {
      throw ValidationError("--method, --hold, the tolerances and --largest-step contradict --no-flow.")
    }
    if inputLimit != nil, !worstCase { throw ValidationError("--input-limit belongs to --worst-case.") }
    if let inputLimit, !(inputLimit > 0 && inputLimit.isFinite) {
      throw ValidationError("--input-limit is \(inputLimit); it must be greater than 0.")
    }
    if targetLimit != nil, !worstCase { throw ValidationError("--target-limit belongs to --worst-case.") }
    if let targetLimit, !(targetLimit >= 0 && targetLimit.isFinite) {
      throw ValidationError("--target-limit is \(targetLimit); it must be at least 0.")
    }
    if iterations < 1 { throw ValidationError("--iterations is \(iterations); it must be at least 1.") }
  }

  func run() async throws {
    var options = checkpoint
    options.checkpoint = series.last ?? checkpoint.checkpoint
    let prepared = try Prepared(checkpoint: options, input: input, holdsStates: false)
    let other = try gradient.against.map { path throws(Diagnostic) in
      try otherInputs(path, prepared, memory: checkpoint.memory)
    }
    if gradient.orders, prepared.inputs.steps < Proposition33.leastSteps {
      throw Diagnostic(
        .usage, "--orders needs at least \(Proposition33.leastSteps) steps, there are \(prepared.inputs.steps)")
    }
    let loss = try gradient.loss(network: prepared.network, inputs: prepared.inputs, memory: checkpoint.memory)
    try flow.check(prepared.inputs)
    let folder = try output.folder()
    let study = try BoundsStudy(
      prepared, gradient: gradient, loss: loss, flow: includesFlow ? flow : nil, against: other,
      memory: checkpoint.memory, output: output)
    let points = try trainingSeries(loss: loss.loss)
    let ranges = try worstCase ? searchRanges(prepared.inputs, loss.targetMaximum) : nil
    let worst = try folder.flatMap { folder throws(Diagnostic) in
      try ranges.map { ranges throws(Diagnostic) in try search(study, ranges, folder: folder) }
    }
    let gradientWorst = try folder.flatMap { folder throws(Diagnostic) in
      try ranges.flatMap { ranges throws(Diagnostic) in
        try searchGradient(study, loss.loss, ranges, folder: folder)
      }
    }
    let result = try study.result(worstCase: worst, gradientWorstCase: gradientWorst, series: points)
    let json = jsonText(schema: "cornn-analyze/bounds/1", result)
    if let folder { try study.writeGradient(result, to: folder) }
    try await output.publish(
      result.document, question: "Do the bounds on energy and gradients hold for this network, and how tight are they?",
      json: json, plots: result.plots + study.plots, name: "bounds", to: folder)
    if output.strict { try check(result) }
  }

  /// Throws what `--strict` makes of a result.
  private func check(_ result: BoundsResult) throws(Diagnostic) {
    guard result.energy.allHold, result.gradient?.allHold ?? true else {
      throw Diagnostic(.violated, "a bound is violated: see the table")
    }
    if let failure = result.flow?.failure {
      throw Diagnostic(.unreached, "the integrator stopped at time \(failure.time): \(failure.reason)")
    }
    if let step = result.energy.divergedAt {
      throw Diagnostic(.unreached, "the energy left the range of doubles at step \(step)")
    }
    if let reason = result.gradientReason { throw Diagnostic(.unreached, "no gradient: \(reason)") }
  }
}

extension BoundsCommand {
  /// What the searches stay within.
  struct Ranges {
    let inputs: ClosedRange<Double>
    let target: Double
  }

  private func searchRanges(_ inputs: InputSequence, _ targetMaximum: Double) throws(Diagnostic) -> Ranges {
    let (low, high) = (inputs.values.min() ?? 0, inputs.values.max() ?? 0)
    let range = inputLimit.map { -$0...$0 } ?? low...high
    guard range.lowerBound < range.upperBound else {
      throw Diagnostic(
        .usage, "the given inputs are all \(low), so there is no range to search", hint: "give --input-limit X")
    }
    return Ranges(inputs: range, target: targetLimit ?? targetMaximum)
  }

  private func otherInputs(
    _ path: String, _ prepared: Prepared, memory: ByteCount
  ) throws(Diagnostic) -> InputSequence {
    let other = try DriveOptions.file(path, network: prepared.network, memory: memory)
    guard other.steps == prepared.inputs.steps, other.batch == prepared.inputs.batch else {
      throw Diagnostic(
        .data,
        "\(path): \(other.steps) steps of \(other.batch) trajectories where the inputs have "
          + "\(prepared.inputs.steps) and \(prepared.inputs.batch)")
    }
    return other
  }

  /// The weight assumption and the gradient along several checkpoints.
  private func trainingSeries(loss: Loss) throws(Diagnostic) -> TrainingSeries? {
    guard !series.isEmpty else { return nil }
    var points: [TrainingSeries.Point] = []
    for path in [checkpoint.checkpoint] + series {
      var options = checkpoint
      options.checkpoint = path
      let prepared = try Prepared(checkpoint: options, input: input, holdsStates: false)
      // Checkpoints of one training run are networks of one shape.
      let last = try gradient.loss(network: prepared.network, inputs: prepared.inputs, memory: checkpoint.memory)
      let found =
        gradient.isWanted
        ? Backpropagation(prepared.network).gradient(
          of: last.loss, inputs: prepared.inputs, start: prepared.start, threads: output.threadCount) : nil
      points.append(TrainingSeries.Point(file: path, network: prepared.network, gradient: found))
    }
    return TrainingSeries(points: points)
  }

  private func search(
    _ study: BoundsStudy, _ ranges: Ranges, folder: OutputFolder
  ) throws(Diagnostic) -> [WorstCase] {
    let run = study.prepared
    let rungs = EnergyRung.allCases.filter { rung in
      rung.system == .map && rung.hypotheses(for: run.network.oscillators).allSatisfy(\.holds)
    }
    let progress = Progress("worst case", total: 2 * iterations * rungs.count, quiet: output.quiet)
    defer { progress.finish() }
    var found = WorstCase.search(
      network: run.network, inputs: run.inputs, start: run.start, range: ranges.inputs, iterations: iterations,
      flow: includesFlow ? (flow.hold, flow.integration) : nil, progress: { progress.advance($0) })
    for place in found.indices {
      let name = "worst-\(found[place].rung == EnergyRung.flowGain.rawValue ? "gain-ode" : found[place].rung).npz"
      let inputs = found[place].inputs
      try folder.write([.init("inputs", shape: [inputs.steps, inputs.width], values: inputs.values)], to: name)
      found[place].file = name
    }
    return found
  }

  private func searchGradient(
    _ study: BoundsStudy, _ loss: Loss, _ ranges: Ranges, folder: OutputFolder
  ) throws(Diagnostic) -> GradientWorstCase? {
    guard gradient.isWanted, case .hidden(let targets) = loss else { return nil }
    let run = study.prepared
    let progress = Progress("worst gradient", total: 2 * iterations, quiet: output.quiet)
    defer { progress.finish() }
    let first = run.inputs.firstTrajectory
    let m = run.network.hidden
    let own = targets.map { targets in
      (0..<first.steps).flatMap { n in targets[n * run.inputs.batch * m..<(n * run.inputs.batch + 1) * m] }
    }
    guard
      var found = GradientWorstCase.search(
        network: run.network, inputs: first, targets: own, start: run.start, inputRange: ranges.inputs,
        targetLimit: ranges.target, iterations: iterations, progress: { progress.advance($0) })
    else { return nil }
    try folder.write(
      [
        .init("inputs", shape: [first.steps, first.width], values: found.inputs.values),
        .init("targets", shape: [first.steps, m], values: found.targets),
      ], to: "worst-3.2.npz")
    found.file = "worst-3.2.npz"
    return found
  }
}
