/// Room for the stages of Runge–Kutta steps, kept from one call to the next.
public struct RungeKuttaRoom: Sendable {
  /// Values at a stage, and the rates at all four.
  fileprivate var state: [Double] = []
  fileprivate var slopes: [Double] = []
  fileprivate var tangents: [Double] = []
  fileprivate var rates: [Double] = []

  /// No room yet: it grows at the first call.
  public init() {}

  fileprivate mutating func fit(_ variables: Int, _ tangentValues: Int) {
    if state.count != variables {
      state = [Double](repeating: 0, count: variables)
      slopes = [Double](repeating: 0, count: 4 * variables)
    }
    if tangents.count != tangentValues {
      tangents = [Double](repeating: 0, count: tangentValues)
      rates = [Double](repeating: 0, count: 4 * tangentValues)
    }
  }
}

extension FlowField {
  public mutating func rungeKutta(
    from first: Int, steps: Int, timeStep: Double, substeps: Int, state: inout [Double], tangents: inout [Double],
    room: inout RungeKuttaRoom
  ) {
    room.fit(state.count, tangents.count)
    let h = timeStep / Double(substeps)
    for step in first..<first + steps {
      enter(step: step)
      for part in 0..<substeps {
        takeStep(
          from: Double(step) * timeStep + Double(part) * h, h, &state, &tangents, &room.state, &room.slopes,
          &room.tangents, &room.rates)
      }
    }
  }

  @inline(__always)
  private func takeStep(
    from time: Double, _ h: Double, _ state: inout [Double], _ tangents: inout [Double], _ stage: inout [Double],
    _ slopes: inout [Double], _ stageTangents: inout [Double], _ rates: inout [Double]
  ) {
    var x = state.mutableSpan
    var v = tangents.mutableSpan
    var stage = stage.mutableSpan
    var slopes = slopes.mutableSpan
    var pushed = stageTangents.mutableSpan
    var rates = rates.mutableSpan
    evaluate(0, time, x.span, v.span, &slopes, &rates)
    move(x.span, by: h / 2, slopes.span, 0, to: &stage)
    move(v.span, by: h / 2, rates.span, 0, to: &pushed)
    evaluate(1, time + h / 2, stage.span, pushed.span, &slopes, &rates)
    move(x.span, by: h / 2, slopes.span, 1, to: &stage)
    move(v.span, by: h / 2, rates.span, 1, to: &pushed)
    evaluate(2, time + h / 2, stage.span, pushed.span, &slopes, &rates)
    move(x.span, by: h, slopes.span, 2, to: &stage)
    move(v.span, by: h, rates.span, 2, to: &pushed)
    evaluate(3, time + h, stage.span, pushed.span, &slopes, &rates)
    finish(&x, h, slopes.span)
    finish(&v, h, rates.span)
  }

  /// The rates at stage number `k`; those of the tangents by the derivative at the stage's state.
  @inline(__always)
  private func evaluate(
    _ k: Int, _ time: Double, _ state: Span<Double>, _ tangents: Span<Double>, _ slopes: inout MutableSpan<Double>,
    _ rates: inout MutableSpan<Double>
  ) {
    var slope = slopes._mutatingExtracting(k * state.count..<(k + 1) * state.count)
    derivative(time: time, state: state, into: &slope)
    guard !tangents.isEmpty else { return }
    var rate = rates._mutatingExtracting(k * tangents.count..<(k + 1) * tangents.count)
    tangentRates(time: time, state: state, tangents: tangents, into: &rate)
  }
}

/// `values = base + step·(the rates at stage k)`.
@inline(__always)
private func move(
  _ base: Span<Double>, by step: Double, _ rates: Span<Double>, _ k: Int, to values: inout MutableSpan<Double>
) {
  let rate = rates.extracting(k * base.count..<(k + 1) * base.count)
  for i in values.indices { values[i] = base[i] + step * rate[i] }
}

/// `values += step/6·(a + 2 b + 2 c + d)` with the rates at the four stages.
@inline(__always)
private func finish(_ values: inout MutableSpan<Double>, _ step: Double, _ rates: Span<Double>) {
  let n = values.count
  let weight = step / 6
  for i in values.indices {
    values[i] += weight * (rates[i] + 2 * (rates[n + i] + rates[2 * n + i]) + rates[3 * n + i])
  }
}
