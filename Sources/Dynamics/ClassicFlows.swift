import CoRNNKernels
import RealModule

/// Lorenz's system of 1963: `x' = sigma·(y − x), y' = x·(rho − z) − y, z' = x·y − beta·z`.
public struct Lorenz63: FlowField {
  /// How fast x follows y.
  public let sigma: Double
  /// The heating.
  public let rho: Double
  /// The cell's shape.
  public let beta: Double
  public var dimension: Int { 3 }
  public var period: Double? { nil }
  public var isAutonomous: Bool { true }

  /// The system with these parameters.
  public init(sigma: Double, rho: Double, beta: Double) {
    self.sigma = sigma
    self.rho = rho
    self.beta = beta
  }

  public func derivative(time: Double, state: Span<Double>, into derivative: inout MutableSpan<Double>) {
    let (x, y, z) = (state[0], state[1], state[2])
    derivative[0] = sigma * (y - x)
    derivative[1] = x * (rho - z) - y
    derivative[2] = x * y - beta * z
  }

  public func tangentRates(
    time: Double, state: Span<Double>, tangents: Span<Double>, into rates: inout MutableSpan<Double>
  ) {
    let (x, y, z) = (state[0], state[1], state[2])
    for row in stride(from: 0, to: tangents.count, by: 3) {
      let (u, v, w) = (tangents[row], tangents[row + 1], tangents[row + 2])
      rates[row] = sigma * (v - u)
      rates[row + 1] = (rho - z) * u - v - x * w
      rates[row + 2] = y * u + x * v - beta * w
    }
  }

  public func divergence(time: Double, state: Span<Double>) -> Double { -(sigma + 1 + beta) }
}

/// Rössler's system: `x' = −y − z, y' = x + a·y, z' = b + z·(x − c)`.
public struct Rossler: FlowField {
  /// What makes x and y spiral outwards.
  public let a: Double
  /// What z grows from.
  public let b: Double
  /// Where z begins to grow.
  public let c: Double
  public var dimension: Int { 3 }
  public var period: Double? { nil }
  public var isAutonomous: Bool { true }

  /// The system with these parameters.
  public init(a: Double, b: Double, c: Double) {
    self.a = a
    self.b = b
    self.c = c
  }

  public func derivative(time: Double, state: Span<Double>, into derivative: inout MutableSpan<Double>) {
    derivative[0] = -state[1] - state[2]
    derivative[1] = state[0] + a * state[1]
    derivative[2] = b + state[2] * (state[0] - c)
  }

  public func tangentRates(
    time: Double, state: Span<Double>, tangents: Span<Double>, into rates: inout MutableSpan<Double>
  ) {
    let (x, z) = (state[0], state[2])
    for row in stride(from: 0, to: tangents.count, by: 3) {
      let (u, v, w) = (tangents[row], tangents[row + 1], tangents[row + 2])
      rates[row] = -v - w
      rates[row + 1] = u + a * v
      rates[row + 2] = z * u + (x - c) * w
    }
  }

  public func divergence(time: Double, state: Span<Double>) -> Double { a + state[0] - c }
}

extension Lorenz96: FlowField {
  public var dimension: Int { variables }
  public var period: Double? { nil }
  public var isAutonomous: Bool { true }

  public func derivative(time: Double, state x: Span<Double>, into derivative: inout MutableSpan<Double>) {
    let n = variables
    for j in 0..<n {
      let ahead = x[j + 1 == n ? 0 : j + 1]
      let behind = x[j == 0 ? n - 1 : j - 1]
      let farBehind = x[j < 2 ? j + n - 2 : j - 2]
      derivative[j] = (ahead - farBehind) * behind - x[j] + forcing
    }
  }

  public func tangentRates(
    time: Double, state x: Span<Double>, tangents v: Span<Double>, into rates: inout MutableSpan<Double>
  ) {
    let n = variables
    for row in stride(from: 0, to: v.count, by: n) {
      for j in 0..<n {
        let ahead = j + 1 == n ? 0 : j + 1
        let behind = j == 0 ? n - 1 : j - 1
        let farBehind = j < 2 ? j + n - 2 : j - 2
        rates[row + j] =
          (v[row + ahead] - v[row + farBehind]) * x[behind] + (x[ahead] - x[farBehind]) * v[row + behind] - v[row + j]
      }
    }
  }

  public func divergence(time: Double, state: Span<Double>) -> Double { -Double(variables) }

  public func rungeKutta(
    from first: Int, steps: Int, timeStep: Double, substeps: Int, state: inout [Double], tangents: inout [Double],
    room: inout RungeKuttaRoom
  ) {
    lorenz96Steps(
      count: steps * substeps, step: timeStep / Double(substeps), forcing: forcing, state: &state, tangents: &tangents)
  }
}

/// A damped pendulum driven by a torque: `theta'' = −sin theta − damping·theta' + amplitude·cos(frequency·t)`.
public struct DrivenPendulum: FlowField {
  /// What theta' is damped by.
  public let damping: Double
  /// The amplitude of the torque.
  public let amplitude: Double
  /// Its frequency, in radians a unit of time.
  public let frequency: Double
  public var dimension: Int { 2 }
  public var period: Double? { isAutonomous || frequency == 0 ? nil : 2 * Double.pi / abs(frequency) }
  public var angles: [Int] { [0] }
  public var isAutonomous: Bool { amplitude == 0 || frequency == 0 }

  /// The pendulum with these parameters; frequency in radians a unit of time.
  public init(damping: Double, amplitude: Double, frequency: Double) {
    self.damping = damping
    self.amplitude = amplitude
    self.frequency = frequency
  }

  public func derivative(time: Double, state: Span<Double>, into derivative: inout MutableSpan<Double>) {
    derivative[0] = state[1]
    derivative[1] = -Double.sin(state[0]) - damping * state[1] + amplitude * Double.cos(frequency * time)
  }

  public func tangentRates(
    time: Double, state: Span<Double>, tangents: Span<Double>, into rates: inout MutableSpan<Double>
  ) {
    let stiffness = Double.cos(state[0])
    for row in stride(from: 0, to: tangents.count, by: 2) {
      let (u, v) = (tangents[row], tangents[row + 1])
      rates[row] = v
      rates[row + 1] = -stiffness * u - damping * v
    }
  }

  public func divergence(time: Double, state: Span<Double>) -> Double { -damping }
}

/// A single damped oscillator under a periodic force: `y'' = −gamma·y − epsilon·y' + amplitude·cos(frequency·t)`.
public struct DrivenOscillator: FlowField {
  /// The stiffness.
  public let gamma: Double
  /// The damping.
  public let epsilon: Double
  /// The amplitude of the force.
  public let amplitude: Double
  /// Its frequency, in radians a unit of time.
  public let frequency: Double
  public var dimension: Int { 2 }
  public var period: Double? { isAutonomous ? nil : 2 * Double.pi / abs(frequency) }
  public var isAutonomous: Bool { amplitude == 0 || frequency == 0 }

  /// The oscillator with these parameters; frequency in radians a unit of time.
  public init(gamma: Double, epsilon: Double, amplitude: Double, frequency: Double) {
    self.gamma = gamma
    self.epsilon = epsilon
    self.amplitude = amplitude
    self.frequency = frequency
  }

  public func derivative(time: Double, state: Span<Double>, into derivative: inout MutableSpan<Double>) {
    derivative[0] = state[1]
    derivative[1] = -gamma * state[0] - epsilon * state[1] + amplitude * Double.cos(frequency * time)
  }

  public func tangentRates(
    time: Double, state: Span<Double>, tangents: Span<Double>, into rates: inout MutableSpan<Double>
  ) {
    for row in stride(from: 0, to: tangents.count, by: 2) {
      let (u, v) = (tangents[row], tangents[row + 1])
      rates[row] = v
      rates[row + 1] = -gamma * u - epsilon * v
    }
  }

  public func divergence(time: Double, state: Span<Double>) -> Double { -epsilon }
}
