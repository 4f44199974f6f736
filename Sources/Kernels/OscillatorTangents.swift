import CKernels

/// Pushes tangent vectors of coupled oscillators through one IMEX step: `z' ← scale·(retain·z' + dt·(slope·(W y' + Z z') −
/// gamma·y'))`, `y' ← y' + dt·z'`.
///
/// - Parameters:
///   - tangents: rows of 2m values, positions then velocities.
///   - coupling: [W Z], or W alone where Z = 0.
///   - slopes: the m slopes of the step's activations from `start` on, the same for all rows.
///   - start: where in `slopes` the step's begin.
///   - timeStep: dt.
///   - gamma: m values, as `retain` and `scale`: those of `advanceOscillators`.
///   - retain: r of each unit, the retention of its velocity.
///   - scale: s of each unit.
///
/// Costs rows·m·2m multiply–adds, half of that where Z = 0. A row's result has the same bits whichever rows go with it.
public func pushTangents(
  _ tangents: inout [Double], coupling: PackedMatrix, slopes: [Double], from start: Int = 0, timeStep: Double,
  gamma: [Double], retain: [Double], scale: [Double]
) {
  let m = gamma.count
  guard m > 0, !tangents.isEmpty else { return }
  precondition(
    tangents.count.isMultiple(of: 2 * m) && coupling.rows == m && (coupling.columns == m || coupling.columns == 2 * m)
      && retain.count == m && scale.count == m && start >= 0 && slopes.count >= start + m,
    "\(tangents.count) tangent values, \(coupling.rows)×\(coupling.columns) weights, \(slopes.count) slopes, \(m) units"
  )
  // A chunk stays in the cache next to the core between its product and what follows it.
  let chunk = 48
  let count = tangents.count / (2 * m)
  unsafe tangents.withUnsafeMutableBufferPointer { tangents in
    unsafe slopes.withUnsafeBufferPointer { slopes in
      unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: min(chunk, count) * m) { driven in
        for first in stride(from: 0, to: count, by: chunk) {
          let rows = min(chunk, count - first)
          let block = unsafe tangents.baseAddress! + first * 2 * m
          unsafe driven.initialize(repeating: 0)
          unsafe coupling.multiplyAdd(
            count: rows, vectors: block, stride: 2 * m, into: driven.baseAddress!, resultStride: m)
          unsafe cornn_push(
            rows, m, timeStep, driven.baseAddress!, slopes.baseAddress! + start, gamma, retain, scale, block)
        }
      }
    }
  }
}
