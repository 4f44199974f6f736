public import CoRNNKernels
public import CoRNNModel
import RealModule

/// The coRNN map as a dynamical system: states of m positions and m velocities.
///
/// Tangents move by products of W and Z with their halves, never by the 2m×2m Jacobian: a step of k tangents costs
/// 2·m²·(k + 1) multiply–adds, half of that where Z = 0. A closed loop is the map of `OscillatorNetwork.closingLoop()` under no input.
public struct OscillatorMapSystem: DynamicalSystem {
  /// What the network is driven by.
  public enum Drive: Equatable, Sendable {
    /// Inputs of one trajectory, again from the first after the last.
    case inputs(InputSequence)
    /// The same d values at every step.
    case constant([Double])
  }

  public let dimension: Int
  public let timeStep: Double
  public var hasTime: Bool { true }
  public var hasDeterminantFormula: Bool { true }
  public var step = 0

  private let network: OscillatorNetwork
  private let recurrent: PackedMatrix
  private let input: PackedMatrix
  private let inputs: [Double]
  private let period: Int
  private let retain: [Double]
  private let scale: [Double]
  private let linear: OscillatorDerivative
  /// `Σ log s_i`, and `Σ log s_i·r_i` where Z = 0.
  private let logScales: Double
  private let uncoupledLogDeterminant: Double?
  /// dt·Z, row-major.
  private let velocityCoupling: [Double]
  // Scratch: the drive A and its activation, and the slopes.
  private var sigma: [Double]
  private var slopes: [Double]

  /// The map of `network` under `drive`.
  public init(_ network: OscillatorNetwork, drive: Drive) {
    self.network = network
    switch drive {
    case .inputs(let sequence):
      precondition(
        sequence.batch == 1 && sequence.width == network.inputs && sequence.steps > 0,
        "inputs of width \(sequence.width), \(sequence.batch) trajectories")
      inputs = sequence.values
      period = sequence.steps
    case .constant(let value):
      precondition(value.count == network.inputs, "\(value.count) values for \(network.inputs) inputs")
      inputs = value
      period = 1
    }
    dimension = 2 * network.hidden
    timeStep = network.oscillators.timeStep
    recurrent = PackedMatrix(network.recurrentWeights)
    input = PackedMatrix(network.inputWeights)
    retain = network.oscillators.velocityRetention
    scale = network.oscillators.velocityScale
    linear = OscillatorDerivative(network)
    logScales = scale.reduce(0) { $0 + Double.log($1) }
    uncoupledLogDeterminant =
      network.isUncoupledInVelocity ? retain.reduce(logScales) { $0 + Double.log(abs($1)) } : nil
    velocityCoupling = network.velocityWeights.elements.map { [timeStep] in timeStep * $0 }
    sigma = network.bias
    slopes = network.bias
  }

  public mutating func advance(_ state: inout [Double]) throws(IntegrationFailure) {
    drive(at: state)
    try move(&state)
  }

  public mutating func advance(_ state: inout [Double], tangents: inout [Double]) throws(IntegrationFailure) {
    drive(at: state)
    linear.push(tangents: &tangents, count: tangents.count / dimension, slopes: slopes)
    try move(&state)
  }

  /// `Σ log s_i + log|det(diag r + dt·D·Z)|`, r the retention of a velocity and s its scale.
  public mutating func logDeterminant(at state: [Double]) throws(IntegrationFailure) -> Double {
    if let uncoupledLogDeterminant { return uncoupledLogDeterminant }
    drive(at: state)
    let m = network.hidden
    var block = velocityCoupling
    for i in 0..<m {
      for place in i * m..<(i + 1) * m { block[place] *= slopes[i] }
      block[i * m + i] += retain[i]
    }
    return Matrix(rows: m, columns: m, elements: block).logAbsoluteDeterminant + logScales
  }

  /// Sets `sigma` and `slopes` for the next step from `state`.
  private mutating func drive(at state: [Double]) {
    let d = network.inputs
    let activation = network.oscillators.activation
    for i in sigma.indices { sigma[i] = activation == .none ? 0 : network.bias[i] }
    if activation != .none {
      input.multiplyAdd(
        count: 1, vectors: inputs, from: step % period * d, stride: d, into: &sigma, resultStride: network.hidden)
      recurrent.multiplyAdd(
        count: 1, vectors: state, stride: dimension, into: &sigma, resultStride: network.hidden)
    }
    for i in slopes.indices { slopes[i] = activation == .identity ? 1 : activation == .none ? 0 : sigma[i] }
    guard activation == .tanh else { return }
    applyTanhSlope(to: &slopes)
    applyTanh(to: &sigma)
  }

  private mutating func move(_ state: inout [Double]) throws(IntegrationFailure) {
    advanceOscillators(
      state: &state, sigma: sigma, timeStep: timeStep, gamma: network.oscillators.gamma, retain: retain, scale: scale)
    step += 1
    guard state.allSatisfy(\.isFinite) else {
      throw IntegrationFailure(time: Double(step) * timeStep, reason: "the state left the range of doubles")
    }
  }
}
