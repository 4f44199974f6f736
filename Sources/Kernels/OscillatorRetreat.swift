import CKernels

/// The elementwise part of a batch's adjoint, one IMEX step back, given the slopes of its activations:
/// `q = scale·(mu + dt·lambda)`, `a = dt·slope·q`, `lambda ← lambda − dt·gamma·q`, `mu ← retain·q`.
///
/// What remains of the step is `[lambda mu] += [W Z]ᵀ a`. `retain` and `scale` are those of `advanceOscillators`.
///
/// - Parameters:
///   - cotangent: batch × 2m: each row the m values of lambda (by position), then the m of mu (by velocity).
///   - slope: batch × m from `slopeFrom` on: 1 − sigma².
///   - slopeFrom: where in `slope` the step's begin.
///   - timeStep: dt.
///   - gamma: m values, as `retain` and `scale`.
///   - retain: r of each unit, the retention of its velocity.
///   - scale: s of each unit.
///   - a: batch × m from `aFrom` on, overwritten.
///   - aFrom: where in `a` they go.
///   - q: batch × m from `qFrom` on, overwritten.
///   - qFrom: where in `q` they go.
public func retreatOscillators(
  cotangent: inout [Double], slope: [Double], slopeFrom: Int = 0, timeStep: Double, gamma: [Double],
  retain: [Double], scale: [Double], a: inout [Double], aFrom: Int = 0, q: inout [Double], qFrom: Int = 0
) {
  let hidden = gamma.count
  guard hidden > 0, !cotangent.isEmpty else { return }
  let batch = cotangent.count / (2 * hidden)
  let count = batch * hidden
  precondition(
    cotangent.count == 2 * count && retain.count == hidden && scale.count == hidden,
    "cotangent \(cotangent.count), \(hidden) units")
  precondition(
    slopeFrom >= 0 && aFrom >= 0 && qFrom >= 0 && slope.count >= slopeFrom + count && a.count >= aFrom + count
      && q.count >= qFrom + count,
    "slope \(slope.count), a \(a.count), q \(q.count) for \(count) values from \(slopeFrom), \(aFrom), \(qFrom)")
  unsafe cotangent.withUnsafeMutableBufferPointer { cotangent in
    unsafe slope.withUnsafeBufferPointer { slope in
      unsafe a.withUnsafeMutableBufferPointer { a in
        unsafe q.withUnsafeMutableBufferPointer { q in
          unsafe cornn_retreat(
            batch, hidden, timeStep, slope.baseAddress! + slopeFrom, gamma, retain, scale, cotangent.baseAddress!,
            a.baseAddress! + aFrom, q.baseAddress! + qFrom)
        }
      }
    }
  }
}
