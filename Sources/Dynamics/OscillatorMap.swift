import CoRNNKernels
public import CoRNNModel

/// The coRNN map on BLAS: both kinds of damping, one trajectory or a batch, in double precision.
///
/// Does what the Step module defines, faster: one product of [W Z] with [y z] a step, inputs projected many
/// steps at a time, tanh in vectors. A step of a batch costs 2·m²·B multiply–adds.
public struct OscillatorMap: Sendable {
  /// The network that is run.
  public let network: OscillatorNetwork

  private let recurrent: Matrix
  private let retain: [Double]
  private let scale: [Double]

  /// Trajectories that advance together. A constant, so that results don't depend on the number of threads.
  private static let block = 32
  /// About how many numbers of projected inputs are held at once.
  private static let projection = 1 << 16

  /// The map of `network`.
  public init(_ network: OscillatorNetwork) {
    self.network = network
    recurrent = network.recurrentWeights
    retain = network.oscillators.velocityRetention
    scale = network.oscillators.velocityScale
  }

  /// The trajectory under `inputs`.
  ///
  /// - Parameters:
  ///   - start: y_0 and z_0, 2m values for all trajectories or B×2m; zero if nil.
  ///   - threads: how many cores share the batch; the result is the same to the bit for any number.
  ///   - progress: told how many steps (times trajectories) were done since it was last told.
  public func trajectory(
    inputs: InputSequence, start: [Double]? = nil, threads: Int = 1,
    progress: (@Sendable (Int) -> Void)? = nil
  ) -> Trajectory {
    precondition(inputs.width == network.inputs, "inputs of width \(inputs.width), not \(network.inputs)")
    let m = network.hidden
    let batch = inputs.batch
    let states: [Double]
    switch start?.count {
    case nil: states = [Double](repeating: 0, count: batch * 2 * m)
    case 2 * m: states = (0..<batch).flatMap { _ in start ?? [] }
    default: states = start ?? []
    }
    precondition(states.count == batch * 2 * m, "a start of \(states.count) values for \(batch)×\(2 * m)")

    let blocks = (batch + Self.block - 1) / Self.block
    let parts = parallelMap(count: blocks, threads: threads) { block in
      let range = block * Self.block..<min((block + 1) * Self.block, batch)
      return run(
        inputs.trajectories(range), start: Array(states[range.lowerBound * 2 * m..<range.upperBound * 2 * m]),
        progress: progress)
    }
    return merged(parts, batch: batch, start: states)
  }

  private func run(
    _ inputs: InputSequence, start: [Double], progress: (@Sendable (Int) -> Void)?
  ) -> Trajectory {
    let m = network.hidden
    let batch = inputs.batch
    let row = batch * m
    let dt = network.oscillators.timeStep
    var state = start
    var positions: [Double] = []
    var velocities: [Double] = []
    positions.reserveCapacity(inputs.steps * row)
    velocities.reserveCapacity(inputs.steps * row)
    var sigma = [Double](repeating: 0, count: row)
    var divergedAt: Int?
    let chunk = max(1, Self.projection / row)
    var first = 0
    while first < inputs.steps, divergedAt == nil {
      let last = min(first + chunk, inputs.steps)
      let drives = projected(inputs, steps: first..<last)
      for step in first..<last {
        activate(&sigma, drives: drives, at: (step - first) * row, state: state, batch: batch)
        advanceOscillators(
          state: &state, sigma: sigma, timeStep: dt, gamma: network.oscillators.gamma, retain: retain, scale: scale)
        for b in 0..<batch {
          positions += state[b * 2 * m..<b * 2 * m + m]
          velocities += state[b * 2 * m + m..<(b + 1) * 2 * m]
        }
      }
      // A value that isn't finite stays so: one look at the state tells whether to search for the step.
      if !state.allSatisfy(\.isFinite) {
        divergedAt = firstDivergence(positions, velocities, row: row)
      }
      progress?((last - first) * batch)
      first = last
    }
    let kept = divergedAt.map { $0 - 1 } ?? inputs.steps
    return Trajectory(
      steps: kept, batch: batch, hidden: m, timeStep: dt, start: start,
      positions: Array(positions.prefix(kept * row)), velocities: Array(velocities.prefix(kept * row)),
      divergedAt: divergedAt)
  }

  /// `V u + b` for some steps of a batch.
  private func projected(_ inputs: InputSequence, steps: Range<Int>) -> [Double] {
    guard network.oscillators.activation != .none else { return [] }
    let rows = steps.count * inputs.batch
    var drives: [Double] = []
    drives.reserveCapacity(rows * network.hidden)
    for _ in 0..<rows { drives += network.bias }
    network.inputWeights.multiply(
      count: rows, vectors: inputs.values, from: steps.lowerBound * inputs.batch * inputs.width,
      stride: inputs.width, keeping: 1, into: &drives)
    return drives
  }

  /// `sigma(W y + Z z + V u + b)` of a batch.
  private func activate(_ sigma: inout [Double], drives: [Double], at place: Int, state: [Double], batch: Int) {
    guard network.oscillators.activation != .none else { return }
    for i in sigma.indices { sigma[i] = drives[place + i] }
    recurrent.multiply(count: batch, vectors: state, stride: 2 * network.hidden, keeping: 1, into: &sigma)
    if network.oscillators.activation == .tanh { applyTanh(to: &sigma) }
  }

  private func firstDivergence(_ positions: [Double], _ velocities: [Double], row: Int) -> Int? {
    let places = [positions, velocities].compactMap { $0.firstIndex { !$0.isFinite } }
    return places.min().map { $0 / row + 1 }
  }

  private func merged(_ parts: [Trajectory], batch: Int, start: [Double]) -> Trajectory {
    let divergedAt = parts.compactMap(\.divergedAt).min()
    let kept = parts.map(\.steps).min() ?? 0
    if parts.count == 1, let only = parts.first { return only }
    let m = network.hidden
    func joined(_ values: (Trajectory) -> [Double]) -> [Double] {
      let arrays = parts.map { ($0.batch * m, values($0)) }
      var joined: [Double] = []
      joined.reserveCapacity(kept * batch * m)
      for step in 0..<kept {
        for (row, array) in arrays { joined += array[step * row..<(step + 1) * row] }
      }
      return joined
    }
    return Trajectory(
      steps: kept, batch: batch, hidden: m, timeStep: network.oscillators.timeStep, start: start,
      positions: joined(\.positions), velocities: joined(\.velocities), divergedAt: divergedAt)
  }
}
