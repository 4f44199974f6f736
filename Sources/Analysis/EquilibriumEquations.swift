import CoRNNKernels
import CoRNNModel
import RealModule

/// What the positions of a network's equilibria solve: `gamma·y − sigma(W y + V u + b) = 0`, with z = 0.
///
/// The flow and both maps have the same ones, whatever Z, epsilon and dt are.
struct EquilibriumEquations: RootEquations {
  let network: OscillatorNetwork
  /// u, d values.
  let input: [Double]
  /// `V u + b`.
  let drive: [Double]

  var dimension: Int { network.hidden }

  init(_ network: OscillatorNetwork, input: [Double]) {
    precondition(input.count == network.inputs, "an input of \(input.count) values, not \(network.inputs)")
    self.network = network
    self.input = input
    var drive = network.bias
    network.inputWeights.multiply(count: 1, vectors: input, stride: network.inputs, keeping: 1, into: &drive)
    self.drive = drive
  }

  /// `W y + V u + b`.
  func drives(at y: [Double]) -> [Double] {
    var drives = drive
    network.positionWeights.multiply(count: 1, vectors: y, stride: dimension, keeping: 1, into: &drives)
    return drives
  }

  func residual(at y: [Double]) -> [Double]? {
    let drives = drives(at: y)
    return y.indices.map { network.oscillators.gamma[$0] * y[$0] - network.oscillators.activation.value(drives[$0]) }
  }

  /// The slopes `sigma'` at an equilibrium.
  func slopes(at y: [Double]) -> [Double] { drives(at: y).map { network.oscillators.activation.slope($0) } }

  /// Twice a bound on the errors of `m + d + 4` roundings in the activation's argument, of an activation within 3 units
  /// in the last place, and of rounding y itself.
  func rounding(at y: [Double]) -> [Double]? {
    let unit = Double.ulpOfOne / 2
    let drives = drives(at: y)
    let o = network.oscillators
    return y.indices.map { i in
      var sizes = abs(network.bias[i])
      for j in input.indices { sizes += abs(network.inputWeights[i, j] * input[j]) }
      for j in y.indices { sizes += abs(network.positionWeights[i, j] * y[j]) }
      let argument = o.activation.slope(drives[i]) * Double(dimension + input.count + 4) * sizes
      return 2 * unit * (3 * abs(o.gamma[i] * y[i]) + 8 * abs(o.activation.value(drives[i])) + argument)
    }
  }

  func jacobian(at y: [Double]) -> Matrix? {
    let slopes = slopes(at: y)
    var result = Matrix(rows: dimension, columns: dimension)
    for i in 0..<dimension {
      for j in 0..<dimension { result[i, j] = -slopes[i] * network.positionWeights[i, j] }
      result[i, i] += network.oscillators.gamma[i]
    }
    return result
  }
}

extension Activation {
  /// `sigma(a)`.
  func value(_ a: Double) -> Double {
    switch self {
    case .tanh: .tanh(a)
    case .identity: a
    case .none: 0
    }
  }

  /// `sigma'(a)`.
  func slope(_ a: Double) -> Double {
    switch self {
    case .tanh: 1 / (Double.cosh(a) * Double.cosh(a))
    case .identity: 1
    case .none: 0
    }
  }

  /// `sigma''(a)`.
  func curvature(_ a: Double) -> Double { self == .tanh ? -2 * .tanh(a) * slope(a) : 0 }
}
