import CoRNNKernels

/// What of a network a sweep changes.
public enum SweptConstant: String, CaseIterable, Sendable {
  /// W, Z or V times a factor.
  case positionWeights = "W"
  /// Z.
  case velocityWeights = "Z"
  /// V.
  case inputWeights = "V"
  /// The readout, weights and bias, times a factor: the gain of a closed loop.
  case readout = "Q"
  /// Every unit's gamma or epsilon times a factor.
  case gamma, epsilon
  /// The time step itself.
  case dt
}

extension OscillatorNetwork {
  /// The network with one of its constants changed: times `value`, or set to it for dt.
  public func with(_ constant: SweptConstant, _ value: Double) throws(InvalidNetwork) -> OscillatorNetwork {
    func scaled(_ matrix: Matrix, _ which: SweptConstant) -> Matrix {
      constant == which
        ? Matrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { value * $0 }) : matrix
    }
    func scaled(_ values: [Double], _ which: SweptConstant) -> [Double] {
      constant == which ? values.map { value * $0 } : values
    }
    return try OscillatorNetwork(
      oscillators: Oscillators(
        gamma: scaled(oscillators.gamma, .gamma), epsilon: scaled(oscillators.epsilon, .epsilon),
        timeStep: constant == .dt ? value : oscillators.timeStep, damping: oscillators.damping,
        activation: oscillators.activation),
      positionWeights: scaled(positionWeights, .positionWeights),
      velocityWeights: scaled(velocityWeights, .velocityWeights),
      inputWeights: scaled(inputWeights, .inputWeights), bias: bias,
      readout: readout.map {
        Readout(weights: scaled($0.weights, .readout), bias: scaled($0.bias, .readout))
      }, embedding: embedding)
  }
}
