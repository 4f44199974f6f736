/// The states of a run: one trajectory or a batch.
public struct Trajectory: Equatable, Sendable {
  /// The number of states kept, N: as many as inputs unless the run diverged.
  public let steps: Int
  /// The number of trajectories, B.
  public let batch: Int
  /// The number of hidden units, m.
  public let hidden: Int
  /// dt.
  public let timeStep: Double
  /// y_0 and z_0: B rows of m positions, then m velocities.
  public let start: [Double]
  /// y_1 … y_N, N×B×m. Row n − 1 is the state after input n.
  public let positions: [Double]
  /// z_1 … z_N, N×B×m.
  public let velocities: [Double]
  /// The step at which a value overflowed; nil if none did. The states before it are kept.
  public let divergedAt: Int?

  /// A trajectory of these states.
  public init(
    steps: Int, batch: Int, hidden: Int, timeStep: Double, start: [Double], positions: [Double], velocities: [Double],
    divergedAt: Int?
  ) {
    precondition(
      start.count == 2 * batch * hidden && positions.count == steps * batch * hidden
        && velocities.count == positions.count,
      "\(positions.count) positions, \(velocities.count) velocities for \(steps)×\(batch)×\(hidden)")
    self.steps = steps
    self.batch = batch
    self.hidden = hidden
    self.timeStep = timeStep
    self.start = start
    self.positions = positions
    self.velocities = velocities
    self.divergedAt = divergedAt
  }

  /// The times of the states, t_n = n·dt.
  public var times: [Double] { (1...max(steps, 1)).prefix(steps).map { Double($0) * timeStep } }

  /// The states of the first `count` steps.
  public func prefix(_ count: Int) -> Trajectory {
    precondition(0...steps ~= count, "\(count) of \(steps) steps")
    return Trajectory(
      steps: count, batch: batch, hidden: hidden, timeStep: timeStep, start: start,
      positions: Array(positions.prefix(count * batch * hidden)),
      velocities: Array(velocities.prefix(count * batch * hidden)), divergedAt: nil)
  }
}
