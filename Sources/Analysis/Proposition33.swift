public import CoRNNDynamics
import CoRNNKernels
public import CoRNNModel
import RealModule

/// Proposition 3.3 of arXiv 2010.00951 as measured orders: `|dE_N^(k)/dtheta|` against dt at a fixed end T under one
/// signal.
///
/// The proposition says `O(dt^{3/2})` for an entry of W with u = b = 0, zero targets and k ≪ n. It is asymptotic, so it
/// is measured as the slope of log|dE_N^(k)| over log dt, for each block and for both readings of "k ≪ n": k fixed and
/// k·dt fixed. An order below 3/2 is larger than the proposition's; it doesn't cover that.
public struct Proposition33: Encodable, Equatable, Sendable {
  /// T.
  public let time: Double
  /// The time steps, each half the one before.
  public let timeSteps: [Double]
  /// How many of the finest are in the slopes.
  public let levelsUsed: Int
  /// The orders in each setting, with each weights and reading.
  public let rows: [Row]

  /// The measured orders in one setting and reading.
  public struct Row: Encodable, Equatable, Sendable {
    /// Start and signal.
    public let setting: Setting
    /// The weights at each dt.
    public let weights: Weights
    /// What "k ≪ n" keeps.
    public let reading: Reading
    /// k at the finest level.
    public let k: Int
    /// By W, Z, V and b; null where the derivative is 0.
    public let orders: [Order]
    /// Whether (6) holds at the coarsest and at the finest level.
    public let assumptionHolds: [Bool]
  }

  /// One measured order.
  public struct Order: Encodable, Equatable, Sendable {
    /// The block that the derivative is by.
    public let block: NetworkGradient.Block
    /// The slope and its 95 % interval; null where the derivative is 0 or the run diverged.
    public let estimate: Double?
    /// The lower end of the interval.
    public let lower: Double?
    /// The upper end.
    public let upper: Double?
    /// Whether the proposition's `dt^{3/2}` covers it: whether the interval reaches 3/2.
    public let isCovered: Bool?
    /// The largest entry of dE_N^(k) at each level.
    public let values: [Double]
  }

  /// Start and signal.
  public enum Setting: String, CaseIterable, Encodable, Sendable {
    /// A zero start under an input whose drive isn't 0 at first.
    case driven = "zero start, V u(0) + b ≠ 0"
    /// A zero start under a smooth input that begins at 0, without bias.
    case smooth = "zero start, u(0) = b = 0, smooth"
    /// A start off rest without input or bias.
    case displaced = "y_0 ≠ 0, u = b = 0"
    /// The inputs and the start that were given.
    case given = "as given"
  }

  /// The weights at each dt.
  public enum Weights: String, CaseIterable, Encodable, Sendable {
    /// As they are.
    case fixed = "as they are"
    /// W and Z multiplied at each dt by the factor that makes eta = dt^(1/2): the edge of (6).
    case scaled = "scaled to the edge of (6)"
  }

  /// What "k ≪ n" keeps as dt falls.
  public enum Reading: String, CaseIterable, Encodable, Sendable {
    /// The step k.
    case step = "k fixed"
    /// The time k·dt.
    case time = "k·dt fixed"
  }

  /// The fewest steps that orders are measured from.
  public static let leastSteps = 8

  /// Measures the orders.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - inputs: the given inputs, refined by `hold`; of a batch, the first trajectory.
  ///   - start: y_0 and z_0; zero if nil.
  ///   - hold: what the input is between two samples.
  ///   - halvings: how often dt is halved.
  ///   - threads: how many threads share the work.
  ///   - progress: told how many of the `runCount` groups of runs are done.
  public init(
    network: OscillatorNetwork, inputs: InputSequence, start: [Double]?, hold: InputHold, halvings: Int,
    threads: Int, progress: (@Sendable (Int) -> Void)? = nil
  ) throws(InvalidNetwork) {
    let dt = network.oscillators.timeStep
    precondition(inputs.steps >= Self.leastSteps, "orders from \(inputs.steps) steps")
    // One unit of time, or as much of it as there is.
    let steps = Double(inputs.steps) * dt <= 1 ? inputs.steps : max(Self.leastSteps, Int((1 / dt).rounded(.up)))
    time = Double(steps) * dt
    let levels = (0...halvings).map { dt / Double(1 << $0) }
    timeSteps = levels
    let used = min(4, levels.count)
    levelsUsed = used
    let bare = try network.withBias(Array(repeating: 0, count: network.hidden))
    let first = inputs.part(steps: 0..<steps, trajectories: 0..<1)
    let cases = Setting.allCases.flatMap { setting in Weights.allCases.map { (setting, $0) } }
    let measured: [[LevelValues?]] = parallelMap(count: cases.count, threads: threads) { index in
      let (setting, weights) = cases[index]
      let base = setting == .driven || setting == .given ? network : bare
      return levels.indices.map { level in
        defer { progress?(1) }
        let parts = 1 << level
        let drive =
          setting == .given
          ? first.refined(by: parts, hold: hold, timeStep: dt)
          : setting.inputs(steps: steps * parts, width: network.inputs, timeStep: levels[level])
        let origin =
          setting == .given ? start.map { Array($0.prefix(2 * network.hidden)) } : setting.start(network.hidden)
        return LevelValues(base, weights: weights, timeStep: levels[level], inputs: drive, start: origin)
      }
    }
    rows = cases.indices.flatMap { index in
      Reading.allCases.map { reading in
        Row(cases[index].0, cases[index].1, reading, levels: levels, values: measured[index], used: used)
      }
    }
  }

  /// The number of runs that `init` makes.
  public static func runCount(halvings: Int) -> Int {
    Setting.allCases.count * Weights.allCases.count * (halvings + 1)
  }
}

extension Proposition33.Setting {
  /// cos((1 + 0.3j)·t) in channel j, sin of the same, or 0.
  fileprivate func inputs(steps: Int, width: Int, timeStep: Double) -> InputSequence {
    var values: [Double] = []
    values.reserveCapacity(steps * width)
    for n in 0..<steps {
      for j in 0..<width {
        let phase = (1 + 0.3 * Double(j)) * Double(n) * timeStep
        values.append(self == .driven ? Double.cos(phase) : self == .smooth ? Double.sin(phase) : 0)
      }
    }
    return InputSequence(steps: steps, batch: 1, width: width, values: values)
  }

  /// Zero, or positions ½·cos(i) at rest.
  fileprivate func start(_ hidden: Int) -> [Double]? {
    guard self == .displaced else { return nil }
    return (0..<2 * hidden).map { $0 < hidden ? 0.5 * Double.cos(Double($0)) : 0 }
  }
}

/// The largest entry of dE_N^(k) by each block, for both readings of k, at one dt.
private struct LevelValues {
  /// By reading, then block.
  let values: [[Double]]
  let ks: [Int]
  let assumptionHolds: Bool

  /// Nil if the run diverged or the network isn't one.
  init?(
    _ base: OscillatorNetwork, weights: Proposition33.Weights, timeStep: Double, inputs: InputSequence,
    start: [Double]?
  ) {
    guard var network = try? base.withTimeStep(timeStep) else { return nil }
    if weights == .scaled {
      let (w, z) = (network.positionWeights.infinityNorm, network.velocityWeights.infinityNorm)
      let root = timeStep.squareRoot()
      let factor = min(
        w > 0 ? ((1 + timeStep) / root - 1) / w : .infinity, z > 0 ? (1 + timeStep) / root / z : .infinity)
      guard factor.isFinite, let scaled = try? network.withRecurrentWeights(scaledBy: factor) else { return nil }
      network = scaled
    }
    let assumption = WeightAssumption(
      oscillators: network.oscillators, positionRowSums: network.positionWeights.absoluteRowSums,
      velocityRowSums: network.velocityWeights.absoluteRowSums)
    // The edge is met up to rounding.
    assumptionHolds = assumption.eta <= timeStep.squareRoot() * (1 + 1e-12)
    let run = OscillatorMap(network).trajectory(inputs: inputs, start: start)
    guard run.divergedAt == nil else { return nil }
    let line = Linearization(network: network, inputs: inputs, trajectory: run)
    let m = network.hidden
    let steps = run.steps
    // k at a quarter of the time, and k = 3.
    ks = [3, max(3, steps / 4)]
    var cotangent = Array(line.states[steps * 2 * m..<steps * 2 * m + m]) + Array(repeating: 0, count: m)
    var drive = [Double](repeating: 0, count: m)
    var velocity = drive
    var values: [[Double]] = [[], []]
    for n in stride(from: steps, through: 3, by: -1) {
      line.derivative.pull(
        cotangents: &cotangent, slopes: line.slopes, from: (n - 1) * m, drive: &drive, velocity: &velocity)
      for (reading, k) in ks.enumerated() where k == n {
        let size = VectorNorms(drive[...]).maximum
        values[reading] = NetworkGradient.Block.allCases.map { size * line.factor($0, step: n).maximum }
      }
    }
    self.values = values
  }
}

extension Proposition33.Row {
  fileprivate init(
    _ setting: Proposition33.Setting, _ weights: Proposition33.Weights, _ reading: Proposition33.Reading,
    levels: [Double], values: [LevelValues?], used: Int
  ) {
    self.setting = setting
    self.weights = weights
    self.reading = reading
    let place = reading == .step ? 0 : 1
    k = values.last.flatMap { $0?.ks[place] } ?? 0
    assumptionHolds = [values.first, values.last].map { $0??.assumptionHolds ?? false }
    orders = NetworkGradient.Block.allCases.enumerated().map { index, block in
      let series = values.map { $0?.values[place][index] ?? .nan }
      let finest = zip(levels, series).suffix(used)
      guard finest.count >= 3, finest.allSatisfy({ $0.1 > 0 && $0.1.isFinite }) else {
        return Proposition33.Order(
          block: block, estimate: nil, lower: nil, upper: nil, isCovered: nil, values: series)
      }
      let line = LinearRegression(x: finest.map { Double.log($0.0) }, y: finest.map { Double.log($0.1) })
      return Proposition33.Order(
        block: block, estimate: line.slope, lower: line.slope - line.halfWidth, upper: line.slope + line.halfWidth,
        isCovered: line.slope + line.halfWidth >= 1.5, values: series)
    }
  }
}
