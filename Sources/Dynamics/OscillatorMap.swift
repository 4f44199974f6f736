import CoRNNKernels
public import CoRNNModel

/// The coRNN map on packed weights: both kinds of damping, one trajectory or a batch, in double precision.
///
/// Does what the Step module defines, faster: one product of [W Z] with [y z] a step, inputs projected many
/// steps at a time, tanh in vectors. A step of a batch costs 2·m²·B multiply–adds.
public struct OscillatorMap: Sendable {
  /// The network that is run.
  public let network: OscillatorNetwork

  private let recurrent: PackedMatrix
  private let input: PackedMatrix
  private let retain: [Double]
  private let scale: [Double]

  /// The most trajectories that advance together.
  private static let largestBlock = 32
  /// About how many numbers of projected inputs are held at once.
  private static let projection = 1 << 16

  /// The map of `network`.
  public init(_ network: OscillatorNetwork) {
    self.network = network
    recurrent = PackedMatrix(network.recurrentWeights)
    input = PackedMatrix(network.inputWeights)
    retain = network.oscillators.velocityRetention
    scale = network.oscillators.velocityScale
  }

  /// The trajectory under `inputs`. One of a batch has the bits that it has alone.
  ///
  /// - Parameters:
  ///   - inputs: the run's inputs.
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
    let states = network.starts(start, batch: batch)

    // Blocks of even size: 50 trajectories are two blocks of 25, whatever the number of threads.
    let blocks = (batch + Self.largestBlock - 1) / Self.largestBlock
    var velocities: [Double] = []
    var divergedAt: Int?
    let total = inputs.steps * batch * m
    var kept = inputs.steps
    let positions = SharedArray.filled(count: total) { positions in
      velocities = SharedArray.filled(count: total) { velocities in
        let divergences = parallelMap(count: blocks, threads: threads) { block in
          let range = block * batch / blocks..<(block + 1) * batch / blocks
          var run = BlockRun(
            inputs: inputs.trajectories(range),
            state: Array(states[range.lowerBound * 2 * m..<range.upperBound * 2 * m]), first: range.lowerBound,
            batch: batch, positions: positions, velocities: velocities)
          return advance(&run, progress: progress)
        }
        divergedAt = divergences.compactMap { $0 }.min()
        kept = divergedAt.map { $0 - 1 } ?? inputs.steps
        return kept * batch * m
      }
      return kept * batch * m
    }
    return Trajectory(
      steps: kept, batch: batch, hidden: m, timeStep: network.oscillators.timeStep, start: states,
      positions: positions, velocities: velocities, divergedAt: divergedAt)
  }

  /// Some trajectories of a batch on their way.
  private struct BlockRun {
    let inputs: InputSequence
    /// Their states, a row of positions and velocities for each.
    var state: [Double]
    /// The first of them in the batch, and how many the batch has.
    let first: Int
    let batch: Int
    let positions: SharedArray
    let velocities: SharedArray
  }

  /// Runs a block through all inputs; the step at which it overflowed, if it did.
  private func advance(_ run: inout BlockRun, progress: (@Sendable (Int) -> Void)?) -> Int? {
    let row = run.inputs.batch * network.hidden
    var sigma = [Double](repeating: 0, count: row)
    var drives: [Double] = []
    let chunk = max(1, Self.projection / row)
    var first = 0
    while first < run.inputs.steps {
      let steps = first..<min(first + chunk, run.inputs.steps)
      project(run.inputs, steps: steps, into: &drives)
      let before = run.state
      for step in steps {
        advance(&run.state, sigma: &sigma, drives: drives, at: (step - first) * row)
        store(run, step: step)
      }
      // A value that isn't finite stays so: only then are the steps gone through again, one at a time.
      if !run.state.allSatisfy(\.isFinite) {
        run.state = before
        for step in steps {
          advance(&run.state, sigma: &sigma, drives: drives, at: (step - first) * row)
          if !run.state.allSatisfy(\.isFinite) { return step + 1 }
        }
      }
      progress?(steps.count * run.inputs.batch)
      first = steps.upperBound
    }
    return nil
  }

  /// One step of some trajectories, whose projected inputs stand in `drives` from `place` on.
  private func advance(_ state: inout [Double], sigma: inout [Double], drives: [Double], at place: Int) {
    activate(&sigma, drives: drives, at: place, state: state)
    advanceOscillators(
      state: &state, sigma: sigma, timeStep: network.oscillators.timeStep, gamma: network.oscillators.gamma,
      retain: retain, scale: scale)
  }

  private func store(_ run: BlockRun, step: Int) {
    let m = network.hidden
    for b in 0..<run.inputs.batch {
      let place = (step * run.batch + run.first + b) * m
      run.positions.store(run.state, b * 2 * m..<b * 2 * m + m, at: place)
      run.velocities.store(run.state, b * 2 * m + m..<(b + 1) * 2 * m, at: place)
    }
  }

  /// `V u + b` for some steps of a batch; nothing without an activation.
  private func project(_ inputs: InputSequence, steps: Range<Int>, into drives: inout [Double]) {
    drives.removeAll(keepingCapacity: true)
    guard network.oscillators.activation != .none else { return }
    let rows = steps.count * inputs.batch
    drives.reserveCapacity(rows * network.hidden)
    for _ in 0..<rows { drives += network.bias }
    input.multiplyAdd(
      count: rows, vectors: inputs.values, from: steps.lowerBound * inputs.batch * inputs.width,
      stride: inputs.width, into: &drives, resultStride: network.hidden)
  }

  /// `sigma(W y + Z z + V u + b)` of some trajectories.
  private func activate(_ sigma: inout [Double], drives: [Double], at place: Int, state: [Double]) {
    guard network.oscillators.activation != .none else { return }
    let count = sigma.count
    sigma.removeAll(keepingCapacity: true)
    sigma += drives[place..<place + count]
    recurrent.multiplyAdd(
      count: sigma.count / network.hidden, vectors: state, stride: 2 * network.hidden, into: &sigma,
      resultStride: network.hidden)
    if network.oscillators.activation == .tanh { applyTanh(to: &sigma) }
  }
}

extension OscillatorMap {
  /// Moves some states, rows of m positions and m velocities, by one step under inputs, rows of d values.
  public func advance(states: inout [Double], inputs: [Double]) {
    let m = network.hidden
    let batch = states.count / (2 * m)
    var drives: [Double] = []
    project(
      InputSequence(steps: 1, batch: batch, width: network.inputs, values: inputs), steps: 0..<1, into: &drives)
    var sigma = [Double](repeating: 0, count: batch * m)
    advance(&states, sigma: &sigma, drives: drives, at: 0)
  }

  /// Runs some trajectories through some steps, their states in rows, with the slopes of their activations.
  ///
  /// Has the bits of ``trajectory(inputs:start:threads:progress:)``. The arrays are made anew only where their sizes
  /// differ from what is needed.
  ///
  /// - Parameters:
  ///   - inputs: of the steps and trajectories.
  ///   - start: the states before the first step, B rows of 2m values.
  ///   - states: receives (N + 1)·B rows of m positions and m velocities, the start first.
  ///   - slopes: receives N·B rows of m slopes, which keep their relative accuracy where tanh saturates; the drives
  ///     instead where slopes aren't wanted.
  ///   - withSlopes: whether slopes are wanted.
  public func run(
    inputs: InputSequence, start: [Double], states: inout [Double], slopes: inout [Double], withSlopes: Bool
  ) {
    let m = network.hidden
    let batch = inputs.batch
    precondition(inputs.width == network.inputs && start.count == batch * 2 * m, "a start of \(start.count) values")
    let size = (inputs.steps + 1) * batch * 2 * m
    if states.count != size { states = [Double](repeating: 0, count: size) }
    for place in start.indices { states[place] = start[place] }
    project(inputs, steps: 0..<inputs.steps, into: &slopes)
    let activation = network.oscillators.activation
    var sigma = [Double](repeating: 0, count: batch * m)
    for step in 0..<inputs.steps {
      let place = step * batch * m
      if activation != .none {
        recurrent.multiplyAdd(
          count: batch, vectors: states, from: 2 * place, stride: 2 * m, into: &slopes, at: place, resultStride: m)
        if activation == .tanh {
          tanh(of: slopes, from: place, count: batch * m, into: &sigma)
        } else {
          for i in sigma.indices { sigma[i] = slopes[place + i] }
        }
      }
      advanceOscillators(
        rows: &states, from: 2 * place, batch: batch, sigma: sigma, timeStep: network.oscillators.timeStep,
        gamma: network.oscillators.gamma, retain: retain, scale: scale)
    }
    guard withSlopes else { return }
    switch activation {
    case .tanh: applyTanhSlope(to: &slopes)
    case .identity: slopes = [Double](repeating: 1, count: slopes.count)
    case .none: slopes = [Double](repeating: 0, count: inputs.steps * batch * m)
    }
  }
}
