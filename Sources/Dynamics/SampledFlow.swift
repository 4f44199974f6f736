public import CoRNNKernels

/// How a field is integrated from one sample to the next.
public enum FlowIntegration: Equatable, Sendable {
  /// Classical Runge–Kutta of order 4, so many equal steps in an interval. The tangents see the derivative of these
  /// very steps.
  case rungeKutta(substeps: Int)
  /// A GSL stepper with step control over state and tangents together; no step is longer than the interval, so that
  /// steps can't grow to the limit of stability where the state stands still.
  ///
  /// The implicit methods solve with the derivative by the state left out of the tangents' rows: slower, to the same
  /// tolerance.
  case adaptive(IntegrationOptions)
}

/// A vector field as a system that moves by one sampling interval at a time, the variational equations beside it.
public struct SampledFlow<Field: FlowField>: DynamicalSystem {
  /// The field.
  public private(set) var field: Field
  /// The time from one sample to the next.
  public let timeStep: Double
  /// How it is integrated.
  public let integration: FlowIntegration
  public var step = 0

  private var room = RungeKuttaRoom()

  /// The flow of `field`, sampled every `timeStep`.
  public init(_ field: Field, timeStep: Double, integration: FlowIntegration = .rungeKutta(substeps: 1)) {
    precondition(timeStep > 0, "a sampling interval of \(timeStep)")
    if case .rungeKutta(let substeps) = integration { precondition(substeps > 0, "\(substeps) steps an interval") }
    self.field = field
    self.timeStep = timeStep
    self.integration = integration
  }

  /// The same by so many Runge–Kutta steps in an interval.
  public init(_ field: Field, timeStep: Double, substeps: Int) {
    self.init(field, timeStep: timeStep, integration: .rungeKutta(substeps: substeps))
  }

  public var dimension: Int { field.dimension }
  public var hasTime: Bool { true }

  public mutating func advance(_ state: inout [Double]) throws(IntegrationFailure) {
    var none: [Double] = []
    try advance(&state, tangents: &none, steps: 1)
  }

  public mutating func advance(_ state: inout [Double], tangents: inout [Double]) throws(IntegrationFailure) {
    try advance(&state, tangents: &tangents, steps: 1)
  }

  public mutating func advance(
    _ state: inout [Double], tangents: inout [Double], steps: Int
  ) throws(IntegrationFailure) {
    precondition(
      state.count == dimension && tangents.count.isMultiple(of: dimension),
      "\(state.count) and \(tangents.count) values, dimension \(dimension)")
    switch integration {
    case .rungeKutta(let substeps):
      field.rungeKutta(
        from: step, steps: steps, timeStep: timeStep, substeps: substeps, state: &state, tangents: &tangents,
        room: &room)
      step += steps
      guard state.allSatisfy(\.isFinite) else {
        throw IntegrationFailure(time: Double(step) * timeStep, reason: "the solution left the range of doubles")
      }
    case .adaptive(let options): try integrate(&state, &tangents, steps: steps, options: options)
    }
  }

  public func divergence(at state: [Double]) -> Double? {
    var field = field
    field.enter(step: step)
    return field.divergence(time: Double(step) * timeStep, state: state.span)
  }

  /// Integrates state and tangents as one system of equations.
  private mutating func integrate(
    _ state: inout [Double], _ tangents: inout [Double], steps: Int, options: IntegrationOptions
  ) throws(IntegrationFailure) {
    let n = dimension
    let size = n + tangents.count
    let moving = Moving(field)
    var options = options
    options.largestStep = min(options.largestStep ?? timeStep, timeStep)
    var integrator = ODEIntegrator(dimension: size, firstStep: timeStep / 10, options: options) {
      time, values, derivative in
      moving.field.derivative(time: time, state: values.extracting(0..<n), into: &derivative)
      guard size > n else { return }
      var rates = derivative._mutatingExtracting(n..<size)
      moving.field.tangentRates(
        time: time, state: values.extracting(0..<n), tangents: values.extracting(n..<size), into: &rates)
    } jacobian: { time, values, byState, byTime in
      moving.fillJacobian(time: time, state: values.extracting(0..<n), size: size, &byState, &byTime)
    }
    var values = state + tangents
    for _ in 0..<steps {
      moving.field.enter(step: step)
      if !field.isAutonomous { integrator.restart() }
      try integrator.advance(&values, from: Double(step) * timeStep, to: Double(step + 1) * timeStep)
      step += 1
    }
    state = Array(values[..<n])
    tangents = Array(values[n...])
  }

  /// The field while GSL looks at it.
  private final class Moving {
    var field: Field

    init(_ field: Field) { self.field = field }

    /// J in each diagonal block of n.
    func fillJacobian(
      time: Double, state: Span<Double>, size: Int, _ byState: inout MutableSpan<Double>,
      _ byTime: inout MutableSpan<Double>
    ) {
      let n = field.dimension
      var identity = [Double](repeating: 0, count: n * n)
      for i in 0..<n { identity[i * n + i] = 1 }
      var columns = identity
      var span = columns.mutableSpan
      field.tangentRates(time: time, state: state, tangents: identity.span, into: &span)
      for place in 0..<size * size { byState[place] = 0 }
      for place in 0..<size { byTime[place] = 0 }
      for block in stride(from: 0, to: size, by: n) {
        for i in 0..<n {
          for j in 0..<n { byState[(block + i) * size + block + j] = columns[j * n + i] }
        }
      }
    }
  }
}
