import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import RealModule

/// Where searches start.
struct StartPoints: Sendable {
  /// Rows of m positions, and of m velocities.
  private(set) var positions: [[Double]]
  private(set) var velocities: [[Double]]
  /// The trajectories that points were taken from.
  let run: Trajectory

  private static let trajectories = 8
  private static let steps = 400

  /// `count` starts: the first is zero, then random ones and points of trajectories of the map in turn. Random positions
  /// are uniform in `|y_i| <= 1/gamma_i`, velocities in `|z_i| <= 1/sqrt gamma_i`.
  init(_ network: OscillatorNetwork, input: [Double], count: Int, seed: UInt64) {
    let m = network.hidden
    let gamma = network.oscillators.gamma
    let random = SplittableRandom(seed: seed)
    func start(_ index: Int) -> (position: [Double], velocity: [Double]) {
      var stream = random.split(UInt64(index))
      let y = gamma.map { stream.uniform(in: -1 / $0...1 / $0) }
      return (y, gamma.map { stream.uniform(in: -1 / $0.squareRoot()...1 / $0.squareRoot()) })
    }
    let batch = Self.trajectories
    let states = (0..<batch).flatMap { b in
      let (y, z) = start(b + (1 << 32))
      return y + z
    }
    let inputs = InputSequence(
      steps: Self.steps, batch: batch, width: network.inputs,
      values: (0..<Self.steps * batch).flatMap { _ in input })
    run = OscillatorMap(network).trajectory(inputs: inputs, start: states)
    positions = [[Double](repeating: 0, count: m)]
    velocities = positions
    let rows = run.steps * batch
    for index in 1..<max(count, 1) {
      if index.isMultiple(of: 2), rows > 0 {
        // Rows spread over the trajectories by a stride that shares no factor with their number.
        let row = (index * 97) % rows
        positions.append(Array(run.positions[row * m..<(row + 1) * m]))
        velocities.append(Array(run.velocities[row * m..<(row + 1) * m]))
      } else {
        let (y, z) = start(index)
        positions.append(y)
        velocities.append(z)
      }
    }
    if count < 1 { (positions, velocities) = ([], []) }
  }
}

extension StartPoints {
  /// The trajectories on the plane of their first two principal components of position (y and z of a single unit), with
  /// fixed and slow points; nil where no trajectory stayed in range.
  func picture(fixedPoints: [FixedPoint], slowPoints: [SlowPoint]) -> FixedPointPicture? {
    guard run.steps > 1 else { return nil }
    let isSingle = run.hidden == 1
    func rows(_ positions: [Double], _ velocities: [Double]) -> [Double] {
      isSingle ? zip(positions, velocities).flatMap { [$0, $1] } : positions
    }
    let projection = PrincipalProjection(
      rows: rows(run.positions, run.velocities), count: run.steps * run.batch)
    func coordinates(_ positions: [Double], _ velocities: [Double]) -> (x: [Double], y: [Double]) {
      guard isSingle else { return projection.coordinates(positions) }
      return (positions, velocities)
    }
    var lines: (x: [Double], y: [Double]) = ([], [])
    for b in 0..<run.batch {
      let one = run.only(b)
      let (x, y) = coordinates(one.positions, one.velocities)
      lines.x += x + [.nan]
      lines.y += y + [.nan]
    }
    func share(_ k: Int) -> String { "principal component \(k + 1) (\(Int((100 * projection.shares[k]).rounded())) %)" }
    return FixedPointPicture(
      xLabel: isSingle ? "position" : share(0), yLabel: isSingle ? "velocity" : share(1), trajectories: lines,
      fixedPoints: coordinates(fixedPoints.flatMap(\.position), fixedPoints.flatMap { $0.position.map { _ in 0 } }),
      slowPoints: coordinates(slowPoints.flatMap(\.position), slowPoints.flatMap(\.velocity)))
  }
}
