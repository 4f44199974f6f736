import CoRNNDynamics
import CoRNNKernels
import Foundation
import TestSupport
import Testing

@Suite struct SignalTests {
  let random = SplittableRandom(seed: 21)

  @Test func cosineStartsEachStep() throws {
    let u = try Signal.cosine(amplitude: 2.385, frequency: 4).inputs(count: 5, width: 2, timeStep: 0.1, random: random)
    for n in 0..<5 {
      #expect(abs(u.values[2 * n] - 2.385 * cos(0.4 * Double(n))) < 1e-14)
      #expect(abs(u.values[2 * n + 1] - 2.385 * cos(0.4 * Double(n) + .pi)) < 1e-14)
    }
  }

  @Test func levelsAreHeldAndBounded() throws {
    // Five steps to a level.
    let u = try Signal.steps(amplitude: 0.7, frequency: 2).inputs(count: 100, width: 1, timeStep: 0.1, random: random)
    for n in 0..<100 { #expect(u.values[n] == u.values[n / 5 * 5]) }
    #expect(Set(u.values).count == 20)
    #expect(u.values.allSatisfy { abs($0) <= 0.7 })
    // The same levels at half the time step: a signal is a function of time.
    let fine = try Signal.steps(amplitude: 0.7, frequency: 2).inputs(
      count: 200, width: 1, timeStep: 0.05, random: random)
    for n in 0..<100 { #expect(fine.values[2 * n] == u.values[n]) }
  }

  @Test func seedDecides() throws {
    let a = try Signal.noise(amplitude: 1).inputs(count: 9, width: 3, timeStep: 0.1, random: random)
    let b = try Signal.noise(amplitude: 1).inputs(count: 9, width: 3, timeStep: 0.7, random: random)
    let c = try Signal.noise(amplitude: 1).inputs(count: 9, width: 3, timeStep: 0.1, random: SplittableRandom(seed: 22))
    #expect(a == b && a != c)
  }

  @Test func constantAndZero() throws {
    let u = try Signal.constant(amplitude: -1.5).inputs(count: 2, width: 2, timeStep: 1, random: random)
    #expect(u.values == [-1.5, -1.5, -1.5, -1.5])
    #expect(try Signal.zero.inputs(count: 2, width: 1, timeStep: 1, random: random).values == [0, 0])
  }

  /// An independent fourth-order Runge–Kutta with a small step.
  @Test(arguments: [(5, 8.0), (4, 0.9), (7, 3.0)]) func lorenz96AgreesWithRungeKutta(n: Int, forcing: Double) throws {
    let system = Lorenz96(variables: n, forcing: forcing)
    var stream = random
    let start = system.randomStart(&stream)
    #expect(start.allSatisfy { abs($0 - forcing) <= 0.5 })
    let samples = try system.samples(count: 101, interval: 0.01, from: start)
    func field(_ x: [Double]) -> [Double] {
      (0..<n).map { (x[($0 + 1) % n] - x[($0 + n - 2) % n]) * x[($0 + n - 1) % n] - x[$0] + forcing }
    }
    func add(_ x: [Double], _ h: Double, _ k: [Double]) -> [Double] { zip(x, k).map { $0 + h * $1 } }
    var x = start
    let h = 0.0005
    for _ in 0..<2000 {
      let k1 = field(x)
      let k2 = field(add(x, h / 2, k1))
      let k3 = field(add(x, h / 2, k2))
      let k4 = field(add(x, h, k3))
      x = (0..<n).map { x[$0] + h / 6 * (k1[$0] + 2 * k2[$0] + 2 * k3[$0] + k4[$0]) }
    }
    #expect(Array(samples[..<n]) == start)
    #expect(relativeDifference(Array(samples.suffix(n)), x) < 1e-8)
  }

  @Test func lorenz96AtItsFixedPointStays() throws {
    let samples = try Lorenz96(variables: 6, forcing: 0.5).samples(
      count: 50, interval: 0.1, from: Array(repeating: 0.5, count: 6))
    #expect(samples.allSatisfy { abs($0 - 0.5) < 1e-12 })
  }
}
