import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import RealModule

/// Randomly coupled oscillators (RON): the coRNN map with explicit damping, gamma and epsilon drawn for each unit, Z = 0,
/// and W, V, b drawn and left, read out linearly from positions, velocities and the input.
///
/// Ceni et al., "Random oscillators network for time series processing" (2024). W is normal with a given spectral radius,
/// V uniform in ±(input scale), b in ±1. Inputs are standardised.
public struct OscillatorReservoir: ReservoirKind {
  public let name = "ron"
  /// The units; the state has twice as many numbers.
  public let units: Int
  /// dt.
  public let timeStep: Double
  /// The middle of the ranges that gamma and epsilon are drawn from, evenly from half to three halves of it.
  public let gamma: Double
  /// The middle of the range that epsilon is drawn from.
  public let epsilon: Double
  /// The spectral radius of the recurrent weights.
  public let spectralRadius: Double
  /// Input weights are uniform in ± this.
  public let inputScale: Double

  /// A network with these settings.
  public init(
    units: Int = 150, timeStep: Double = 0.1, gamma: Double = 4, epsilon: Double = 4, spectralRadius: Double = 1,
    inputScale: Double = 1
  ) {
    precondition(units > 0 && timeStep > 0 && gamma > 0 && epsilon >= 0, "\(units) units, time step \(timeStep)")
    self.units = units
    self.timeStep = timeStep
    self.gamma = gamma
    self.epsilon = epsilon
    self.spectralRadius = spectralRadius
    self.inputScale = inputScale
  }

  public var summary: String { "random oscillators, \(units) units, explicit damping, ridge readout" }

  var settings: [ForecastSetting] {
    [
      ForecastSetting("units", "\(units)"), ForecastSetting("dt", timeStep), ForecastSetting("gamma", gamma),
      ForecastSetting("epsilon", epsilon), ForecastSetting("spectral radius", spectralRadius),
      ForecastSetting("input scale", inputScale),
    ]
  }

  func drawn(from random: inout SplittableRandom) -> OscillatorReservoir {
    // Constants with gamma·dt² and epsilon·dt well inside the unit's limit of stability.
    OscillatorReservoir(
      units: units, timeStep: random.logUniform(in: 0.02...0.4), gamma: random.logUniform(in: 0.2...8),
      epsilon: random.logUniform(in: 0.2...3), spectralRadius: random.logUniform(in: 0.2...8),
      inputScale: random.logUniform(in: 0.05...4))
  }

  func network(variables: Int, random: inout SplittableRandom) -> any ReservoirDynamics {
    var w = Matrix(rows: units, columns: units)
    for i in w.elements.indices { w.elements[i] = random.normal() }
    w.scale(toSpectralRadius: spectralRadius)
    var v = Matrix(rows: units, columns: variables)
    for i in v.elements.indices { v.elements[i] = random.uniform(in: -inputScale...inputScale) }
    let bias = (0..<units).map { _ in random.uniform(in: -1...1) }
    func constants(_ middle: Double) -> [Double] {
      (0..<units).map { _ in random.uniform(in: 0.5 * middle...1.5 * middle) }
    }
    let (gamma, epsilon) = (constants(gamma), constants(epsilon))
    do throws(InvalidNetwork) {
      let network = try OscillatorNetwork(
        oscillators: Oscillators(gamma: gamma, epsilon: epsilon, timeStep: timeStep, damping: .explicit),
        positionWeights: w, velocityWeights: Matrix(rows: units, columns: units), inputWeights: v, bias: bias)
      return Oscillating(network)
    } catch {
      preconditionFailure("a drawn network was refused: \(error)")
    }
  }

  private struct Oscillating: ReservoirDynamics {
    let map: OscillatorMap
    private let recurrent: PackedMatrix
    private let input: PackedMatrix

    init(_ network: OscillatorNetwork) {
      map = OscillatorMap(network)
      recurrent = PackedMatrix(network.recurrentWeights)
      input = PackedMatrix(network.inputWeights)
    }

    var variables: Int { map.network.inputs }
    var stateSize: Int { 2 * map.network.hidden }
    var drawn: Int { map.network.hidden * (map.network.hidden + variables + 3) }

    func advance(states: inout [Double], inputs: [Double]) {
      map.advance(states: &states, inputs: inputs)
    }

    func push(_ tangents: inout [Double], state: [Double], input u: [Double]) {
      let (m, size, own) = (map.network.hidden, variables + stateSize, map.network.oscillators)
      let count = tangents.count / size
      var slopes = map.network.bias
      recurrent.multiplyAdd(count: 1, vectors: state, stride: 2 * m, into: &slopes, resultStride: m)
      input.multiplyAdd(count: 1, vectors: u, stride: variables, into: &slopes, resultStride: m)
      applyTanhSlope(to: &slopes)
      var changes = [Double](repeating: 0, count: count * m)
      recurrent.multiplyAdd(
        count: count, vectors: tangents, from: variables, stride: size, into: &changes, resultStride: m)
      input.multiplyAdd(count: count, vectors: tangents, stride: size, into: &changes, resultStride: m)
      let (retain, scale, dt) = (own.velocityRetention, own.velocityScale, own.timeStep)
      for k in 0..<count {
        let y = k * size + variables
        for i in 0..<m {
          let force = slopes[i] * changes[k * m + i] - own.gamma[i] * tangents[y + i]
          tangents[y + m + i] = scale[i] * (retain[i] * tangents[y + m + i] + dt * force)
          tangents[y + i] += dt * tangents[y + m + i]
        }
      }
    }
  }
}
