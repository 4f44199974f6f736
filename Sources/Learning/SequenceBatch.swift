public import CoRNNKernels

/// Sequences and what a network should make of them.
public struct SequenceBatch<Scalar: TrainingScalar>: Sendable {
  /// The number of steps, N, and of trajectories, B.
  public let steps: Int
  /// B.
  public let count: Int
  /// u_1 … u_N: N×B×d, time first.
  public let inputs: [Scalar]
  /// The wanted outputs of the scored steps only, S×B×o, time first.
  public let targets: [Scalar]
  /// The first step whose output is scored, 1 … N: N for a readout at the last step only, 1 + washout for one at every
  /// step. S = N + 1 − `scoredFrom`.
  public let scoredFrom: Int

  /// A batch of these shapes.
  public init(steps: Int, count: Int, inputs: [Scalar], targets: [Scalar], scoredFrom: Int) {
    precondition(steps > 0 && count > 0 && 1...steps ~= scoredFrom, "\(steps) steps scored from \(scoredFrom)")
    precondition(
      inputs.count.isMultiple(of: steps * count) && targets.count.isMultiple(of: (steps + 1 - scoredFrom) * count),
      "\(inputs.count) inputs and \(targets.count) targets for \(steps)×\(count)")
    self.steps = steps
    self.count = count
    self.inputs = inputs
    self.targets = targets
    self.scoredFrom = scoredFrom
  }

  /// Some of the trajectories, in this order.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func selecting(_ trajectories: [Int]) -> SequenceBatch {
    precondition(trajectories.allSatisfy { 0..<count ~= $0 }, "trajectories \(trajectories) of \(count)")
    func gather(_ values: [Scalar], steps: Int) -> [Scalar] {
      let width = values.count / (steps * count)
      var gathered: [Scalar] = []
      gathered.reserveCapacity(steps * trajectories.count * width)
      for step in 0..<steps {
        for trajectory in trajectories {
          let place = (step * count + trajectory) * width
          gathered += values[place..<place + width]
        }
      }
      return gathered
    }
    return SequenceBatch(
      steps: steps, count: trajectories.count, inputs: gather(inputs, steps: steps),
      targets: gather(targets, steps: steps + 1 - scoredFrom), scoredFrom: scoredFrom)
  }
}
