/// The period of a sequence of states: the smallest p for which all states come back after p, within a tolerance.
public enum Recurrence {
  /// The longest period that is looked for.
  public static let longest = 64

  /// The smallest p <= ``longest`` with `|x_{n+p} − x_n| <= tolerance·size` in every component for all n, size being the
  /// largest absolute value of any state, or 1 if that is more; nil where there is none. At least 2p states must show it.
  public static func period(of states: [[Double]], tolerance: Double) -> Int? {
    let size = states.reduce(1) { max($0, $1.largest) }
    for period in stride(from: 1, through: min(longest, states.count / 2), by: 1) {
      let returns = zip(states, states.dropFirst(period)).allSatisfy { before, after in
        zip(before, after).allSatisfy { abs($0 - $1) <= tolerance * size }
      }
      if returns { return period }
    }
    return nil
  }
}
