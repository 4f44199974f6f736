import CoRNNDynamics
import CoRNNKernels
public import CoRNNModel

/// A point where the flow is slow though not at rest: a stationary point of `q = |F|²/2` with F ≠ 0, F being the flow's
/// velocity in the 2m variables (y, z).
///
/// Sussillo & Barak, "Opening the black box", Neural Computation 25 (2013), doi:10.1162/NECO_a_00409.
public struct SlowPoint: Encodable, Equatable, Sendable {
  /// y and z.
  public let position: [Double]
  /// z, m values.
  public let velocity: [Double]
  /// |F| = sqrt(2q).
  public let speed: Double
  /// The largest component of q's gradient.
  public let gradient: Double
  /// The smallest eigenvalue of q's Hessian.
  public let smallestCurvature: Double
  /// Whether q has a minimum there by that eigenvalue; a saddle or flat otherwise.
  public let isMinimum: Bool
  /// How many starts led to it.
  public let starts: Int
  /// The flow's Jacobian there: how displacements from the slow orbit grow or shrink while it passes.
  public let stability: FixedPointStability?
}

/// `q = |F|²/2` of a network's flow under a constant input, with its gradient and Hessian.
struct FlowSpeed: Sendable {
  private let network: OscillatorNetwork
  private let equations: EquilibriumEquations
  private let drive: [Double]
  private let weights: Matrix
  private let transposed: Matrix

  init(_ network: OscillatorNetwork, input: [Double]) {
    self.network = network
    equations = EquilibriumEquations(network, input: input)
    drive = equations.drive
    weights = network.recurrentWeights
    transposed = weights.transposed
  }

  /// F, q, and what the derivatives need.
  struct Value {
    var drives: [Double]
    var rates: [Double]
    var q: Double
  }

  func value(at x: [Double]) -> Value {
    let m = network.hidden
    let o = network.oscillators
    var drives = drive
    weights.multiply(count: 1, vectors: x, stride: 2 * m, keeping: 1, into: &drives)
    let acceleration = (0..<m).map { o.activation.value(drives[$0]) - o.gamma[$0] * x[$0] - o.epsilon[$0] * x[m + $0] }
    let rates = Array(x[m...]) + acceleration
    return Value(drives: drives, rates: rates, q: rates.squares / 2)
  }

  func jacobian(_ value: Value) -> Matrix {
    EquilibriumJacobian(network, slopes: value.drives.map { network.oscillators.activation.slope($0) }).flow
  }

  /// `Jᵀ F`.
  func gradient(_ value: Value, jacobian: Matrix) -> [Double] {
    var result = [Double](repeating: 0, count: 2 * network.hidden)
    jacobian.transposed.multiply(
      count: 1, vectors: value.rates, stride: value.rates.count, keeping: 0, into: &result)
    return result
  }

  /// `JᵀJ + [W Z]ᵀ·diag(F_z·sigma'')·[W Z]`.
  func hessian(_ value: Value, jacobian: Matrix) -> Matrix {
    let m = network.hidden
    let columns = jacobian.transposed
    var result = [Double](repeating: 0, count: 4 * m * m)
    columns.multiply(count: 2 * m, vectors: columns.elements, stride: 2 * m, keeping: 0, into: &result)
    let bend = (0..<m).map { value.rates[m + $0] * network.oscillators.activation.curvature(value.drives[$0]) }
    let scaled = transposed.scalingColumns(by: bend)
    transposed.multiply(count: 2 * m, vectors: scaled.elements, stride: m, keeping: 1, into: &result)
    return Matrix(rows: 2 * m, columns: 2 * m, elements: result)
  }

  /// Whether the point is at rest as far as rounding can tell: then q has a zero near it.
  private func isAtRest(_ value: Value, at x: [Double]) -> Bool {
    let m = network.hidden
    guard let rounding = equations.rounding(at: Array(x[..<m])) else { return false }
    let limit = 4 * rounding.largest
    return value.rates.allSatisfy { abs($0) <= limit }
  }

  /// The stationary point of q with q > 0 that damped Newton steps with the exact Hessian lead downhill to; nil where
  /// they lead to rest, or don't arrive.
  ///
  /// Stationary: `|JᵀF| <= 1e-7·‖J‖·|F|` where rounding of q stops the descent, both in the infinity norm. At a zero of F
  /// this ratio stays away from 0, however small F is, unless J is singular there.
  func descent(from start: [Double], iterations: Int = 300) -> [Double]? {
    var x = start
    var here = value(at: x)
    var damping = 1e-3
    for _ in 0..<iterations {
      if isAtRest(here, at: x) { return nil }
      let jacobian = jacobian(here)
      let gradient = gradient(here, jacobian: jacobian)
      let scale = max(1, jacobian.infinityNorm)
      let size = scale * here.rates.largest
      guard gradient.largest > 1e-14 * size else { return x }
      let hessian = hessian(here, jacobian: jacobian)
      var hasMoved = false
      while !hasMoved {
        var shifted = hessian
        for i in x.indices { shifted[i, i] += damping * scale * scale }
        if let step = shifted.solving(gradient.map { -$0 }) {
          let slope = zip(step, gradient).reduce(0) { $0 + $1.0 * $1.1 }
          let next = zip(x, step).map { $0 + $1 }
          let there = value(at: next)
          if slope < 0, there.q < here.q {
            (x, here, hasMoved) = (next, there, true)
            damping = damping < 1e-14 ? 0 : damping / 8
            continue
          }
        }
        damping = max(1e-14, damping) * 8
        if damping > 1e6 { return gradient.largest <= 1e-7 * size ? x : nil }
      }
    }
    return nil
  }
}

extension FixedPointSearch {
  /// Slow points of the network's flow under a constant input, the slowest first, from the same starts as the fixed
  /// points.
  ///
  /// Descends on q with its exact Hessian; a start costs about 10 to 100 solutions of size 2m.
  public func slowPoints(
    in network: OscillatorNetwork, input: [Double], threads: Int = 1, progress: (@Sendable (Int) -> Void)? = nil
  ) -> [SlowPoint] {
    let m = network.hidden
    let speed = FlowSpeed(network, input: input)
    let starts = StartPoints(network, input: input, count: starts, seed: seed)
    let found = parallelMap(count: starts.positions.count, threads: threads) { place -> NumericalRoot? in
      defer { progress?(1) }
      guard let x = speed.descent(from: starts.positions[place] + starts.velocities[place]) else { return nil }
      let value = speed.value(at: x)
      return NumericalRoot(
        position: x, residual: speed.gradient(value, jacobian: speed.jacobian(value)).largest)
    }
    let tolerances =
      network.oscillators.gamma.map { 1e-6 / $0 } + network.oscillators.gamma.map { 1e-6 / $0.squareRoot() }
    let distinct = distinctRoots(found.compactMap { $0 }, tolerances: tolerances)
    let points = parallelMap(count: distinct.count, threads: threads) { place -> SlowPoint in
      let x = distinct[place].root.position
      let value = speed.value(at: x)
      let jacobian = speed.jacobian(value)
      let hessian = speed.hessian(value, jacobian: jacobian)
      let curvatures = hessian.symmetricEigenpairs?.values ?? [.nan]
      let smallest = curvatures[0]
      return SlowPoint(
        position: Array(x[..<m]), velocity: Array(x[m...]), speed: (2 * value.q).squareRoot(),
        gradient: distinct[place].root.residual, smallestCurvature: smallest,
        isMinimum: smallest > 1e-12 * curvatures[curvatures.count - 1], starts: distinct[place].count,
        stability: FixedPointStability(jacobian, isMap: false))
    }
    return points.sorted { $0.speed < $1.speed }
  }

  /// The median of |F| along the trajectories that starts are taken from; nil where none stayed in range.
  func typicalSpeed(in network: OscillatorNetwork, input: [Double]) -> Double? {
    let speed = FlowSpeed(network, input: input)
    let run = StartPoints(network, input: input, count: 1, seed: seed).run
    let m = network.hidden
    let speeds = (0..<run.steps * run.batch).map { row in
      (2 * speed.value(at: Array(run.positions[row * m..<(row + 1) * m] + run.velocities[row * m..<(row + 1) * m])).q)
        .squareRoot()
    }.filter(\.isFinite).sorted()
    return speeds.isEmpty ? nil : speeds[speeds.count / 2]
  }
}
