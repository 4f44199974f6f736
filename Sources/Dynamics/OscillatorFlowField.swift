import CoRNNKernels
public import CoRNNModel

/// The continuous coRNN as a vector field on positions followed by velocities, its input held over each sampling step.
public struct OscillatorFlowField: FlowField {
  /// The network whose field it is.
  public let network: OscillatorNetwork
  private let kernel: OscillatorField
  private let linear: OscillatorDerivative
  /// V u + b for each input, rows of m, and the one that acts.
  private let drives: [Double]
  private let count: Int
  private var held: [Double]

  /// The field of `network` under `drive`; to be sampled every dt.
  public init(_ network: OscillatorNetwork, drive: OscillatorMapSystem.Drive) {
    self.network = network
    kernel = network.field
    linear = OscillatorDerivative(network)
    let inputs: [Double]
    switch drive {
    case .inputs(let sequence):
      precondition(
        sequence.batch == 1 && sequence.width == network.inputs && sequence.steps > 0,
        "inputs of width \(sequence.width), \(sequence.batch) trajectories")
      (inputs, count) = (sequence.values, sequence.steps)
    case .constant(let value):
      precondition(value.count == network.inputs, "\(value.count) values for \(network.inputs) inputs")
      (inputs, count) = (value, 1)
    }
    var drives: [Double] = []
    drives.reserveCapacity(count * network.hidden)
    for _ in 0..<count { drives += network.bias }
    network.inputWeights.multiply(
      count: count, vectors: inputs, stride: network.inputs, keeping: 1, into: &drives)
    self.drives = drives
    held = Array(drives.prefix(network.hidden))
  }

  public var dimension: Int { 2 * network.hidden }
  public var isAutonomous: Bool { count == 1 }
  public var period: Double? {
    isAutonomous ? nil : Double(count) * network.oscillators.timeStep
  }

  public mutating func enter(step: Int) {
    guard count > 1 else { return }
    let row = step % count * network.hidden
    for i in held.indices { held[i] = drives[row + i] }
  }

  public func derivative(time: Double, state: Span<Double>, into derivative: inout MutableSpan<Double>) {
    kernel.evaluate(drive: held, state: state, into: &derivative)
  }

  public func tangentRates(
    time: Double, state: Span<Double>, tangents: Span<Double>, into rates: inout MutableSpan<Double>
  ) {
    let rows = tangents.count / dimension
    let moved = linear.flowRates(tangents: Self.array(tangents), count: rows, slopes: slopes(state))
    for place in moved.indices { rates[place] = moved[place] }
  }

  /// `−Σ epsilon_i + Σ D_i·Z_ii`.
  public func divergence(time: Double, state: Span<Double>) -> Double {
    let slopes = slopes(state)
    return network.oscillators.epsilon.indices.reduce(0) {
      $0 + slopes[$1] * network.velocityWeights[$1, $1] - network.oscillators.epsilon[$1]
    }
  }

  private func slopes(_ state: Span<Double>) -> [Double] {
    switch network.oscillators.activation {
    case .none: return [Double](repeating: 0, count: network.hidden)
    case .identity: return [Double](repeating: 1, count: network.hidden)
    case .tanh:
      var slopes = held
      linear.addCoupling(of: Self.array(state), to: &slopes)
      applyTanhSlope(to: &slopes)
      return slopes
    }
  }

  private static func array(_ span: Span<Double>) -> [Double] {
    span.indices.map { span[$0] }
  }
}
