import CKernels

/// Advances a batch of coupled oscillators by one IMEX step, given the activations of their drives:
/// `z ← scale·(retain·z + dt·(sigma − gamma·y))`, `y ← y + dt·z`.
///
/// Implicit damping has `retain = 1`, `scale = 1/(1 + epsilon·dt)`; explicit damping `retain = 1 − epsilon·dt`,
/// `scale = 1`. The scalar definition is in the Step module.
///
/// - Parameters:
///   - state: batch × 2m: each row the m positions, then the m velocities.
///   - sigma: batch × m.
///   - gamma: m values, as `retain` and `scale`.
public func advanceOscillators(
  state: inout [Double], sigma: [Double], timeStep: Double, gamma: [Double], retain: [Double], scale: [Double]
) {
  let hidden = gamma.count
  guard hidden > 0 else { return }
  let batch = sigma.count / hidden
  precondition(
    sigma.count == batch * hidden && state.count == 2 * sigma.count && retain.count == hidden
      && scale.count == hidden,
    "state \(state.count), sigma \(sigma.count), \(hidden) units")
  unsafe state.withUnsafeMutableBufferPointer { state in
    guard let start = state.baseAddress else { return }
    unsafe cornn_advance(
      batch, hidden, 2 * hidden, timeStep, sigma, gamma, retain, scale, start, start + hidden)
  }
}
