import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import TestSupport
import Testing

/// Proposition 3.3 as measured orders: theory.md's table.
@Suite struct OrderOfGradientsTests {
  @Test(arguments: Damping.allCases) func tableOfOrders(damping: Damping) throws {
    var random = SplittableRandom(seed: 4)
    let network = try OscillatorNetwork(
      oscillators: Oscillators(
        gamma: Array(repeating: 1, count: 6), epsilon: Array(repeating: 1, count: 6), timeStep: 0.05, damping: damping),
      inputs: 2, gain: 2, random: &random)
    let inputs = InputSequence(steps: 20, batch: 1, width: 2, values: (0..<40).map { _ in random.normal() })
    let found = try Proposition33(
      network: network, inputs: inputs, start: nil, hold: .zeroOrder, halvings: 9, threads: 2)
    let expected: [Proposition33.Setting: [Proposition33.Reading: [Double?]]] = [
      .driven: [.step: [3, 2, 1, 1], .time: [1, 1, 1, 1]],
      .smooth: [.step: [4, 3, 2, 1], .time: [1, 1, 1, 1]],
      .displaced: [.step: [1, 2, nil, 1], .time: [1, 1, nil, 1]],
    ]
    for (setting, readings) in expected {
      for (reading, orders) in readings {
        let row = try #require(
          found.rows.first { $0.setting == setting && $0.reading == reading && $0.weights == .fixed })
        for (order, wanted) in zip(row.orders, orders) {
          guard let wanted else {
            #expect(order.estimate == nil && order.values.allSatisfy { $0 == 0 })
            continue
          }
          let estimate = try #require(order.estimate, "\(setting) \(reading) \(order.block)")
          #expect(abs(estimate - wanted) < 0.02, "\(setting) \(reading) \(order.block): \(estimate)")
          #expect(order.isCovered == (wanted >= 1.5))
        }
      }
    }
    // At the edge of (6) the assumption holds at every dt.
    #expect(found.rows.filter { $0.weights == .scaled }.allSatisfy { $0.assumptionHolds == [true, true] })
  }

  /// The plain power of dt is what the fit finds, and an interval that reaches 3/2 is what "covered" means.
  @Test func givenInputsAreRefined() throws {
    let network = try randomNetwork(seed: 9, hidden: 3, damping: .implicit, heterogeneous: true, largestStep: 0.1)
    let inputs = InputSequence(steps: 8, batch: 2, width: 2, values: (0..<32).map { 0.3 * Double($0) - 2.385 })
    let found = try Proposition33(
      network: network, inputs: inputs, start: nil, hold: .linear, halvings: 8, threads: 1)
    #expect(found.timeSteps.count == 9 && found.rows.count == 16)
    for row in found.rows where row.setting == .given && row.weights == .fixed && row.reading == .time {
      for order in row.orders { #expect(abs((order.estimate ?? .nan) - 1) < 0.1) }
    }
  }
}
