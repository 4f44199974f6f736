public import CoRNNDynamics
import CoRNNKernels
public import CoRNNModel

/// How far two runs from one start part under two inputs, against E.1 (map) or D.2 (flow).
///
/// `gamma·|y − ȳ|² + |z − z̄|² <= 4·m·t_n` bounds a finite separation, as any bounded system does, chaotic ones included:
/// it says nothing of chaos.
public struct Separation: Encodable, Equatable, Sendable {
  /// `E.1` or `D.2`.
  public let name: String
  /// The map or the flow.
  public let system: MovingSystem
  /// The bound in formulas.
  public let statement: String
  /// What it is worth.
  public let kind: ClaimKind
  /// Where it comes from.
  public let origin: ClaimOrigin
  /// What it needs.
  public let hypotheses: [Hypothesis]
  /// Whether its hypotheses hold.
  public let applies: Bool
  /// Whether no value exceeded the bound by more than errors can have added; null where it doesn't apply.
  public let holds: Bool?
  /// The largest value/bound and its step, and the smallest bound − value.
  public let tightness: Double?
  /// The step of the largest value/bound.
  public let step: Int?
  /// The smallest bound − value.
  public let margin: Double?
  /// The largest `gamma·|y − ȳ|² + |z − z̄|²` (E.1), or the larger of `gamma·|y − ȳ|²` and `|z − z̄|²` (D.2).
  public let largest: Double

  /// Compares two runs of the same network from the same start.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - first: a run.
  ///   - second: another from the same start.
  ///   - system: what made the runs.
  ///   - tolerance: what errors of an integration can have added, relative to the bound; 0 for the map.
  public init(
    network: OscillatorNetwork, first: Trajectory, second: Trajectory, system: MovingSystem, tolerance: Double = 0
  ) {
    let oscillators = network.oscillators
    let rung: EnergyRung =
      system == .flow ? .flowPaper : oscillators.damping == .implicit ? .implicitPaper : .explicitPaper
    self.system = system
    name = system == .map ? "E.1" : "D.2"
    statement =
      system == .map
      ? "gamma·|y − ȳ|² + |z − z̄|² <= 4·m·t_n for the same start"
      : "|y − ȳ|² <= 4·m·t/gamma, |z − z̄|² <= 4·m·t for the same start"
    origin = rung.origin(for: oscillators)
    hypotheses = rung.hypotheses(for: oscillators) + [Hypothesis("the same start", holds: first.start == second.start)]
    applies = hypotheses.allSatisfy(\.holds)
    let m = network.hidden
    var seen = Tightness()
    var top = 0.0
    for n in 1...max(1, min(first.steps, second.steps)) where n <= min(first.steps, second.steps) {
      let bound = 4 * Double(m) * Double(n) * first.timeStep
      for b in 0..<first.batch {
        var stiff = 0.0
        var kinetic = 0.0
        for i in 0..<m {
          let place = ((n - 1) * first.batch + b) * m + i
          let y = first.positions[place] - second.positions[place]
          let z = first.velocities[place] - second.velocities[place]
          stiff += oscillators.gamma[i] * y * y
          kinetic += z * z
        }
        let value = system == .map ? stiff + kinetic : max(stiff, kinetic)
        top = max(top, value)
        let rounding = bound * (Double(64 * n) * Double.ulpOfOne + tolerance)
        seen.enter(value: value, bound: bound, rounding: rounding, step: n, trajectory: b)
      }
    }
    largest = top
    let isSeen = applies && seen.step > 0
    kind = isSeen ? rung.kind(isClear: seen.isClear && hypotheses.allSatisfy(\.isDecided)) : rung.kind(isClear: true)
    holds = isSeen ? seen.firstViolation == nil : nil
    tightness = isSeen ? seen.ratio : nil
    step = isSeen ? seen.step : nil
    margin = isSeen ? seen.margin : nil
  }
}
