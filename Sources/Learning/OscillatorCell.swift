public import CoRNNKernels
public import CoRNNModel
import RealModule

/// A coRNN to be trained: W, Z, V, b and the readout, and, if wanted, gamma, epsilon and dt.
///
/// Learned constants are kept positive as exponentials: the parameters are their natural logarithms, so that an
/// optimiser's step is a relative change, and `dE/d(ln c) = c·dE/dc`.
public struct OscillatorCell: RecurrentCell {
  /// What becomes of gamma or epsilon in training.
  public enum Constant: String, Codable, Sendable {
    /// Stays as it is.
    case fixed
    /// One value for all units is learned.
    case shared
    /// A value for each unit is learned.
    case byUnit
  }

  /// The units before training; what is fixed stays so.
  public let start: Oscillators
  /// What of them is learned.
  public let gamma: Constant
  /// What becomes of epsilon.
  public let epsilon: Constant
  /// Whether dt is learned.
  public let learnsTimeStep: Bool
  public var name: String { "cornn" }
  public let layout: CellLayout
  public let blocks: [ParameterBlock]

  /// Why constants can't be learned, or a network not be trained.
  public enum Problem: Error, Equatable, Sendable {
    /// The kernels have tanh only.
    case activation(Activation)
    /// One value is to be learned where units start with different ones.
    case differentStarts(constant: String)
    /// A logarithm needs a start greater than 0.
    case startNotPositive(constant: String, unit: Int)
    /// The network has another number of units, inputs or outputs, or no readout.
    case otherShape
  }

  /// A cell of these units.
  public init(
    _ start: Oscillators, inputs: Int, outputs: Int, gamma: Constant = .fixed, epsilon: Constant = .fixed,
    learnsTimeStep: Bool = false
  ) throws(Problem) {
    guard start.activation == .tanh else { throw .activation(start.activation) }
    for (name, rule, values) in [("gamma", gamma, start.gamma), ("epsilon", epsilon, start.epsilon)] {
      if rule == .shared, values.contains(where: { $0 != values[0] }) { throw .differentStarts(constant: name) }
      if rule != .fixed, let unit = values.firstIndex(where: { $0 <= 0 }) {
        throw .startNotPositive(constant: name, unit: unit)
      }
    }
    self.start = start
    self.gamma = gamma
    self.epsilon = epsilon
    self.learnsTimeStep = learnsTimeStep
    let m = start.count
    layout = CellLayout(.oscillator, hidden: m, inputs: inputs, outputs: outputs)
    var blocks = [
      ParameterBlock("W", m, m), ParameterBlock("Z", m, m), ParameterBlock("V", m, inputs), ParameterBlock("b", m),
      ParameterBlock("readout.weight", outputs, m), ParameterBlock("readout.bias", outputs),
    ]
    if gamma != .fixed { blocks.append(ParameterBlock("log_gamma", gamma == .shared ? 1 : m)) }
    if epsilon != .fixed { blocks.append(ParameterBlock("log_epsilon", epsilon == .shared ? 1 : m)) }
    if learnsTimeStep { blocks.append(ParameterBlock("log_dt", 1)) }
    self.blocks = blocks
  }

  public var placements: [ParameterPlacement] {
    let (m, d, o) = (layout.hidden, layout.inputs, layout.outputs)
    func place(_ name: String, _ rows: Int, _ columns: Int, _ row: Int, _ column: Int) -> ParameterPlacement {
      ParameterPlacement(start: start(of: name), rows: rows, columns: columns, row: row, column: column)
    }
    return [
      place("Z", m, m, 0, 0), place("W", m, m, 0, layout.units), place("V", m, d, 0, layout.firstInput),
      place("b", m, 1, 0, layout.firstInput + d),
      place("readout.weight", o, m, layout.firstOutput, layout.units),
      place("readout.bias", o, 1, layout.firstOutput, layout.firstInput + d),
    ]
  }

  public var learnsConstants: Bool { gamma != .fixed || epsilon != .fixed || learnsTimeStep }

  /// gamma, epsilon and dt as these parameters have them.
  private func constants(_ parameters: [Double]) -> (gamma: [Double], epsilon: [Double], timeStep: Double) {
    func values(_ rule: Constant, _ name: String, _ fixed: [Double]) -> [Double] {
      switch rule {
      case .fixed: return fixed
      case .shared: return fixed.map { _ in .exp(parameters[start(of: name)]) }
      case .byUnit:
        let first = start(of: name)
        return fixed.indices.map { .exp(parameters[first + $0]) }
      }
    }
    return (
      values(gamma, "log_gamma", start.gamma), values(epsilon, "log_epsilon", start.epsilon),
      learnsTimeStep ? .exp(parameters[start(of: "log_dt")]) : start.timeStep
    )
  }

  private func scale(_ epsilon: [Double], _ dt: Double) -> [Double] {
    epsilon.map { start.damping == .implicit ? 1 / (1 + $0 * dt) : 1 }
  }

  public func factors(_ parameters: [Double]) -> CellFactors {
    let (gamma, epsilon, dt) = constants(parameters)
    let scale = scale(epsilon, dt)
    return CellFactors(
      [
        zip(scale, epsilon).map { start.damping == .implicit ? $0 : 1 - $1 * dt }, scale.map { $0 * dt },
        zip(scale, gamma).map { $0 * dt * $1 },
      ], timeStep: dt)
  }

  /// With q = s·w: gamma enters as −dt·q·y_{n−1}, epsilon as −dt·q times the velocity that damping acts on, and dt as
  /// `lambda·z_n + q·(z_n − z_{n−1})/dt`.
  public func addConstantGradient(sums: [Double], parameters: [Double], to gradient: inout [Double]) {
    let (gamma, epsilon, dt) = constants(parameters)
    let scale = scale(epsilon, dt)
    let units = layout.units
    func add(_ rule: Constant, _ name: String, _ values: [Double], _ force: (Int) -> Double) {
      guard rule != .fixed else { return }
      let first = start(of: name)
      for i in 0..<layout.hidden { gradient[first + (rule == .shared ? 0 : i)] -= values[i] * dt * scale[i] * force(i) }
    }
    add(self.gamma, "log_gamma", gamma) { sums[$0] }
    add(self.epsilon, "log_epsilon", epsilon) {
      sums[units + $0] + (start.damping == .implicit ? sums[2 * units + $0] : 0)
    }
    if learnsTimeStep {
      let place = start(of: "log_dt")
      for i in 0..<layout.hidden { gradient[place] += dt * sums[3 * units + i] + scale[i] * sums[2 * units + i] }
    }
  }

  /// W, Z, V and b uniform in `±1/sqrt(d + 2m)` as the published code starts them, the readout in `±1/sqrt(m)`.
  public func initialParameters(_ random: inout SplittableRandom) -> [Double] {
    let (m, d) = (layout.hidden, layout.inputs)
    let limit = 1 / Double(d + 2 * m).squareRoot()
    let readout = 1 / Double(m).squareRoot()
    var values = (0..<m * (2 * m + d + 1)).map { _ in random.uniform(in: -limit...limit) }
    values += (0..<layout.outputs * (m + 1)).map { _ in random.uniform(in: -readout...readout) }
    return values + logarithms(start)
  }

  private func logarithms(_ oscillators: Oscillators) -> [Double] {
    func values(_ rule: Constant, _ constants: [Double]) -> [Double] {
      switch rule {
      case .fixed: []
      case .shared: [.log(constants[0])]
      case .byUnit: constants.map { .log($0) }
      }
    }
    return values(gamma, oscillators.gamma) + values(epsilon, oscillators.epsilon)
      + (learnsTimeStep ? [.log(oscillators.timeStep)] : [])
  }

  /// The network with these parameters.
  public func network(_ parameters: [Double]) throws(InvalidNetwork) -> OscillatorNetwork {
    precondition(parameters.count == parameterCount, "\(parameters.count) parameters of \(parameterCount)")
    let (m, d, o) = (layout.hidden, layout.inputs, layout.outputs)
    func matrix(_ name: String, _ rows: Int, _ columns: Int) -> Matrix {
      Matrix(rows: rows, columns: columns, elements: Array(parameters[start(of: name)...].prefix(rows * columns)))
    }
    let (gamma, epsilon, dt) = constants(parameters)
    return try OscillatorNetwork(
      oscillators: Oscillators(gamma: gamma, epsilon: epsilon, timeStep: dt, damping: start.damping),
      positionWeights: matrix("W", m, m), velocityWeights: matrix("Z", m, m), inputWeights: matrix("V", m, d),
      bias: matrix("b", m, 1).elements,
      readout: OscillatorNetwork.Readout(
        weights: matrix("readout.weight", o, m), bias: matrix("readout.bias", o, 1).elements))
  }

  /// The parameters of a network that is to be trained on.
  ///
  /// - Throws: ``Problem/otherShape`` unless its shape is the cell's. Constants that the cell learns are taken from the
  ///   network, those that it keeps fixed must be equal.
  public func parameters(of network: OscillatorNetwork) throws(Problem) -> [Double] {
    let own = network.oscillators
    guard let readout = network.readout, network.hidden == layout.hidden, network.inputs == layout.inputs,
      readout.weights.rows == layout.outputs, own.damping == start.damping, own.activation == .tanh,
      gamma != .fixed || own.gamma == start.gamma, epsilon != .fixed || own.epsilon == start.epsilon,
      learnsTimeStep || own.timeStep == start.timeStep
    else { throw .otherShape }
    return network.positionWeights.elements + network.velocityWeights.elements + network.inputWeights.elements
      + network.bias + readout.weights.elements + readout.bias + logarithms(own)
  }
}
