import CoRNNKernels
public import CoRNNModel
import ComplexModule
import RealModule

/// A search for the fixed points of a network under a constant input: `gamma·y = sigma(W y + V u + b)`, z = 0.
public struct FixedPointSearch: Equatable, Sendable {
  /// How many starts: zero, then random ones in `|y_i| <= 1/gamma_i` and points of the map's trajectories in turn.
  public var starts: Int
  /// What random numbers come from.
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
    /// Whether all are known.
    public let count: FixedPointCount
    /// How many starts Newton's method brought to a fixed point.
    public let converged: Int
    /// Up to which time step a critical one was looked for.
    public let largestTimeStep: Double
  }

  /// From here on the residual is brought down as far as rounding lets it.
  private static let tolerance = 1e-10
  /// Zeros nearer than this, times the largest position a unit can have, aren't proved apart.
  private static let sameness = 1e-10

  /// The fixed points of `network` under the constant input `input`, d values.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - input: the constant input, d values.
  ///   - threads: how many threads share the work.
  ///   - progress: told how many of the starts are done.
  public func findings(
    in network: OscillatorNetwork, input: [Double], threads: Int = 1, progress: (@Sendable (Int) -> Void)? = nil
  ) -> Findings {
    let equations = EquilibriumEquations(network, input: input)
    let starts = StartPoints(network, input: input, count: starts, seed: seed).positions
    let reached = parallelMap(count: starts.count, threads: threads) { place in
      defer { progress?(1) }
      return equations.root(from: starts[place], tolerance: Self.tolerance)
    }
    let tolerances = network.oscillators.gamma.map { Self.sameness / $0 }
    let roots = distinctRoots(reached.compactMap { $0 }, tolerances: tolerances)
    let enclosure = EquilibriumEnclosure(equations)
    let proved = parallelMap(count: roots.count, threads: threads) { place in
      EquilibriumCandidate(
        root: roots[place].root, starts: roots[place].count, proof: enclosure?.proof(near: roots[place].root.position))
    }
    var candidates = EquilibriumCandidate.distinct(proved, equations)
    var search: EquilibriumCount?
    if let enclosure, network.hidden <= EquilibriumCount.largestNetwork {
      let known = candidates.compactMap(\.proof)
      let count = EquilibriumCount(enclosure, known: known)
      search = count
      candidates.removeAll { $0.proof == nil && !$0.isOpen(in: count.regions, gamma: network.oscillators.gamma) }
      for proof in count.proofs.dropFirst(known.count) {
        candidates.append(EquilibriumCandidate(proof, equations, tolerance: Self.tolerance))
      }
    }
    let steps = EquilibriumJacobian.timeSteps(network.oscillators)
    let all = candidates
    let points = parallelMap(count: all.count, threads: threads) { place in
      FixedPoint(all[place], equations: equations, timeSteps: steps)
    }.sorted { $0.position.lexicographicallyPrecedes($1.position) }
    return Findings(
      fixedPoints: points, count: FixedPointCount(network, equations: equations, search: search),
      converged: points.reduce(0) { $0 + $1.starts }, largestTimeStep: steps.upperBound)
  }
}

extension FixedPoint {
  /// An equilibrium of a network.
  fileprivate init(_ found: EquilibriumCandidate, equations: EquilibriumEquations, timeSteps: ClosedRange<Double>) {
    let position = found.root.position
    let network = equations.network
    self.position = position
    residual = found.root.residual
    verified = found.proof != nil
    let errors = found.errors
    errorBound = verified ? errors.max() : nil
    uniqueWithin = found.proof.map { proof in
      zip(proof.unique, position).reduce(.infinity) {
        min($0, ($1.0.upper - $1.1).nextDown, ($1.1 - $1.0.lower).nextDown)
      }
    }
    // The inverse of diag(1/gamma)·F' is that of F' with its columns times gamma.
    let inverse = equations.jacobian(at: position)?.inverse?.scalingColumns(by: network.oscillators.gamma)
    smallestSingularValue = inverse.map { 1 / $0.spectralNorm } ?? 0
    starts = found.starts
    var shifts = [Double](repeating: 0, count: position.count)
    let sizes = Matrix(
      rows: position.count, columns: position.count, elements: network.positionWeights.elements.map { abs($0) })
    sizes.multiply(count: 1, vectors: errors, stride: position.count, keeping: 0, into: &shifts)
    stability = Stability(network, drives: equations.drives(at: position), errors: shifts, timeSteps: timeSteps)
  }
}

extension FixedPoint.Stability {
  /// The stability of a network's equilibrium, whose activations have the arguments `drives`, within `errors`.
  fileprivate init(
    _ network: OscillatorNetwork, drives: [Double], errors: [Double], timeSteps: ClosedRange<Double>
  ) {
    let oscillators = network.oscillators
    let jacobian = EquilibriumJacobian(network, slopes: drives.map { oscillators.activation.slope($0) })
    let error = EquilibriumJacobian.error(network, drives: drives, errors: errors)
    let flow = FixedPointStability(jacobian.flow, isMap: false, error: error)
    let dt = oscillators.timeStep
    func map(_ damping: Damping) -> FixedPointStability? {
      FixedPointStability(
        jacobian.map(damping, timeStep: dt), isMap: true, error: dt * (1 + dt) * error,
        critical: flow?.kind == .stable ? jacobian.critical(damping, in: timeSteps) : nil)
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
    // Transposed, which changes no norm.
    let scaled = network.positionWeights.transposed.scalingColumns(by: network.oscillators.gamma.map { 1 / $0 })
    let norm = scaled.spectralNorm
    contractionNorm = norm
    boxes = search?.boxes
    undecidedBoxes = search?.undecided
    undecidedRegions = search?.regions.map { $0.map { [$0.lower, $0.upper] } }
    switch network.oscillators.activation {
    case .none: (complete, method, kind) = (true, .linear, .rigorous)
    case .identity:
      let zero = [Double](repeating: 0, count: m)
      // Without a small inverse the equations are singular to rounding.
      let inverse = equations.jacobian(at: zero)?.inverse
      let condition = (inverse?.infinityNorm ?? .infinity) * (equations.jacobian(at: zero)?.infinityNorm ?? 0)
      (complete, method, kind) = condition < 1e12 ? (true, .linear, .numerical) : (nil, .singular, nil)
    case .tanh:
      // Two roundings in each entry, of half a unit each.
      let entryError = Double.ulpOfOne * scaled.elements.squares.squareRoot() * (1 + 1e-6)
      let real = [Complex<Double>](repeating: Complex(1, 0), count: m)
      if norm.isFinite, ComplexMatrix(scaled, real, nil, real).provesNorm(below: 1, entryError: entryError) {
        (complete, method, kind) = (true, .contraction, .rigorous)
      } else if let search {
        (complete, method, kind) = (search.undecided == 0, .branchAndBound, search.undecided == 0 ? .rigorous : nil)
      } else {
        (complete, method, kind) = (nil, .tooLarge, nil)
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
