import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

@testable import CoRNNAnalysis

/// The transition to chaos of random networks, and exponents as dt falls.
@Suite struct ChaosTransitionTests {
  static func network(_ gain: Double, _ number: Int, hidden: Int = 24) throws -> OscillatorNetwork {
    var random = SplittableRandom(seed: 1).split(UInt64(number))
    return try OscillatorNetwork(
      oscillators: Oscillators(
        gamma: [Double](repeating: 1, count: hidden), epsilon: [Double](repeating: 1, count: hidden), timeStep: 0.05,
        damping: .implicit),
      normalPositionWeights: gain, inputs: 1, random: &random)
  }

  static func sweep(_ values: [Double], networks: Int, steps: Int = 6000) -> TransitionSweep {
    TransitionSweep(
      values: values, networks: networks, options: .init(transient: 1000, steps: steps, target: 0.05),
      system: { value, number in
        guard let network = try? network(value, number) else { preconditionFailure("a network of gain \(value)") }
        var random = SplittableRandom(seed: UInt64(number))
        return (
          OscillatorMapSystem(network, drive: .constant([0])), (0..<2 * network.hidden).map { _ in random.normal() }
        )
      },
      certified: { value, number in
        guard let network = try? network(value, number) else { preconditionFailure("a network of gain \(value)") }
        return (network, .map)
      })
  }

  @Test func classes() throws {
    let sweep = Self.sweep([0.2, 6], networks: 3)
    let points = sweep.points(threads: 2).compactMap(\.self)
    let transition = ChaosTransition(parameter: "W", unit: .perTime, hasCertificates: true, points: points)
    #expect(points.count == 6 && points.map(\.value) == [0.2, 0.2, 0.2, 6, 6, 6])
    #expect(points.map(\.network) == [0, 1, 2, 0, 1, 2])
    #expect(transition.classes.certified == 3, "\(points)")
    #expect(points.prefix(3).allSatisfy { ($0.largestExponentBound ?? 0) < 0 && $0.isBelowBound == true })
    #expect(points.suffix(3).allSatisfy { $0.class != .certified && $0.class != .measuredStable })
    #expect(transition.bounded == 3 && transition.belowBound == 3 && (transition.leastMargin ?? -1) > 0)
    // The same, whatever the number of threads, and from points known before.
    #expect(sweep.points(threads: 1).compactMap(\.self) == points)
    #expect(sweep.points(known: [1: points[1], 4: points[4]], threads: 2).compactMap(\.self) == points)
    #expect(sweep.points(threads: 2, mayGoOn: { false }).allSatisfy { $0 == nil })
  }

  /// A bound that lies below what was measured would be noticed.
  @Test func falseBounds() {
    func point(_ exponent: Double, bound: Double?) -> ChaosTransition.Point {
      ChaosTransition.Point(
        value: 1, network: 0, class: .certified, exponent: exponent, standardError: 0.01, converged: true,
        obstacles: [], steps: 1000, resolution: 0.001, failure: nil, largestExponentBound: bound)
    }
    let transition = ChaosTransition(
      parameter: "W", unit: .perTime, hasCertificates: true,
      points: [point(-0.3, bound: -0.2), point(-0.1, bound: -0.2), point(-0.19, bound: -0.2), point(0.3, bound: nil)])
    #expect(transition.bounded == 3 && transition.belowBound == 2)
    #expect(abs((transition.leastMargin ?? 0) + 0.1) < 1e-12)
  }

  @Test func divergedPoints() throws {
    let sweep = TransitionSweep(
      values: [1.4, 9], networks: 1, options: .init(transient: 10, steps: 2000, target: 0.1),
      system: { value, _ in
        guard let made = try? NamedSystem.henon.make(["a": value]) else { preconditionFailure("Hénon at \(value)") }
        return (made.system, made.start)
      }, certified: nil)
    let points = sweep.points().compactMap(\.self)
    #expect(points[0].class == .measuredChaotic && points[0].largestExponentBound == nil)
    #expect(points[1].class == .undecided && points[1].exponent == nil && points[1].failure != nil)
  }

  /// Conditional exponents under one signal approach the ODE's at order 1.
  @Test(arguments: Damping.allCases) func orderInTimeStep(damping: Damping) throws {
    var random = SplittableRandom(seed: 8)
    let network = try OscillatorNetwork(
      oscillators: Oscillators(
        gamma: [1.5, 2.385, 0.8], epsilon: [1.2, 0.9, 1.6], timeStep: 0.0125, damping: damping),
      inputs: 1, gain: 2, random: &random)
    let inputs = InputSequence(
      steps: 800, batch: 1, width: 1, values: (0..<800).map { Foundation.sin(0.025 * Double($0)) })
    let found = try LyapunovRefinement(
      network, drive: .inputs(inputs), start: [Double](repeating: 0, count: 6),
      options: .init(count: 3, transient: 800, steps: 1600, tangents: .unit), refinements: 5, threads: 2)
    #expect(found.levels.count == 6 && found.levels[5].timeStep == 0.0125 / 32 && found.ownError < 1e-8)
    for order in found.orders {
      let estimate = try #require(order.estimate, "\(order.reason ?? "")")
      #expect(abs(estimate - 1) < 0.1 && (order.lower ?? 2) <= estimate && (order.upper ?? 0) >= estimate, "\(order)")
    }
  }

  /// Where the flow is chaotic no order is claimed.
  @Test func noOrderInChaos() throws {
    let network = try Self.network(8, 0, hidden: 40)
    var random = SplittableRandom(seed: 5)
    let found = try LyapunovRefinement(
      network, drive: .constant([0]), start: (0..<80).map { _ in random.normal() },
      options: .init(count: 1, transient: 1000, steps: 3000, interval: 5), refinements: 2, threads: 2)
    #expect(found.flow[0].sign == .positive)
    #expect(found.orders.allSatisfy { $0.estimate == nil && $0.reason != nil })
    #expect(found.levels.allSatisfy { ($0.samplingErrors[0] ?? 0) > 0 })
  }
}
