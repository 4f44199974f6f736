import CoRNNKernels
public import CoRNNModel

/// Proposition 3.2 of arXiv 2010.00951 held against a run: `|dE/dtheta| <= (3/2)·(m + Ȳ·√m)` for every single entry
/// theta of W, Z, V and b.
///
/// Its proof drops terms in dt, so that at finite dt it is a claim to test: it can fail with every hypothesis true.
public struct Proposition32: Encodable, Equatable, Sendable {
  /// `(3/2)·(m + Ȳ·√m)`, Ȳ the largest entry of the targets.
  public let bound: Double
  /// The largest |dE/dtheta| over the bound.
  public let ratio: Double
  /// Where that entry is.
  public let block: NetworkGradient.Block
  /// Its row, from 0.
  public let row: Int
  /// Its column, from 0.
  public let column: Int
  /// Ȳ.
  public let targetMaximum: Double
  /// Asymptotic: its proof drops terms in dt.
  public let kind: ClaimKind
  /// Where it comes from.
  public let origin: ClaimOrigin
  /// What it needs.
  public let hypotheses: [Hypothesis]
  /// Whether all of them hold.
  public let applies: Bool
  /// Whether the ratio is at most 1, the hypotheses true or not.
  public let holds: Bool
  /// The largest ratio that a search over inputs and targets found; null where it wasn't asked for.
  public internal(set) var worstCase: GradientWorstCase?

  /// Holds the gradient of the loss on hidden states against the proposition.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - gradient: the gradient of the loss.
  ///   - targetMaximum: Ȳ.
  ///   - steps: the run's length, N.
  ///   - assumption: (6) for the network.
  ///   - startsAtZero: whether the run starts from zero.
  public init(
    network: OscillatorNetwork, gradient: NetworkGradient, targetMaximum: Double, steps: Int,
    assumption: WeightAssumption, startsAtZero: Bool
  ) {
    bound = Self.bound(hidden: network.hidden, targetMaximum: targetMaximum)
    let largest = gradient.largestEntry
    ratio = abs(largest.value) / bound
    block = largest.block
    row = largest.row
    column = largest.column
    self.targetMaximum = targetMaximum
    kind = .asymptotic
    origin = .paper
    let end = Double(steps) * network.oscillators.timeStep
    // The paper's horizon is a count of steps: t_N may be off by rounding.
    hypotheses =
      WeightAssumption.hypotheses(network.oscillators, assumption) + [
        Hypothesis("t_N <= 1", value: end, limit: 1 + 1e-9),
        Hypothesis("zero start", holds: startsAtZero),
      ]
    applies = hypotheses.allSatisfy(\.holds)
    holds = ratio <= 1
  }

  static func bound(hidden: Int, targetMaximum: Double) -> Double {
    1.5 * (Double(hidden) + targetMaximum * Double(hidden).squareRoot())
  }
}

extension NetworkGradient {
  /// An entry of the gradient by W, Z, V or b.
  public struct Entry: Equatable, Sendable {
    /// Its block.
    public let block: Block
    /// Its row, from 0.
    public let row: Int
    /// Its column, from 0.
    public let column: Int
    /// Its value.
    public let value: Double
  }

  /// The entry that is largest in size.
  public var largestEntry: Entry {
    var best = Entry(block: .b, row: 0, column: 0, value: 0)
    for block in Block.allCases {
      let columns = block == .b ? 1 : block == .v ? inputWeights.columns : positionWeights.columns
      for (place, value) in self[block].enumerated() where abs(value) > abs(best.value) {
        best = Entry(block: block, row: place / columns, column: place % columns, value: value)
      }
    }
    return best
  }
}
