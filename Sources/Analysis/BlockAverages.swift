import RealModule

/// Sums over blocks of a run, joined in pairs whenever there are many, and the errors of means that they tell.
struct BlockAverages: Codable, Equatable, Sendable {
  /// Blocks are joined in pairs when there are so many.
  static let most = 128
  /// Fewer blocks tell no error, and fewer than ``trusted`` none that a decision should hang on.
  static let least = 4
  static let trusted = 8

  /// Whole blocks, the earliest first: the sums of each quantity.
  private(set) var blocks: [[Double]] = []
  /// The entries in a block.
  private(set) var length = 1
  private var open: [Double]
  private var openEntries = 0

  /// No blocks yet, of so many quantities.
  init(width: Int) { open = [Double](repeating: 0, count: width) }

  /// Adds an entry.
  mutating func enter(_ values: [Double]) {
    for i in values.indices { open[i] += values[i] }
    openEntries += 1
    guard openEntries == length else { return }
    blocks.append(open)
    open = [Double](repeating: 0, count: open.count)
    openEntries = 0
    guard blocks.count == Self.most else { return }
    blocks = stride(from: 0, to: blocks.count, by: 2).map { pair in
      zip(blocks[pair], blocks[pair + 1]).map { $0 + $1 }
    }
    length *= 2
  }

  /// What the blocks tell about the mean of quantity i per entry; nil for fewer than ``least`` blocks and for sums that
  /// aren't finite.
  func account(of quantity: Int) -> Account? { Account(blocks.map { $0[quantity] / Double(length) }) }

  /// ``Account/standardError`` of ``account(of:)`` alone, at a fraction of the cost.
  func standardError(of quantity: Int) -> Double? {
    guard blocks.count >= Self.least else { return nil }
    let means = blocks.map { $0[quantity] / Double(length) }
    return means.allSatisfy(\.isFinite) ? Account.standardError(means) : nil
  }

  /// What they tell about the mean of `Σ weights_i · quantity_i`.
  func account(of weights: [Double]) -> Account? {
    Account(
      blocks.map { block in
        zip(weights, block).reduce(0) { $1.0 == 0 ? $0 : $0 + $1.0 * $1.1 } / Double(length)
      })
  }

  /// What consecutive block means tell about the mean of all.
  struct Account: Equatable, Sendable {
    /// The largest standard error over blocks joined in pairs again and again while ``trusted`` are left, from fewer than
    /// 8·``trusted`` blocks on (Flyvbjerg and Petersen, doi:10.1063/1.457480): it rises to a plateau where blocks are as
    /// good as independent, and the largest is on the safe side of its noise. Shorter blocks would only overstate sums
    /// that stay bounded (a neutral direction), whose errors fall from level to level.
    let standardError: Double
    /// How much the second half's mean lies above the first's, and the standard error of that within the halves.
    let drift: Double
    let driftError: Double
    /// The correlation of each block with the next, of about 16 to 31 blocks; independent ones have 0 ± 1/√n.
    let correlation: Double
    let blocks: Int

    init?(_ means: [Double]) {
      guard means.count >= BlockAverages.least, means.allSatisfy(\.isFinite) else { return nil }
      blocks = means.count
      standardError = Self.standardError(means)
      var coarse = means
      while coarse.count >= 4 * BlockAverages.trusted { Self.halve(&coarse) }
      let half = coarse.count / 2
      let (first, second) = (Array(coarse.prefix(half)), Array(coarse.suffix(half)))
      drift = Self.mean(second) - Self.mean(first)
      driftError =
        ((Self.squares(first) + Self.squares(second)) / Double(max(half - 1, 1) * half)).squareRoot()
      let mean = Self.mean(coarse)
      let products = zip(coarse, coarse.dropFirst()).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
      let squares = Self.squares(coarse)
      correlation = squares > 0 ? products / squares : 0
    }

    /// The same of these block means, of which there are at least ``BlockAverages/least``.
    fileprivate static func standardError(_ means: [Double]) -> Double {
      var level = means
      var largest = 0.0
      while true {
        let count = level.count
        if count < 8 * BlockAverages.trusted {
          largest = max(largest, (squares(level) / Double((count - 1) * count)).squareRoot())
        }
        guard count >= 2 * BlockAverages.trusted else { return largest }
        halve(&level)
      }
    }

    /// Joins blocks in pairs, without the last of an odd number.
    private static func halve(_ means: inout [Double]) {
      let half = means.count / 2
      for i in 0..<half { means[i] = 0.5 * (means[2 * i] + means[2 * i + 1]) }
      means.removeLast(means.count - half)
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private static func squares(_ values: [Double]) -> Double {
      let mean = mean(values)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
  }
}
