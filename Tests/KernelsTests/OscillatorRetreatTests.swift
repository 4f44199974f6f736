import CoRNNKernels
import Testing

@Suite struct OscillatorRetreatTests {
  @Test(arguments: [1, 3, 25], [1, 7, 16, 65]) func agreesWithTheFormula(batch: Int, hidden: Int) {
    var random = SplittableRandom(seed: UInt64(100 * batch + hidden))
    func values(_ count: Int) -> [Double] { (0..<count).map { _ in random.uniform(in: -1.5...1.5) } }
    let (dt, count) = (0.2385, batch * hidden)
    let (gamma, retain, scale) = (values(hidden), values(hidden), values(hidden))
    let (slopeFrom, aFrom, qFrom) = (2, 5, 1)
    let slope = values(slopeFrom + count)
    let before = values(2 * count)
    var cotangent = before
    var a = values(aFrom + count + 1)
    var q = values(qFrom + count + 4)
    let (aBefore, qBefore) = (a, q)
    retreatOscillators(
      cotangent: &cotangent, slope: slope, slopeFrom: slopeFrom, timeStep: dt, gamma: gamma, retain: retain,
      scale: scale, a: &a, aFrom: aFrom, q: &q, qFrom: qFrom)
    for b in 0..<batch {
      for i in 0..<hidden {
        let (lambda, mu) = (2 * b * hidden + i, (2 * b + 1) * hidden + i)
        let k = b * hidden + i
        let force = scale[i] * (before[mu] + dt * before[lambda])
        #expect(abs(q[qFrom + k] - force) < 1e-15)
        #expect(abs(a[aFrom + k] - dt * slope[slopeFrom + k] * force) < 1e-15)
        #expect(abs(cotangent[lambda] - (before[lambda] - dt * gamma[i] * force)) < 2e-15)
        #expect(abs(cotangent[mu] - retain[i] * force) < 3e-15)
      }
    }
    #expect(a[..<aFrom] == aBefore[..<aFrom] && a.last == aBefore.last)
    #expect(q[..<qFrom] == qBefore[..<qFrom] && q.suffix(4) == qBefore.suffix(4))
  }

  @Test func slopesThatDoNotFitAreRefused() async {
    await #expect(processExitsWith: .failure) {
      var cotangent = [1.0, 2, 3, 4]
      var a = [0.0, 0]
      var q = [0.0, 0]
      retreatOscillators(
        cotangent: &cotangent, slope: [1, 1], slopeFrom: 1, timeStep: 0.1, gamma: [1, 1], retain: [1, 1],
        scale: [1, 1], a: &a, q: &q)
    }
  }
}
