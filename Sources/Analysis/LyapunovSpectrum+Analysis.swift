public import CoRNNDynamics
import CoRNNKernels
import RealModule

extension LyapunovSpectrum {
  /// The spectrum of `system` along the orbit from `start`.
  ///
  /// A run without a length goes on, each time twice as far, until nothing stands in the way of trusting every mean to
  /// the target (``LyapunovObstacle``), or the most steps are done.
  ///
  /// - Parameters:
  ///   - system: the system.
  ///   - start: its first state, n values.
  ///   - options: how the run is made.
  ///   - memory: where an interrupted run of the same system, start and options was left.
  ///   - mayGoOn: asked after each orthonormalisation; where it says no the run ends with ``Failure/interrupted(_:)``.
  ///   - progress: told how many steps were done since it was last told.
  /// - Throws: ``Failure``.
  ///
  /// A step costs what it costs the system with k tangents; an orthonormalisation k²·n multiply–adds.
  public init(
    of system: any DynamicalSystem, from start: [Double], options: Options, resuming memory: LyapunovMemory? = nil,
    mayGoOn: () -> Bool = { true }, progress: ((Int) -> Void)? = nil
  ) throws(Failure) {
    self = try Self.spectrum(system, start, options, memory, mayGoOn, progress)
  }

  private static func spectrum<System: DynamicalSystem>(
    _ system: System, _ start: [Double], _ options: Options, _ memory: LyapunovMemory?, _ mayGoOn: () -> Bool,
    _ progress: ((Int) -> Void)?
  ) throws(Failure) -> LyapunovSpectrum {
    precondition(start.count == system.dimension, "a start of \(start.count) values, dimension \(system.dimension)")
    precondition(options.interval > 0 && options.transient >= 0, "an interval of \(options.interval)")
    if let index = start.firstIndex(where: { !$0.isFinite }) { throw .start(index: index, value: start[index]) }
    var run = LyapunovRun(system, start: start, options: options, memory: memory)
    if let steps = options.steps {
      try run.pass(to: steps, mayGoOn: mayGoOn, progress: progress)
      return try LyapunovSpectrum(&run, obstacles: run.obstacles, stoppedAtCap: false)
    }
    while true {
      try run.pass(to: run.nextGoal, mayGoOn: mayGoOn, progress: progress)
      let obstacles = run.settle() ? run.obstacles : run.obstacles + [.moved]
      let isOver = run.memory.steps >= options.mostSteps
      if obstacles.isEmpty || isOver { return try LyapunovSpectrum(&run, obstacles: obstacles, stoppedAtCap: isOver) }
    }
  }

  private init<System>(_ run: inout LyapunovRun<System>, obstacles: [LyapunovObstacle], stoppedAtCap: Bool)
    throws(Failure)
  {
    run.trace()
    let (memory, options, system) = (run.memory, run.options, run.system)
    let scale = system.hasTime ? system.timeStep : 1
    let perStep = memory.sums.map { $0 / Double(max(memory.steps, 1)) }
    let perUnit = perStep.map { $0 / scale }
    let errors = run.standardErrors.map { $0.map { $0 / scale } }
    let order = perUnit.indices.sorted { perUnit[$0] > perUnit[$1] }
    resolution = 1 / (Double(max(memory.steps, 1)) * scale)
    let resolution = resolution
    exponents = order.map { Exponent(value: perUnit[$0], standardError: errors[$0], resolution: resolution) }
    exponentsPerStep = order.map { perStep[$0] }
    unit = system.hasTime ? .perTime : .perStep
    timeStep = system.timeStep
    steps = memory.steps
    transient = options.transient
    interval = options.interval
    dimension = system.dimension
    let dimension = Self.kaplanYorke(order.map { perUnit[$0] }, dimension: system.dimension)
    kaplanYorkeDimension = dimension?.value
    kaplanYorkeError = dimension.flatMap { dimension in
      var weights = perUnit.map { _ in 0.0 }
      for (place, slope) in zip(order, dimension.slopes) { weights[place] = slope / scale }
      return run.standardError(of: weights)
    }
    positiveSum = perUnit.reduce(0) { $0 + max(0, $1) }
    positiveSumError = run.standardError(of: perUnit.map { $0 > 0 ? 1 / scale : 0 })
    traceIdentityResidual =
      memory.checkedSteps > 0
      ? abs(memory.checkedLogs - memory.checkedDeterminants) / (Double(memory.checkedSteps) * scale) : nil
    checkedSteps = memory.checkedSteps
    divergenceResidual =
      run.count == system.dimension && memory.divergence != nil
      ? perUnit.reduce(0, +) - memory.divergences / Double(memory.steps) : nil
    target = options.target
    converged = obstacles.isEmpty
    self.obstacles = obstacles
    self.stoppedAtCap = stoppedAtCap && !converged
    fixedPoint = try run.fixedPoint(measured: exponents.map(\.value))
    finalState = memory.state
    let traced = order.filter { $0 < (memory.traceSums.first?.count ?? 0) }.prefix(Trace.mostTraced)
    trace = Trace(
      step: memory.traceSteps,
      values: traced.map { i in
        zip(memory.traceSums, memory.traceSteps).map { $0[i] / (Double($1) * scale) }
      },
      standardErrors: traced.map { i in memory.traceErrors.map { $0[i].map { $0 / scale } } })
    finiteTime = options.window.map { FiniteTime(window: $0, memory, order: order, scale: scale) }
  }

  /// `D = j + (λ_1 + … + λ_j)/|λ_(j+1)|` for the last j with a sum that isn't negative, and ∂D/∂λ_i for the exponents
  /// that it depends on; nil where the exponents known don't reach the crossing.
  static func kaplanYorke(_ sorted: [Double], dimension: Int) -> (value: Double, slopes: [Double])? {
    var sum = 0.0
    for (j, next) in sorted.enumerated() {
      if sum + next < 0 {
        guard j > 0 else { return (0, []) }
        return (Double(j) - sum / next, Array(repeating: -1 / next, count: j) + [sum / (next * next)])
      }
      sum += next
    }
    return sorted.count == dimension ? (Double(dimension), []) : nil
  }
}

extension LyapunovSpectrum.FiniteTime {
  fileprivate init(window: Int, _ memory: LyapunovMemory, order: [Int], scale: Double) {
    let values = order.map { i in memory.windows.map { $0[i] / scale } }
    let means = values.map { $0.reduce(0, +) / Double(max($0.count, 1)) }
    self.window = window
    step = memory.windowEnds
    self.values = values
    mean = means
    deviation = zip(values, means).map { values, mean in
      (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(values.count - 1, 1))).squareRoot()
    }
    least = values.map { $0.min() ?? .nan }
    largest = values.map { $0.max() ?? .nan }
  }
}

extension LyapunovRun {
  /// The standard error to reach, per step.
  fileprivate var targetPerStep: Double { options.target * (system.hasTime ? system.timeStep : 1) }

  /// Where to look at the errors next.
  fileprivate var nextGoal: Int {
    let first = max(64 * options.interval, 4000)
    return min(memory.goal == 0 ? first : 2 * memory.goal, options.mostSteps)
  }

  /// What stands in the way of trusting the means to the target.
  fileprivate var obstacles: [LyapunovObstacle] {
    let order = memory.sums.indices.sorted { memory.sums[$0] > memory.sums[$1] }
    let perEntry = 1 / (stepsPerEntry * (system.hasTime ? system.timeStep : 1))
    return memory.blocks.obstacles(order: order, perEntry: perEntry, target: options.target)
  }

  /// Takes the means at a look; whether none moved by more than twice the target since the last.
  fileprivate mutating func settle() -> Bool {
    let means = memory.sums.map { $0 / Double(memory.steps) }
    let isSettled =
      !memory.means.isEmpty
      && zip(means, memory.means).allSatisfy { $0 == $1 || abs($0 - $1) <= 2 * targetPerStep }
    look(means)
    return isSettled
  }

  /// The exponents from the eigenvalues where the orbit stands still for two steps; nil elsewhere, and above 600
  /// variables.
  fileprivate func fixedPoint(measured: [Double]) throws(LyapunovSpectrum.Failure) -> LyapunovSpectrum.FixedPoint? {
    guard system.dimension <= 600 else { return nil }
    var copy = system
    var displacement = 0.0
    do throws(IntegrationFailure) {
      var state = memory.state
      for _ in 0..<2 {
        let before = state
        try copy.advance(&state)
        for (new, old) in zip(state, before) {
          guard abs(new - old) <= 1e-10 * (1 + abs(old)) else { return nil }
          displacement = max(displacement, abs(new - old))
        }
      }
      guard let eigenvalues = try copy.jacobian(at: state).eigenvalues else { return nil }
      let scale = system.hasTime ? system.timeStep : 1
      let exponents = zip(eigenvalues.real, eigenvalues.imaginary).map {
        Double.log(Double.hypot($0, $1)) / scale
      }.sorted(by: >)
      let difference = zip(exponents, measured).reduce(0) { max($0, abs($1.0 - $1.1)) }
      return LyapunovSpectrum.FixedPoint(displacement: displacement, exponents: exponents, difference: difference)
    } catch {
      throw .diverged(error)
    }
  }
}
