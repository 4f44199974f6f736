import CoRNNKernels
public import CoRNNModel
import RealModule

/// A search for the fixed points of a network under a constant input: `gamma·y = sigma(W y + V u + b)`, z = 0.
public struct FixedPointSearch: Equatable, Sendable {
  /// How many starts: zero, then random ones in `|y_i| <= 1/gamma_i` and points of the map's trajectories in turn.
  public var starts: Int
  public var seed: UInt64

  /// A search from this many starts.
  public init(starts: Int = 200, seed: UInt64 = 0) {
    self.starts = starts
    self.seed = seed
  }

  /// What a search found.
  public struct Findings: Equatable, Sendable {
    /// Sorted by position, component by component.
    public let fixedPoints: [FixedPoint]
    public let count: FixedPointCount
    /// How many starts Newton's method brought to a fixed point.
    public let converged: Int
    /// Up to which time step a critical one was looked for.
    public let largestTimeStep: Double
  }

  /// From here on the residual is brought down as far as rounding lets it.
  private static let tolerance = 1e-10
  /// Zeros nearer than this, times the largest position a unit can have, are one.
  private static let sameness = 1e-7

  /// The fixed points of `network` under the constant input `input`, d values.
  ///
  /// - Parameter progress: told how many of the starts are done.
  public func findings(
    in network: OscillatorNetwork, input: [Double], threads: Int = 1, progress: (@Sendable (Int) -> Void)? = nil
  ) -> Findings {
    let equations = EquilibriumEquations(network, input: input)
    let starts = StartPoints(network, input: input, count: starts, seed: seed).positions
    let reached = parallelMap(count: starts.count, threads: threads) { place in
      defer { progress?(1) }
      return equations.root(from: starts[place], tolerance: Self.tolerance)
    }
    let roots = reached.compactMap { $0 }
    let tolerances = network.oscillators.gamma.map { Self.sameness / $0 }
    let distinct = distinctRoots(roots, tolerances: tolerances)

    let enclosure = EquilibriumEnclosure(equations)
    var found = parallelMap(count: distinct.count, threads: threads) { place in
      Found(
        root: distinct[place].root, starts: distinct[place].count,
        proof: enclosure?.proof(near: distinct[place].root.position))
    }
    var search: EquilibriumCount?
    if let enclosure, network.hidden <= EquilibriumCount.largestNetwork {
      let known = found.compactMap(\.proof)
      let count = EquilibriumCount(enclosure, known: known)
      search = count
      for proof in count.proofs.dropFirst(known.count) {
        let middle = proof.tight.map(\.midpoint)
        let residual = equations.residual(at: middle)?.largest ?? .infinity
        found.append(Found(root: NumericalRoot(position: middle, residual: residual), starts: 0, proof: proof))
      }
    }
    let limit = EquilibriumJacobian.largestTimeStep(network.oscillators)
    let all = found
    let points = parallelMap(count: all.count, threads: threads) { place in
      FixedPoint(
        all[place].root, starts: all[place].starts, proof: all[place].proof,
        stability: FixedPoint.Stability(
          network, slopes: equations.slopes(at: all[place].root.position), largestTimeStep: limit))
    }.sorted { $0.position.lexicographicallyPrecedes($1.position) }
    return Findings(
      fixedPoints: points, count: FixedPointCount(network, equations: equations, search: search),
      converged: roots.count, largestTimeStep: limit)
  }

  private struct Found: Sendable {
    let root: NumericalRoot
    let starts: Int
    let proof: EquilibriumEnclosure.Proof?
  }
}

extension FixedPoint {
  /// An equilibrium of a network.
  init(
    _ root: NumericalRoot, starts: Int, proof: EquilibriumEnclosure.Proof?, stability: Stability
  ) {
    position = root.position
    residual = root.residual
    verified = proof != nil
    errorBound = proof.map { proof in
      zip(proof.tight, root.position).reduce(0) {
        max($0, ($1.0.upper - $1.1).magnitude.nextUp, ($1.0.lower - $1.1).magnitude.nextUp)
      }
    }
    uniqueWithin = proof.map { proof in
      zip(proof.unique, root.position).reduce(.infinity) {
        min($0, ($1.0.upper - $1.1).nextDown, ($1.1 - $1.0.lower).nextDown)
      }
    }
    self.starts = starts
    self.stability = stability
  }
}

extension FixedPoint.Stability {
  /// The stability of a network's equilibrium.
  init(_ network: OscillatorNetwork, slopes: [Double], largestTimeStep: Double) {
    let jacobian = EquilibriumJacobian(network, slopes: slopes)
    let flow = FixedPointStability(jacobian.flow, isMap: false)
    func map(_ damping: Damping) -> FixedPointStability? {
      FixedPointStability(
        jacobian.map(damping, timeStep: network.oscillators.timeStep), isMap: true,
        criticalTimeStep: flow?.kind == .stable
          ? jacobian.criticalTimeStep(damping, limit: largestTimeStep) : nil)
    }
    self.init(flow: flow, explicit: map(.explicit), implicit: map(.implicit))
  }
}

extension FixedPointCount {
  /// What is known of the number of a network's equilibria.
  fileprivate init(
    _ network: OscillatorNetwork, equations: EquilibriumEquations, search: EquilibriumCount?
  ) {
    let m = network.hidden
    let scaled = network.positionWeights.transposed.scalingColumns(by: network.oscillators.gamma.map { 1 / $0 })
    let norm = scaled.spectralNorm
    contractionNorm = norm
    boxes = search?.boxes
    undecidedBoxes = search?.undecided
    switch network.oscillators.activation {
    case .none: (complete, method) = (true, .linear)
    case .identity:
      let zero = [Double](repeating: 0, count: m)
      // Without a small inverse the equations are singular to rounding.
      let inverse = equations.jacobian(at: zero)?.inverse
      let condition = (inverse?.infinityNorm ?? .infinity) * (equations.jacobian(at: zero)?.infinityNorm ?? 0)
      (complete, method) = condition < 1e12 ? (true, .linear) : (nil, .singular)
    case .tanh:
      // dgesdd is backward stable: its error is a modest multiple of the rounding unit times the norm.
      let allowance = 1 + 16 * Double(m) * Double.ulpOfOne
      if norm * allowance < 1 {
        (complete, method) = (true, .contraction)
      } else if let search {
        (complete, method) = (search.undecided == 0, .branchAndBound)
      } else {
        (complete, method) = (nil, .tooLarge)
      }
    }
  }
}

extension FixedPointSearch {
  /// The trajectories that starts were taken from on a plane, with fixed and slow points.
  public func picture(
    of network: OscillatorNetwork, input: [Double], fixedPoints: [FixedPoint], slowPoints: [SlowPoint]
  ) -> FixedPointPicture? {
    StartPoints(network, input: input, count: 1, seed: seed).picture(fixedPoints: fixedPoints, slowPoints: slowPoints)
  }
}
