import CoRNNKernels
import CoRNNModel
import RealModule

/// What becomes of small displacements from a fixed point, by the eigenvalues of the Jacobian there.
public struct FixedPointStability: Encodable, Equatable, Sendable {
  /// What the eigenvalues say.
  public enum Kind: String, Encodable, Sendable {
    /// All displacements shrink.
    case stable
    /// Some grow and some shrink.
    case saddle
    /// All grow.
    case unstable
    /// One neither grows nor shrinks, as far as rounding and the point's own error tell: the derivative doesn't decide.
    case marginal
  }

  /// How a stable point of a map loses its stability.
  public enum Crossing: String, Encodable, Sendable {
    /// A complex pair of eigenvalues leaves the unit circle (Neimark–Sacker).
    case pair
    /// An eigenvalue leaves through −1 (flip).
    case flip
    /// An eigenvalue leaves through 1.
    case fold
  }

  /// What the eigenvalues say.
  public let kind: Kind
  /// The largest real part (flow; 1/time) or the largest absolute value (map) of an eigenvalue.
  public let leading: Double
  /// How many eigenvalues make displacements grow.
  public let growing: Int
  /// The smallest time step at which the map isn't stable any more, where the flow is; null where the flow isn't, where
  /// there is none up to the step that was searched to, and for a flow.
  public let criticalTimeStep: Double?
  /// Which eigenvalues leave the unit circle there.
  public let crossing: Crossing?
  /// Real and imaginary parts, the leading one first.
  public let eigenvalues: [[Double]]

  /// How near an eigenvalue is to not deciding, relative to the largest one.
  private static let margin = 1e-11

  /// Sorts the eigenvalues of a Jacobian; nil where LAPACK finds none.
  ///
  /// - Parameter error: how far the Jacobian may be from the exact point's, in the infinity norm.
  init?(_ jacobian: Matrix, isMap: Bool, error: Double = 0, critical: (timeStep: Double, crossing: Crossing)? = nil) {
    guard let (real, imaginary) = jacobian.eigenvalues else { return nil }
    let sizes = zip(real, imaginary).map { Double.hypot($0, $1) }
    let growth = isMap ? sizes.map { $0 - 1 } : real
    let margin = max(error, Self.margin * max(isMap ? 1 : 0, sizes.max() ?? 0))
    growing = growth.filter { $0 > margin }.count
    let shrinking = growth.filter { $0 < -margin }.count
    kind =
      growing + shrinking < growth.count
      ? (growing > 0 ? .saddle : .marginal) : growing == 0 ? .stable : shrinking == 0 ? .unstable : .saddle
    leading = (growth.max() ?? 0) + (isMap ? 1 : 0)
    let order = real.indices.sorted {
      (growth[$0], real[$0], imaginary[$0]) > (growth[$1], real[$1], imaginary[$1])
    }
    eigenvalues = order.map { [real[$0], imaginary[$0]] }
    criticalTimeStep = critical?.timeStep
    crossing = critical?.crossing
  }
}

/// The Jacobians of a network's flow and maps at an equilibrium with slopes D.
struct EquilibriumJacobian: Sendable {
  private let epsilon: [Double]
  private let gamma: [Double]
  /// `D·W − gamma` and `D·Z`.
  private let stiffness: Matrix
  private let coupling: Matrix

  init(_ network: OscillatorNetwork, slopes: [Double]) {
    epsilon = network.oscillators.epsilon
    gamma = network.oscillators.gamma
    func scaled(_ matrix: Matrix) -> Matrix { matrix.transposed.scalingColumns(by: slopes).transposed }
    var stiffness = scaled(network.positionWeights)
    for i in gamma.indices { stiffness[i, i] -= gamma[i] }
    self.stiffness = stiffness
    coupling = scaled(network.velocityWeights)
  }

  /// `[[0, I], [D·W − gamma, D·Z − epsilon]]`.
  var flow: Matrix {
    let m = gamma.count
    var result = Matrix(rows: 2 * m, columns: 2 * m)
    for i in 0..<m {
      result[i, m + i] = 1
      for j in 0..<m {
        result[m + i, j] = stiffness[i, j]
        result[m + i, m + j] = coupling[i, j]
      }
      result[m + i, m + i] -= epsilon[i]
    }
    return result
  }

  /// The map's Jacobian at time step `dt`.
  func map(_ damping: Damping, timeStep dt: Double) -> Matrix {
    let m = gamma.count
    var result = Matrix(rows: 2 * m, columns: 2 * m)
    for i in 0..<m {
      let (scale, retain) = damping == .implicit ? (1 / (1 + epsilon[i] * dt), 1) : (1, 1 - epsilon[i] * dt)
      for j in 0..<m {
        let byPosition = scale * dt * stiffness[i, j]
        let byVelocity = scale * ((i == j ? retain : 0) + dt * coupling[i, j])
        result[m + i, j] = byPosition
        result[m + i, m + j] = byVelocity
        result[i, j] = (i == j ? 1 : 0) + dt * byPosition
        result[i, m + j] = dt * byVelocity
      }
    }
    return result
  }

  /// The steps between which a critical one is looked for: of those at which a unit without coupling loses its stability
  /// under implicit damping, `gamma·dt² = 4 + 2·epsilon·dt`, a 500th of the smallest and four times the largest.
  static func timeSteps(_ oscillators: Oscillators) -> ClosedRange<Double> {
    let own = zip(oscillators.gamma, oscillators.epsilon).map { gamma, epsilon in
      (epsilon + (epsilon * epsilon + 4 * gamma).squareRoot()) / gamma
    }
    return (own.min() ?? 1) / 500...4 * (own.max() ?? 1)
  }

  /// The smallest time step at which the map of a stable equilibrium of the flow has an eigenvalue on the unit circle, to
  /// 1e-12 relative; nil where there is none up to the end of `range`.
  ///
  /// Steps 10 % apart are tried before halving: a shorter stretch of instability is overlooked. Costs about 130
  /// eigenvalue decompositions of size 2m.
  func critical(
    _ damping: Damping, in range: ClosedRange<Double>
  ) -> (timeStep: Double, crossing: FixedPointStability.Crossing)? {
    func isStable(_ dt: Double) -> Bool { (map(damping, timeStep: dt).spectralRadius ?? .infinity) < 1 }
    var (low, high) = (0.0, range.lowerBound)
    // Nearer to 0 the map does as the flow.
    while !isStable(high), high > 1e-9 * range.lowerBound { high /= 2 }
    while isStable(high) {
      if high >= range.upperBound { return nil }
      (low, high) = (high, min(range.upperBound, 1.1 * high))
    }
    while high - low > 1e-12 * high {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if isStable(middle) { low = middle } else { high = middle }
    }
    guard let (real, imaginary) = map(damping, timeStep: high).eigenvalues else { return nil }
    let leaving = real.indices.max { Double.hypot(real[$0], imaginary[$0]) < Double.hypot(real[$1], imaginary[$1]) }
    guard let leaving else { return nil }
    return (high, abs(imaginary[leaving]) > 1e-6 ? .pair : real[leaving] < 0 ? .flip : .fold)
  }

  /// A bound, to first order, on how far D·[W Z] is off where the activations' arguments are off by up to `errors`: what
  /// the flow's Jacobian is off by in the infinity norm.
  static func error(_ network: OscillatorNetwork, drives: [Double], errors: [Double]) -> Double {
    let sums = network.recurrentWeights.absoluteRowSums
    return drives.indices.reduce(0) { largest, i in
      let bend = abs(network.oscillators.activation.curvature(drives[i])) * errors[i]
      // The third derivative of tanh is at most 2 in size.
      let turn = network.oscillators.activation == .tanh ? errors[i] * errors[i] : 0
      return max(largest, min(1, bend + turn) * sums[i])
    }
  }
}
