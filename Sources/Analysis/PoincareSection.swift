public import CoRNNDynamics
public import CoRNNKernels

/// A Poincaré section of a flow: the points where an orbit crosses a surface, each found as a root in time.
///
/// The orbit is integrated in short steps; where s changes its sign within one, Newton's method in time (kept in its
/// bracket) integrates to the crossing from the step's start, so that a crossing is as exact as the integration. A pair of
/// crossings within a step is found by where s turns.
public struct PoincareSection: Encodable, Equatable, Sendable {
  /// Where it cuts.
  public var surface: SectionSurface
  /// Which crossings count.
  public var direction: SectionDirection
  /// How many points are wanted.
  public var count: Int
  /// Crossings before this time don't count.
  public var transient: Double
  /// When to give up, in units of time after the transient.
  public var timeLimit: Double
  /// The steps in which crossings are looked for.
  public var step: Double
  /// Method and tolerances.
  public var integration: IntegrationOptions

  /// A section of this kind.
  public init(
    surface: SectionSurface, direction: SectionDirection = .rising, count: Int, transient: Double, timeLimit: Double,
    step: Double, integration: IntegrationOptions = .init()
  ) {
    precondition(count > 0 && transient >= 0 && timeLimit > 0 && step > 0, "\(count) points in steps of \(step)")
    self.surface = surface
    self.direction = direction
    self.count = count
    self.transient = transient
    self.timeLimit = timeLimit
    self.step = step
    self.integration = integration
  }

  /// What a section found.
  public struct Findings: Encodable, Equatable, Sendable {
    /// The crossings.
    public let points: [SectionPoint]
    /// How it ended.
    public let outcome: Outcome
    /// The time reached, and the state there.
    public let time: Double
    /// The state there.
    public let state: [Double]
    /// Why the integrator gave up; null if it didn't.
    public let failure: IntegrationFailure?
  }

  /// How a section ended.
  public enum Outcome: String, Encodable, Sendable {
    /// With as many points as were wanted.
    case complete
    /// The time limit came first: the orbit returns too seldom, or never.
    case timeLimit
    /// The integrator gave up.
    case failure
  }

  /// The section of the orbit from `start` at time `time`.
  ///
  /// - Parameters:
  ///   - field: the field.
  ///   - start: the orbit's start.
  ///   - time: the time there.
  ///   - progress: told how many points were found since it was last told.
  public func findings(
    of field: some FlowField, from start: [Double], time: Double = 0, progress: (@Sendable (Int) -> Void)? = nil
  ) -> Findings {
    precondition(start.count == field.dimension, "\(start.count) values for \(field.dimension) variables")
    var orbit = Orbit(field: field, surface: surface, integration: integration, step: step)
    var points: [SectionPoint] = []
    var (here, x) = (time, start)
    let begin = time + transient
    do {
      // Before the section counts, crossings needn't be looked for.
      if transient > 0 {
        try orbit.move(&x, from: time, to: begin)
        here = begin
      }
      var value = surface.value(field, x, time: here)
      let steps = Int((timeLimit / step).rounded(.up))
      for n in 1...max(steps, 1) where points.count < count {
        let before = (time: here, state: x, value: value)
        here = begin + Double(n) * step
        try orbit.move(&x, from: before.time, to: here)
        value = surface.value(field, x, time: here)
        for point in try orbit.crossings(from: before, to: (here, x, value))
        where direction.admits(isRising: point.isRising) && points.count < count {
          points.append(point)
          progress?(1)
        }
      }
    } catch {
      return Findings(points: points, outcome: .failure, time: error.time, state: x, failure: error)
    }
    return Findings(
      points: points, outcome: points.count < count ? .timeLimit : .complete, time: here, state: x, failure: nil)
  }

  /// An orbit under way, with one integrator for its steps and one for the searches within them.
  private struct Orbit<Field: FlowField>: ~Copyable {
    typealias Moment = (time: Double, state: [Double], value: (s: Double, rate: Double))

    let field: Field
    let surface: SectionSurface
    var stepper: ODEIntegrator
    var searcher: ODEIntegrator

    init(field: Field, surface: SectionSurface, integration: IntegrationOptions, step: Double) {
      self.field = field
      self.surface = surface
      func integrator() -> ODEIntegrator {
        ODEIntegrator(dimension: field.dimension, firstStep: step / 4, options: integration) { time, x, derivative in
          field.derivative(time: time, state: x, into: &derivative)
        }
      }
      stepper = integrator()
      searcher = integrator()
    }

    mutating func move(_ x: inout [Double], from start: Double, to end: Double) throws(IntegrationFailure) {
      try stepper.advance(&x, from: start, to: end)
    }

    /// The state and s at a time within a step.
    private mutating func moment(at time: Double, from start: Moment) throws(IntegrationFailure) -> Moment {
      var x = start.state
      if time > start.time {
        searcher.restart()
        try searcher.advance(&x, from: start.time, to: time)
      }
      return (time, x, surface.value(field, x, time: time))
    }

    /// The crossings within a step, in order.
    mutating func crossings(from start: Moment, to end: Moment) throws(IntegrationFailure) -> [SectionPoint] {
      let (a, b) = (start.value, end.value)
      // A step that starts on the surface has had that crossing.
      if a.s * b.s < 0 || (b.s == 0 && a.s != 0) { return [try crossing(from: start, to: end)] }
      // Towards the surface first and away from it then: s turns within the step, perhaps beyond the surface.
      guard a.s * b.s > 0, a.s * a.rate < 0, b.s * b.rate > 0 else { return [] }
      let sign = a.s > 0 ? 1.0 : -1.0
      var (low, high) = (start.time, end.time)
      for _ in 0..<60 {
        let middle = try moment(at: low + (high - low) / 2, from: start)
        if middle.value.s * sign < 0 {
          return [try crossing(from: start, to: middle), try crossing(from: middle, to: end)]
        }
        if middle.value.rate * sign < 0 { low = middle.time } else { high = middle.time }
        // Not going to reach the surface any more.
        if abs(middle.value.s) > 2 * abs(middle.value.rate) * (high - low) { break }
      }
      return []
    }

    /// The crossing between two moments on different sides.
    private mutating func crossing(from start: Moment, to end: Moment) throws(IntegrationFailure) -> SectionPoint {
      let isRising = start.value.s < 0
      var (low, high) = (start.time, end.time)
      var best = abs(end.value.s) < abs(start.value.s) ? end : start
      var time = best.time - best.value.s / best.value.rate
      for _ in 0..<100 where best.value.s != 0 {
        if !(time > low && time < high) { time = low + (high - low) / 2 }
        guard time > low, time < high else { break }
        let there = try moment(at: time, from: start)
        if (there.value.s < 0) == isRising { low = time } else { high = time }
        let isBetter = abs(there.value.s) < abs(best.value.s)
        if isBetter { best = there }
        let next = time - there.value.s / there.value.rate
        // At the rounding of time and state Newton's steps stop bringing anything.
        if abs(next - time) <= 4 * time.ulp || (!isBetter && abs(next - time) < 1e-14 * (end.time - start.time)) {
          break
        }
        time = next
      }
      return SectionPoint(time: best.time, state: best.state, isRising: isRising, residual: abs(best.value.s))
    }
  }
}
