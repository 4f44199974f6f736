import CoRNNAnalysis
import CoRNNKernels
import Foundation
import Testing

/// Power spectra against sums, sinusoids and noise; the 0–1 test on the logistic map.
@Suite struct SpectrumTests {
  @Test(arguments: [1, 2, 3, 8, 12, 35, 97, 128]) func transformAgainstTheSum(count: Int) {
    var random = SplittableRandom(seed: UInt64(count))
    let values = (0..<count).map { _ in random.normal() }
    let powers = RealFourierTransform(count: count).powers(of: values)
    #expect(powers.count == count / 2 + 1)
    for (k, power) in powers.enumerated() {
      var (re, im) = (0.0, 0.0)
      for (j, value) in values.enumerated() {
        let angle = 2 * Double.pi * Double(j * k % count) / Double(count)
        re += value * cos(angle)
        im -= value * sin(angle)
      }
      #expect(abs(power - re * re - im * im) < 1e-11 * Double(count * count))
    }
  }

  /// The integral of the density is the variance under the windows, exactly.
  @Test(arguments: [(1000, 256), (1000, 250), (999, 333), (64, 64)]) func parseval(count: Int, segment: Int) {
    var random = SplittableRandom(seed: 3)
    let values = (0..<count).map { _ in 2.385 + random.normal() }
    let spectrum = PowerSpectrum(of: values, interval: 0.37, segmentLength: segment)
    let weights = (0..<segment).map { 0.5 * (1 - cos(2 * Double.pi * Double($0) / Double(segment))) }
    let starts = Array(stride(from: 0, through: count - segment, by: segment - segment / 2))
    let variance = starts.reduce(0.0) { sum, start in
      let part = values[start..<start + segment]
      let mean = part.reduce(0, +) / Double(segment)
      let power = zip(part, weights).reduce(0) { $0 + pow(($1.0 - mean) * $1.1, 2) }
      return sum + power / weights.reduce(0) { $0 + $1 * $1 } / Double(starts.count)
    }
    let integral = spectrum.density.reduce(0, +) * spectrum.resolution
    #expect(abs(integral - variance) < 1e-12 * variance && abs(spectrum.power - integral) < 1e-14 * integral)
    #expect(spectrum.segments == starts.count && abs(spectrum.frequency.last! - 0.5 / 0.37) < 2 * spectrum.resolution)
  }

  /// `scipy.signal.welch(x, fs=1/0.37, nperseg=n)` of SciPy 1.17.1, with its defaults.
  @Test(arguments: [
    (
      15,
      [
        0.1198517223038967, 1.146293534252292, 1.451903387255111, 0.07099976277166309, 0.04602171843947956,
        0.02752839660131396, 0.04334195281128424, 0.07552148544587031,
      ]
    ),
    (
      16,
      [
        0.05280169175629348, 0.9370997839479387, 1.714012239337128, 0.1438466463364782, 0.04226890720243692,
        0.03346015081826943, 0.03071822859445979, 0.06743587228912218, 0.03921074477686528,
      ]
    ),
  ]) func againstSciPy(segment: Int, expected: [Double]) {
    let values = (0..<50).map { j -> Double in
      let t = Double(j)
      let wave = 0.3 * cos(0.11 * t * t)
      return sin(0.7 * t) + wave + 0.02 * t
    }
    let spectrum = PowerSpectrum(of: values, interval: 0.37, segmentLength: segment)
    #expect(spectrum.density.count == expected.count)
    for (density, value) in zip(spectrum.density, expected) { #expect(abs(density - value) < 1e-12 * value) }
    #expect(spectrum.parsevalResidual < 1e-14 && spectrum.overlap == segment / 2)
  }

  @Test func whiteNoiseIsFlatAndSumsToItsVariance() {
    var random = SplittableRandom(seed: 11)
    let values = (0..<200_000).map { _ in 1.7 * random.normal() }
    let spectrum = PowerSpectrum(of: values, interval: 0.05, segmentLength: 1024)
    #expect(abs(spectrum.power / (1.7 * 1.7) - 1) < 0.02)
    // 2·variance·interval at every frequency, within the scatter its degrees of freedom state.
    let level = 2 * 1.7 * 1.7 * 0.05
    let scatter = (2 / spectrum.degreesOfFreedom).squareRoot()
    let inner = spectrum.density[2..<510].map { $0 / level - 1 }
    let spread = (inner.reduce(0) { $0 + $1 * $1 } / Double(inner.count)).squareRoot()
    #expect(spread > 0.85 * scatter && spread < 1.15 * scatter)
  }

  @Test(arguments: [0.385, 1.2345, 3.21]) func peakOfASinusoid(frequency: Double) throws {
    let values = (0..<20_000).map { 0.9 * sin(2 * Double.pi * frequency * Double($0) * 0.1 + 0.4) }
    let spectrum = PowerSpectrum(of: values, interval: 0.1, segmentLength: 2048)
    let peak = try #require(spectrum.peaks.first)
    #expect(abs(peak.frequency - frequency) < 0.05 * spectrum.resolution)
    #expect(abs(spectrum.power - 0.405) < 1e-4)
  }

  static func logistic(_ r: Double, count: Int) -> [Double] {
    var x = 0.385
    for _ in 0..<1000 { x = r * x * (1 - x) }
    return (0..<count).map { _ in
      x = r * x * (1 - x)
      return x
    }
  }

  @Test func zeroOneTestOnTheLogisticMap() {
    let regular = ZeroOneTest(of: Self.logistic(3.55, count: 3000), every: 1, threads: 2)
    #expect(abs(regular.median) < 0.05)
    let chaotic = ZeroOneTest(of: Self.logistic(3.97, count: 3000), every: 1, threads: 2)
    #expect(chaotic.median > 0.98 && chaotic.lowerQuartile <= chaotic.median)
    // r = 4 and the window of period 3, as the test's authors have them.
    #expect(ZeroOneTest(of: Self.logistic(4, count: 2000), every: 1).median > 0.99)
    #expect(abs(ZeroOneTest(of: Self.logistic(3.83, count: 2000), every: 1).median) < 0.03)
    // Standing still is regular, whatever rounding does.
    #expect(abs(ZeroOneTest(of: Self.logistic(2.8, count: 2000), every: 1).median) < 0.05)
    #expect(abs(ZeroOneTest(of: [Double](repeating: 0.1, count: 2000), every: 1).median) < 0.05)
    #expect(chaotic == ZeroOneTest(of: Self.logistic(3.97, count: 3000), every: 1))
  }

  @Test func decorrelationIsAQuarterPeriod() {
    let values = (0..<4000).map { cos(2 * Double.pi * Double($0) / 80) }
    #expect(abs((ZeroOneTest.decorrelation(of: values) ?? 0) - 20) <= 1)
    #expect((ZeroOneTest.decorrelation(of: Self.logistic(3.97, count: 1000)) ?? 9) <= 3)
    #expect(ZeroOneTest.decorrelation(of: (0..<1000).map(Double.init)) == nil)
    #expect(ZeroOneTest.decorrelation(of: [Double](repeating: 2.385, count: 100)) == 1)
  }
}
