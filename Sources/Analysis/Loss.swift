/// What a run is scored by: a mean over scored steps and trajectories of a function of each state.
public enum Loss: Equatable, Sendable {
  /// `E_n = ½·|y_n − target_n|²` at every step (arXiv 2010.00951, equation 4); N×B×m targets, zero where nil.
  case hidden(targets: [Double]?)
  /// The mean over outputs of `(Q y + q − target)²`; targets N×B×o, or B×o for the last step alone.
  case meanSquared(targets: [Double], steps: ScoredSteps)
  /// `−log softmax(Q y + q)` of the class, N×B classes, or B for the last step alone; with a single output, binary
  /// cross-entropy of its logit and classes 0 and 1.
  case crossEntropy(classes: [Int], steps: ScoredSteps)
  /// The sum over steps and trajectories of `⟨c_n, y_n⟩ + ⟨d_n, z_n⟩`, cotangents N×B×m.
  case linear(position: [Double], velocity: [Double]?)
  /// `⟨c, y_N⟩ + ⟨d, z_N⟩` of the last state, cotangents B×m.
  case lastState(position: [Double], velocity: [Double])

  /// The steps that a loss on the readout is taken at.
  public enum ScoredSteps: String, CaseIterable, Encodable, Sendable {
    /// Every step, or the last one alone.
    case every, last
  }

  /// The name in results: `hidden`, `mse`, `cross-entropy` or `cotangents`.
  public var name: String {
    switch self {
    case .hidden: "hidden"
    case .meanSquared: "mse"
    case .crossEntropy: "cross-entropy"
    case .linear, .lastState: "cotangents"
    }
  }

  /// The steps that count.
  public var scoredSteps: ScoredSteps {
    switch self {
    case .hidden, .linear: .every
    case .meanSquared(_, let steps), .crossEntropy(_, let steps): steps
    case .lastState: .last
    }
  }

  /// What each scored step of each trajectory counts for.
  func weight(steps: Int, batch: Int) -> Double {
    switch self {
    case .linear, .lastState: 1
    case .hidden, .meanSquared, .crossEntropy: 1 / Double((scoredSteps == .every ? steps : 1) * batch)
    }
  }
}
