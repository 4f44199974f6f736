public import CoRNNDynamics
public import CoRNNKernels

/// An orbit diagram: what a system's orbit comes to, over a parameter.
public struct OrbitDiagram: Encodable, Equatable, Sendable {
  /// The parameter's name.
  public let parameter: String
  /// The variable shown, and where it is looked at.
  public let variable: Int
  /// Where orbits are looked at.
  public let sampling: OrbitSampling
  /// Steps (maps) or time (flows) left out first, and points then kept, for each value.
  public let transient: Double
  /// Points then kept.
  public let kept: Int
  /// Whether each value starts where the one before ended, or 1e-6 beside it where that stood still.
  public let warmStart: Bool
  /// How near states must come back to count as a period.
  public let tolerance: Double
  /// One for each value of the parameter.
  public let columns: [Column]

  /// The orbit at one value of the parameter.
  public struct Column: Encodable, Equatable, Sendable {
    /// The parameter's value.
    public let value: Double
    /// The variable at the points kept; fewer than wanted where the orbit ended early.
    public let points: [Double]
    /// The smallest p <= 64 after which every point returns; null where there is none.
    public let period: Int?
    /// How the orbit ended.
    public let outcome: Outcome
    /// Where the orbit ended, after how many steps: an exponent goes on from there.
    let end: [Double]
    let endStep: Int

    private enum CodingKeys: String, CodingKey {
      case value, points, period, outcome
    }
  }

  /// How an orbit ended.
  public enum Outcome: String, Encodable, Sendable {
    /// All samples were taken.
    case complete
    /// The orbit stands still, so that it has no maxima: where it stands is its only point.
    case rest
    /// The flow didn't come to as many points in the time allowed.
    case timeLimit
    /// Values left the range of doubles, or the integrator gave up.
    case diverged
  }
}

extension OrbitDiagram {
  /// The largest Lyapunov exponent of each orbit shown, over `steps` steps from where it ended; none where it diverged.
  ///
  /// - Parameters:
  ///   - transient: steps in which the tangent turns before it counts.
  ///   - steps: steps averaged over.
  ///   - tangents: how tangents begin.
  ///   - threads: how many threads share the work.
  ///   - progress: told how many orbits are done.
  ///   - system: the system at a value.
  public func exponents(
    transient: Int, steps: Int, tangents: LyapunovSpectrum.Options.Tangents = .random(seed: 0), threads: Int = 1,
    progress: (@Sendable (Int) -> Void)? = nil,
    system: @Sendable (Double) -> any DynamicalSystem
  ) -> [OrbitDiagramResult.Exponent] {
    let options = LyapunovSpectrum.Options(count: 1, transient: transient, steps: steps, tangents: tangents)
    return parallelMap(count: columns.count, threads: threads) { place in
      defer { progress?(1) }
      let column = columns[place]
      var moving = system(column.value)
      moving.step = column.endStep
      let found =
        column.outcome == .diverged ? nil : try? LyapunovSpectrum(of: moving, from: column.end, options: options)
      return OrbitDiagramResult.Exponent(
        parameter: column.value, value: found?.exponents.first?.value,
        standardError: found?.exponents.first?.standardError)
    }
  }
}

/// Where an orbit is looked at.
public enum OrbitSampling: String, CaseIterable, Codable, Sendable {
  /// After every step of a map.
  case everyStep = "every-step"
  /// Once a period of the forcing.
  case stroboscopic
  /// At the local maxima of the variable: root-found for a flow, the largest of three steps for a map.
  case maxima
}

/// How an orbit diagram is made.
public struct OrbitSweep: Equatable, Sendable {
  /// The parameter's name.
  public var parameter: String
  /// Its values.
  public var values: [Double]
  /// Which variable is looked at, from 0.
  public var variable: Int
  /// Where orbits are looked at.
  public var sampling: OrbitSampling
  /// Steps for maps; units of time for flows.
  public var transient: Double
  /// Points kept.
  public var kept: Int
  /// Whether each orbit starts where the one before ended, or 1e-6 of its size beside it where that stood still.
  public var warmStart: Bool
  /// How near states must come back to count as a period, relative to their size.
  public var tolerance: Double
  /// Steps (maps) or time (flows) after which a value is given up.
  public var limit: Double
  /// Steps from one stroboscopic point to the next.
  public var stepsPerPeriod: Int
  /// Variables that are angles: values 2π apart are one.
  public var angles: [Int]

  /// A sweep over these values.
  public init(
    parameter: String, values: [Double], variable: Int = 0, sampling: OrbitSampling = .everyStep,
    transient: Double = 1000, kept: Int = 200, warmStart: Bool = true, tolerance: Double = 1e-6, limit: Double = 1e5,
    stepsPerPeriod: Int = 1, angles: [Int] = []
  ) {
    self.parameter = parameter
    self.values = values
    self.variable = variable
    self.sampling = sampling
    self.transient = transient
    self.kept = kept
    self.warmStart = warmStart
    self.tolerance = tolerance
    self.limit = limit
    self.stepsPerPeriod = stepsPerPeriod
    self.angles = angles
  }

  /// An orbit's points and where it ended.
  struct Orbit: Sendable {
    var states: [[Double]] = []
    var outcome = OrbitDiagram.Outcome.complete
    var end: [Double]
    var endStep = 0
  }

  /// The diagram of a family of systems that move in steps.
  ///
  /// - Parameters:
  ///   - start: where the first value starts (every value, without a warm start).
  ///   - threads: how many threads share the work.
  ///   - progress: told for each value done.
  ///   - system: the system at a value.
  public func diagram(
    from start: [Double], threads: Int = 1, progress: (@Sendable (Int) -> Void)? = nil,
    system: @Sendable (Double) -> any DynamicalSystem
  ) -> OrbitDiagram {
    sweep(from: start, threads: threads, progress: progress) { value, state in
      orbit(of: system(value), from: state)
    }
  }

  /// The diagram of a family of flows, at the maxima of the variable.
  ///
  /// - Parameters:
  ///   - start: the first orbit's start.
  ///   - step: the steps in which maxima are looked for, in units of time.
  ///   - integration: method and tolerances.
  ///   - threads: how many threads share the work.
  ///   - progress: told how many values are done.
  ///   - field: the field at a value of the parameter.
  public func diagram(
    from start: [Double], step: Double, integration: IntegrationOptions = .init(), threads: Int = 1,
    progress: (@Sendable (Int) -> Void)? = nil, field: @Sendable (Double) -> any FlowField
  ) -> OrbitDiagram {
    sweep(from: start, threads: threads, progress: progress) { value, state in
      let section = PoincareSection(
        surface: .extremum(index: variable), direction: .falling, count: kept, transient: transient, timeLimit: limit,
        step: step, integration: integration)
      let flow = field(value)
      let found = section.findings(of: flow, from: state)
      if found.outcome == .timeLimit, flow.isAutonomous, Self.stands(found.state, flow) {
        return Orbit(states: [found.state], outcome: .rest, end: found.state)
      }
      let outcomes: [PoincareSection.Outcome: OrbitDiagram.Outcome] = [
        .complete: .complete, .timeLimit: .timeLimit, .failure: .diverged,
      ]
      return Orbit(states: found.points.map(\.state), outcome: outcomes[found.outcome] ?? .diverged, end: found.state)
    }
  }

  /// Whether no component moves by more than 1e-9 of the state's size in a unit of time.
  private static func stands(_ state: [Double], _ field: some FlowField) -> Bool {
    var rates = [Double](repeating: 0, count: state.count)
    var span = rates.mutableSpan
    field.derivative(time: 0, state: state.span, into: &span)
    return rates.largest <= 1e-9 * max(1, state.largest)
  }

  private func sweep(
    from start: [Double], threads: Int, progress: (@Sendable (Int) -> Void)?,
    orbit: @Sendable (Double, [Double]) -> Orbit
  ) -> OrbitDiagram {
    var orbits: [Orbit] = []
    if warmStart {
      var state = start
      for value in values {
        let next = orbit(value, state)
        // What went astray is no start for the next.
        state = next.outcome == .diverged ? start : beside(next)
        orbits.append(next)
        progress?(1)
      }
    } else {
      orbits = parallelMap(count: values.count, threads: threads) { place in
        defer { progress?(1) }
        return orbit(values[place], start)
      }
    }
    let columns = zip(values, orbits).map { value, orbit in
      OrbitDiagram.Column(
        value: value, points: orbit.states.map { $0.wrapping(angles)[variable] },
        period: orbit.outcome == .complete
          ? Recurrence.period(of: orbit.states, tolerance: tolerance, angles: angles) : nil,
        outcome: orbit.outcome, end: orbit.end, endStep: orbit.endStep)
    }
    return OrbitDiagram(
      parameter: parameter, variable: variable, sampling: sampling, transient: transient, kept: kept,
      warmStart: warmStart, tolerance: tolerance, columns: columns)
  }

  /// Where an orbit ended, and where it stands still 1e-6 of its size beside it: a point that loses its stability is left,
  /// as it would be under any noise.
  private func beside(_ orbit: Orbit) -> [Double] {
    let stands =
      orbit.outcome == .rest
      || !orbit.states.isEmpty
        && orbit.states.allSatisfy {
          zip($0, orbit.end).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, orbit.end.largest) }
        }
    return stands ? orbit.end.map { $0 + 1e-6 * max(1, orbit.end.largest) } : orbit.end
  }

  /// Whether the last step has moved a state by less than 1e-12 of its size.
  private func isSettled(_ before: [Double]?, _ state: [Double]) -> Bool {
    guard let before else { return false }
    return zip(before, state).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, state.largest) }
  }

  /// The points of one system's orbit.
  private func orbit(of resting: some DynamicalSystem, from start: [Double]) -> Orbit {
    var system = resting
    var orbit = Orbit(end: start)
    var state = start
    let first = system.step + Int(transient)
    var (older, old): ([Double]?, [Double]?) = (nil, nil)
    do {
      for _ in 0..<Int(transient + limit) where orbit.states.count < kept {
        try system.advance(&state)
        guard state.allSatisfy(\.isFinite) else {
          orbit.outcome = .diverged
          orbit.end = start
          return orbit
        }
        if system.step > first {
          switch sampling {
          case .everyStep: orbit.states.append(state)
          case .stroboscopic: if system.step.isMultiple(of: stepsPerPeriod) { orbit.states.append(state) }
          case .maxima:
            if let older, let old, older[variable] < old[variable], old[variable] >= state[variable] {
              orbit.states.append(old)
            }
            (older, old) = (old, state)
          }
        }
      }
    } catch {
      orbit.outcome = .diverged
      orbit.end = start
      return orbit
    }
    orbit.end = state
    orbit.endStep = system.step
    if orbit.states.count < kept {
      let isStill = sampling == .maxima && isSettled(older, state)
      (orbit.outcome, orbit.states) = isStill ? (.rest, [state]) : (.timeLimit, orbit.states)
    }
    return orbit
  }
}
