public import CoRNNKernels
public import CoRNNModel

/// The map's exact derivative at one step, in products that never form the 2m×2m Jacobian.
///
/// With D = diag sigma'(A), s = 1/(1 + epsilon·dt) and r = 1 (implicit) or s = 1 and r = 1 − epsilon·dt (explicit):
/// `∂z_n/∂y = s·dt·(D·W − gamma)`, `∂z_n/∂z = s·(r + dt·D·Z)`, `∂y_n = ∂y_{n−1} + dt·∂z_n`. Everything here is told D
/// by its diagonal, the slopes of the step.
public struct OscillatorDerivative: Sendable {
  /// The network whose map it is.
  public let network: OscillatorNetwork
  /// [W Z], m×2m; the same, but W alone where Z = 0; the transpose of the whole.
  private let forward: PackedMatrix
  private let coupling: PackedMatrix
  private let backward: PackedMatrix
  private let input: PackedMatrix
  private let gamma: [Double]
  private let retain: [Double]
  private let scale: [Double]

  /// The derivative of the map of `network`.
  public init(_ network: OscillatorNetwork) {
    self.network = network
    forward = PackedMatrix(network.recurrentWeights)
    coupling = network.isUncoupledInVelocity ? PackedMatrix(network.positionWeights) : forward
    backward = PackedMatrix(network.recurrentWeights.transposed)
    input = PackedMatrix(network.inputWeights)
    gamma = network.oscillators.gamma
    retain = network.oscillators.velocityRetention
    scale = network.oscillators.velocityScale
  }

  /// The slopes `sigma'(W y + Z z + V u + b)` for some states and the inputs that act on them.
  ///
  /// - Parameters:
  ///   - count: how many states.
  ///   - states: `count` rows of 2m values, positions then velocities, from `start` on.
  ///   - start: where the first state begins.
  ///   - inputs: `count` rows of d values from `inputStart` on.
  ///   - inputStart: where the first input begins.
  ///   - slopes: receives `count` rows of m values, which keep their relative accuracy where tanh saturates.
  public func slopes(
    count: Int, states: [Double], from start: Int = 0, inputs: [Double], inputsFrom inputStart: Int = 0,
    into slopes: inout [Double]
  ) {
    let m = network.hidden
    switch network.oscillators.activation {
    case .none: slopes = [Double](repeating: 0, count: count * m)
    case .identity: slopes = [Double](repeating: 1, count: count * m)
    case .tanh:
      slopes.removeAll(keepingCapacity: true)
      slopes.reserveCapacity(count * m)
      for _ in 0..<count { slopes += network.bias }
      input.multiplyAdd(
        count: count, vectors: inputs, from: inputStart, stride: network.inputs, into: &slopes, resultStride: m)
      forward.multiplyAdd(
        count: count, vectors: states, from: start, stride: 2 * m, into: &slopes, resultStride: m)
      applyTanhSlope(to: &slopes)
    }
  }

  /// The same as an array of their own.
  public func slopes(
    count: Int, states: [Double], from start: Int = 0, inputs: [Double], inputsFrom inputStart: Int = 0
  ) -> [Double] {
    var result: [Double] = []
    slopes(count: count, states: states, from: start, inputs: inputs, inputsFrom: inputStart, into: &result)
    return result
  }

  /// Adds `W y + Z z` of one state, 2m values, to `drive`.
  func addCoupling(of state: [Double], to drive: inout [Double]) {
    forward.multiplyAdd(
      count: 1, vectors: state, stride: 2 * network.hidden, into: &drive, resultStride: network.hidden)
  }

  /// Pushes tangent vectors through the step: `v ← J·v` for each of `count` rows of 2m values.
  ///
  /// - Parameters:
  ///   - tangents: rows of 2m values.
  ///   - count: how many rows.
  ///   - slopes: the step's m slopes from `start` on, the same for all rows.
  ///   - start: where in `slopes` the step's begin.
  public func push(tangents: inout [Double], count: Int, slopes: [Double], from start: Int = 0) {
    precondition(tangents.count == count * 2 * network.hidden, "\(tangents.count) values in \(count) tangents")
    pushTangents(
      &tangents, coupling: coupling, slopes: slopes, from: start, timeStep: network.oscillators.timeStep, gamma: gamma,
      retain: retain, scale: scale)
  }

  /// Pulls cotangent vectors back through the step: `w ← Jᵀ·w` for each row `(lambda, mu)` of 2m values.
  ///
  /// - Parameters:
  ///   - cotangents: rows (lambda, mu) of 2m values.
  ///   - slopes: a row of m slopes for each cotangent, from `start` on.
  ///   - start: where in `slopes` the first row's begin.
  ///   - drive: receives `a = dt·D·q`, what a change of the step's drive A does: rows of m, from `place` on.
  ///   - velocity: receives `q = s·(mu + dt·lambda)`, likewise.
  ///   - place: where in `drive` and `velocity` the first row's go.
  public func pull(
    cotangents: inout [Double], slopes: [Double], from start: Int = 0, drive: inout [Double],
    velocity: inout [Double], at place: Int = 0
  ) {
    let m = network.hidden
    retreatOscillators(
      cotangent: &cotangents, slope: slopes, slopeFrom: start,
      timeStep: network.oscillators.timeStep, gamma: gamma, retain: retain, scale: scale, a: &drive, aFrom: place,
      q: &velocity, qFrom: place)
    backward.multiplyAdd(
      count: cotangents.count / (2 * m), vectors: drive, from: place, stride: m, into: &cotangents,
      resultStride: 2 * m)
  }

  /// The Jacobian itself, 2m×2m, rows and columns in the order positions, velocities.
  public func jacobian(slopes: [Double]) -> Matrix {
    let m = network.hidden
    var identity = [Double](repeating: 0, count: 4 * m * m)
    for i in 0..<2 * m { identity[i * 2 * m + i] = 1 }
    // Row j of what is pushed is the image of unit vector j: the Jacobian's column.
    push(tangents: &identity, count: 2 * m, slopes: slopes)
    return Matrix(rows: 2 * m, columns: 2 * m, elements: identity).transposed
  }

  /// Applies the flow's derivative to tangent vectors: `(z', D·(W y' + Z z') − gamma·y' − epsilon·z')` for each of
  /// `count` rows (y', z').
  ///
  /// - Parameters:
  ///   - tangents: rows of 2m values.
  ///   - count: how many rows.
  ///   - slopes: the m slopes at the state, from `start` on.
  ///   - start: where in `slopes` the state's begin.
  public func flowRates(tangents: [Double], count: Int, slopes: [Double], from start: Int = 0) -> [Double] {
    let m = network.hidden
    var driven = [Double](repeating: 0, count: count * m)
    forward.multiplyAdd(count: count, vectors: tangents, stride: 2 * m, into: &driven, resultStride: m)
    var rates = [Double](repeating: 0, count: count * 2 * m)
    for row in 0..<count {
      for i in 0..<m {
        let (y, z) = (tangents[row * 2 * m + i], tangents[row * 2 * m + m + i])
        rates[row * 2 * m + i] = z
        rates[row * 2 * m + m + i] =
          slopes[start + i] * driven[row * m + i] - gamma[i] * y - network.oscillators.epsilon[i] * z
      }
    }
    return rates
  }

  /// Applies the transpose of the flow's derivative to cotangent vectors: `(Wᵀ D mu − gamma·mu, lambda + Zᵀ D mu −
  /// epsilon·mu)` for each of `count` rows (lambda, mu).
  public func flowPullback(cotangents: [Double], count: Int, slopes: [Double], from start: Int = 0) -> [Double] {
    let m = network.hidden
    var drive = [Double](repeating: 0, count: count * m)
    var result = [Double](repeating: 0, count: count * 2 * m)
    for row in 0..<count {
      for i in 0..<m {
        let mu = cotangents[row * 2 * m + m + i]
        drive[row * m + i] = slopes[start + i] * mu
        result[row * 2 * m + i] = -gamma[i] * mu
        result[row * 2 * m + m + i] = cotangents[row * 2 * m + i] - network.oscillators.epsilon[i] * mu
      }
    }
    backward.multiplyAdd(count: count, vectors: drive, stride: m, into: &result, resultStride: 2 * m)
    return result
  }
}
