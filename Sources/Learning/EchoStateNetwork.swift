import CoRNNKernels
import RealModule

/// An echo state network: `r ← (1 − a)·r + a·tanh(W r + V u + b)` with a dense W of a given spectral radius, read out
/// linearly with the input beside the state.
///
/// W has independent normal entries, scaled; V and b are uniform in ±(input scale) and ±(bias scale). Inputs are
/// standardised. Jaeger, GMD report 148 (2001).
public struct EchoStateNetwork: ReservoirKind {
  public let name = "esn"
  /// The units.
  public let units: Int
  /// The spectral radius of the recurrent weights.
  public let spectralRadius: Double
  /// Input weights are uniform in ± this.
  public let inputScale: Double
  /// Biases are uniform in ± this.
  public let biasScale: Double
  /// a, the part of the state that is renewed in a step.
  public let leak: Double

  /// A network with these settings.
  public init(
    units: Int = 300, spectralRadius: Double = 0.9, inputScale: Double = 0.3, biasScale: Double = 0.5,
    leak: Double = 0.3
  ) {
    precondition(units > 0 && 0 < leak && leak <= 1, "\(units) units, leak \(leak)")
    self.units = units
    self.spectralRadius = spectralRadius
    self.inputScale = inputScale
    self.biasScale = biasScale
    self.leak = leak
  }

  public var summary: String { "echo state network of \(units) units, dense, ridge readout" }

  var settings: [ForecastSetting] {
    [
      ForecastSetting("units", "\(units)"), ForecastSetting("spectral radius", spectralRadius),
      ForecastSetting("input scale", inputScale), ForecastSetting("bias scale", biasScale),
      ForecastSetting("leak", leak),
    ]
  }

  func drawn(from random: inout SplittableRandom) -> EchoStateNetwork {
    EchoStateNetwork(
      units: units, spectralRadius: random.logUniform(in: 0.1...1.5), inputScale: random.logUniform(in: 0.02...1.5),
      biasScale: random.uniform(in: 0...1.5), leak: random.logUniform(in: 0.05...1))
  }

  func network(variables: Int, random: inout SplittableRandom) -> any ReservoirDynamics {
    var w = Matrix(rows: units, columns: units)
    for i in w.elements.indices { w.elements[i] = random.normal() }
    w.scale(toSpectralRadius: spectralRadius)
    var v = Matrix(rows: units, columns: variables)
    for i in v.elements.indices { v.elements[i] = random.uniform(in: -inputScale...inputScale) }
    let bias = (0..<units).map { _ in random.uniform(in: -biasScale...biasScale) }
    return LeakyTanh(recurrent: PackedMatrix(w), input: PackedMatrix(v), bias: bias, leak: leak)
  }

  private struct LeakyTanh: ReservoirDynamics {
    let recurrent: PackedMatrix
    let input: PackedMatrix
    let bias: [Double]
    let leak: Double
    var variables: Int { input.columns }
    var stateSize: Int { bias.count }
    var drawn: Int { bias.count * (bias.count + input.columns + 1) }

    func advance(states: inout [Double], inputs: [Double]) {
      let (m, batch) = (bias.count, states.count / bias.count)
      var drive: [Double] = []
      drive.reserveCapacity(states.count)
      for _ in 0..<batch { drive += bias }
      recurrent.multiplyAdd(count: batch, vectors: states, stride: m, into: &drive, resultStride: m)
      input.multiplyAdd(count: batch, vectors: inputs, stride: variables, into: &drive, resultStride: m)
      applyTanh(to: &drive)
      for i in states.indices { states[i] += leak * (drive[i] - states[i]) }
    }

    func push(_ tangents: inout [Double], state: [Double], input u: [Double]) {
      let (m, size) = (bias.count, variables + stateSize)
      let count = tangents.count / size
      var slopes = bias
      recurrent.multiplyAdd(count: 1, vectors: state, stride: m, into: &slopes, resultStride: m)
      input.multiplyAdd(count: 1, vectors: u, stride: variables, into: &slopes, resultStride: m)
      applyTanhSlope(to: &slopes)
      var changes = [Double](repeating: 0, count: count * m)
      recurrent.multiplyAdd(
        count: count, vectors: tangents, from: variables, stride: size, into: &changes, resultStride: m)
      input.multiplyAdd(count: count, vectors: tangents, stride: size, into: &changes, resultStride: m)
      for k in 0..<count {
        let row = k * size + variables
        for i in 0..<m { tangents[row + i] += leak * (slopes[i] * changes[k * m + i] - tangents[row + i]) }
      }
    }
  }
}

extension Matrix {
  /// Scales a drawn square matrix.
  mutating func scale(toSpectralRadius radius: Double) {
    guard let own = spectralRadius, own > 0 else { preconditionFailure("no spectral radius of a drawn matrix") }
    for i in elements.indices { elements[i] *= radius / own }
  }
}

extension SplittableRandom {
  /// A number whose logarithm is uniform.
  mutating func logUniform(in range: ClosedRange<Double>) -> Double {
    Double.exp(uniform(in: Double.log(range.lowerBound)...Double.log(range.upperBound)))
  }
}
