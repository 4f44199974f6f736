public import CoRNNKernels

/// A vector field as a dynamical system: a step is `substeps` steps of the classical Runge–Kutta method of order 4, on
/// the state and all tangents together.
///
/// The step's derivative is that of the method itself, not only of the flow: exponents are those of the map that is
/// really iterated, which approaches the flow at order 4.
public struct SampledFlow<Field: FlowField>: DynamicalSystem {
  public let dimension: Int
  public let timeStep: Double
  public var hasTime: Bool { true }
  public var step = 0
  /// The field.
  public let field: Field
  /// Runge–Kutta steps in a step.
  public let substeps: Int
  // Stages of the state and the tangents.
  private var slopes: [[Double]]
  private var trial: [Double]
  private var tangentSlopes: [[Double]] = Array(repeating: [], count: 4)
  private var tangentTrial: [Double] = []

  /// The field sampled every `timeStep`.
  public init(_ field: Field, timeStep: Double, substeps: Int = 1) {
    precondition(timeStep > 0 && substeps > 0, "a step of \(timeStep) in \(substeps)")
    self.field = field
    self.timeStep = timeStep
    self.substeps = substeps
    dimension = field.dimension
    slopes = Array(repeating: [Double](repeating: 0, count: field.dimension), count: 4)
    trial = [Double](repeating: 0, count: field.dimension)
  }

  public mutating func advance(_ state: inout [Double]) throws(IntegrationFailure) {
    var none: [Double] = []
    try advance(&state, tangents: &none)
  }

  public mutating func advance(_ state: inout [Double], tangents: inout [Double]) throws(IntegrationFailure) {
    if tangentTrial.count != tangents.count {
      tangentTrial = tangents
      tangentSlopes = Array(repeating: tangents, count: 4)
    }
    let h = timeStep / Double(substeps)
    for part in 0..<substeps {
      let time = (Double(step) + Double(part) / Double(substeps)) * timeStep
      rungeKutta(&state, &tangents, time: time, h: h)
    }
    step += 1
    guard state.allSatisfy(\.isFinite) else {
      throw IntegrationFailure(time: Double(step) * timeStep, reason: "the state left the range of doubles")
    }
  }

  /// log|det| of the step's derivative, from the image of the identity.
  public mutating func logDeterminant(at state: [Double]) throws(IntegrationFailure) -> Double {
    var copy = self
    var state = state
    var identity = [Double](repeating: 0, count: dimension * dimension)
    for i in 0..<dimension { identity[i * dimension + i] = 1 }
    try copy.advance(&state, tangents: &identity)
    return Matrix(rows: dimension, columns: dimension, elements: identity).logAbsoluteDeterminant
  }

  private mutating func rungeKutta(_ state: inout [Double], _ tangents: inout [Double], time: Double, h: Double) {
    for stage in 0..<4 {
      let part = stage == 0 ? 0 : stage == 3 ? h : h / 2
      if stage == 0 {
        for i in state.indices { trial[i] = state[i] }
        for i in tangents.indices { tangentTrial[i] = tangents[i] }
      } else {
        combine(state, part, slopes[stage - 1], into: &trial)
        combine(tangents, part, tangentSlopes[stage - 1], into: &tangentTrial)
      }
      // Taken out while they are written, since the field is read from the same value.
      var slope: [Double] = []
      swap(&slope, &slopes[stage])
      var rates = slope.mutableSpan
      field.derivative(time: time + part, state: trial.span, into: &rates)
      swap(&slope, &slopes[stage])
      guard !tangents.isEmpty else { continue }
      swap(&slope, &tangentSlopes[stage])
      var tangentRates = slope.mutableSpan
      field.tangentRates(time: time + part, state: trial.span, tangents: tangentTrial.span, into: &tangentRates)
      swap(&slope, &tangentSlopes[stage])
    }
    addStages(to: &state, slopes, h / 6)
    if !tangents.isEmpty { addStages(to: &tangents, tangentSlopes, h / 6) }
  }

  private func addStages(to values: inout [Double], _ stages: [[Double]], _ sixth: Double) {
    addScaledRows(
      count: 1, columns: values.count, scale: sixth, rows: stages[0], stride: values.count, to: &values,
      stride: values.count)
    addScaledRows(
      count: 1, columns: values.count, scale: 2 * sixth, rows: stages[1], stride: values.count, to: &values,
      stride: values.count)
    addScaledRows(
      count: 1, columns: values.count, scale: 2 * sixth, rows: stages[2], stride: values.count, to: &values,
      stride: values.count)
    addScaledRows(
      count: 1, columns: values.count, scale: sixth, rows: stages[3], stride: values.count, to: &values,
      stride: values.count)
  }

  private func combine(_ base: [Double], _ factor: Double, _ slope: [Double], into result: inout [Double]) {
    guard !base.isEmpty else { return }
    for i in result.indices { result[i] = base[i] }
    addScaledRows(
      count: 1, columns: base.count, scale: factor, rows: slope, stride: base.count, to: &result, stride: base.count)
  }
}
