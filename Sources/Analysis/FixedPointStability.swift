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
    /// One neither grows nor shrinks, to rounding: the derivative doesn't decide.
    case marginal
  }

  public let kind: Kind
  /// The largest real part (flow; 1/time) or the largest absolute value (map) of an eigenvalue.
  public let leading: Double
  /// How many eigenvalues make displacements grow.
  public let growing: Int
  /// The smallest time step at which the map isn't stable any more, where the flow is; null where the flow isn't, where
  /// there is none up to the step that was searched to, and for a flow.
  public let criticalTimeStep: Double?
  /// Real and imaginary parts, the leading one first.
  public let eigenvalues: [[Double]]

  /// How near an eigenvalue is to not deciding, relative to the largest one.
  private static let margin = 1e-11

  /// Sorts the eigenvalues of a Jacobian; nil where LAPACK finds none.
  init?(_ jacobian: Matrix, isMap: Bool, criticalTimeStep: Double? = nil) {
    guard let (real, imaginary) = jacobian.eigenvalues else { return nil }
    let sizes = zip(real, imaginary).map { Double.hypot($0, $1) }
    let growth = isMap ? sizes.map { $0 - 1 } : real
    let margin = Self.margin * max(isMap ? 1 : 0, sizes.max() ?? 0)
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
    self.criticalTimeStep = criticalTimeStep
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

  /// The step up to which a critical one is looked for: four times the largest at which a unit without coupling is stable
  /// under implicit damping, `gamma·dt² = 4 + 2·epsilon·dt`.
  static func largestTimeStep(_ oscillators: Oscillators) -> Double {
    zip(oscillators.gamma, oscillators.epsilon).reduce(0) { largest, unit in
      let (gamma, epsilon) = unit
      return max(largest, 4 * (epsilon + (epsilon * epsilon + 4 * gamma).squareRoot()) / gamma)
    }
  }

  /// The smallest time step at which the map of a stable equilibrium of the flow has an eigenvalue on the unit circle, to
  /// 1e-12 relative; nil where there is none up to `limit`.
  ///
  /// Steps 10 % apart from 1/2000 of `limit` on are tried before halving: a shorter stretch of instability is overlooked.
  /// Costs about 130 eigenvalue decompositions of size 2m.
  func criticalTimeStep(_ damping: Damping, limit: Double) -> Double? {
    func isStable(_ dt: Double) -> Bool { (map(damping, timeStep: dt).spectralRadius ?? .infinity) < 1 }
    var (low, high) = (0.0, limit / 2000)
    while isStable(high) {
      if high >= limit { return nil }
      (low, high) = (high, min(limit, 1.1 * high))
    }
    if low == 0 {
      // Unstable at the first: nearer to 0 the map does as the flow.
      low = high / 2
      while !isStable(low) {
        (low, high) = (low / 2, low)
        if low < 1e-9 * limit { return low }
      }
    }
    while high - low > 1e-12 * high {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if isStable(middle) { low = middle } else { high = middle }
    }
    return high
  }
}
