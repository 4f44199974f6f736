public import CoRNNDynamics
import CoRNNKernels
public import CoRNNModel

/// Backpropagation through time: exact gradients of a loss on a run of the map.
///
/// One step back takes cotangents (lambda, mu) of (y, z) to those of the step before:
/// `q = s·(mu + dt·lambda)`, `a = dt·D·q`; `dL/dW += a·y_{n−1}ᵀ`, `dL/dZ += a·z_{n−1}ᵀ`, `dL/dV += a·u_nᵀ`,
/// `dL/db += a`; `lambda ← lambda + Wᵀa − dt·gamma·q`, `mu ← Zᵀa + r·q`. Activations are recomputed, so that what a
/// run keeps is y and z alone; the blocks' sums are taken a chunk of steps at a time. A sweep costs three times the
/// products of the run.
public struct Backpropagation: Sendable {
  private let network: OscillatorNetwork
  private let derivative: OscillatorDerivative

  /// Trajectories that go back together, at most, and about how many states make a chunk. Constants, so that results
  /// depend neither on the number of threads nor on where states come from.
  private static let block = 32
  private static let chunk = 1 << 16

  /// Backpropagation through the map of `network`.
  public init(_ network: OscillatorNetwork) {
    self.network = network
    derivative = OscillatorDerivative(network)
  }

  /// The gradient of `loss` along a run whose states are stored.
  ///
  /// - Parameters:
  ///   - loss: what is differentiated.
  ///   - inputs: those of the run.
  ///   - trajectory: the run, which must have come to its end.
  ///   - withInputs: whether the gradient by the inputs is wanted.
  ///   - threads: how many cores share the batch; the result is the same to the bit for any number.
  ///   - progress: told how many steps (times trajectories) were done since it was last told.
  public func gradient(
    of loss: Loss, inputs: InputSequence, trajectory: Trajectory, withInputs: Bool = false, threads: Int = 1,
    progress: (@Sendable (Int) -> Void)? = nil
  ) -> NetworkGradient {
    precondition(
      trajectory.steps == inputs.steps && trajectory.batch == inputs.batch, "a run that isn't that of the inputs")
    let sweeps = sweep(loss, inputs, withInputs: withInputs, threads: threads) { block, sweep in
      for steps in chunks(of: inputs).reversed() {
        sweep.goBack(through: steps, of: trajectory)
        progress?(steps.count * block.count)
      }
      return true
    }
    return NetworkGradient(sweeps, steps: inputs.steps, batch: inputs.batch)
  }

  /// The same gradient, to the bit, with only the states at every chunk's start kept and the rest run again.
  ///
  /// Keeps about 16·N·B·m/C bytes, C = ``chunkLength(batch:)``, for one more run in place of recomputed activations.
  /// Nil if the run overflows.
  ///
  /// - Parameters:
  ///   - loss: what is differentiated.
  ///   - inputs: the run's inputs.
  ///   - start: y_0 and z_0, 2m values for all trajectories or B×2m; zero if nil.
  ///   - withInputs: whether the gradient by the inputs is wanted.
  ///   - threads: how many cores share the batch; the result is the same to the bit for any number.
  ///   - progress: told how many steps (times trajectories) were done since it was last told.
  public func gradient(
    of loss: Loss, inputs: InputSequence, start: [Double]?, withInputs: Bool = false, threads: Int = 1,
    progress: (@Sendable (Int) -> Void)? = nil
  ) -> NetworkGradient? {
    let map = OscillatorMap(network)
    let states = network.starts(start, batch: inputs.batch)
    let m = network.hidden
    let chunks = chunks(of: inputs)
    let sweeps = sweep(loss, inputs, withInputs: withInputs, threads: threads) { block, sweep in
      let own = inputs.part(steps: 0..<inputs.steps, trajectories: block)
      var chunk = StateChunk(trajectories: block, hidden: m)
      var starts = [Array(states[block.lowerBound * 2 * m..<block.upperBound * 2 * m])]
      for (index, steps) in chunks.enumerated() {
        chunk.run(map, steps: steps, from: starts[index], inputs: own, withSlopes: false)
        let last = Array(chunk.rows.suffix(starts[index].count))
        guard last.allSatisfy(\.isFinite) else { return false }
        starts.append(last)
        progress?(steps.count * block.count)
      }
      for (steps, state) in zip(chunks, starts).reversed() {
        sweep.goBack(through: steps, of: map, from: state)
        progress?(steps.count * block.count)
      }
      return true
    }
    return sweeps.isEmpty ? nil : NetworkGradient(sweeps, steps: inputs.steps, batch: inputs.batch)
  }

  /// The number of steps of a chunk, C.
  public func chunkLength(batch: Int) -> Int {
    let block = Self.blocks(batch)[0].count
    return min(max(16, Self.chunk / (block * network.hidden)), 4096)
  }

  /// The trajectories of each block, as even as can be.
  private static func blocks(_ batch: Int) -> [Range<Int>] {
    let count = (batch + block - 1) / block
    let size = (batch + count - 1) / count
    return (0..<count).map { $0 * size..<min(($0 + 1) * size, batch) }
  }

  private func chunks(of inputs: InputSequence) -> [Range<Int>] {
    let length = chunkLength(batch: inputs.batch)
    return stride(from: 0, to: inputs.steps, by: length).map { $0..<min($0 + length, inputs.steps) }
  }

  /// A sweep for each block of trajectories, taken back by `goBack`; none if that fails for one.
  private func sweep(
    _ loss: Loss, _ inputs: InputSequence, withInputs: Bool, threads: Int,
    goBack: @Sendable (Range<Int>, inout BackwardSweep) -> Bool
  ) -> [BackwardSweep] {
    let blocks = Self.blocks(inputs.batch)
    let sweeps: [BackwardSweep?] = parallelMap(count: blocks.count, threads: threads) { index in
      var sweep = BackwardSweep(
        derivative, loss: loss, inputs: inputs, trajectories: blocks[index], withInputs: withInputs)
      return goBack(blocks[index], &sweep) ? sweep : nil
    }
    let done = sweeps.compactMap(\.self)
    return done.count == blocks.count ? done : []
  }
}

extension NetworkGradient {
  /// The sum of what each block of trajectories found, in their order.
  fileprivate init(_ parts: [BackwardSweep], steps: Int, batch: Int) {
    func sum(_ values: (BackwardSweep) -> [Double]) -> [Double] {
      parts.dropFirst().reduce(values(parts[0])) { total, part in zip(total, values(part)).map { $0 + $1 } }
    }
    let network = parts[0].network
    let m = network.hidden
    let d = network.inputs
    let recurrent = Matrix(rows: m, columns: 2 * m, elements: sum(\.recurrent.elements))
    let weight = parts[0].weight
    loss = weight * parts.reduce(0) { $0 + $1.loss }
    positionWeights = recurrent.columns(0..<m)
    velocityWeights = recurrent.columns(m..<2 * m)
    inputWeights = Matrix(rows: m, columns: d, elements: sum(\.input.elements))
    bias = sum(\.bias)
    let stiff = sum(\.stiff)
    let (old, new) = (sum(\.oldVelocity), sum(\.newVelocity))
    let dt = network.oscillators.timeStep
    gamma = stiff.map { -dt * $0 }
    epsilon = (network.oscillators.damping == .implicit ? new : old).map { -dt * $0 }
    timeStep = sum(\.advanced).reduce(0, +) + zip(new, old).reduce(0) { $0 + ($1.0 - $1.1) } / dt
    if let readout = network.readout, !parts[0].readoutBias.isEmpty {
      self.readout = OscillatorNetwork.Readout(
        weights: Matrix(rows: readout.weights.rows, columns: m, elements: sum(\.readoutWeights.elements)),
        bias: sum(\.readoutBias))
    }
    initial = parts.flatMap(\.cotangents)
    guard parts[0].inputGradient != nil else { return }
    var values = [Double](repeating: 0, count: steps * batch * d)
    for part in parts {
      guard let gradient = part.inputGradient else { continue }
      let width = part.trajectories.count * d
      for step in 0..<steps {
        let place = (step * batch + part.trajectories.lowerBound) * d
        for k in 0..<width { values[place + k] = gradient[step * width + k] }
      }
    }
    inputs = values
  }
}
