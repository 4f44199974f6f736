public import CoRNNDynamics
import CoRNNKernels
public import CoRNNModel

/// The gradient of a loss on a run against everything that is known to bound it.
public struct GradientBounds: Encodable, Equatable, Sendable {
  /// The loss, its name and the steps it is taken at.
  public let loss: Double
  /// The loss by name (``Loss/name``).
  public let lossName: String
  /// The steps it is taken at.
  public let scoredSteps: Loss.ScoredSteps
  /// Frobenius norm and largest entry in size of the gradient by W, Z, V and b.
  public let frobenius: BlockValues
  /// The largest entry of each block, in size.
  public let maximum: BlockValues
  /// Norms of the gradient by gamma, epsilon, the start and the inputs, and the derivative by dt.
  public let others: Others
  /// (6).
  public let weightAssumption: WeightAssumption
  /// The decomposition over steps, of the first trajectory: N, the largest lag, and what the loss per step is.
  public let decomposition: Extent
  /// What W's part of the gradient comes to, largest over n, at each lag; the profile of every block.
  public let profile: GradientProfile
  /// Bounds on Jacobian products and on the parts of the gradient.
  public let ladder: GradientLadder
  /// Null for losses other than that on hidden states, which the proposition is about.
  public let proposition32: Proposition32?
  /// Null where orders weren't asked for.
  public let proposition33: Proposition33?
  /// Two runs under two inputs; empty where the second inputs weren't given.
  public let separations: [Separation]

  /// The gradient by what the propositions aren't about.
  public struct Others: Encodable, Equatable, Sendable {
    /// By gamma, the Euclidean norm over units.
    public let gamma: Double
    /// By epsilon, likewise.
    public let epsilon: Double
    /// By dt.
    public let dt: Double
    /// By y_0 and z_0, the Euclidean norm.
    public let initial: Double
    /// By the inputs, likewise.
    public let inputs: Double
  }

  /// What the decomposition covers.
  public struct Extent: Encodable, Equatable, Sendable {
    /// N.
    public let steps: Int
    /// The largest lag n − k.
    public let largestLag: Int
    /// Whether every k from 1 to n is covered.
    public let isComplete: Bool
  }

  private enum CodingKeys: String, CodingKey {
    case loss, lossName, scoredSteps, frobenius, maximum, others, weightAssumption, decomposition, profile, ladder
    case proposition32, proposition33, separations
  }

  /// The gradient itself, and the norms of its parts.
  public let gradient: NetworkGradient
  /// The decomposition itself.
  public let parts: GradientDecomposition

  /// Holds a run's gradient against every bound.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - loss: of all trajectories.
  ///   - gradient: its gradient, with that by the inputs.
  ///   - inputs: the run's inputs.
  ///   - trajectory: the run, or its first trajectory alone: the decomposition and the ladders are about that one.
  ///   - targetMaximum: the hidden targets' largest entry, or the readout targets'.
  ///   - inputLimit: a bound on the inputs, for the rungs that hold for all inputs.
  ///   - largestLag: how far back each sweep goes.
  ///   - worstCase: a search for the largest ratio of Proposition 3.2, where it was asked for.
  ///   - proposition33: its measured orders, where they were asked for.
  ///   - separations: distances from runs under other inputs.
  ///   - threads: how many threads share the work.
  ///   - progress: told how many sweeps of N are done.
  public init(
    network: OscillatorNetwork, loss: Loss, gradient: NetworkGradient, inputs: InputSequence, trajectory: Trajectory,
    targetMaximum: Double, inputLimit: Double, largestLag: Int, worstCase: GradientWorstCase? = nil,
    proposition33: Proposition33? = nil, separations: [Separation] = [], threads: Int,
    progress: (@Sendable (Int) -> Void)? = nil
  ) {
    self.gradient = gradient
    self.loss = gradient.loss
    lossName = loss.name
    scoredSteps = loss.scoredSteps
    frobenius = BlockValues { VectorNorms(gradient[$0][...]).norm }
    maximum = BlockValues { VectorNorms(gradient[$0][...]).maximum }
    others = Others(
      gamma: VectorNorms(gradient.gamma[...]).norm, epsilon: VectorNorms(gradient.epsilon[...]).norm,
      dt: gradient.timeStep, initial: VectorNorms(gradient.initial[...]).norm,
      inputs: VectorNorms((gradient.inputs ?? [])[...]).norm)
    let assumption = WeightAssumption(
      oscillators: network.oscillators, positionRowSums: network.positionWeights.absoluteRowSums,
      velocityRowSums: network.velocityWeights.absoluteRowSums)
    weightAssumption = assumption
    let startsAtZero = trajectory.start.allSatisfy { $0 == 0 }
    let line = Linearization(network: network, inputs: inputs, trajectory: trajectory)
    var chunk = StateChunk(trajectories: 0..<1, hidden: network.hidden)
    chunk.take(trajectory, steps: 0..<trajectory.steps)
    var part = LossPart()
    loss.evaluate(chunk, network: network, steps: inputs.steps, batch: inputs.batch, into: &part)
    parts = GradientDecomposition(
      line, cotangents: part.position, largestLag: largestLag, threads: threads, progress: progress)
    decomposition = Extent(
      steps: parts.steps, largestLag: parts.largestLag, isComplete: parts.largestLag >= parts.steps - 1)
    profile = GradientProfile(line, parts)
    ladder = GradientLadder(
      line, decomposition: parts, loss: loss, limits: (targetMaximum, inputLimit), assumption: assumption,
      startsAtZero: startsAtZero, threads: threads)
    if case .hidden = loss {
      var proposition = Proposition32(
        network: network, gradient: gradient, targetMaximum: targetMaximum, steps: inputs.steps,
        assumption: assumption, startsAtZero: startsAtZero)
      proposition.worstCase = worstCase
      proposition32 = proposition
    } else {
      proposition32 = nil
    }
    self.proposition33 = proposition33
    self.separations = separations
  }

  /// Whether no rigorous bound that applies was violated.
  public var allHold: Bool { ladder.allHold && separations.allSatisfy { $0.holds != false } }
}
