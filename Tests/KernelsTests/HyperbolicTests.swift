import CoRNNKernels
import Foundation
import Testing

@Suite struct HyperbolicTests {
  @Test(arguments: 0..<40 as Range<UInt64>) func agreesWithTheLibrary(seed: UInt64) {
    var random = SplittableRandom(seed: seed)
    // Sizes from 1e-12 to 1e2, both signs, in arrays of awkward lengths.
    let values = (0..<1003 + Int(seed)).map { _ in
      random.uniform(in: -1...1) * pow(10, random.uniform(in: -12...2))
    }
    var found = values
    applyTanh(to: &found)
    for (x, y) in zip(values, found) {
      #expect(abs(y - tanh(x)) <= 4 * tanh(x).ulp && abs(y) <= 1, "tanh(\(x)) = \(y)")
    }
  }

  @Test func valueDoesNotDependOnItsPlace() {
    for count in [1, 2, 3, 7, 8, 9, 17] {
      var values = [Double](repeating: 0.2385, count: count)
      applyTanh(to: &values)
      #expect(Set(values).count == 1)
    }
  }

  @Test func edges() {
    var values = [0.0, -0.0, .infinity, -.infinity, .nan, Double.leastNonzeroMagnitude, 22.5, -700, 1e-300]
    applyTanh(to: &values)
    #expect(values[0] == 0 && values[0].sign == .plus)
    #expect(values[1] == 0 && values[1].sign == .minus)
    #expect(values[2] == 1 && values[3] == -1 && values[4].isNaN)
    #expect(values[5] == Double.leastNonzeroMagnitude && values[6] == 1 && values[7] == -1)
    #expect(abs(values[8] / 1e-300 - 1) < 1e-15)
    var empty: [Double] = []
    applyTanh(to: &empty)
    #expect(empty.isEmpty)
  }

  @Test(arguments: 0..<40 as Range<UInt64>) func slopeAgreesWithTheLibrary(seed: UInt64) {
    var random = SplittableRandom(seed: seed)
    // Sizes from 1e-8 to 353, where 1 − tanh² has long lost every digit.
    let values = (0..<1003 + Int(seed)).map { _ in
      random.uniform(in: -353...353) * pow(10, random.uniform(in: -8...0))
    }
    var found = values
    applyTanhSlope(to: &found)
    for (x, y) in zip(values, found) {
      // The square of 1/cosh, so that it doesn't overflow before the slope underflows.
      let expected = (1 / cosh(x)) * (1 / cosh(x))
      #expect(abs(y / expected - 1) < 1.5e-15, "tanh'(\(x)) = \(y), not \(expected)")
    }
  }

  @Test func slopeEdges() {
    var values = [0.0, -0.0, .infinity, -.infinity, .nan, 1e-300, 354.5, -800, 15]
    applyTanhSlope(to: &values)
    #expect(values[0] == 1 && values[1] == 1 && values[2] == 0 && values[3] == 0 && values[4].isNaN)
    #expect(values[5] == 1 && values[6] == 0 && values[7] == 0)
    // 4e⁻³⁰/(1 + e⁻³⁰)²
    #expect(abs(values[8] / 3.74304918753537e-13 - 1) < 1e-14)
  }

  /// Single precision: every positive number up to 12 in steps of 97 of their bits, all of them in the long tests.
  @Test func singlePrecision() {
    let step = ProcessInfo.processInfo.environment["CORNN_LONG_TESTS"] == "1" ? 1 : 97
    let last = Int(Float(12).bitPattern)
    var worst = 0.0
    for start in stride(from: 0, through: last, by: step * 4099) {
      let values = stride(from: start, to: min(start + step * 4099, last), by: step).map {
        Float(bitPattern: UInt32($0))
      }
      var found = values
      applyTanh(to: &found)
      var negative = values.map { -$0 }
      applyTanh(to: &negative)
      for index in values.indices {
        let exact = tanh(Double(values[index]))
        worst = max(worst, abs(Double(found[index]) - exact) / Double(Float(exact).ulp))
        if found[index] > 1 || negative[index] != -found[index] {
          Issue.record("tanh(±\(values[index])) = \(found[index]), \(negative[index])")
        }
      }
    }
    #expect(worst < 6 && worst > 1)
  }

  @Test func singlePrecisionEdges() {
    var values: [Float] = [0, -0.0, .infinity, -.infinity, .nan, 1e-30, 88.7, .leastNonzeroMagnitude, 0.2385]
    applyTanh(to: &values)
    #expect(values[0] == 0 && values[0].sign == .plus && values[1] == 0 && values[1].sign == .minus)
    #expect(values[2] > 0.9999996 && values[2] <= 1 && values[3] == -values[2] && values[6] == values[2])
    #expect(
      values[4].isNaN && values[5] == 1e-30 && abs(values[8] - Float(tanh(Double(Float(0.2385))))) < 6 * values[8].ulp)
  }
}
