/// The period of a sequence of states: the smallest p for which all states come back after p, within a tolerance.
public enum Recurrence {
  /// The longest period that is looked for.
  public static let longest = 64

  /// The smallest p <= ``longest`` with `|x_{n+p} − x_n| <= tolerance·size` in every component for all n, size being the
  /// largest absolute value of any state, or 1 if that is more; nil where there is none. At least 2p states must show it.
  ///
  /// - Parameters:
  ///   - states: the sequence.
  ///   - tolerance: how near a state must come back, relative to the states' size.
  ///   - angles: variables of which values 2π apart are one.
  public static func period(of states: [[Double]], tolerance: Double, angles: [Int] = []) -> Int? {
    let size = states.reduce(1) { max($0, $1.largest) }
    for period in stride(from: 1, through: min(longest, states.count / 2), by: 1) {
      let returns = zip(states, states.dropFirst(period)).allSatisfy { before, after in
        before.indices.allSatisfy { i in
          let change = after[i] - before[i]
          return abs(angles.contains(i) ? change.withinHalfTurn : change) <= tolerance * size
        }
      }
      if returns { return period }
    }
    return nil
  }
}

extension Double {
  /// The angle in [−π, π] that is a whole number of turns from it.
  var withinHalfTurn: Double { remainder(dividingBy: 2 * .pi) }
}

extension [Double] {
  /// A state with its angles in [−π, π].
  func wrapping(_ angles: [Int]) -> [Double] {
    angles.reduce(into: self) { $0[$1] = $0[$1].withinHalfTurn }
  }
}
