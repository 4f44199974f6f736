import CoRNNDynamics
import CoRNNKernels
import Testing

/// Lorenz-96's field without its own steps.
private struct Plain: FlowField {
  let own: Lorenz96
  var dimension: Int { own.dimension }
  func derivative(time: Double, state: Span<Double>, into derivative: inout MutableSpan<Double>) {
    own.derivative(time: time, state: state, into: &derivative)
  }
  func tangentRates(time: Double, state: Span<Double>, tangents: Span<Double>, into rates: inout MutableSpan<Double>) {
    own.tangentRates(time: time, state: state, tangents: tangents, into: &rates)
  }
  func divergence(time: Double, state: Span<Double>) -> Double { own.divergence(time: time, state: state) }
}

/// Lorenz-96's kernel of steps against those of any field.
struct Lorenz96StepsTests {
  /// Widths and numbers of tangents beside, at and beyond whole vectors and strips of two; more steps than go at once.
  @Test(arguments: [(4, 0), (4, 1), (5, 5), (7, 3), (8, 4), (11, 9), (19, 16), (40, 40), (41, 21)], [1, 19])
  func agreeWithTheFieldsOwn(shape: (variables: Int, tangents: Int), steps: Int) throws {
    let (n, count) = shape
    let field = Lorenz96(variables: n, forcing: 7.385)
    var random = SplittableRandom(seed: UInt64(100 * n + count))
    let start = field.randomStart(&random)
    let directions = (0..<count * n).map { _ in random.normal() }
    var (state, tangents) = (start, directions)
    var (expected, expectedTangents) = (start, directions)
    var own = SampledFlow(field, timeStep: 0.0123, substeps: 1)
    try own.advance(&state, tangents: &tangents, steps: steps)
    var plain = SampledFlow(Plain(own: field), timeStep: 0.0123, substeps: 1)
    try plain.advance(&expected, tangents: &expectedTangents, steps: steps)
    #expect(state != start)
    for (found, wanted) in zip(state + tangents, expected + expectedTangents) {
      #expect(abs(found - wanted) <= 1e-12 * (1 + abs(wanted)))
    }
  }
}
