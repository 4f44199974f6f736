import CoRNNKernels
import CoRNNModel
import Foundation
import Testing

@testable import CoRNNAnalysis

@Suite struct GainTests {
  static func unit(gamma: Double, epsilon: Double, dt: Double, _ damping: Damping) throws -> LinearUnit {
    LinearUnit(try Oscillators(gamma: [gamma], epsilon: [epsilon], timeStep: dt, damping: damping), unit: 0)
  }

  @Test(arguments: Damping.allCases) func tendsToItsClosedFormAsTheStepFalls(damping: Damping) throws {
    // gamma = epsilon = 1, dt → 0: Gy → coth(π/(2√3)).
    let limit = 1 / tanh(.pi / (2 * 3.0.squareRoot()))
    let errors = try [1e-2, 1e-3, 1e-4].map { dt in
      abs(try #require(ImpulseGain(Self.unit(gamma: 1, epsilon: 1, dt: dt, damping))).position - limit)
    }
    #expect(errors[2] < 1e-4 && errors[1] < errors[0] / 5 && errors[2] < errors[1] / 5)
  }

  /// Overdamped units have a response of one sign, whose sum is the static gain 1/gamma.
  @Test(arguments: Damping.allCases) func overdampedPositionGainIsStatic(damping: Damping) throws {
    let gain = try #require(ImpulseGain(Self.unit(gamma: 0.4, epsilon: 8, dt: 0.076, damping)))
    #expect(abs(gain.position - 2.5) < 5e-12)
    #expect(gain.position >= 2.5)
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func boundsEveryPartialSumAndIsTight(seed: UInt64) throws {
    var random = SplittableRandom(seed: seed)
    let damping: Damping = seed.isMultiple(of: 2) ? .implicit : .explicit
    let unit = try Self.unit(
      gamma: exp(random.uniform(in: -3...5)), epsilon: exp(random.uniform(in: -5...3)),
      dt: exp(random.uniform(in: -5...0)), damping)
    guard let gain = ImpulseGain(unit) else { return }
    // A long plain sum can't pass it, and must come close.
    var h = unit.entry
    var position = 0.0
    var velocity = 0.0
    for _ in 0..<max(4 * gain.terms, 10_000) {
      position += abs(h.position)
      velocity += abs(h.velocity)
      h = unit.transition * h
    }
    #expect(gain.position >= position * (1 - 1e-11) && gain.velocity >= velocity * (1 - 1e-11))
    let excess = gain.tail + gain.rounding
    #expect(abs(gain.position - excess - position) <= 1e-11 * position)
    #expect(abs(gain.velocity - excess - velocity) <= 1e-11 * velocity)
    #expect(gain.tail <= 1e-15 * min(position, velocity) && gain.rounding <= 1e-6 * min(position, velocity))
  }

  /// The bang-bang forcing of theory reaches the gain.
  @Test(arguments: Damping.allCases) func bangBangForcingAttainsIt(damping: Damping) throws {
    let unit = try Self.unit(gamma: 2.7, epsilon: 0.7, dt: 0.11, damping)
    let gain = try #require(ImpulseGain(unit))
    let n = 2000
    var responses: [LinearUnit.Vector] = [unit.entry]
    for _ in 1..<n { responses.append(unit.transition * (responses.last ?? unit.entry)) }
    var x = LinearUnit.Vector(position: 0, velocity: 0)
    for k in 1...n {
      let sigma: Double = responses[n - k].position < 0 ? -1 : 1
      let step = unit.transition * x
      x = LinearUnit.Vector(
        position: step.position + unit.entry.position * sigma, velocity: step.velocity + unit.entry.velocity * sigma)
    }
    #expect(x.position <= gain.position && x.position > gain.position * (1 - 1e-12))
  }

  /// The stability test against the eigenvalues of L.
  @Test(arguments: 0..<500 as Range<UInt64>) func schurStabilityIsExact(seed: UInt64) throws {
    var random = SplittableRandom(seed: seed)
    let damping: Damping = seed.isMultiple(of: 2) ? .implicit : .explicit
    let unit = try Self.unit(
      gamma: exp(random.uniform(in: -2...5)), epsilon: exp(random.uniform(in: -3...4)),
      dt: exp(random.uniform(in: -4...1)), damping)
    let l = unit.transition
    let trace = l.yy + l.zz
    let determinant = l.yy * l.zz - l.yz * l.zy
    let discriminant = trace * trace / 4 - determinant
    let radius =
      discriminant >= 0 ? abs(trace) / 2 + discriminant.squareRoot() : determinant.squareRoot()
    guard abs(radius - 1) > 1e-9 else { return }
    #expect(ImpulseGain.isSchurStable(unit) == (radius < 1))
  }

  @Test func undampedUnitsHaveNoGain() throws {
    for damping in Damping.allCases {
      #expect(ImpulseGain(try Self.unit(gamma: 1, epsilon: 0, dt: 0.1, damping)) == nil)
    }
  }

  @Test func equalUnitsShareTheirGain() throws {
    let oscillators = try Oscillators(
      gamma: [1, 2.5, 1], epsilon: [1, 0.7, 1], timeStep: 0.1, damping: .explicit)
    let gains = ImpulseGain.gains(of: oscillators)
    #expect(gains[0] == gains[2] && gains[0] != gains[1])
  }
}
