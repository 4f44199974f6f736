import CoRNNKernels

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

  /// The same network with another bias.
  public func withBias(_ bias: [Double]) throws(InvalidNetwork) -> OscillatorNetwork {
    try OscillatorNetwork(
      oscillators: oscillators, positionWeights: positionWeights, velocityWeights: velocityWeights,
      inputWeights: inputWeights, bias: bias, readout: readout, embedding: embedding)
  }

  /// The same network with W and Z multiplied by `factor`.
  public func withRecurrentWeights(scaledBy factor: Double) throws(InvalidNetwork) -> OscillatorNetwork {
    func scaled(_ matrix: Matrix) -> Matrix {
      Matrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { factor * $0 })
    }
    return try OscillatorNetwork(
      oscillators: oscillators, positionWeights: scaled(positionWeights), velocityWeights: scaled(velocityWeights),
      inputWeights: inputWeights, bias: bias, readout: readout, embedding: embedding)
  }

  /// The network whose outputs are its next inputs, `u = Q y + q`: W becomes `W + V·Q` and b `b + V·q`, and no input is
  /// left; nil where there is no readout as wide as an input.
  public func closingLoop() throws(InvalidNetwork) -> OscillatorNetwork? {
    guard let readout, readout.weights.rows == inputs, embedding == nil else { return nil }
    var weights = positionWeights
    var shifted = bias
    for row in 0..<hidden {
      for output in 0..<inputs {
        let factor = inputWeights[row, output]
        shifted[row] += factor * readout.bias[output]
        for column in 0..<hidden { weights[row, column] += factor * readout.weights[output, column] }
      }
    }
    return try OscillatorNetwork(
      oscillators: oscillators, positionWeights: weights, velocityWeights: velocityWeights,
      inputWeights: Matrix(rows: hidden, columns: 0), bias: shifted, readout: readout)
  }

  private func with(_ oscillators: Oscillators) throws(InvalidNetwork) -> OscillatorNetwork {
    try OscillatorNetwork(
      oscillators: oscillators, positionWeights: positionWeights, velocityWeights: velocityWeights,
      inputWeights: inputWeights, bias: bias, readout: readout, embedding: embedding)
  }
}
