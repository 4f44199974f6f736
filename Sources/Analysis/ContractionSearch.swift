import CoRNNKernels
import CoRNNModel
import RealModule

/// The search for gains and for the smallest exponents that can be proved.
struct ContractionSearch {
  /// A method's supremum at rate 0.
  struct Gain {
    let method: ContractionMethod
    let value: Double
    let frequency: Double
    /// T.
    let start: Start
  }

  /// A scaling, the rate it is proved at, and the arcs that took.
  struct Start {
    var scaling: [Double]
    var rate: Double
    var arcs: Int
  }

  private let network: OscillatorNetwork
  private let system: MovingSystem
  private let threads: Int
  private let w: Matrix
  private let z: Matrix?
  private let plain: ScaledCoupling
  /// Frequencies that refused a test, the last first.
  private var suspects: [Double] = []

  init(_ network: OscillatorNetwork, system: MovingSystem, threads: Int) {
    self.network = network
    self.system = system
    self.threads = threads
    let isCoupled = network.oscillators.activation != .none
    let none = Matrix(rows: network.hidden, columns: network.hidden)
    w = isCoupled ? network.positionWeights : none
    z = isCoupled && network.velocityWeights.elements.contains { $0 != 0 } ? network.velocityWeights : nil
    plain = ScaledCoupling(w, z, needsNorm: true)
  }

  /// Steps of a search for T: many where they cost little.
  private var iterations: Int { max(48, min(400, 30_000 / network.hidden)) }

  private var unscaled: [Double] { Array(repeating: 0, count: network.hidden) }

  /// The largest exponent of a unit by itself.
  var unitExponent: Double {
    let oscillators = network.oscillators
    let exponents = (0..<oscillators.count).map { index -> Double in
      let unit = LinearUnit(oscillators, unit: index)
      if system == .flow {
        let discriminant = unit.epsilon * unit.epsilon / 4 - unit.gamma
        return -unit.epsilon / 2 + (discriminant > 0 ? discriminant.squareRoot() : 0)
      }
      let l = unit.transition
      let (half, determinant) = ((l.yy + l.zz) / 2, l.yy * l.zz - l.yz * l.zy)
      let discriminant = half * half - determinant
      let radius = discriminant >= 0 ? abs(half) + discriminant.squareRoot() : determinant.squareRoot()
      return Double.log(radius) / unit.timeStep
    }
    return exponents.max() ?? -.infinity
  }

  /// The largest exponent of the network whose slopes are all 1/2; nil above 256 units.
  var nominalExponent: Double? {
    let m = network.hidden
    guard m <= 256 else { return nil }
    var a = Matrix(rows: 2 * m, columns: 2 * m)
    for i in 0..<m {
      let unit = LinearUnit(network.oscillators, unit: i)
      let (l, g) =
        system == .map
        ? (unit.transition, unit.entry)
        : (
          LinearUnit.Operator(yy: 0, yz: 1, zy: -unit.gamma, zz: -unit.epsilon),
          LinearUnit.Vector(position: 0, velocity: 1)
        )
      for j in 0..<m {
        let (wij, zij) = (0.5 * w[i, j], 0.5 * (z?[i, j] ?? 0))
        a[i, j] = g.position * wij
        a[i, m + j] = g.position * zij
        a[m + i, j] = g.velocity * wij
        a[m + i, m + j] = g.velocity * zij
      }
      a[i, i] += l.yy
      a[i, m + i] += l.yz
      a[m + i, i] += l.zy
      a[m + i, m + i] += l.zz
    }
    return system == .map
      ? a.spectralRadius.map { Double.log($0) / network.oscillators.timeStep } : a.eigenvalues?.real.max()
  }

  /// The exponent that a proof at `rate` gives: `log(rho)/dt`, up by the rounding of rho.
  func outward(_ rate: Double) -> Double {
    guard system == .map, rate < 0 else { return rate }
    return min(0, rate + 4 * Double.ulpOfOne * (1 / network.oscillators.timeStep + abs(rate)))
  }

  private func coupling(_ method: ContractionMethod, _ scaling: [Double]) -> ScaledCoupling {
    switch method {
    case .norm, .frequency: plain
    case .scaled, .sectorShift: ScaledCoupling(w, z, scaling: scaling)
    }
  }

  private func curve(_ rate: Double) -> TransferCurve? {
    TransferCurve(network.oscillators, system: system, rate: rate)
  }

  /// Each method's supremum at rate 0; nil where a unit by itself doesn't decay.
  func gains(progress: (Int) -> Void) -> [Gain]? {
    guard let curve = curve(0) else { return nil }
    let grid = curve.samples(resolution: 0.1).frequencies
    var gains: [Gain] = []
    for method in ContractionMethod.allCases {
      var scaling = unscaled
      if method == .scaled || method == .sectorShift {
        var search = ScalingSearch(plain, curve: curve, method: method, grid: grid)
        let starts = method == .scaled ? [unscaled, search.balanced()] : [gains[2].start.scaling, unscaled]
        scaling = search.best(from: starts, iterations: iterations, threads: threads).scaling
      }
      let test = ContractionTest(method: method, coupling: coupling(method, scaling), curve: curve)
      let top = Self.supremum(test, grid: grid, threads: threads)
      gains.append(
        Gain(
          method: method, value: top.value, frequency: top.frequency, start: Start(scaling: scaling, rate: 0, arcs: 0)))
      progress(1)
    }
    return gains
  }

  /// The largest value on the grid, and between its neighbours by golden section.
  private static func supremum(
    _ test: ContractionTest, grid: [Double], threads: Int
  ) -> (value: Double, frequency: Double) {
    let values = parallelMap(count: grid.count, threads: threads) { test.value(at: grid[$0]).value }
    guard let top = values.indices.max(by: { values[$0] < values[$1] }) else { return (0, 0) }
    var best = (value: values[top], frequency: grid[top])
    var (low, high) = (grid[max(top - 1, 0)], grid[min(top + 1, grid.count - 1)])
    let ratio = 0.5 * (5.0.squareRoot() - 1)
    for _ in 0..<30 {
      let (a, b) = (high - ratio * (high - low), low + ratio * (high - low))
      let (atA, atB) = (test.value(at: a).value, test.value(at: b).value)
      for (value, frequency) in [(atA, a), (atB, b)] where value > best.value { best = (value, frequency) }
      if atA > atB { high = b } else { low = a }
    }
    return best
  }

  /// The smallest rate that each method is proved at; nil for one that isn't proved at 0.
  mutating func bounds(_ gains: [Gain], progress: (Int) -> Void) -> [Start?] {
    var found: [Start?] = []
    for gain in gains {
      found.append(bound(gain, after: found.compactMap { $0 }.last))
      progress(1)
    }
    return found
  }

  private mutating func bound(_ gain: Gain, after plainer: Start?) -> Start? {
    let method = gain.method
    suspects = [gain.frequency]
    // What a plainer method proves, this one proves with the same T.
    var candidates: [Start] = []
    if let plainer {
      candidates = [Start(scaling: gain.start.scaling, rate: plainer.rate, arcs: 0), plainer]
    }
    candidates.append(gain.start)
    var reached: Start?
    for candidate in candidates {
      guard let arcs = prove(method, candidate) else { continue }
      reached = Start(scaling: candidate.scaling, rate: candidate.rate, arcs: arcs)
      break
    }
    guard var reached else { return nil }
    let isScaled = method == .scaled || method == .sectorShift
    guard isScaled, plain.positionSize + plain.velocitySize > 0 else {
      pushDown(method, &reached, steps: 11)
      return reached
    }
    pushDown(method, &reached, steps: 5)
    for steps in [5, 9] {
      guard let curve = curve(reached.rate) else { break }
      var search = ScalingSearch(
        plain, curve: curve, method: method, grid: curve.samples(resolution: 0.1).frequencies)
      let better = search.best(from: [reached.scaling], iterations: iterations / 2, threads: threads)
      let candidate = Start(scaling: better.scaling, rate: reached.rate, arcs: 0)
      if better.value < 1, let arcs = prove(method, candidate) {
        reached = Start(scaling: candidate.scaling, rate: candidate.rate, arcs: arcs)
      }
      pushDown(method, &reached, steps: steps)
    }
    return reached
  }

  /// Halves the distance to the units' own exponent, or falls short of it, `steps` times.
  private mutating func pushDown(_ method: ContractionMethod, _ reached: inout Start, steps: Int) {
    var refused = unitExponent
    for _ in 0..<steps {
      let next = Start(scaling: reached.scaling, rate: 0.5 * (reached.rate + refused), arcs: 0)
      if let arcs = prove(method, next) {
        reached = Start(scaling: next.scaling, rate: next.rate, arcs: arcs)
      } else {
        refused = next.rate
      }
    }
  }

  /// The arcs of a proof, or nil where there is none.
  private mutating func prove(_ method: ContractionMethod, _ start: Start) -> Int? {
    guard let curve = curve(start.rate) else { return nil }
    let test = ContractionTest(method: method, coupling: coupling(method, start.scaling), curve: curve)
    switch ContractionProof.attempt(test, suspects: suspects) {
    case .proved(let arcs): return arcs
    case .refused(let frequency):
      suspects.removeAll { $0 == frequency }
      suspects.insert(frequency, at: 0)
      suspects = Array(suspects.prefix(8))
      return nil
    case .open: return nil
    }
  }

  /// The quantities that depend on frequency, at rate 0.
  func series(_ gains: [Gain]) -> Series {
    guard let curve = curve(0) else { return Series(frequency: [], curves: []) }
    // Where units answer; the map's circle goes on far beyond.
    let o = network.oscillators
    let fastest = (0..<o.count).map { o.epsilon[$0] + o.gamma[$0].squareRoot() }.max() ?? 1
    let last = max(3 * fastest, 1.3 * (gains.map(\.frequency).max() ?? 0))
    let grid = curve.samples(resolution: 0.003).frequencies.filter { $0 <= last }
    let every = max(1, grid.count / 300)
    let shown = grid.indices.filter { $0.isMultiple(of: every) || $0 == grid.count - 1 }.map { grid[$0] }
    let threads = threads
    return Series(
      frequency: shown,
      curves: gains.filter { $0.method != .norm }.map { gain in
        let test = ContractionTest(
          method: gain.method, coupling: coupling(gain.method, gain.start.scaling), curve: curve)
        return Curve(
          method: gain.method,
          values: parallelMap(count: shown.count, threads: threads) { test.value(at: shown[$0], tolerance: 1e-5).value }
        )
      })
  }

  typealias Series = Contraction.Series
  typealias Curve = Contraction.Curve
}
