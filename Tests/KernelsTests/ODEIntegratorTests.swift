import CoRNNKernels
import Foundation
import Testing

@Suite struct ODEIntegratorTests {
  @Test(arguments: [1e-6, 1e-9, 1e-12]) func dampedOscillatorAgreesWithItsClosedForm(tolerance: Double) throws {
    // y'' = −2.7 y − 0.4 y', underdamped.
    var integrator = ODEIntegrator(
      dimension: 2, firstStep: 1e-3,
      options: IntegrationOptions(absoluteTolerance: tolerance, relativeTolerance: tolerance)
    ) { _, x, derivative in
      derivative[0] = x[1]
      derivative[1] = -2.7 * x[0] - 0.4 * x[1]
    }
    var state = [1.25, -0.5]
    try integrator.advance(&state, from: 0, to: 7.5)
    let omega = (2.7 - 0.04).squareRoot()
    let t = 7.5
    let b = (-0.5 + 0.2 * 1.25) / omega
    let exact = exp(-0.2 * t) * (1.25 * cos(omega * t) + b * sin(omega * t))
    #expect(abs(state[0] - exact) < 100 * tolerance)
  }

  @Test func blowUpIsAnError() {
    var integrator = ODEIntegrator(
      dimension: 1, firstStep: 1e-3,
      options: IntegrationOptions(absoluteTolerance: 1e-9, relativeTolerance: 1e-9)
    ) { _, x, derivative in derivative[0] = x[0] * x[0] > 1e200 ? .nan : x[0] * x[0] }
    var state = [1.0]
    #expect(throws: IntegrationFailure.self) { try integrator.advance(&state, from: 0, to: 2) }
  }
}
