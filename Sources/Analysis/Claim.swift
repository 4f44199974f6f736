/// What a stated bound is worth.
public enum ClaimKind: String, Encodable, Sendable {
  /// A theorem whose hypotheses were checked, with margins above a stated rounding bound.
  case rigorous
  /// A theorem evaluated in floating point without such a bound, or too close to it to tell.
  case numerical
  /// True in a limit only.
  case asymptotic
  /// Observed.
  case measured
}

/// Where a bound comes from.
public enum ClaimOrigin: String, Encodable, Sendable {
  /// Stated in arXiv 2010.00951.
  case paper
  /// The paper's, for more constants than it states.
  case generalised
  /// Derived for this project.
  case derived
}

/// A condition that a theorem needs, and whether it holds.
public struct Hypothesis: Encodable, Equatable, Sendable {
  /// The condition in formulas, for example `dt <= (2·epsilon − 1)/gamma`.
  public let statement: String
  /// Whether it holds in every unit.
  public let holds: Bool
  /// The side that must be small, in the unit where the condition is nearest to failing or fails most; nil for
  /// conditions that aren't inequalities.
  public let value: Double?
  /// What it is compared with there.
  public let limit: Double?
  /// That unit, from 0.
  public let unit: Int?
  /// The units in which it fails.
  public let failingUnits: [Int]
  /// Whether value and limit are further apart than the rounding errors in them.
  let isDecided: Bool

  /// A condition that is no inequality.
  init(_ statement: String, holds: Bool) {
    self.statement = statement
    self.holds = holds
    value = nil
    limit = nil
    unit = nil
    failingUnits = []
    isDecided = true
  }

  /// `value <= limit` (or `<` where `isStrict`) in each unit.
  init(_ statement: String, values: [Double], limits: [Double], isStrict: Bool) {
    self.statement = statement
    func fails(_ unit: Int) -> Bool {
      isStrict ? values[unit] >= limits[unit] : values[unit] > limits[unit]
    }
    failingUnits = values.indices.filter(fails)
    holds = failingUnits.isEmpty
    let nearest = values.indices.min { limits[$0] - values[$0] < limits[$1] - values[$1] }
    unit = nearest
    value = nearest.map { values[$0] }
    limit = nearest.map { limits[$0] }
    // Both sides are a few operations away from numbers that are exact.
    isDecided = values.indices.allSatisfy {
      abs(limits[$0] - values[$0]) > 16 * Double.ulpOfOne * (abs(limits[$0]) + abs(values[$0]))
    }
  }

  /// `value <= limit` (or `<` where `isStrict`) of the network as a whole.
  init(_ statement: String, value: Double, limit: Double, isStrict: Bool = false) {
    self.statement = statement
    holds = isStrict ? value < limit : value <= limit
    self.value = value
    self.limit = limit
    unit = nil
    failingUnits = []
    isDecided = abs(limit - value) > 16 * Double.ulpOfOne * (abs(limit) + abs(value))
  }

  private enum CodingKeys: String, CodingKey {
    case statement, holds, value, limit, unit, failingUnits
  }
}
