public import CoRNNDynamics
public import CoRNNKernels
import RealModule

/// One variable of a system's orbit, or a state once in so many steps.
public struct OrbitSeries: Equatable, Sendable {
  /// The variable after each step kept.
  public private(set) var values: [Double] = []
  /// The states after every `every`-th step.
  public private(set) var states: [[Double]] = []
  /// Why the orbit ended early.
  public private(set) var failure: IntegrationFailure?

  /// Runs `system` from `start`.
  ///
  /// - Parameters:
  ///   - system: the system.
  ///   - start: its first state.
  ///   - transient: steps that are left out first.
  ///   - steps: how many steps are kept.
  ///   - variable: which variable, from 0.
  ///   - isAngle: whether the variable is an angle: its sine is kept then, which doesn't count turns.
  ///   - every: after how many steps a state is kept; 0 for none.
  ///   - progress: told how many steps were done since it was last told.
  public init(
    of system: some DynamicalSystem, from start: [Double], transient: Int, steps: Int, variable: Int,
    isAngle: Bool = false,
    every: Int = 0,
    progress: (@Sendable (Int) -> Void)? = nil
  ) {
    var moving = system
    var state = start
    do {
      for n in 0..<transient + steps {
        try moving.advance(&state)
        if n.isMultiple(of: 1024) { progress?(1024) }
        guard n >= transient else { continue }
        values.append(isAngle ? .sin(state[variable]) : state[variable])
        if every > 0, (n + 1).isMultiple(of: every) { states.append(state) }
      }
    } catch {
      failure = error
    }
  }
}

/// What `section` finds.
public struct SectionResult: Encodable, Equatable, Sendable {
  /// What was studied.
  public let system: SystemDescription
  /// Which exponents are meant.
  public let mode: SystemMode
  /// The section's settings; null for a stroboscopic one.
  public let section: PoincareSection?
  /// The time from one stroboscopic point to the next; null for a surface.
  public let period: Double?
  /// How it ended.
  public let outcome: PoincareSection.Outcome
  /// How many points were asked for.
  public let wanted: Int
  /// The time reached.
  public let time: Double
  /// Why the orbit stopped before the end; null if it didn't.
  public let failure: IntegrationFailure?
  /// The smallest p <= 64 after which every point returns, and to within which tolerance; null where there is none.
  public let recurrence: Int?
  /// How near a state must come back, relative to the states' size.
  public let tolerance: Double
  /// The mean time from one point to the next; null for fewer than two.
  public let meanReturnTime: Double?
  /// The largest |s| of a point: how far off the surface it is.
  public let largestResidual: Double
  /// The crossings.
  public let points: [SectionPoint]

  /// A section by a surface.
  public init(
    system: SystemDescription, section: PoincareSection, findings: PoincareSection.Findings, tolerance: Double = 1e-6
  ) {
    self.system = system
    mode = system.mode
    self.section = section
    period = nil
    outcome = findings.outcome
    wanted = section.count
    time = findings.time
    failure = findings.failure
    points = findings.points.map { $0.wrapping(system.angles) }
    self.tolerance = tolerance
    recurrence =
      findings.outcome == .complete
      ? Recurrence.period(of: points.map(\.state), tolerance: tolerance, angles: system.angles) : nil
    meanReturnTime = Self.meanReturnTime(points)
    largestResidual = points.map(\.residual).max() ?? 0
  }

  /// A stroboscopic section.
  public init(
    system: SystemDescription, period: Double, wanted: Int, start: Double, states: [[Double]],
    failure: IntegrationFailure?, tolerance: Double = 1e-6
  ) {
    self.system = system
    mode = system.mode
    section = nil
    self.period = period
    self.wanted = wanted
    self.failure = failure
    outcome = failure == nil ? .complete : .failure
    points = states.enumerated().map { place, state in
      SectionPoint(time: start + Double(place) * period, state: state, isRising: true, residual: 0)
        .wrapping(system.angles)
    }
    time = points.last?.time ?? start
    self.tolerance = tolerance
    recurrence =
      failure == nil ? Recurrence.period(of: states, tolerance: tolerance, angles: system.angles) : nil
    meanReturnTime = points.count > 1 ? period : nil
    largestResidual = 0
  }

  private static func meanReturnTime(_ points: [SectionPoint]) -> Double? {
    guard points.count > 1, let first = points.first, let last = points.last else { return nil }
    return (last.time - first.time) / Double(points.count - 1)
  }
}

extension SectionPoint {
  /// The point with its angles in [−π, π].
  fileprivate func wrapping(_ angles: [Int]) -> SectionPoint {
    SectionPoint(time: time, state: state.wrapping(angles), isRising: isRising, residual: residual)
  }
}

/// What `orbit-diagram` finds.
public struct OrbitDiagramResult: Encodable, Equatable, Sendable {
  /// What was studied.
  public let system: SystemDescription
  /// Which exponents are meant.
  public let mode: SystemMode
  /// The diagram.
  public let diagram: OrbitDiagram
  /// The largest Lyapunov exponent at each value; null where they weren't asked for.
  public let exponents: [Exponent]?

  /// The largest exponent at a value of the parameter.
  public struct Exponent: Encodable, Equatable, Sendable {
    /// The parameter's value.
    public let parameter: Double
    /// Per unit of time, per step for a map without time; null where the orbit diverged.
    public let value: Double?
    /// Its standard error.
    public let standardError: Double?

    /// An exponent at a value of the parameter.
    public init(parameter: Double, value: Double?, standardError: Double?) {
      self.parameter = parameter
      self.value = value
      self.standardError = standardError
    }
  }

  /// The diagram of a system's family.
  public init(system: SystemDescription, diagram: OrbitDiagram, exponents: [Exponent]?) {
    self.system = system
    mode = system.mode
    self.diagram = diagram
    self.exponents = exponents
  }
}
