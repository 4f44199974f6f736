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

  /// The times of the states, t_n = n·dt.
  public var times: [Double] { (1...max(steps, 1)).prefix(steps).map { Double($0) * timeStep } }

  /// The values of step n (from 1) in `array`, which is `positions` or `velocities`: B×m.
  func range(ofStep n: Int) -> Range<Int> { (n - 1) * batch * hidden..<n * batch * hidden }
}
