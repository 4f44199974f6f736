import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import Foundation
import Testing

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
  @Test(arguments: [(2.8, 1), (3.2, 2), (3.5, 4), (3.55, 8)]) func periodsOfTheLogisticMap(r: Double, period: Int) {
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

  @Test func recurrence() {
    let states = (0..<40).map { [Double($0 % 5), 1 + 1e-9 * Double($0)] }
    #expect(Recurrence.period(of: states, tolerance: 1e-6) == 5)
    #expect(Recurrence.period(of: states, tolerance: 1e-12) == nil)
    #expect(Recurrence.period(of: Array(states.prefix(9)), tolerance: 1e-6) == nil)
  }
}
