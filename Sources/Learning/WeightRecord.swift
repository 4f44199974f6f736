import CoRNNAnalysis
public import CoRNNDynamics
import CoRNNKernels
public import CoRNNModel

/// A coRNN's weights at a moment of its training: the paper's figure 3, and what goes with it.
public struct WeightRecord: Codable, Equatable, Sendable {
  /// (6), with both of its terms and r*.
  public let assumption: WeightAssumption
  /// dt^(1/2), the most that (6) allows eta to be; null for dt >= 1.
  public let limit: Double?
  /// |W|∞ and |Z|∞, and the largest singular values of W and Z.
  public let positionInfinityNorm: Double
  /// |Z|∞.
  public let velocityInfinityNorm: Double
  /// ‖W‖₂.
  public let positionSpectralNorm: Double
  /// ‖Z‖₂.
  public let velocitySpectralNorm: Double
  /// The largest energy over a validation sequence, and the tightest rigorous bound of the ladder on it: energy/bound
  /// and the rung's name. Null where the run diverged or no rung applies.
  public let energy: Double
  /// The largest value/bound of the tightest rung.
  public let energyTightness: Double?
  /// That rung's name.
  public let energyRung: String?
  /// The largest conditional Lyapunov exponent per unit of the network's time along that sequence, and its standard
  /// error; null where it wasn't asked for or couldn't be had.
  public let exponent: Double?
  /// Its standard error.
  public let exponentError: Double?

  /// What `network` is like, seen on `inputs` (one trajectory).
  public init(of network: OscillatorNetwork, inputs: InputSequence, withExponent: Bool) {
    assumption = WeightAssumption(
      oscillators: network.oscillators, positionRowSums: network.positionWeights.absoluteRowSums,
      velocityRowSums: network.velocityWeights.absoluteRowSums)
    let dt = network.oscillators.timeStep
    limit = dt < 1 ? dt.squareRoot() : nil
    positionInfinityNorm = network.positionWeights.infinityNorm
    velocityInfinityNorm = network.velocityWeights.infinityNorm
    positionSpectralNorm = network.positionWeights.spectralNorm
    velocitySpectralNorm = network.velocityWeights.spectralNorm
    let run = OscillatorMap(network).trajectory(inputs: inputs)
    let bounds = EnergyBounds(network: network, inputs: inputs, trajectory: run)
    energy = bounds.maximum
    let tightest = bounds.rungs.filter { $0.kind == .rigorous && $0.tightness != nil }
      .max { ($0.tightness ?? 0) < ($1.tightness ?? 0) }
    energyTightness = tightest?.tightness
    energyRung = tightest?.name
    var found: LyapunovSpectrum.Exponent?
    if withExponent {
      let transient = inputs.steps / 5
      found = try? LyapunovSpectrum(
        of: OscillatorMapSystem(network, drive: .inputs(inputs)),
        from: [Double](repeating: 0, count: 2 * network.hidden),
        options: .init(count: 1, transient: transient, steps: inputs.steps - transient)
      ).exponents.first
    }
    exponent = found?.value
    exponentError = found?.standardError
  }
}
