import CoRNNDynamics
import CoRNNKernels
import Foundation
import Testing

@testable import CoRNNAnalysis

/// `x' = v, v' = −omega²·x`.
private struct Harmonic: FlowField {
  let omega: Double
  var dimension: Int { 2 }
  var period: Double? { nil }
  var isAutonomous: Bool { true }
  func derivative(time: Double, state: Span<Double>, into derivative: inout MutableSpan<Double>) {
    derivative[0] = state[1]
    derivative[1] = -omega * omega * state[0]
  }
  func tangentRates(time: Double, state: Span<Double>, tangents: Span<Double>, into rates: inout MutableSpan<Double>) {
    for row in 0..<tangents.count / 2 {
      rates[2 * row] = tangents[2 * row + 1]
      rates[2 * row + 1] = -omega * omega * tangents[2 * row]
    }
  }
  func divergence(time: Double, state: Span<Double>) -> Double { 0 }
}

/// Rössler's system.
private struct Spiral: FlowField {
  var a = 0.2
  var b = 0.2
  var c = 5.7
  var dimension: Int { 3 }
  var period: Double? { nil }
  var isAutonomous: Bool { true }
  func derivative(time: Double, state: Span<Double>, into derivative: inout MutableSpan<Double>) {
    derivative[0] = -state[1] - state[2]
    derivative[1] = state[0] + a * state[1]
    derivative[2] = b + state[2] * (state[0] - c)
  }
  func tangentRates(time: Double, state: Span<Double>, tangents: Span<Double>, into rates: inout MutableSpan<Double>) {
    for row in stride(from: 0, to: tangents.count, by: 3) {
      rates[row] = -tangents[row + 1] - tangents[row + 2]
      rates[row + 1] = tangents[row] + a * tangents[row + 1]
      rates[row + 2] = state[2] * tangents[row] + (state[0] - c) * tangents[row + 2]
    }
  }
  func divergence(time: Double, state: Span<Double>) -> Double { a + state[0] - c }
}

private struct Logistic: DynamicalSystem {
  let r: Double
  var step = 0
  var dimension: Int { 1 }
  var timeStep: Double { 1 }
  var hasTime: Bool { false }
  init(_ r: Double) { self.r = r }
  mutating func advance(_ state: inout [Double]) throws(IntegrationFailure) {
    state[0] = r * state[0] * (1 - state[0])
    step += 1
  }
  mutating func advance(_ state: inout [Double], tangents: inout [Double]) throws(IntegrationFailure) {
    for i in tangents.indices { tangents[i] *= r * (1 - 2 * state[0]) }
    try advance(&state)
  }
  mutating func logDeterminant(at state: [Double]) throws(IntegrationFailure) -> Double {
    log(abs(r * (1 - 2 * state[0])))
  }
}

/// Sections against closed forms.
@Suite struct SectionTests {
  @Test(arguments: SectionDirection.allCases) func harmonicOscillator(direction: SectionDirection) throws {
    let omega = 1.385
    let section = PoincareSection(
      surface: .plane(normal: [1, 0], offset: 0.3), direction: direction, count: 60, transient: 2.7, timeLimit: 1000,
      step: 0.35)
    let found = section.findings(of: Harmonic(omega: omega), from: [0.9, 0])
    #expect(found.outcome == .complete && found.points.count == 60 && found.failure == nil)
    // x = 0.9·cos(omega·t) = 0.3.
    let angle = acos(0.3 / 0.9)
    var expected: [(Double, Bool)] = []
    for turn in 0..<80 {
      if direction != .rising { expected.append(((angle + 2 * .pi * Double(turn)) / omega, false)) }
      if direction != .falling { expected.append(((2 * .pi * Double(turn + 1) - angle) / omega, true)) }
    }
    expected = expected.filter { $0.0 >= 2.7 }.sorted { $0.0 < $1.0 }
    let speed = omega * (0.81 - 0.09).squareRoot()
    for (point, closed) in zip(found.points, expected) {
      #expect(abs(point.time - closed.0) < 1e-10 && point.isRising == closed.1 && point.residual < 1e-12)
      #expect(abs(point.state[1] - (closed.1 ? speed : -speed)) < 1e-10)
    }
  }

  /// Two crossings within a step, where the plane is hardly reached.
  @Test func crossingsWithinAStep() {
    let section = PoincareSection(
      surface: .plane(normal: [1, 0], offset: 0.899), direction: .both, count: 20, transient: 0, timeLimit: 300,
      step: 0.5)
    let found = section.findings(of: Harmonic(omega: 1), from: [-0.9, 0])
    #expect(found.outcome == .complete)
    let half = acos(0.899 / 0.9)
    for (place, point) in found.points.enumerated() {
      let turn = Double(place / 2)
      let time = .pi + 2 * .pi * turn + (place.isMultiple(of: 2) ? -half : half)
      // The crossing is nearly tangent: its time is worse conditioned than its place by 1/sin.
      #expect(abs(point.time - time) < 1e-9 && point.residual < 1e-12)
    }
  }

  /// `y'' + epsilon·y' + gamma·y = 0` from (1, 0): zeros where `tan(omega·t) = −2·omega/epsilon`, to 1e-10 in time.
  @Test func dampedOscillator() throws {
    let (gamma, epsilon) = (2.385, 0.17)
    let omega = (gamma - epsilon * epsilon / 4).squareRoot()
    let section = PoincareSection(
      surface: .plane(normal: [1, 0], offset: 0), direction: .both, count: 40, transient: 0, timeLimit: 200, step: 0.3)
    let field = DrivenOscillator(gamma: gamma, epsilon: epsilon, amplitude: 0, frequency: 1)
    let found = section.findings(of: field, from: [1, 0])
    let first = (.pi - atan(2 * omega / epsilon)) / omega
    #expect(found.points.count == 40)
    for (n, point) in found.points.enumerated() {
      #expect(abs(point.time - (first + Double(n) * .pi / omega)) < 1e-10 && point.isRising == !n.isMultiple(of: 2))
    }
  }

  /// A start on the plane is no crossing, whichever way it leaves; the next is.
  @Test(arguments: [0.8, -0.8]) func startOnThePlane(velocity: Double) {
    let section = PoincareSection(
      surface: .plane(normal: [1, 0], offset: 0), direction: .both, count: 3, transient: 0, timeLimit: 20, step: 0.25)
    let found = section.findings(of: Harmonic(omega: 1), from: [0, velocity])
    #expect(zip(found.points, 1...3).allSatisfy { abs($0.time - .pi * Double($1)) < 1e-10 })
  }

  /// A plane that the orbit comes 1e-6 short of is never crossed; one it passes by as little is, twice.
  @Test(arguments: [1e-6, -1e-6]) func nearlyTangent(depth: Double) {
    let section = PoincareSection(
      surface: .plane(normal: [1, 0], offset: 0.9 - depth), direction: .both, count: 2, transient: 0, timeLimit: 9,
      step: 0.5)
    let found = section.findings(of: Harmonic(omega: 1), from: [-0.9, 0])
    #expect(found.outcome == (depth > 0 ? .complete : .timeLimit) && found.points.count == (depth > 0 ? 2 : 0))
    let half = acos((0.9 - max(depth, 0)) / 0.9)
    for (point, side) in zip(found.points, [-1.0, 1]) { #expect(abs(point.time - .pi - side * half) < 1e-8) }
  }

  /// The turns of a pendulum's angle don't count: a rotation locked to the forcing is one orbit of its period.
  @Test func turnsOfAnAngle() throws {
    let states = (0..<12).map { [0.7 + 2 * .pi * Double($0), 1.3] }
    #expect(Recurrence.period(of: states, tolerance: 1e-6) == nil)
    #expect(Recurrence.period(of: states, tolerance: 1e-6, angles: [0]) == 1)
    let pendulum = DrivenPendulum(damping: 0.5, amplitude: 1.5, frequency: 2.0 / 3)
    let found = FixedPointSearch(starts: 60).fixedPoints(
      ofMap: pendulum.sampled(every: 3 * .pi / 200), steps: 200, from: [0.2, 0], angles: pendulum.angles, threads: 2)
    #expect(found.count > 1 && found.allSatisfy { $0.residual < 1e-9 && abs($0.position[0]) <= .pi })
    for (i, a) in found.enumerated() {
      for b in found[..<i] {
        #expect(max(abs(a.position[0] - b.position[0]), abs(a.position[1] - b.position[1])) > 1e-5)
      }
    }
    // At rest hanging and upright, each once.
    let still = DrivenPendulum(damping: 0.5, amplitude: 0, frequency: 1)
    let rest = FixedPointSearch(starts: 60).rest(of: still, orbit: still.sampled(every: 0.05), from: [0.2, 0])
    #expect(rest.map { ($0.position[0] / .pi).rounded() } == [0, 1])
    #expect(rest.map(\.stability.flow?.kind) == [.stable, .saddle])
  }

  @Test func orbitsThatNeverReturn() {
    let section = PoincareSection(
      surface: .plane(normal: [1, 0], offset: 2), count: 5, transient: 0, timeLimit: 40, step: 0.1)
    let found = section.findings(of: Harmonic(omega: 1), from: [0.9, 0])
    #expect(found.outcome == .timeLimit && found.points.isEmpty && abs(found.time - 40) < 1e-9)
  }

  @Test func extremaOfTheOscillator() {
    let section = PoincareSection(
      surface: .extremum(index: 0), direction: .falling, count: 10, transient: 1, timeLimit: 200, step: 0.2)
    let found = section.findings(of: Harmonic(omega: 2), from: [0, 0.8])
    for (place, point) in found.points.enumerated() {
      #expect(abs(point.state[0] - 0.4) < 1e-11)
      #expect(abs(point.time - (.pi / 2 + 2 * .pi * Double(place + 1)) / 2) < 1e-10)
    }
  }

  /// The section of Rössler's attractor at x = 0 is nearly a line, z tiny and y within known limits.
  @Test func roessler() {
    let section = PoincareSection(
      surface: .plane(normal: [1, 0, 0], offset: 0), count: 300, transient: 200, timeLimit: 5000, step: 0.1)
    let found = section.findings(of: Spiral(), from: [1, 1, 0.5])
    #expect(found.outcome == .complete && found.points.allSatisfy { $0.residual < 1e-11 && $0.isRising })
    #expect(found.points.allSatisfy { $0.state[1] < -2.5 && $0.state[1] > -11 && abs($0.state[2]) < 0.1 })
    let times = found.points.map(\.time)
    let returns = zip(times, times.dropFirst()).map { $1 - $0 }
    let mean = returns.reduce(0, +) / Double(returns.count)
    // A turn takes about 5.86.
    #expect(abs(mean - 5.86) < 0.06)
  }
}

/// Orbit diagrams and periods.
@Suite struct OrbitDiagramTests {
  @Test(arguments: [(2.8, 1), (3.2, 2), (3.5, 4), (3.55, 8), (3.835, 3), (3.845, 6)]) func periodsOfTheLogisticMap(
    r: Double, period: Int
  ) {
    let diagram = OrbitSweep(parameter: "r", values: [r]).diagram(from: [0.385]) { Logistic($0) }
    #expect(diagram.columns[0].period == period && diagram.columns[0].points.count == 200)
  }

  @Test func sweepOfTheLogisticMap() {
    let values = (0...60).map { 2.9 + Double($0) * 0.02 }
    for warm in [true, false] {
      var sweep = OrbitSweep(parameter: "r", values: values)
      sweep.warmStart = warm
      let diagram = sweep.diagram(from: [0.385], threads: 2) { Logistic($0) }
      // From r = 4 on orbits leave; one start of a million apart from that stays at 4 itself.
      for column in diagram.columns where column.value < 2.99 {
        #expect(column.period == 1 && abs(column.points[0] - (1 - 1 / column.value)) < 1e-6)
      }
      for column in diagram.columns where column.value > 3.87 && column.value < 3.99 { #expect(column.period == nil) }
      #expect(diagram.columns.filter { $0.value > 4.01 }.allSatisfy { $0.outcome == .diverged && $0.period == nil })
      #expect(diagram.warmStart == warm)
    }
  }

  @Test func maximaOfFlowsAreRootFound() {
    var sweep = OrbitSweep(parameter: "omega", values: [0.7, 1.3], sampling: .maxima, transient: 5, kept: 20)
    sweep.warmStart = false
    let diagram = sweep.diagram(from: [0.9, 0], step: 0.1) { Harmonic(omega: $0) }
    #expect(diagram.columns.allSatisfy { $0.period == 1 && $0.points.allSatisfy { abs($0 - 0.9) < 1e-10 } })
    // Rössler with c = 2.5 and 3.5 has cycles of one and of two turns.
    let spiral = OrbitSweep(
      parameter: "c", values: [2.5, 3.5], sampling: .maxima, transient: 500, kept: 40, tolerance: 1e-6)
    let cycles = spiral.diagram(from: [1, 1, 0.5], step: 0.1) { Spiral(c: $0) }
    #expect(cycles.columns.map(\.period) == [1, 2])
  }

  @Test(arguments: [(0.2, 1), (0.8, 2), (1.0, 4), (1.04, 8)]) func periodsOfHenon(a: Double, period: Int) {
    let diagram = OrbitSweep(parameter: "a", values: [a], transient: 3000).diagram(from: [0.1, 0.1]) {
      HenonMap(a: $0, b: 0.3)
    }
    #expect(diagram.columns[0].period == period)
  }

  /// With a warm start the orbit stays in the well it is in, and the exponent is that orbit's, not the start's.
  @Test func exponentsBelongToTheOrbitsShown() throws {
    // The start is in the upper well until it vanishes; back again the orbit stays in the lower one.
    let biases = [-0.1, -0.6, -0.1]
    @Sendable func network(_ bias: Double) -> OscillatorMapSystem {
      guard let network = try? FixedPointTests.network([2.0], bias: [bias]) else { preconditionFailure("no network") }
      return OscillatorMapSystem(network, drive: .constant([0]))
    }
    let sweep = OrbitSweep(parameter: "b", values: biases, transient: 500, kept: 20)
    let diagram = sweep.diagram(from: [0.6, 0]) { network($0) }
    #expect(diagram.columns[0].points[0] > 0 && diagram.columns[2].points[0] < 0)
    let exponents = diagram.exponents(transient: 100, steps: 2000) { network($0) }
    for (column, exponent) in zip(diagram.columns, exponents) {
      // y' and z' of the explicit map at rest: the eigenvalues' largest modulus.
      let slope = 1 - pow(1.385 * column.points[0], 2)
      let stiffness = 1.385 - 2 * slope
      let (trace, determinant) = (2 - 0.07 - 0.01 * stiffness, 1 - 0.07)
      let root = trace * trace / 4 - determinant
      let radius = root > 0 ? trace / 2 + root.squareRoot() : determinant.squareRoot()
      #expect(abs((exponent.value ?? 9) - log(radius) / 0.1) < 2e-2)
    }
  }

  @Test func recurrence() {
    let states = (0..<40).map { [Double($0 % 5), 1 + 1e-9 * Double($0)] }
    #expect(Recurrence.period(of: states, tolerance: 1e-6) == 5)
    #expect(Recurrence.period(of: states, tolerance: 1e-12) == nil)
    #expect(Recurrence.period(of: Array(states.prefix(9)), tolerance: 1e-6) == nil)
  }
}
