public import CoRNNAnalysis
public import CoRNNDynamics
import CoRNNKernels
public import CoRNNModel

/// A trained coRNN as a system driven by what it forecasts, per unit of the forecast system's time.
///
/// A step of the network is a sample of the system, so an exponent per step is divided by the time between samples.
public struct NetworkDynamics: Encodable, Equatable, Sendable {
  /// The largest conditional Lyapunov exponent of the map under one trajectory, and its standard error over blocks.
  public let conditionalExponent: Double?
  /// Its standard error over blocks.
  public let conditionalExponentError: Double?
  /// The steps averaged over.
  public let steps: Int
  /// Whether no input at all can make the map chaotic: `rigorous` where it is proved, else nothing is said.
  public let certified: Bool
  /// `rigorous` where it is proved.
  public let kind: ClaimKind
  /// The proved bound on the largest exponent under any input; null where nothing is proved.
  public let largestExponentBound: Double?
  /// The smallest gain of any test, proved below 1 where certified.
  public let gain: Double?
  /// Equation (6).
  public let weightAssumption: WeightAssumption

  /// What `network` does under `inputs`, one raw trajectory of samples `interval` apart.
  ///
  /// Costs a step of one tangent for each input, and a certificate (`Contraction`) with all its tests.
  public init(_ network: OscillatorNetwork, inputs: InputSequence, interval: Double) {
    let transient = inputs.steps / 5
    let found = try? LyapunovSpectrum(
      of: OscillatorMapSystem(network, drive: .inputs(inputs)),
      from: [Double](repeating: 0, count: 2 * network.hidden),
      options: .init(count: 1, transient: transient, steps: inputs.steps - transient))
    let factor = network.oscillators.timeStep / interval
    conditionalExponent = found.map { $0.exponents[0].value * factor }
    conditionalExponentError = found.flatMap { $0.exponents[0].standardError }.map { $0 * factor }
    steps = inputs.steps - transient
    let contraction = Contraction(network, system: .map, includingSeries: false)
    certified = contraction.certified
    kind = contraction.kind
    largestExponentBound = contraction.largestExponentBound.map { $0 * factor }
    gain = contraction.gain
    weightAssumption = WeightAssumption(
      oscillators: network.oscillators, positionRowSums: network.positionWeights.absoluteRowSums,
      velocityRowSums: network.velocityWeights.absoluteRowSums)
  }
}
