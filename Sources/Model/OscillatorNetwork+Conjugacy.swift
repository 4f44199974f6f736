import CoRNNKernels

/// The twin of a network under the other kind of damping.
public struct ConjugateNetwork: Equatable, Sendable {
  /// The network that runs the same dynamics.
  public let network: OscillatorNetwork
  /// What each unit's position and velocity are multiplied by on the way to the twin's state.
  public let stateScale: [Double]
}

/// No network with implicit damping runs as this explicit one: it needs `epsilon·dt < 1` in every unit.
public struct NoImplicitTwin: Error, Equatable, Sendable {
  /// The first unit in the way.
  public let unit: Int
  /// Its `epsilon·dt`.
  public let epsilonTimesStep: Double
}

extension OscillatorNetwork {
  /// The network with the other damping whose map is this one's on scaled states, exactly.
  ///
  /// With `c = 1/(1 + epsilon·dt)` by unit, the implicit map of (W, Z, gamma, epsilon) on (y, z) is the explicit
  /// map of (W·diag c, Z·diag c, c·gamma, c·epsilon) on (y, z)/c; V and b stay, and the readout's columns are
  /// multiplied by c.
  ///
  /// - Throws: ``NoImplicitTwin`` for an explicit network with `epsilon·dt >= 1` in a unit.
  public func conjugate() throws(NoImplicitTwin) -> ConjugateNetwork {
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
        throw NoImplicitTwin(unit: unit, epsilonTimesStep: oscillators.epsilon[unit] * dt)
      }
      factors = oscillators.epsilon.map { 1 / (1 - $0 * dt) }
    }
    let twin = Result { () throws(InvalidNetwork) in
      try OscillatorNetwork(
        oscillators: Oscillators(
          gamma: scaled(oscillators.gamma, by: factors), epsilon: scaled(oscillators.epsilon, by: factors),
          timeStep: dt, damping: damping, activation: oscillators.activation),
        positionWeights: positionWeights.scalingColumns(by: factors),
        velocityWeights: velocityWeights.scalingColumns(by: factors),
        inputWeights: inputWeights, bias: bias,
        readout: readout.map { Readout(weights: $0.weights.scalingColumns(by: factors), bias: $0.bias) },
        embedding: embedding)
    }
    guard case .success(let network) = twin else {
      preconditionFailure("factors \(factors) took the network out of range: \(twin)")
    }
    return ConjugateNetwork(network: network, stateScale: factors.map { 1 / $0 })
  }

  private func scaled(_ values: [Double], by factors: [Double]) -> [Double] {
    zip(values, factors).map { $0 * $1 }
  }
}
