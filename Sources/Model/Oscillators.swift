/// What a network's units are, without the weights that couple them: stiffness and damping of each unit, the
/// time step and the kind of step.
///
/// Everything that the energy bounds and gains depend on.
public struct Oscillators: Equatable, Sendable {
  /// `gamma`, the stiffness of each unit, greater than 0 (1/time²).
  public let gamma: [Double]
  /// `epsilon`, the damping of each unit, at least 0 (1/time).
  public let epsilon: [Double]
  /// `dt`, the time step, greater than 0.
  public let timeStep: Double
  /// Whether damping acts on the new velocity or the old one.
  public let damping: Damping
  /// `sigma`.
  public let activation: Activation

  /// Oscillators with these constants.
  ///
  /// - Throws: ``InvalidNetwork`` for constants out of range or lists of different lengths.
  public init(
    gamma: [Double], epsilon: [Double], timeStep: Double, damping: Damping, activation: Activation = .tanh
  ) throws(InvalidNetwork) {
    guard !gamma.isEmpty else { throw .empty }
    guard epsilon.count == gamma.count else {
      throw .shape(name: "epsilon", found: [epsilon.count], expected: [gamma.count])
    }
    try Self.check("gamma", gamma, requirement: "greater than 0") { $0 > 0 }
    try Self.check("epsilon", epsilon, requirement: "at least 0") { $0 >= 0 }
    guard timeStep.isFinite else { throw .notFinite(name: "dt", index: 0, value: timeStep) }
    guard timeStep > 0 else {
      throw .outOfRange(name: "dt", unit: nil, value: timeStep, requirement: "greater than 0")
    }
    self.gamma = gamma
    self.epsilon = epsilon
    self.timeStep = timeStep
    self.damping = damping
    self.activation = activation
  }

  /// The number of units, m.
  public var count: Int { gamma.count }

  /// Whether all units have the same gamma and epsilon.
  public var areAlike: Bool {
    gamma.allSatisfy { $0 == gamma[0] } && epsilon.allSatisfy { $0 == epsilon[0] }
  }

  /// The factor `s` on a step's new velocity: `1/(1 + epsilon·dt)` (implicit) or 1 (explicit), for each unit.
  public var velocityScale: [Double] {
    switch damping {
    case .implicit: epsilon.map { 1 / (1 + $0 * timeStep) }
    case .explicit: epsilon.map { _ in 1 }
    }
  }

  /// The factor on a step's old velocity before scaling: 1 (implicit) or `1 − epsilon·dt` (explicit).
  public var velocityRetention: [Double] {
    switch damping {
    case .implicit: epsilon.map { _ in 1 }
    case .explicit: epsilon.map { 1 - $0 * timeStep }
    }
  }

  private static func check(
    _ name: String, _ values: [Double], requirement: String, _ isInRange: (Double) -> Bool
  ) throws(InvalidNetwork) {
    for (unit, value) in values.enumerated() {
      guard value.isFinite else { throw .notFinite(name: name, index: unit, value: value) }
      guard isInRange(value) else {
        throw .outOfRange(name: name, unit: unit, value: value, requirement: requirement)
      }
    }
  }
}
