import RealModule

/// Why an exponent's average isn't to be trusted to the error asked for.
public enum LyapunovObstacle: Codable, Equatable, Sendable {
  /// Too few blocks for standard errors.
  case fewBlocks(Int)
  /// A standard error above the target: of exponent `index`, from 1.
  case error(index: Int, standardError: Double)
  /// The second half's mean differs from the first's by `change`, beyond four standard errors of that within the halves.
  case drift(index: Int, change: Double)
  /// Consecutive blocks are correlated, so that the standard error is too small by about `factor`.
  case correlation(index: Int, correlation: Double, factor: Double)
  /// A mean moved by more than twice the target when the run was made twice as long.
  case moved

  /// Whether it is about the run's length against its own memory, so that not even the error can be trusted.
  public var isUnsteady: Bool { if case .error = self { false } else { true } }
}

extension BlockAverages {
  /// What stands in the way of trusting means of `scale` per entry to `target`, one of each kind at most.
  ///
  /// - Parameter order: the quantities, in the order in which they are numbered from 1.
  func obstacles(order: [Int], perEntry scale: Double, target: Double) -> [LyapunovObstacle] {
    guard blocks.count >= Self.trusted else { return [.fewBlocks(blocks.count)] }
    // A quantity of −∞ (a direction that a map kills) has no error.
    let accounts = order.enumerated().compactMap { place, i in account(of: i).map { (index: place + 1, $0) } }
    var obstacles: [LyapunovObstacle] = []
    let errors = accounts.map { (index: $0.index, value: $0.1.standardError * scale) }
    if let worst = errors.max(by: { $0.value < $1.value }), worst.value > target {
      obstacles.append(.error(index: worst.index, standardError: worst.value))
    }
    let drifts = accounts.filter { abs($0.1.drift) > 4 * $0.1.driftError }
      .map { (index: $0.index, value: $0.1.drift * scale) }
    if let worst = drifts.max(by: { abs($0.value) < abs($1.value) }), abs(worst.value) > 2 * target {
      obstacles.append(.drift(index: worst.index, change: worst.value))
    }
    // As if blocks followed an autoregression of order 1.
    let correlated = accounts.filter { $0.1.correlation > 0.5 }.map { place in
      let r = min(place.1.correlation, 0.99)
      return (index: place.index, r: r, factor: ((1 + r) / (1 - r)).squareRoot(), error: place.1.standardError * scale)
    }
    if let worst = correlated.max(by: { $0.factor * $0.error < $1.factor * $1.error }),
      worst.factor * worst.error > target
    {
      obstacles.append(.correlation(index: worst.index, correlation: worst.r, factor: worst.factor))
    }
    return obstacles
  }
}
