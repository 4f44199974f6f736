public import CoRNNDynamics
import CoRNNKernels
import RealModule

extension LyapunovSpectrum {
  /// The spectrum of `system` along the orbit from `start`.
  ///
  /// A run without a length goes on, each time twice as far, until every standard error is at most the target or the
  /// most steps are done.
  ///
  /// - Parameters:
  ///   - divergence: the trace of the continuous system's Jacobian at a time and state, for flows.
  ///   - progress: told how many steps were done since it was last told.
  /// - Throws: ``Failure``.
  public init(
    of system: any DynamicalSystem, from start: [Double], options: Options,
    divergence: (@Sendable (Double, [Double]) -> Double)? = nil, progress: (@Sendable (Int) -> Void)? = nil
  ) throws(Failure) {
    self = try Self.spectrum(system, start, options, divergence, progress)
  }

  private static func spectrum<System: DynamicalSystem>(
    _ system: System, _ start: [Double], _ options: Options,
    _ divergence: (@Sendable (Double, [Double]) -> Double)?, _ progress: (@Sendable (Int) -> Void)?
  ) throws(Failure) -> LyapunovSpectrum {
    precondition(start.count == system.dimension, "a start of \(start.count) values, dimension \(system.dimension)")
    if let index = start.firstIndex(where: { !$0.isFinite }) { throw .start(index: index, value: start[index]) }
    var run = LyapunovRun(system, start: start, options: options, divergence: divergence)
    do throws(IntegrationFailure) {
      try run.pass(options.transient, averaging: false, progress: progress)
      if let steps = options.steps {
        try run.pass(steps, averaging: true, progress: progress)
        return LyapunovSpectrum(run, options: options, stoppedAtCap: false)
      }
      var next = max(64 * options.interval, min(2000, options.mostSteps))
      while true {
        try run.pass(next, averaging: true, progress: progress)
        let spectrum = LyapunovSpectrum(run, options: options, stoppedAtCap: run.steps >= options.mostSteps)
        if spectrum.converged || run.steps >= options.mostSteps { return spectrum }
        next = min(run.steps, options.mostSteps - run.steps)
      }
    } catch {
      throw .diverged(error)
    }
  }

  private init<System>(_ run: LyapunovRun<System>, options: Options, stoppedAtCap: Bool) {
    let system = run.system
    let scale = system.hasTime ? system.timeStep : 1
    let perUnit = run.sums.map { $0 / (Double(run.steps) * scale) }
    let errors = run.standardErrors.map { $0.map { $0 / scale } }
    let order = perUnit.indices.sorted { perUnit[$0] > perUnit[$1] }
    let sorted = order.map { Exponent(value: perUnit[$0], standardError: errors?[$0]) }
    exponents = sorted
    unit = system.hasTime ? .perTime : .perStep
    timeStep = system.timeStep
    steps = run.steps
    transient = options.transient
    interval = options.interval
    dimension = system.dimension
    kaplanYorkeDimension = Self.kaplanYorkeDimension(sorted.map(\.value), dimension: system.dimension)
    positiveSum = sorted.reduce(0) { $0 + max(0, $1.value) }
    let isComplete = perUnit.count == system.dimension
    let checked = Double(run.checkedSteps) * scale
    traceIdentityResidual =
      isComplete && run.checkedSteps > 0 ? abs(run.checkedLogs - run.checkedDeterminants) / checked : nil
    checkedSteps = run.checkedSteps
    divergenceResidual =
      isComplete && run.hasDivergence
      ? perUnit.reduce(0, +) - run.divergences / Double(run.steps) : nil
    target = options.target
    converged = errors.map { $0.allSatisfy { $0 <= options.target } } ?? false
    self.stoppedAtCap = stoppedAtCap && !converged
    trace = Trace(
      step: run.traceSteps, values: run.traceSums.map { zip($0, run.traceSteps).map { $0 / (Double($1) * scale) } })
  }

  /// `j + (sum of the first j)/|next|` for the last j with a sum that isn't negative; nil where the exponents known
  /// don't reach the crossing.
  static func kaplanYorkeDimension(_ sorted: [Double], dimension: Int) -> Double? {
    var sum = 0.0
    for (j, value) in sorted.enumerated() {
      if sum + value < 0 { return j == 0 ? 0 : Double(j) + sum / abs(value) }
      sum += value
    }
    return sorted.count == dimension ? Double(dimension) : nil
  }
}

/// A run on its way.
private struct LyapunovRun<System: DynamicalSystem> {
  private(set) var system: System
  private var state: [Double]
  private var tangents: [Double]
  private let count: Int
  private let options: LyapunovSpectrum.Options
  private let divergence: (@Sendable (Double, [Double]) -> Double)?
  /// Steps averaged over, and the sums of logarithms by tangent.
  private(set) var steps = 0
  private(set) var sums: [Double]
  /// The sums of each block of `blockLength` intervals; blocks are joined in pairs when there are too many.
  private var blocks: [[Double]] = []
  private var blockLength = 1
  private var open: [Double]
  private var openIntervals = 0
  private(set) var checkedSteps = 0
  private(set) var checkedLogs = 0.0
  private(set) var checkedDeterminants = 0.0
  private(set) var divergences = 0.0
  private(set) var traceSteps: [Int] = []
  private(set) var traceSums: [[Double]]
  private var nextTrace = 1
  private var intervals = 0

  var hasDivergence: Bool { divergence != nil }

  init(
    _ system: System, start: [Double], options: LyapunovSpectrum.Options,
    divergence: (@Sendable (Double, [Double]) -> Double)?
  ) {
    let n = system.dimension
    self.system = system
    state = start
    count = min(options.count ?? n, n)
    self.options = options
    self.divergence = divergence
    sums = [Double](repeating: 0, count: count)
    open = sums
    traceSums = Array(repeating: [], count: count)
    switch options.tangents {
    case .unit:
      tangents = [Double](repeating: 0, count: count * n)
      for i in 0..<count { tangents[i * n + i] = 1 }
    case .random(let seed):
      var random = SplittableRandom(seed: seed)
      tangents = (0..<count * n).map { _ in random.normal() }
      _ = orthonormalize(&tangents, width: n)
    }
  }

  mutating func pass(
    _ length: Int, averaging: Bool, progress: (@Sendable (Int) -> Void)?
  ) throws(IntegrationFailure) {
    var left = length
    while left > 0 {
      let size = min(options.interval, left)
      let isChecked = averaging && count == system.dimension && intervals % options.checkEvery == 0
      var determinant = 0.0
      for _ in 0..<size {
        if isChecked { determinant += try system.logDeterminant(at: state) }
        if averaging, let divergence {
          divergences += divergence(Double(system.step) * system.timeStep, state)
        }
        try system.advance(&state, tangents: &tangents)
      }
      let logs = orthonormalize(&tangents, width: system.dimension)
      left -= size
      progress?(size)
      guard averaging else { continue }
      intervals += 1
      if isChecked {
        checkedSteps += size
        checkedLogs += logs.reduce(0, +)
        checkedDeterminants += determinant
      }
      enter(logs, steps: size)
    }
  }

  private mutating func enter(_ logs: [Double], steps size: Int) {
    steps += size
    for i in logs.indices {
      sums[i] += logs[i]
      open[i] += logs[i]
    }
    openIntervals += 1
    if openIntervals == blockLength {
      blocks.append(open)
      open = [Double](repeating: 0, count: count)
      openIntervals = 0
      if blocks.count == 64 {
        blocks = stride(from: 0, to: 64, by: 2).map { pair in zip(blocks[pair], blocks[pair + 1]).map { $0 + $1 } }
        blockLength *= 2
      }
    }
    if intervals >= nextTrace {
      traceSteps.append(steps)
      for i in sums.indices { traceSums[i].append(sums[i]) }
      nextTrace = max(intervals + 1, Int(Double(intervals) * 1.05))
    }
  }

  /// The standard errors of the means per step, from the blocks; nil for fewer than four.
  var standardErrors: [Double]? {
    guard blocks.count >= 4 else { return nil }
    let size = Double(blockLength * options.interval)
    let number = Double(blocks.count)
    return (0..<count).map { i in
      let means = blocks.map { $0[i] / size }
      let mean = means.reduce(0, +) / number
      let variance = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (number - 1)
      return (variance / number).squareRoot()
    }
  }
}
