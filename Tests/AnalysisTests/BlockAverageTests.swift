import CoRNNKernels
import Foundation
import Testing

@testable import CoRNNAnalysis

/// Standard errors from blocks, against what is known of the series.
@Suite struct BlockAverageTests {
  static func blocks(_ series: [Double]) -> BlockAverages {
    var blocks = BlockAverages(width: 2)
    for value in series { blocks.enter([value, -3 * value]) }
    return blocks
  }

  /// An autoregression of order 1 with independent normal steps: its mean has the error √((1+r)/(1−r)/n) times the
  /// standard deviation.
  static func series(_ r: Double, count: Int, seed: UInt64) -> [Double] {
    var random = SplittableRandom(seed: seed)
    var value = random.normal() / (1 - r * r).squareRoot()
    return (0..<count).map { _ in
      value = r * value + random.normal()
      return value + 2.385
    }
  }

  @Test(arguments: [0, 0.8, 0.98], 1...3 as ClosedRange<UInt64>) func correlatedSeries(r: Double, seed: UInt64) throws {
    let count = 40_000
    let account = try #require(Self.blocks(Self.series(r, count: count, seed: seed)).account(of: 0))
    let exact = ((1 + r) / (1 - r) / Double(count)).squareRoot() / (1 - r * r).squareRoot()
    #expect(account.standardError > 0.75 * exact && account.standardError < 2 * exact)
    #expect(abs(account.correlation) < 0.6 && abs(account.drift) < 5 * account.driftError)
  }

  /// How often the true mean lies within two and three standard errors of the measured one.
  @Test func coverage() throws {
    var within = (two: 0, three: 0)
    for seed in 100..<300 as Range<UInt64> {
      let series = Self.series(0.9, count: 3000, seed: seed)
      let error = try #require(Self.blocks(series).account(of: 0)).standardError
      let off = abs(series.reduce(0, +) / 3000 - 2.385)
      if off <= 2 * error { within.two += 1 }
      if off <= 3 * error { within.three += 1 }
    }
    #expect(within.two >= 184 && within.three >= 196, "\(within) of 200")
  }

  @Test func combinations() throws {
    let blocks = Self.blocks(Self.series(0.3, count: 5000, seed: 4))
    let one = try #require(blocks.account(of: 0)).standardError
    #expect(abs(try #require(blocks.account(of: [1, 0])).standardError - one) < 1e-12)
    // The second is −3 times the first, so that the errors cancel where the first counts three times.
    #expect(abs(try #require(blocks.account(of: [2, 0.5])).standardError - 0.5 * one) < 1e-12)
    #expect(try #require(blocks.account(of: [3, 1])).standardError < 1e-12)
  }

  @Test func obstacles() {
    func found(_ series: [Double], target: Double) -> [LyapunovObstacle] {
      Self.blocks(series).obstacles(order: [0, 1], perEntry: 1, target: target)
    }
    let noise = Self.series(0, count: 4096, seed: 7)
    #expect(found(noise, target: 0.5).isEmpty)
    #expect(found(Array(noise.prefix(7)), target: 100) == [.fewBlocks(7)])
    guard case .error(index: 2, let error)? = found(noise, target: 0.01).first else {
      Issue.record("no error above the target")
      return
    }
    #expect(abs(error - 3.0 / 64) < 0.4 * 3.0 / 64)
    // A slow relaxation, whose own error would let it pass.
    let relaxing = noise.enumerated().map { 0.1 * $1 + 4 * Foundation.exp(-Double($0) / 1500) }
    let drifting = found(relaxing, target: 0.5)
    #expect(drifting.contains { if case .drift = $0 { true } else { false } }, "\(drifting)")
    #expect(drifting.allSatisfy { $0.isUnsteady || $0 == drifting.first })
    // A random walk has no mean at all.
    var sum = 0.0
    let walk = noise.map { value in
      sum += value - 2.385
      return sum
    }
    let unsteady = found(walk, target: 1).contains { $0.isUnsteady }
    #expect(unsteady)
  }

  /// Sums that stay bounded, as those of a neutral direction: the error falls as one over the length.
  @Test func boundedSums() throws {
    func error(_ count: Int) throws -> Double {
      let bounded = (0...count).map { (place: Int) -> Double in 3 * Foundation.cos(0.7 * Double(place)) }
      let series = zip(bounded, bounded.dropFirst()).map { $1 - $0 }
      return try #require(Self.blocks(series).account(of: 0)).standardError
    }
    let (short, long) = (try error(2_000), try error(128_000))
    #expect(short < 0.1 && long < short / 20)
  }
}
