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
///   - timeStep: dt.
///   - gamma: m values, as `retain` and `scale`.
///   - retain: r of each unit, the retention of its velocity.
///   - scale: s of each unit.
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

/// The same step from the states at `start` in `rows` to the place right after them: `batch` rows of 2m values each.
///
/// - Parameters:
///   - rows: states in rows of 2·batch·m values, positions first.
///   - start: where the old states begin.
///   - batch: B.
///   - sigma: at least batch × m values.
///   - timeStep: dt.
///   - gamma: gamma of each unit.
///   - retain: r of each unit, the retention of its velocity.
///   - scale: s of each unit.
public func advanceOscillators(
  rows: inout [Double], from start: Int, batch: Int, sigma: [Double], timeStep: Double, gamma: [Double],
  retain: [Double], scale: [Double]
) {
  let hidden = gamma.count
  let size = batch * 2 * hidden
  guard size > 0 else { return }
  precondition(
    start >= 0 && rows.count >= start + 2 * size && sigma.count >= batch * hidden && retain.count == hidden
      && scale.count == hidden,
    "rows \(rows.count) from \(start), sigma \(sigma.count), \(hidden) units")
  unsafe rows.withUnsafeMutableBufferPointer { rows in
    let old = unsafe rows.baseAddress! + start
    unsafe cornn_advance_to(batch, hidden, timeStep, sigma, gamma, retain, scale, old, old + size)
  }
}
