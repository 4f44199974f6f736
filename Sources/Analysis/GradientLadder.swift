import CoRNNKernels
import CoRNNModel
import RealModule

/// The ladder of bounds on Jacobian products and on the parts of gradients, held against a run.
public struct GradientLadder: Encodable, Equatable, Sendable {
  /// The rungs in the order of ``GradientRung``.
  public let rungs: [Rung]
  /// The Volterra comparison behind two of them.
  public let volterra: VolterraEnvelope
  /// The factor that a step can grow by at most: the paper's way, and exactly.
  public let aPrioriFactor: Double
  /// The same by the exact supremum over slopes.
  public let aPrioriFactorSharp: Double
  /// For plots: by lag from the run's last step.
  public let series: Series

  /// One bound against the run.
  public struct Rung: Encodable, Equatable, Sendable {
    /// What results call it.
    public let name: String
    /// What it bounds.
    public let quantity: GradientRung.Quantity
    /// The bound in formulas.
    public let statement: String
    /// What it is worth.
    public let kind: ClaimKind
    /// Where it comes from.
    public let origin: ClaimOrigin
    /// Whether it holds whatever the inputs are.
    public let isForAllInputs: Bool
    /// What it needs.
    public let hypotheses: [Hypothesis]
    /// Whether its hypotheses hold.
    public let applies: Bool
    /// Whether no value exceeded the bound by more than rounding can have added; nil where it doesn't apply.
    public let holds: Bool?
    /// The largest value/bound, and at which n and lag n − k.
    public let tightness: Double?
    /// The n of the largest value/bound.
    public let step: Int?
    /// Its lag n − k.
    public let lag: Int?
    /// The largest that rounding can have added to a value, relative to the bound.
    public let rounding: Double?
    /// The first n at which the bound was violated.
    public let firstViolation: Int?
  }

  /// Values and bounds over the lag n − k, 0, 1, …; each list ends where it leaves the range of doubles.
  public struct Series: Encodable, Equatable, Sendable {
    /// `‖dX_N/dX_{N−lag}‖∞`.
    public let jacobian: [Double]
    /// The lags at which the 2-norm was computed too, and its values.
    public let spectralLag: [Int]
    /// `‖dX_N/dX_{N−lag}‖₂` at those lags.
    public let jacobianSpectral: [Double]
    /// The Jacobian rungs.
    public let product: [Double]
    /// ``GradientRung/aPriori``.
    public let aPriori: [Double]
    /// ``GradientRung/aPrioriSharp``.
    public let aPrioriSharp: [Double]
    /// ``GradientRung/paper``.
    public let paper: [Double]
    /// ``GradientRung/volterra``.
    public let volterra: [Double]
    /// The block that the rest is about: W, or the first whose part isn't 0 throughout.
    public let block: NetworkGradient.Block
    /// The largest over n: the actual largest entry of dE_n^(n−lag), and the gradient rungs.
    public let gradient: [Double]
    /// ``GradientRung/gradientProduct``, the largest over n.
    public let gradientProduct: [Double]
    /// ``GradientRung/gradientAPriori``, likewise.
    public let gradientAPriori: [Double]
    /// ``GradientRung/gradientVolterra``, likewise.
    public let gradientVolterra: [Double]
    /// ``GradientRung/gradientVolterraForAll``, likewise.
    public let gradientVolterraForAll: [Double]
  }

  /// Holds a linearised run against every rung.
  ///
  /// - Parameters:
  ///   - limits: bounds on the entries of targets and inputs for the rungs that hold for all inputs.
  init(
    _ line: Linearization, decomposition: GradientDecomposition, loss: Loss, limits: (target: Double, input: Double),
    assumption: WeightAssumption, startsAtZero: Bool, threads: Int
  ) {
    let network = line.network
    let bounds = JacobianRows(network)
    let account = LadderAccount(
      line, decomposition: decomposition,
      volterra: VolterraEnvelope(
        network: network, lags: decomposition.largestLag, threads: threads),
      growth: (bounds.aPriori, bounds.supremum), loss: loss, limits: limits)
    volterra = account.volterra
    aPrioriFactor = bounds.aPriori
    aPrioriFactorSharp = bounds.supremum
    let exponent = assumption.exponent ?? 1
    let jacobians = JacobianProducts(line, lags: decomposition.largestLag)
    var rungs: [Rung] = []
    for rung in GradientRung.allCases {
      let hypotheses = rung.hypotheses(
        for: network.oscillators, assumption: assumption, startsAtZero: startsAtZero)
      let applies = hypotheses.allSatisfy(\.holds)
      var seen = LadderTightness()
      if applies {
        switch rung.quantity {
        case .jacobianInfinity:
          // At lag 1 the product is what it bounds.
          for lag in jacobians.infinity.indices.dropFirst(rung == .product ? 2 : 1) {
            let bound = account.jacobianBound(rung, lag: lag, exponent: exponent)
            seen.enter(
              value: jacobians.infinity[lag], bound: bound, rounding: account.productRounding(lag),
              step: line.steps, lag: lag)
          }
        case .jacobianSpectral:
          for (lag, value) in jacobians.spectral where lag > 0 {
            seen.enter(
              value: value, bound: account.volterra.jacobian[lag], rounding: account.jacobianRounding(lag),
              step: line.steps, lag: lag)
          }
        case .gradient: account.enterGradients(rung, &seen)
        }
      }
      rungs.append(Rung(rung, network.oscillators, hypotheses, applies: applies, seen))
    }
    self.rungs = rungs
    series = Series(account, jacobians, exponent: exponent, decomposition: decomposition)
  }

  /// Whether no bound that applies was violated.
  public var allHold: Bool { rungs.allSatisfy { $0.kind == .asymptotic || $0.holds != false } }
}

/// The tightest place of a bound.
struct LadderTightness {
  private(set) var ratio = -1.0
  private(set) var step = 0
  private(set) var lag = 0
  private(set) var rounding = 0.0
  private(set) var firstViolation: Int?
  private(set) var isClear = true

  /// Enters a value against its bound; `rounding` is relative to the bound.
  @inline(__always)
  mutating func enter(value: Double, bound: Double, rounding allowance: Double, step: Int, lag: Int) {
    guard bound.isFinite, value.isFinite, allowance.isFinite else { return }
    if value > ratio * bound {
      ratio = bound > 0 ? value / bound : 0
      self.step = step
      self.lag = lag
    }
    rounding = max(rounding, allowance)
    if value > bound * (1 - allowance) {
      isClear = false
      if value > bound * (1 + allowance) { firstViolation = min(firstViolation ?? step, step) }
    }
  }
}

extension GradientLadder.Rung {
  fileprivate init(
    _ rung: GradientRung, _ oscillators: Oscillators, _ hypotheses: [Hypothesis], applies: Bool, _ seen: LadderTightness
  ) {
    name = rung.rawValue
    quantity = rung.quantity
    statement = rung.statement
    let isSeen = seen.ratio >= 0
    let isClear = !isSeen || seen.isClear && hypotheses.allSatisfy(\.isDecided)
    kind = rung.kind == .rigorous && !isClear ? .numerical : rung.kind
    origin = rung.origin(for: oscillators)
    isForAllInputs = rung.isForAllInputs
    self.hypotheses = hypotheses
    self.applies = applies
    holds = applies && isSeen ? seen.firstViolation == nil : nil
    tightness = isSeen ? seen.ratio : nil
    step = isSeen ? seen.step : nil
    lag = isSeen ? seen.lag : nil
    rounding = isSeen ? seen.rounding : nil
    firstViolation = seen.firstViolation
  }
}
