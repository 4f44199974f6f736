import CoRNNDynamics
import CoRNNKernels
import RealModule

/// A run for Lyapunov exponents on its way.
struct LyapunovRun<System: DynamicalSystem> {
  private(set) var system: System
  private(set) var memory: LyapunovMemory
  let options: LyapunovSpectrum.Options
  let count: Int
  /// Every how many intervals the trace identity is checked; nil where it can't be.
  private let checkEvery: Int?
  /// The logarithms of R's diagonal at the last orthonormalisation.
  private var logs: [Double]

  /// A run from `start`, or on from where `memory` was left.
  init(_ system: System, start: [Double], options: LyapunovSpectrum.Options, memory: LyapunovMemory?) {
    let n = system.dimension
    let count = min(options.count ?? n, n)
    self.system = system
    self.options = options
    self.count = count
    // A step without a formula costs n tangents and a factorisation.
    checkEvery = count < n ? nil : options.checkEvery ?? (system.hasDeterminantFormula ? 1 : 64)
    logs = [Double](repeating: 0, count: count)
    if let memory {
      precondition(
        memory.state.count == n && memory.tangents.count == count * n, "a memory of \(memory.tangents.count) values")
      self.memory = memory
      self.system.step = memory.step
      return
    }
    var tangents = [Double](repeating: 0, count: count * n)
    switch options.tangents {
    case .unit:
      for i in 0..<count { tangents[i * n + i] = 1 }
    case .random(let seed):
      var random = SplittableRandom(seed: seed)
      for place in tangents.indices { tangents[place] = random.normal() }
      orthonormalize(&tangents, width: n, logarithms: &logs)
    }
    self.memory = LyapunovMemory(state: start, tangents: tangents, count: count, step: system.step)
  }

  /// Runs the transient and then on until `steps` steps are averaged over.
  ///
  /// - Parameters:
  ///   - mayGoOn: asked after each interval; where it says no, the run is interrupted.
  ///   - progress: told how many steps were done since it was last told.
  mutating func pass(
    to steps: Int, mayGoOn: () -> Bool, progress: ((Int) -> Void)?
  ) throws(LyapunovSpectrum.Failure) {
    while memory.transient < options.transient {
      let size = min(options.interval, options.transient - memory.transient)
      try move(size)
      memory.transient += size
      progress?(size)
      if !mayGoOn() { throw .interrupted(remembered) }
    }
    while memory.steps < steps {
      let size = min(options.interval, steps - memory.steps)
      try average(size)
      progress?(size)
      if memory.steps < steps, !mayGoOn() { throw .interrupted(remembered) }
    }
  }

  /// Notes the means at a look at the errors.
  mutating func look(_ means: [Double]) {
    memory.goal = memory.steps
    memory.means = means
  }

  private var remembered: LyapunovMemory {
    var memory = memory
    memory.step = system.step
    return memory
  }

  /// Moves state and tangents and makes the tangents orthonormal.
  private mutating func move(_ size: Int) throws(LyapunovSpectrum.Failure) {
    do throws(IntegrationFailure) {
      try system.advance(&memory.state, tangents: &memory.tangents, steps: size)
    } catch {
      throw .diverged(error)
    }
    orthonormalize(&memory.tangents, width: system.dimension, logarithms: &logs)
    guard logs.allSatisfy({ $0 < .infinity }) else {
      throw .diverged(
        IntegrationFailure(time: Double(system.step) * system.timeStep, reason: "a tangent left the range of doubles"))
    }
  }

  private mutating func average(_ size: Int) throws(LyapunovSpectrum.Failure) {
    if let checkEvery, memory.intervals.isMultiple(of: checkEvery) {
      // The states in between are needed: step by step.
      var determinant = 0.0
      do throws(IntegrationFailure) {
        for _ in 0..<size {
          determinant += try system.logDeterminant(at: memory.state)
          try system.advance(&memory.state, tangents: &memory.tangents)
        }
      } catch {
        throw .diverged(error)
      }
      try move(0)
      memory.checkedSteps += size
      memory.checkedLogs += logs.reduce(0, +)
      memory.checkedDeterminants += determinant
    } else {
      try move(size)
    }
    if let divergence = system.divergence(at: memory.state) {
      memory.divergences += Double(size) * ((memory.divergence ?? divergence) + divergence) / 2
      memory.divergence = divergence
    }
    enter(steps: size)
  }

  /// Adds the logarithms of an interval of `size` steps to the sums.
  private mutating func enter(steps size: Int) {
    memory.steps += size
    memory.intervals += 1
    for i in logs.indices { memory.sums[i] += logs[i] }
    memory.blocks.enter(logs)
    if let window = options.window {
      for i in logs.indices { memory.openWindow[i] += logs[i] }
      memory.openWindowSteps += size
      if memory.openWindowSteps >= window {
        memory.windowEnds.append(memory.steps)
        memory.windows.append(memory.openWindow.map { $0 / Double(memory.openWindowSteps) })
        memory.openWindow = [Double](repeating: 0, count: count)
        memory.openWindowSteps = 0
      }
    }
    if memory.intervals >= memory.nextTrace { trace() }
  }

  /// Notes the means so far and their errors.
  mutating func trace() {
    guard memory.traceSteps.last != memory.steps else { return }
    let traced = min(count, 4 * LyapunovSpectrum.Trace.mostTraced)
    memory.traceSteps.append(memory.steps)
    memory.traceSums.append(Array(memory.sums.prefix(traced)))
    memory.traceErrors.append(standardErrors(first: traced))
    memory.nextTrace = max(memory.intervals + 1, Int(Double(memory.intervals) * 1.1))
  }

  /// The standard errors of the means per step; nil for fewer than four blocks, and of −∞.
  var standardErrors: [Double?] { standardErrors(first: count) }

  /// Those of the first so many tangents.
  private func standardErrors(first number: Int) -> [Double?] {
    (0..<number).map { memory.blocks.standardError(of: $0).map { $0 / stepsPerEntry } }
  }

  /// The standard error of `Σ weights_i · exponent_i` per step; nil for fewer than four blocks.
  func standardError(of weights: [Double]) -> Double? {
    memory.blocks.account(of: weights).map { $0.standardError / stepsPerEntry }
  }

  /// The steps between two orthonormalisations, of which blocks know nothing.
  var stepsPerEntry: Double { memory.intervals > 0 ? Double(memory.steps) / Double(memory.intervals) : 1 }
}
