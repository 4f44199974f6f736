import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import CoRNNReport
import Synchronization

extension LyapunovCommand {
  /// The largest exponent over a parameter, and what is proved on the same axis.
  func runSweep(_ swept: SweptValues, _ folder: OutputFolder?) async throws {
    let count = networks ?? 1
    let loaded = try (0..<count).map { try system.load(integrating: .usual, number: $0) }
    let first = loaded[0]
    if swept.key == "dt", first.inputSteps > 0, first.description.mode == .driven {
      throw Diagnostic(
        .usage, "--sweep dt: under inputs that change, each dt would see another signal",
        hint: "--refinements halves dt under the same signal")
    }
    let families = try loaded.map { loaded throws(Diagnostic) in
      try loaded.family.swept(swept.key, over: swept.values, stepsPerPeriod: loaded.stepsPerPeriod)
    }
    let starts = loaded.map(\.start)
    var options = try options(first)
    options.count = 1
    let moving: MovingSystem = first.description.isFlow ? .flow : .map
    let isNetwork = first.description.network != nil
    let certified: @Sendable (Double, Int) -> (OscillatorNetwork, MovingSystem) = { value, number in
      guard let network = families[number](value).network else { preconditionFailure("a network without one") }
      return (network, moving)
    }
    let sweep = TransitionSweep(
      values: swept.values, networks: count, options: options,
      system: { value, number in (families[number](value).system, starts[number]) },
      certified: isNetwork ? certified : nil)

    let memory = folder.map { folder in
      RunMemory<[Int: ChaosTransition.Point]>(
        folder: folder, name: "lyapunov-sweep.memory.json", identity: identity(loaded, options))
    }
    let progress = Progress("lyapunov", total: sweep.count, quiet: output.quiet)
    let keeper = Keeper(memory, known: try kept(memory), every: saveEvery)
    progress.advance(keeper.points.count)
    let points = sweep.points(
      known: keeper.points, threads: output.threadCount,
      mayGoOn: { memory == nil || (!Interruption.isRequested && !keeper.hasFailed) },
      finished: { place, point in
        progress.advance(1)
        keeper.keep(place, point)
      })
    progress.finish()
    try keeper.finish()
    let known = points.compactMap(\.self)
    if known.count < points.count, let memory { throw memory.stopped("after \(known.count) of \(points.count) points") }

    let result = ChaosTransitionResult(
      system: first.description, networks: count,
      transition: ChaosTransition(
        parameter: swept.key, unit: first.description.hasTime ? .perTime : .perStep, hasCertificates: isNetwork,
        points: known))
    let json = jsonText(schema: "cornn-analyze/lyapunov-sweep/1", result)
    try await output.publish(
      result.document, question: "At which values of the parameter is the motion chaotic, and what is proved there?",
      json: json, plots: result.plots, name: "lyapunov-sweep", to: folder)
    memory?.remove()
    let transition = result.transition
    if output.strict, transition.belowBound < transition.bounded {
      throw Diagnostic(
        .violated,
        "\(transition.bounded - transition.belowBound) of \(transition.bounded) exponents are above their proved bound")
    }
    if output.strict, !known.allSatisfy(\.converged) {
      throw Diagnostic(
        .unreached,
        "not converged: \(known.count { !$0.converged }) of \(known.count) points have an error above \(untilError) or "
          + "unsteady means")
    }
  }
}

/// Points as they are done, written to a memory now and then.
private final class Keeper: Sendable {
  private struct State {
    var points: [Int: ChaosTransition.Point]
    var saved = ContinuousClock.now
    var isSaved = true
    var failure: Diagnostic?
  }

  private let memory: RunMemory<[Int: ChaosTransition.Point]>?
  private let every: Double
  private let state: Mutex<State>

  init(_ memory: RunMemory<[Int: ChaosTransition.Point]>?, known: [Int: ChaosTransition.Point]?, every: Double) {
    self.memory = memory
    self.every = every
    state = Mutex(State(points: known ?? [:]))
  }

  var points: [Int: ChaosTransition.Point] { state.withLock { $0.points } }
  var hasFailed: Bool { state.withLock { $0.failure != nil } }

  func keep(_ place: Int, _ point: ChaosTransition.Point) {
    state.withLock { state in
      state.points[place] = point
      state.isSaved = false
      guard ContinuousClock.now - state.saved >= .seconds(every) else { return }
      save(&state)
    }
  }

  /// Writes what isn't written, and throws what writing came to.
  func finish() throws(Diagnostic) {
    let failure = state.withLock { state in
      if !state.isSaved, state.failure == nil { save(&state) }
      return state.failure
    }
    if let failure { throw failure }
  }

  private func save(_ state: inout State) {
    guard let memory else { return }
    do throws(Diagnostic) {
      try memory.write(state.points)
      state.isSaved = true
      state.saved = .now
    } catch {
      state.failure = error
    }
  }
}
