import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

/// How far a change at an earlier step spreads to the last one: norms of `dX_N/dX_{N−lag}` by lag.
struct JacobianProducts {
  /// The ∞-norm at lags 0 … L, as far as it stays finite.
  private(set) var infinity: [Double] = []
  /// The spectral norm at some lags, spaced ever more widely.
  private(set) var spectral: [(lag: Int, value: Double)] = []

  /// Pulls the identity back from the last step: its rows become those of the product of Jacobians. Costs 2m adjoint
  /// steps a step, and a singular value of a 2m×2m matrix at each of about forty lags.
  init(_ line: Linearization, lags: Int) {
    let m = line.network.hidden
    let size = 2 * m
    var rows = [Double](repeating: 0, count: size * size)
    for i in 0..<size { rows[i * size + i] = 1 }
    var drive = [Double](repeating: 0, count: size * m)
    var velocity = drive
    var next = 0.0
    for lag in 0...lags {
      var norm = 0.0
      for row in 0..<size { norm = max(norm, VectorNorms(rows[row * size..<(row + 1) * size]).sum) }
      guard norm.isFinite else { break }
      infinity.append(norm)
      if Double(lag) >= next || lag == lags {
        spectral.append((lag, Matrix(rows: size, columns: size, elements: rows).spectralNorm))
        next = max(Double(lag) + 1, Double(lag) * 1.2)
      }
      let n = line.steps - lag
      guard lag < lags, n >= 1 else { break }
      line.derivative.pull(
        cotangents: &rows, slopes: line.slopes(n, count: size), drive: &drive, velocity: &velocity)
    }
  }
}
