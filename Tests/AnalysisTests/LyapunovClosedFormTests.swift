import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

/// A user's own system: the protocol's required members suffice for every analysis.
private struct LinearMap: DynamicalSystem {
  let matrix: [[Double]]
  var step = 0
  var dimension: Int { matrix.count }
  var timeStep: Double { 0.385 }
  var hasTime: Bool { true }

  private func image(_ vector: [Double]) -> [Double] {
    matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  mutating func advance(_ state: inout [Double]) throws(IntegrationFailure) {
    state = image(state)
    step += 1
  }

  mutating func advance(_ state: inout [Double], tangents: inout [Double]) throws(IntegrationFailure) {
    for row in stride(from: 0, to: tangents.count, by: dimension) {
      tangents.replaceSubrange(row..<row + dimension, with: image(Array(tangents[row..<row + dimension])))
    }
    try advance(&state)
  }
}

/// Spectra that are known exactly.
@Suite struct LyapunovClosedFormTests {
  private func spectrum(
    _ system: any DynamicalSystem, steps: Int, transient: Int = 2000, interval: Int = 1
  ) throws -> LyapunovSpectrum {
    try LyapunovSpectrum(
      of: system, from: [Double](repeating: 0, count: system.dimension),
      options: .init(transient: transient, steps: steps, interval: interval))
  }

  /// Diagonal maps: logarithms of the factors over the step's time, with all cases of the Kaplan–Yorke dimension.
  @Test(
    arguments: [
      ([1.5, 1, 0.7, -0.3], 3 + (Foundation.log(1.5) + Foundation.log(0.7)) / -Foundation.log(0.3)),
      ([1.5, 1.2], 2), ([0.9, -0.2, 0.385], 0), ([1, 0.5], 1), ([2, 0.25], 1.5),
    ] as [([Double], Double)], [1, 7])
  func diagonal(_ known: ([Double], Double), interval: Int) throws {
    let (factors, dimension) = known
    let matrix = factors.indices.map { i in factors.indices.map { i == $0 ? factors[i] : 0 } }
    let found = try spectrum(LinearMap(matrix: matrix), steps: 3003, interval: interval)
    let wanted = factors.map { Foundation.log(abs($0)) / 0.385 }.sorted(by: >)
    for (exponent, value) in zip(found.exponents, wanted) {
      #expect(abs(exponent.value - value) < 1e-10, "\(exponent.value) \(value)")
      let sign: LyapunovSpectrum.Sign = value > 1e-3 ? .positive : value < -1e-3 ? .negative : .neutral
      #expect(exponent.sign == sign)
    }
    #expect(abs((found.kaplanYorkeDimension ?? .nan) - dimension) < 1e-9)
    #expect(abs(found.positiveSum - wanted.reduce(0) { $0 + max(0, $1) }) < 1e-9)
    #expect((found.traceIdentityResidual ?? 1) < 1e-9 && found.converged)
  }

  /// A rotation has neutral directions only, in any coordinates.
  @Test func neutralDirections() throws {
    let (c, s) = (Foundation.cos(0.7), Foundation.sin(0.7))
    let rotation = try spectrum(LinearMap(matrix: [[c, -s], [s, c]]), steps: 5000)
    #expect(rotation.exponents.allSatisfy { abs($0.value) < 1e-10 && $0.sign == .neutral })
    #expect(rotation.kaplanYorkeDimension == 2 || abs((rotation.kaplanYorkeDimension ?? 0) - 2) < 1e-6)
    let squeezed = try spectrum(LinearMap(matrix: [[c, -9 * s], [s / 9, c]]), steps: 5000)
    #expect(squeezed.exponents.allSatisfy { abs($0.value) < 2e-3 && $0.sign == .neutral })
  }

  /// A direction that a map kills: −∞, and the rest is as it is.
  @Test func singularMap() throws {
    let found = try spectrum(LinearMap(matrix: [[1.25, 0], [0, 0]]), steps: 500)
    #expect(abs(found.exponents[0].value - Foundation.log(1.25) / 0.385) < 1e-10)
    #expect(found.exponents[1].value == -.infinity && found.exponents[1].sign == .negative)
    #expect(found.kaplanYorkeDimension == 1)
  }

  /// Uncoupled units (`activation none`): the eigenvalues of the 2×2 linear part, real ones at once, a complex pair
  /// where whole turns are averaged over.
  @Test(arguments: Damping.allCases, [true, false]) func dampedOscillator(damping: Damping, isOverdamped: Bool) throws {
    let (dt, epsilon) = (0.0625, 1.385)
    // A pair of eigenvalues r·exp(±2πi/16): determinant r², trace 2·r·cos.
    let s = damping == .implicit ? 1 / (1 + epsilon * dt) : 1
    let determinant = damping == .implicit ? s : 1 - epsilon * dt
    let turn = 2 * determinant.squareRoot() * Foundation.cos(2 * Double.pi / 16)
    let gamma = isOverdamped ? 0.25 : (1 + determinant - turn) / (dt * dt * s)
    let network = try OscillatorNetwork(
      oscillators: Oscillators(
        gamma: [gamma], epsilon: [epsilon], timeStep: dt, damping: damping, activation: .none),
      positionWeights: Matrix(rows: 1, columns: 1, elements: [2.5]),
      velocityWeights: Matrix(rows: 1, columns: 1, elements: [0.5]), inputWeights: Matrix(rows: 1, columns: 1),
      bias: [0])
    let found = try spectrum(OscillatorMapSystem(network, drive: .constant([0])), steps: 16 * 400)
    let trace = 1 + determinant - dt * dt * s * gamma
    let discriminant = trace * trace / 4 - determinant
    #expect((discriminant > 0) == isOverdamped)
    let wanted =
      isOverdamped
      ? [trace / 2 + discriminant.squareRoot(), trace / 2 - discriminant.squareRoot()].map { Foundation.log($0) / dt }
      : [0.5 * Foundation.log(determinant) / dt, 0.5 * Foundation.log(determinant) / dt]
    for (exponent, value) in zip(found.exponents, wanted) {
      #expect(abs(exponent.value - value) < 1e-10, "\(exponent.value) \(value)")
    }
    #expect((found.traceIdentityResidual ?? 1) < 1e-9 && found.kaplanYorkeDimension == 0)
  }

  /// A linear coRNN: logarithms of the moduli of its Jacobian's eigenvalues; pairs on average.
  @Test(arguments: 0..<4 as Range<UInt64>, Damping.allCases) func linearNetwork(seed: UInt64, damping: Damping) throws {
    let network = try randomNetwork(
      seed: seed, hidden: 3, damping: damping, heterogeneous: true, activation: .identity, gain: 0.2, largestStep: 0.1)
    var system = OscillatorMapSystem(network, drive: .constant([0, 0]))
    let jacobian = try system.jacobian(at: [Double](repeating: 0, count: 6))
    let eigenvalues = try #require(jacobian.eigenvalues)
    let wanted = zip(eigenvalues.real, eigenvalues.imaginary).map {
      Foundation.log(Foundation.hypot($0, $1)) / network.oscillators.timeStep
    }.sorted(by: >)
    let found = try spectrum(system, steps: 200_000, interval: 5)
    for (exponent, value) in zip(found.exponents, wanted) { #expect(abs(exponent.value - value) < 5e-3) }
    #expect((found.fixedPoint?.difference ?? 1) < 5e-3)
    #expect(relativeDifference(found.fixedPoint?.exponents ?? [], wanted) < 1e-9)
  }

  /// Where Lorenz-96 rests, its leading exponent is −1 + F·(cos(2π/5) − cos(4π/5)): 0 at F = 2/√5.
  @Test(arguments: [0.5, 0.88]) func lorenz96AtRest(forcing: Double) throws {
    let made = try NamedSystem.lorenz96.make(["n": 5, "forcing": forcing])
    let found = try LyapunovSpectrum(
      of: made.system, from: [Double](repeating: forcing, count: 5),
      options: .init(transient: 2000, steps: 20_000, interval: 5))
    let leading = forcing * (Foundation.cos(2 * Double.pi / 5) - Foundation.cos(4 * Double.pi / 5)) - 1
    #expect(abs(found.exponents[0].value + found.exponents[1].value - 2 * leading) < 1e-4)
    #expect(abs((found.fixedPoint?.exponents.first ?? 0) - leading) < 1e-6)
    #expect(found.kaplanYorkeDimension == 0)
  }

  /// The stable fixed point of Lorenz-63 at rho = 20, from the very point, where steps would grow: every stepper under
  /// step control agrees with the eigenvalues. The pair's mean needs no whole turns.
  @Test(arguments: IntegrationMethod.allCases) func stableFixedPoint(method: IntegrationMethod) throws {
    // Low orders take small steps.
    let tolerance = method.order.map { $0 <= 2 ? 1e-7 : 1e-9 } ?? 1e-9
    let made = try NamedSystem.lorenz63.make(
      ["rho": 20], timeStep: 0.02,
      integration: .adaptive(
        IntegrationOptions(method: method, absoluteTolerance: tolerance, relativeTolerance: tolerance)))
    let side = (8.0 / 3 * 19).squareRoot()
    let found = try LyapunovSpectrum(
      of: made.system, from: [side, side, 19], options: .init(count: 2, transient: 50, steps: 100, interval: 5))
    let mean = (found.exponents[0].value + found.exponents[1].value) / 2
    #expect(abs(mean + 0.15479) < 5e-3, "\(mean)")
    #expect(abs((found.fixedPoint?.exponents.first ?? 0) + 0.15479) < 5e-3)
  }
}
