// The coRNN map itself, in plain scalar Swift without any import: the definition that every faster kernel is
// tested against. Rusch & Mishra, arXiv 2010.00951, equation (3).

/// One step of one oscillator with implicit damping:
/// `z_n = (z + dt·(sigma − gamma·y)) / (1 + epsilon·dt)`, `y_n = y + dt·z_n`.
///
/// `sigma` is the activation of the unit's drive at the old state.
public func implicitStep(
  position y: Double, velocity z: Double, sigma: Double, gamma: Double, epsilon: Double, timeStep dt: Double
) -> (position: Double, velocity: Double) {
  let velocity = (z + dt * (sigma - gamma * y)) / (1 + epsilon * dt)
  return (y + dt * velocity, velocity)
}

/// One step of one oscillator with explicit damping:
/// `z_n = z + dt·(sigma − gamma·y − epsilon·z)`, `y_n = y + dt·z_n`.
///
/// `sigma` is the activation of the unit's drive at the old state.
public func explicitStep(
  position y: Double, velocity z: Double, sigma: Double, gamma: Double, epsilon: Double, timeStep dt: Double
) -> (position: Double, velocity: Double) {
  let velocity = z + dt * (sigma - gamma * y - epsilon * z)
  return (y + dt * velocity, velocity)
}

/// The drive of one unit, `A_i = (W y)_i + (Z z)_i + (V u)_i + b_i`, from row `unit` of row-major weights.
///
/// - Parameters:
///   - unit: which unit, from 0.
///   - position: `y`, m values.
///   - velocity: `z`, m values.
///   - input: `u`, d values.
///   - positionWeights: `W`, m×m.
///   - velocityWeights: `Z`, m×m.
///   - inputWeights: `V`, m×d.
///   - bias: `b`, m values.
public func drive(
  ofUnit unit: Int, position: [Double], velocity: [Double], input: [Double], positionWeights: [Double],
  velocityWeights: [Double], inputWeights: [Double], bias: [Double]
) -> Double {
  var sum = bias[unit]
  for j in position.indices {
    sum += positionWeights[unit * position.count + j] * position[j]
    sum += velocityWeights[unit * position.count + j] * velocity[j]
  }
  for j in input.indices { sum += inputWeights[unit * input.count + j] * input[j] }
  return sum
}
