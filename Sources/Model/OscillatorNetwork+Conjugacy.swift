import CoRNNKernels

/// The twin of a network under the other kind of damping.
public struct ConjugateNetwork: Equatable, Sendable {
  /// The network that runs the same dynamics.
  public let network: OscillatorNetwork
  /// What each unit's position and velocity are multiplied by on the way to the twin's state.
  public let stateScale: [Double]
}

/// Why a network has no twin under the other kind of damping.
public enum NoTwin: Error, Equatable, Sendable {
  /// An explicit network needs `epsilon·dt < 1` in every unit; the first unit in the way.
  case dampingTooStrong(unit: Int, epsilonTimesStep: Double)
  /// The twin's numbers leave the range of doubles.
  case outOfRange(InvalidNetwork)
}

extension OscillatorNetwork {
  /// The network with the other damping whose map is this one's on scaled states, exactly.
  ///
  /// With `c = 1/(1 + epsilon·dt)` by unit, the implicit map of (W, Z, gamma, epsilon) on (y, z) is the explicit
  /// map of (W·diag c, Z·diag c, c·gamma, c·epsilon) on (y, z)/c; V and b stay, and the readout's columns are
  /// multiplied by c.
  ///
  /// - Throws: ``NoTwin`` for an explicit network with `epsilon·dt >= 1` in a unit.
  public func conjugate() throws(NoTwin) -> ConjugateNetwork {
    let dt = oscillators.timeStep
    let factors: [Double]
    let damping: Damping
    switch oscillators.damping {
    case .implicit:
      damping = .explicit
      factors = oscillators.velocityScale
    case .explicit:
      damping = .implicit
      if let unit = oscillators.epsilon.firstIndex(where: { $0 * dt >= 1 }) {
        throw .dampingTooStrong(unit: unit, epsilonTimesStep: oscillators.epsilon[unit] * dt)
      }
      factors = oscillators.epsilon.map { 1 / (1 - $0 * dt) }
    }
    do throws(InvalidNetwork) {
      let twin = try OscillatorNetwork(
        oscillators: Oscillators(
          gamma: scaled(oscillators.gamma, by: factors), epsilon: scaled(oscillators.epsilon, by: factors),
          timeStep: dt, damping: damping, activation: oscillators.activation),
        positionWeights: positionWeights.scalingColumns(by: factors),
        velocityWeights: velocityWeights.scalingColumns(by: factors), inputWeights: inputWeights, bias: bias,
        readout: readout.map { Readout(weights: $0.weights.scalingColumns(by: factors), bias: $0.bias) },
        embedding: embedding)
      return ConjugateNetwork(network: twin, stateScale: factors.map { 1 / $0 })
    } catch {
      throw .outOfRange(error)
    }
  }

  private func scaled(_ values: [Double], by factors: [Double]) -> [Double] {
    zip(values, factors).map { $0 * $1 }
  }
}
