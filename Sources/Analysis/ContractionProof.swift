import CoRNNKernels
import RealModule

/// The proof that a test's quantity is below 1 on the whole curve, by subdivision into arcs.
///
/// Between the ends a, b of an arc the matrix `N(θ) = T·M·T⁻¹` differs from the one interpolated between N(a) and N(b)
/// by at most a slack `q = K·max_j |(Δg_y,j/w_y,j, Δg_z,j/w_z,j)|₂`, with weights w > 0 and
/// `K >= ‖[T·W·T⁻¹·diag w_y, T·Z·T⁻¹·diag w_z]‖₂`. The quantity is convex in N, so it is below 1 on the arc if it is
/// below 1 − q at both ends, which a Cholesky factorisation proves. Arcs where it isn't are halved.
struct ContractionProof {
  enum Outcome: Equatable {
    /// Below 1 everywhere, on this many arcs.
    case proved(arcs: Int)
    /// Not below 1 at this frequency, or too near to it to tell.
    case refused(frequency: Double)
    /// Too many arcs.
    case open

    var isProved: Bool { if case .proved = self { true } else { false } }
  }

  /// More arcs than this aren't tried.
  static let mostArcs = 6000

  private let test: ContractionTest
  /// For each end of an arc tried: the largest slack it is proved with, and the smallest it was refused with.
  private var proved: [Double: Double] = [:]
  private var failed: [Double: Double] = [:]
  private var weights: (position: [Double], velocity: [Double]) = ([], [])
  private var factor = 0.0

  /// Tries the proof; frequencies in `suspects` come first.
  static func attempt(_ test: ContractionTest, suspects: [Double] = []) -> Outcome {
    var proof = ContractionProof(test: test)
    return proof.run(suspects)
  }

  private init(test: ContractionTest) { self.test = test }

  private mutating func run(_ suspects: [Double]) -> Outcome {
    let curve = test.curve
    for suspect in suspects where suspect <= curve.end && !holds(at: suspect, slack: 0) {
      return .refused(frequency: suspect)
    }
    let samples = curve.samples(resolution: 0.1)
    var ends = samples.frequencies
    for end in ends where !holds(at: end, slack: 0) { return .refused(frequency: end) }
    setWeights(samples.position, samples.velocity)
    guard factor.isFinite else { return .open }
    if curve.system == .flow {
      guard var last = ends.last else { return .open }
      while !(curve.tail(from: last).map { slack($0) < 0.9 } ?? false) {
        last *= 2
        guard last.isFinite, ends.count < Self.mostArcs else { return .open }
        ends.append(last)
      }
    }
    // Arcs are taken from the end of the list.
    var arcs = zip(ends, ends.dropFirst()).map { ($0, $1) }
    var count = 0
    while let (a, b) = arcs.popLast() {
      count += 1
      guard count + arcs.count < Self.mostArcs else { return .open }
      if let deviation = curve.deviation(from: a, to: b) {
        let slack = slack(deviation)
        if slack < 1, holds(at: a, slack: slack), holds(at: b, slack: slack) { continue }
      }
      let middle = 0.5 * (a + b)
      guard a < middle, middle < b else { return .refused(frequency: middle) }
      for frequency in [a, middle, b] where !holds(at: frequency, slack: 0) { return .refused(frequency: frequency) }
      arcs.append((a, middle))
      arcs.append((middle, b))
    }
    return .proved(arcs: count)
  }

  private mutating func setWeights(_ position: [Double], _ velocity: [Double]) {
    if test.method == .norm {
      weights = (position.map { _ in 1 }, velocity.map { _ in 1 })
      factor = test.coupling.norm * (1 + ScaledCoupling.normAllowance)
      return
    }
    weights = (position, velocity)
    let kinds = test.curve.kindOfUnit
    let w = test.coupling.position.scalingColumns(by: kinds.map { position[$0] })
    let z = test.coupling.velocity?.scalingColumns(by: kinds.map { velocity[$0] })
    factor = (z.map { Matrix(w, beside: $0) } ?? w).spectralNorm * (1 + ScaledCoupling.normAllowance)
  }

  /// q.
  private func slack(_ deviation: TransferCurve.Deviation) -> Double {
    var largest = 0.0
    for kind in deviation.position.indices {
      let y = deviation.position[kind] / weights.position[kind]
      let usesVelocity = test.coupling.velocity != nil || test.method == .norm
      let z = usesVelocity ? deviation.velocity[kind] / weights.velocity[kind] : 0
      largest = max(largest, Double.hypot(y, z))
    }
    return factor * largest * (1 + 1e-9)
  }

  private mutating func holds(at frequency: Double, slack: Double) -> Bool {
    if let known = proved[frequency], known >= slack { return true }
    if let known = failed[frequency], known <= slack { return false }
    let holds = test.proves(below: 1 - slack, at: frequency)
    if holds { proved[frequency] = slack } else { failed[frequency] = slack }
    return holds
  }
}
