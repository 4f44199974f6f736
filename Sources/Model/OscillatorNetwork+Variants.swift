extension OscillatorNetwork {
  /// The same weights with another time step.
  public func withTimeStep(_ timeStep: Double) throws(InvalidNetwork) -> OscillatorNetwork {
    try with(
      Oscillators(
        gamma: oscillators.gamma, epsilon: oscillators.epsilon, timeStep: timeStep, damping: oscillators.damping,
        activation: oscillators.activation))
  }

  /// The same weights under the other kind of damping: another map, not the conjugate network.
  public func withDamping(_ damping: Damping) throws(InvalidNetwork) -> OscillatorNetwork {
    try with(
      Oscillators(
        gamma: oscillators.gamma, epsilon: oscillators.epsilon, timeStep: oscillators.timeStep, damping: damping,
        activation: oscillators.activation))
  }

  private func with(_ oscillators: Oscillators) throws(InvalidNetwork) -> OscillatorNetwork {
    try OscillatorNetwork(
      oscillators: oscillators, positionWeights: positionWeights, velocityWeights: velocityWeights,
      inputWeights: inputWeights, bias: bias, readout: readout, embedding: embedding)
  }
}
