import CoRNNKernels
import CoRNNModel
import ComplexModule
import Foundation
import Testing

@testable import CoRNNAnalysis

/// The units' transfer functions and their enclosures.
@Suite struct TransferTests {
  static func oscillators(seed: UInt64, count: Int) throws -> Oscillators {
    var random = SplittableRandom(seed: seed)
    let gamma = (0..<count).map { _ in exp(random.uniform(in: -2...3)) }
    let epsilon = (0..<count).map { _ in exp(random.uniform(in: -3...2)) }
    return try Oscillators(
      gamma: gamma, epsilon: epsilon, timeStep: exp(random.uniform(in: -5 ... -1)),
      damping: seed.isMultiple(of: 2) ? .implicit : .explicit)
  }

  /// (s·I − L)⁻¹·G by Cramer's rule.
  static func solve(_ unit: LinearUnit, _ s: Complex<Double>, flow: Bool) -> [Complex<Double>] {
    let l =
      flow ? LinearUnit.Operator(yy: 0, yz: 1, zy: -unit.gamma, zz: -unit.epsilon) : unit.transition
    let g = flow ? LinearUnit.Vector(position: 0, velocity: 1) : unit.entry
    let (a, d) = (s - Complex(l.yy), s - Complex(l.zz))
    let determinant = a * d - Complex(l.yz * l.zy)
    return [
      (d.multiplied(by: g.position) + Complex(l.yz * g.velocity)) / determinant,
      (a.multiplied(by: g.velocity) + Complex(l.zy * g.position)) / determinant,
    ]
  }

  @Test(arguments: 0..<100 as Range<UInt64>) func responsesSolveTheUnitsEquation(seed: UInt64) throws {
    let oscillators = try Self.oscillators(seed: seed, count: 3)
    var random = SplittableRandom(seed: seed ^ 0x51)
    for system in [MovingSystem.map, .flow] {
      guard let curve = TransferCurve(oscillators, system: system, rate: 0) else { continue }
      for _ in 0..<20 {
        let frequency = random.uniform(in: 0...min(curve.end, 40))
        let angle = frequency * oscillators.timeStep
        let s = system == .map ? Complex(cos(angle), sin(angle)) : Complex(0, frequency)
        let found = curve.responses(at: frequency)
        for unit in 0..<3 {
          let expected = Self.solve(LinearUnit(oscillators, unit: unit), s, flow: system == .flow)
          let response = found[curve.kindOfUnit[unit]]
          let size = expected[0].length + expected[1].length
          #expect((response.position - expected[0]).length < 1e-9 * size)
          #expect((response.velocity - expected[1]).length < 1e-9 * size)
        }
      }
    }
  }

  /// No sample of an arc leaves the neighbourhood of the interpolated response.
  @Test(arguments: 0..<200 as Range<UInt64>) func arcsStayWithinTheirDeviation(seed: UInt64) throws {
    let oscillators = try Self.oscillators(seed: seed, count: seed % 3 == 0 ? 1 : 3)
    var random = SplittableRandom(seed: seed ^ 0xA7)
    var arcs = 0
    for system in [MovingSystem.map, .flow] {
      let search = ContractionSearch(
        try OscillatorNetwork(oscillators: oscillators, inputs: 1, random: &random), system: system, threads: 1)
      let rate = min(0, search.unitExponent) * random.uniform(in: 0...0.98)
      guard let curve = TransferCurve(oscillators, system: system, rate: rate) else { continue }
      for _ in 0..<40 {
        let a = random.uniform(in: 0...min(curve.end, 30))
        let b = min(curve.end, a + exp(random.uniform(in: -12...1)))
        guard a < b, let deviation = curve.deviation(from: a, to: b) else { continue }
        arcs += 1
        let (left, right) = (curve.responses(at: a), curve.responses(at: b))
        for step in 0...200 {
          let t = Double(step) / 200
          let inside = curve.responses(at: a + t * (b - a))
          for kind in inside.indices {
            let y = left[kind].position.multiplied(by: 1 - t) + right[kind].position.multiplied(by: t)
            let z = left[kind].velocity.multiplied(by: 1 - t) + right[kind].velocity.multiplied(by: t)
            #expect((inside[kind].position - y).length <= deviation.position[kind])
            #expect((inside[kind].velocity - z).length <= deviation.velocity[kind])
          }
        }
      }
    }
    #expect(arcs > 0 || seed % 2 == 1)
  }

  @Test(arguments: 0..<50 as Range<UInt64>) func tailsBoundTheFlow(seed: UInt64) throws {
    let oscillators = try Self.oscillators(seed: seed, count: 3)
    let curve = try #require(TransferCurve(oscillators, system: .flow, rate: -0.001))
    for start in [8.0, 30, 200] {
      guard let tail = curve.tail(from: start) else { continue }
      for step in 0..<300 {
        let inside = curve.responses(at: start * exp(0.03 * Double(step)))
        for kind in inside.indices {
          #expect(inside[kind].position.length <= tail.position[kind])
          #expect(inside[kind].velocity.length <= tail.velocity[kind])
        }
      }
    }
  }

  /// A unit that doesn't decay at the rate asked for has no curve.
  @Test(arguments: 0..<200 as Range<UInt64>) func curvesNeedDecay(seed: UInt64) throws {
    let oscillators = try Self.oscillators(seed: seed, count: 2)
    var random = SplittableRandom(seed: seed)
    let network = try OscillatorNetwork(oscillators: oscillators, inputs: 1, random: &random)
    for system in [MovingSystem.map, .flow] {
      let exponent = ContractionSearch(network, system: system, threads: 1).unitExponent
      #expect(TransferCurve(oscillators, system: system, rate: exponent + 1e-4 * (1 + abs(exponent))) != nil)
      #expect(TransferCurve(oscillators, system: system, rate: exponent - 1e-4 * (1 + abs(exponent))) == nil)
    }
  }
}
