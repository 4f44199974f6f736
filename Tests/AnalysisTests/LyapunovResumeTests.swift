import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

@testable import CoRNNAnalysis

/// Runs that are interrupted, written down, and go on.
@Suite struct LyapunovResumeTests {
  enum Case: String, CaseIterable { case henon, lorenz63, adaptive, network, untilError, windows }

  static func made(_ kind: Case) throws -> (any DynamicalSystem, [Double], LyapunovSpectrum.Options) {
    switch kind {
    case .henon:
      let made = try NamedSystem.henon.make()
      return (made.system, made.start, .init(transient: 30, steps: 3011, interval: 4))
    case .lorenz63:
      let made = try NamedSystem.lorenz63.make()
      return (made.system, made.start, .init(transient: 100, steps: 2000, interval: 3))
    case .adaptive:
      let made = try NamedSystem.lorenz63.make(
        integration: .adaptive(IntegrationOptions(method: .dop853, absoluteTolerance: 1e-8, relativeTolerance: 1e-8)))
      return (made.system, made.start, .init(count: 2, transient: 20, steps: 300, interval: 2))
    case .network:
      let network = try randomNetwork(seed: 3, hidden: 4, damping: .implicit, heterogeneous: true)
      let inputs = InputSequence(
        steps: 17, batch: 1, width: 2, values: (0..<34).map { Foundation.sin(1.3 * Double($0)) })
      return (
        OscillatorMapSystem(network, drive: .inputs(inputs)), [Double](repeating: 0.1, count: 8),
        .init(transient: 40, steps: 900)
      )
    case .untilError:
      let made = try NamedSystem.henon.make()
      return (made.system, made.start, .init(transient: 10, mostSteps: 50_000, target: 1e-2))
    case .windows:
      let made = try NamedSystem.logistic.make()
      return (made.system, made.start, .init(transient: 10, steps: 3000, window: 37))
    }
  }

  /// Stopped at random moments, each time through JSON: the same record, bit by bit.
  @Test(arguments: Case.allCases, 1...3 as ClosedRange<UInt64>) func sameBits(kind: Case, seed: UInt64) throws {
    let (system, start, options) = try Self.made(kind)
    let whole = try LyapunovSpectrum(of: system, from: start, options: options)
    var random = SplittableRandom(seed: seed)
    var memory: LyapunovMemory?
    var stops = 0
    while true {
      var left = Int(random.uniform(in: 1...90))
      do throws(LyapunovSpectrum.Failure) {
        let found = try LyapunovSpectrum(
          of: system, from: start, options: options, resuming: memory,
          mayGoOn: {
            left -= 1
            return left > 0
          })
        #expect(found == whole)
        break
      } catch .interrupted(let kept) {
        stops += 1
        memory = try JSONDecoder().decode(LyapunovMemory.self, from: JSONEncoder().encode(kept))
        #expect(memory == kept)
      }
    }
    #expect(stops >= 1)
  }
}
