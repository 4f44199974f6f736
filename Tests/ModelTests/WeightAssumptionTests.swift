import CoRNNModel
import Foundation
import Testing

@Suite struct WeightAssumptionTests {
  @Test func agreesWithTheFormulaByHand() throws {
    let oscillators = try Oscillators(gamma: [1, 1], epsilon: [1, 1], timeStep: 0.01, damping: .implicit)
    // The counter-example's weights: W = 0, Z = 10.
    let a = WeightAssumption(oscillators: oscillators, positionRowSums: [0, 0], velocityRowSums: [10, 2])
    #expect(abs(a.eta - 0.1 / 1.01) < 1e-16)
    #expect(a.statedCase && a.holds)
    #expect(abs((a.exponent ?? 0) - log(0.1 / 1.01) / log(0.01)) < 1e-15)
    #expect(abs((a.exponent ?? 0) - 0.502) < 1e-3)
    // With its own constants, s = 1/(1 + dt): the same terms for gamma = epsilon = 1.
    #expect(abs(a.etaOwn - a.eta) < 1e-16)
  }

  @Test func ownConstantsByUnit() throws {
    let oscillators = try Oscillators(gamma: [3, 0.5], epsilon: [1, 9], timeStep: 0.1, damping: .explicit)
    let a = WeightAssumption(oscillators: oscillators, positionRowSums: [1, 2], velocityRowSums: [0.5, 5])
    #expect(abs(a.etaOwn - 0.5) < 1e-15)
    #expect(!a.statedCase)
  }

  @Test func exponentIsCappedAndNeedsSmallSteps() throws {
    let small = try Oscillators(gamma: [1], epsilon: [1], timeStep: 0.5, damping: .explicit)
    let weak = WeightAssumption(oscillators: small, positionRowSums: [0], velocityRowSums: [0])
    #expect(weak.exponent == 1 && weak.holds)
    let large = try Oscillators(gamma: [1], epsilon: [1], timeStep: 1, damping: .explicit)
    let none = WeightAssumption(oscillators: large, positionRowSums: [0], velocityRowSums: [0])
    #expect(none.exponent == nil && !none.holds)
  }
}
