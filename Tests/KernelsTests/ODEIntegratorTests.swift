import CoRNNKernels
import Foundation
import Testing

/// A damped oscillator `y'' = force − gamma·y − epsilon·y'` and its solution.
struct DampedOscillator: Sendable, CustomTestStringConvertible {
  let name: String
  let gamma: Double
  let epsilon: Double
  let force: Double
  var testDescription: String { name }

  static let cases = [
    DampedOscillator(name: "free, underdamped", gamma: 2.7, epsilon: 0.4, force: 0),
    DampedOscillator(name: "free, critically damped", gamma: 1.44, epsilon: 2.4, force: 0),
    DampedOscillator(name: "free, overdamped", gamma: 0.7, epsilon: 3.1, force: 0),
    DampedOscillator(name: "forced, underdamped", gamma: 2.7, epsilon: 0.4, force: 0.85),
    DampedOscillator(name: "forced, critically damped", gamma: 1.44, epsilon: 2.4, force: -1),
    DampedOscillator(name: "forced, overdamped", gamma: 0.7, epsilon: 3.1, force: 1),
  ]

  func solution(at t: Double, from y0: Double, _ z0: Double) -> [Double] {
    let rest = force / gamma
    let a = y0 - rest
    let h = epsilon / 2
    let d = gamma - h * h
    if abs(d) < 1e-12 {
      let b = z0 + h * a
      return [rest + exp(-h * t) * (a + b * t), exp(-h * t) * (b - h * (a + b * t))]
    }
    let w = abs(d).squareRoot()
    let b = (z0 + h * a) / w
    let c = d > 0 ? cos(w * t) : cosh(w * t)
    let s = d > 0 ? sin(w * t) : sinh(w * t)
    let sign: Double = d > 0 ? -1 : 1
    let y = exp(-h * t) * (a * c + b * s)
    return [rest + y, -h * y + exp(-h * t) * w * (sign * a * s + b * c)]
  }

  func integrator(_ options: IntegrationOptions) -> ODEIntegrator {
    let (gamma, epsilon, force) = (gamma, epsilon, force)
    return ODEIntegrator(dimension: 2, firstStep: 1e-3, options: options) { _, x, derivative in
      derivative[0] = x[1]
      derivative[1] = force - gamma * x[0] - epsilon * x[1]
    } jacobian: { _, _, byState, byTime in
      byState[0] = 0
      byState[1] = 1
      byState[2] = -gamma
      byState[3] = -epsilon
      byTime[0] = 0
      byTime[1] = 0
    }
  }
}

@Suite struct ODEIntegratorTests {
  @Test(arguments: IntegrationMethod.allCases, DampedOscillator.cases)
  func adaptiveStepsAgreeWithTheClosedForm(method: IntegrationMethod, system: DampedOscillator) throws {
    let tolerance = method.order.map { $0 <= 2 } ?? false ? 1e-7 : 1e-9
    var integrator = system.integrator(
      IntegrationOptions(method: method, absoluteTolerance: tolerance, relativeTolerance: tolerance))
    var state = [1.25, -0.5]
    try integrator.advance(&state, from: 0, to: 6.5)
    let exact = system.solution(at: 6.5, from: 1.25, -0.5)
    // Errors of single steps are what is controlled; over thousands of steps of the low orders they add up.
    let allowed = (method.order ?? 5) <= 2 ? 3e-3 : 1e-6
    #expect(abs(state[0] - exact[0]) < allowed && abs(state[1] - exact[1]) < allowed)
    let counts = integrator.counts
    #expect(counts.steps > 0 && counts.evaluations > 0)
    #expect(method.needsJacobian == (counts.jacobians > 0))
  }

  /// Fixed steps, halved: the error must fall at the method's order.
  @Test(arguments: IntegrationMethod.allCases.filter { $0.order != nil }, DampedOscillator.cases)
  func orderIsMeasured(method: IntegrationMethod, system: DampedOscillator) throws {
    let order = try #require(method.order)
    let exact = system.solution(at: 4, from: 1.25, -0.5)
    func error(_ count: Int) throws -> Double {
      // The tolerance is what implicit equations are solved to.
      var integrator = system.integrator(
        IntegrationOptions(method: method, absoluteTolerance: 1e-13, relativeTolerance: 1e-13))
      var state = [1.25, -0.5]
      try integrator.advance(&state, from: 0, step: 4 / Double(count), count: count)
      return max(abs(state[0] - exact[0]), abs(state[1] - exact[1]))
    }
    let counts = order >= 8 ? [4, 6, 8, 12] : order >= 4 ? [16, 32, 64, 128] : [64, 128, 256, 512]
    let line = LinearRegression(
      x: counts.map { log(4 / Double($0)) }, y: try counts.map { log(try error($0)) })
    // Where the solution dies away without swinging, leading terms of the error cancel and the last digits are
    // soon reached: only the underdamped cases show the order cleanly.
    let isClean = system.epsilon * system.epsilon < 4 * system.gamma - 1
    #expect(line.slope > Double(order) - (isClean ? 0.3 : 1), "measured \(line.slope)")
    #expect(line.slope < Double(order) + (isClean ? 1.6 : 3.5), "measured \(line.slope)")
  }

  @Test func largestStepIsKept() throws {
    var integrator = DampedOscillator.cases[0].integrator(
      IntegrationOptions(absoluteTolerance: 1e-3, relativeTolerance: 1e-3, largestStep: 0.01))
    var state = [1.0, 0]
    try integrator.advance(&state, from: 0, to: 1)
    #expect(integrator.counts.steps >= 100)
  }

  @Test func blowUpIsAnError() {
    var integrator = ODEIntegrator(
      dimension: 1, firstStep: 1e-3, options: IntegrationOptions(absoluteTolerance: 1e-9, relativeTolerance: 1e-9)
    ) { _, x, derivative in derivative[0] = x[0] * x[0] > 1e200 ? .nan : x[0] * x[0] }
    var state = [1.0]
    #expect(throws: IntegrationFailure.self) { try integrator.advance(&state, from: 0, to: 2) }
  }
}

@Suite struct RegressionAndSplineTests {
  @Test func slopeAndIntervalOfKnownPoints() {
    // By hand: slope 1.99, residuals (0.01, 0, −0.03, 0.02)-like; checked with scipy.stats.linregress.
    let line = LinearRegression(x: [1, 2, 3, 4], y: [2.1, 3.9, 6.2, 7.8])
    #expect(abs(line.slope - 1.94) < 1e-12)
    #expect(abs(line.standardError - 0.0905538513813742) < 1e-12)
    #expect(abs(line.halfWidth - 4.302652729911275 * 0.0905538513813742) < 1e-9)
  }

  @Test func splineGoesThroughItsPointsAndIsExactOnLines() {
    let spline = CubicSpline(x: [0, 1, 2.5, 3], y: [1, -1, 0.5, 2])
    for (x, y) in [(0.0, 1.0), (1, -1), (2.5, 0.5), (3, 2)] { #expect(abs(spline.value(at: x) - y) < 1e-14) }
    let line = CubicSpline(x: [0, 1, 2], y: [1, 3, 5])
    #expect(abs(line.value(at: 0.3) - 1.6) < 1e-14 && abs(line.derivative(at: 1.7) - 2) < 1e-14)
  }
}
