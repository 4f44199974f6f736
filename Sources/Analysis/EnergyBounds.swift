/// The energy of a run against every bound that applies to it.
public struct EnergyBounds: Encodable, Equatable, Sendable {
  /// The steps looked at, N, and the trajectories, B.
  public let steps: Int
  /// B.
  public let trajectories: Int
  /// The step at which the energy left the range of doubles, if it did; nothing from there on was looked at.
  public let divergedAt: Int?
  /// The largest energy after any step, the sum over units of `gamma·y² + z²`, and where.
  public let maximum: Double
  /// The step of the largest energy.
  public let maximumStep: Int
  /// Its trajectory, from 0.
  public let maximumTrajectory: Int
  /// The largest residual of a unit's exact energy identity, relative to the largest of the identity's terms in
  /// any unit in that step. Rounding level (1e-13) unless the map was computed wrongly.
  public let identityResidual: Double
  /// The rungs of the ladder.
  public private(set) var rungs: [Rung]
  /// What each unit can reach under any forcing of at most 1; null where the gain doesn't apply.
  public let gains: Gains?
  /// For the trajectory with the largest energy: what plots show.
  public let series: Series

  /// Upper bounds on the gains, one for each unit: what |y| and |z| can reach from a zero start.
  public struct Gains: Encodable, Equatable, Sendable {
    /// Gy.
    public let position: [Double]
    /// Gz.
    public let velocity: [Double]
  }

  /// One bound.
  public struct Rung: Encodable, Equatable, Sendable {
    /// What results call it, for example `F.1+`.
    public let name: String
    /// Whether it is about the map or the flow.
    public let system: MovingSystem
    /// The bound in formulas.
    public let statement: String
    /// What it is worth.
    public let kind: ClaimKind
    /// Where it comes from.
    public let origin: ClaimOrigin
    /// What it needs.
    public let hypotheses: [Hypothesis]
    /// Whether its hypotheses hold. One that fails makes a bound silent, not violated.
    public let applies: Bool
    /// Whether no value exceeded the bound by more than `rounding`; nil where the bound doesn't apply.
    public let holds: Bool?
    /// The largest value/bound: of the total over units, or for the gain in the worst unit.
    public let tightness: Double?
    /// The smallest bound − value, likewise.
    public let margin: Double?
    /// The step of the largest tightness.
    public let tightestStep: Int?
    /// The largest that errors of the run can have added to the value: for the map a bound on rounding, for the flow
    /// an allowance of a hundred tolerances a step.
    public let rounding: Double?
    /// The first step at which the bound was violated, in total or in a unit.
    public let firstViolation: Int?
    /// The unit with the largest value/bound of its own.
    public let worstUnit: WorstUnit?
  }

  /// A bound's tightest unit.
  public struct WorstUnit: Encodable, Equatable, Sendable {
    /// The unit, from 0.
    public let unit: Int
    /// What is bounded: `energy`, `larger of gamma·y² and z²`, `position` or `velocity`.
    public let quantity: String
    /// The largest value/bound.
    public let tightness: Double
    /// The smallest bound − value.
    public let margin: Double
    /// The step of the largest value/bound.
    public let step: Int
    /// The trajectory of it, from 0.
    public let trajectory: Int
    /// The first step at which the unit violated the bound.
    public let firstViolation: Int?
  }

  /// Energies and bounds over time.
  public struct Series: Encodable, Equatable, Sendable {
    /// t_n.
    public let time: [Double]
    /// The total energy after each step.
    public let energy: [Double]
    /// What F.1+ bounds, where it applies: the sum of `gamma·y² + (1 − epsilon·dt)·z²`.
    public let weightedEnergy: [Double]
    /// The total bound of each rung that applies, after each step.
    public let bounds: [Bound]
  }

  /// A total bound over time.
  public struct Bound: Encodable, Equatable, Sendable {
    /// The rung's name.
    public let name: String
    /// The bound after each step.
    public let values: [Double]
  }

  private enum CodingKeys: String, CodingKey {
    case steps, trajectories, divergedAt, maximum, maximumStep, maximumTrajectory, identityResidual, rungs, gains
  }

  /// The same with the rungs of `other` after its own.
  public func addingRungs(of other: EnergyBounds) -> EnergyBounds {
    var sum = self
    sum.rungs += other.rungs
    return sum
  }

  /// Whether every bound that applies holds.
  public var allHold: Bool { rungs.allSatisfy { $0.holds != false } }
}
