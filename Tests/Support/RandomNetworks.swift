import CoRNNKernels
import CoRNNModel

/// A network with random constants and weights, for properties that hold for all of them.
///
/// Constants are drawn so that every regime occurs: under- and overdamped, stable and barely so, one gamma and
/// epsilon for all units or one for each.
public func randomNetwork(
  seed: UInt64, hidden: Int, inputs: Int = 2, damping: Damping, heterogeneous: Bool, activation: Activation = .tanh,
  gain: Double = 4, largestStep: Double = 0.3
) throws -> OscillatorNetwork {
  var random = SplittableRandom(seed: seed)
  func constants(_ range: ClosedRange<Double>) -> [Double] {
    let first = random.uniform(in: range)
    return (0..<hidden).map { _ in heterogeneous ? random.uniform(in: range) : first }
  }
  let gamma = constants(0.1...9.5)
  let epsilon = constants(0.05...6.5)
  let timeStep = random.uniform(in: 0.003...largestStep)
  return try OscillatorNetwork(
    oscillators: Oscillators(
      gamma: gamma, epsilon: epsilon, timeStep: timeStep, damping: damping, activation: activation),
    inputs: inputs, gain: gain, random: &random)
}
