import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

/// The paper's decomposition `dE_n/dtheta = Σ_k dE_n^(k)/dtheta` by size, for one trajectory.
///
/// The k-th term is the rank-one block `a·y_{k−1}ᵀ` (W; z_{k−1} for Z, u_k for V, 1 for b), a being the adjoint's drive
/// at step k of the sweep from n. So the norms of a say everything: `‖a‖·‖y_{k−1}‖` is the block's norm, Frobenius and
/// largest entry alike.
public struct GradientDecomposition: Equatable, Sendable {
  /// N.
  public let steps: Int
  /// The largest lag n − k looked at, L.
  public let largestLag: Int
  /// |a|₂ and |a|∞ at (n, lag): row n − 1 holds lags 0 … L; zero where k = n − lag would be below 1.
  public let norms: [Double]
  /// |a|∞ likewise.
  public let maxima: [Double]
  /// `∂E_n/∂y_n` in row n − 1.
  let cotangents: [VectorNorms]
  /// The norms of y_{k−1}, z_{k−1}, u_k and 1 in row k − 1.
  let factors: [NetworkGradient.Block: [VectorNorms]]

  /// Sweeps that go back together.
  private static let block = 48

  /// The decomposition along a linearised trajectory: one sweep for each n, N·L/2 adjoint steps in all.
  ///
  /// - Parameters:
  ///   - cotangents: `∂E_n/∂y_n`, N×m.
  ///   - threads: the result is the same for any number.
  init(
    _ line: Linearization, cotangents: [Double], largestLag: Int, threads: Int,
    progress: (@Sendable (Int) -> Void)? = nil
  ) {
    let steps = line.steps
    let m = line.network.hidden
    let lags = min(largestLag, max(steps - 1, 0)) + 1
    self.steps = steps
    self.largestLag = lags - 1
    self.cotangents = (0..<steps).map { VectorNorms(cotangents[$0 * m..<($0 + 1) * m]) }
    factors = Dictionary(
      uniqueKeysWithValues: NetworkGradient.Block.allCases.map { block in
        (block, (1...max(steps, 1)).prefix(steps).map { line.factor(block, step: $0) })
      })
    let blocks = (steps + Self.block - 1) / Self.block
    let parts = parallelMap(count: blocks, threads: threads) { index in
      let rows = index * Self.block + 1...min((index + 1) * Self.block, steps)
      let part = Self.sweep(line, cotangents, rows: rows, lags: lags)
      progress?(rows.count)
      return part
    }
    norms = parts.flatMap(\.norms)
    maxima = parts.flatMap(\.maxima)
  }

  /// The sweeps from each n in `rows`, back by `lags` steps at most.
  private static func sweep(
    _ line: Linearization, _ seeds: [Double], rows: ClosedRange<Int>, lags: Int
  ) -> (norms: [Double], maxima: [Double]) {
    let m = line.network.hidden
    let count = rows.count
    var norms = [Double](repeating: 0, count: count * lags)
    var maxima = norms
    var cotangents = [Double](repeating: 0, count: count * 2 * m)
    var drive = [Double](repeating: 0, count: count * m)
    var velocity = drive
    for k in stride(from: rows.upperBound, through: max(1, rows.lowerBound - lags + 1), by: -1) {
      if rows.contains(k) {
        let row = k - rows.lowerBound
        for i in 0..<m { cotangents[row * 2 * m + i] = seeds[(k - 1) * m + i] }
      }
      line.derivative.pull(
        cotangents: &cotangents, slopes: line.slopes(k, count: count), drive: &drive, velocity: &velocity)
      for n in max(k, rows.lowerBound)...rows.upperBound where n - k < lags {
        let row = n - rows.lowerBound
        let size = VectorNorms(drive[row * m..<(row + 1) * m])
        norms[row * lags + n - k] = size.norm
        maxima[row * lags + n - k] = size.maximum
      }
    }
    return (norms, maxima)
  }

  /// The Frobenius norm of `dE_n^(k)` by a block.
  public func frobenius(_ block: NetworkGradient.Block, n: Int, k: Int) -> Double {
    norms[(n - 1) * (largestLag + 1) + n - k] * (factors[block]?[k - 1].norm ?? 0)
  }

  /// The largest entry of `dE_n^(k)` by a block, in size.
  public func maximum(_ block: NetworkGradient.Block, n: Int, k: Int) -> Double {
    maxima[(n - 1) * (largestLag + 1) + n - k] * (factors[block]?[k - 1].maximum ?? 0)
  }

  /// W, or the first block whose part of the gradient isn't 0 throughout.
  public var firstBlock: NetworkGradient.Block {
    NetworkGradient.Block.allCases.first { block in (factors[block] ?? []).contains { $0.maximum > 0 } } ?? .b
  }

  /// The 2-norm of a block's factor (y_{k−1} for W …) in row k − 1, and its largest entry.
  public func factorNorms(_ block: NetworkGradient.Block) -> [Double] { factors[block]?.map(\.norm) ?? [] }
  /// The largest entry of a block's factor, in row k − 1.
  public func factorMaxima(_ block: NetworkGradient.Block) -> [Double] { factors[block]?.map(\.maximum) ?? [] }

  /// For each lag, the largest over n of `value(n, k)` and its mean.
  func profile(_ value: (_ n: Int, _ k: Int) -> Double) -> (largest: [Double], mean: [Double]) {
    var largest: [Double] = []
    var mean: [Double] = []
    for lag in 0...largestLag where lag < steps {
      var top = 0.0
      var sum = 0.0
      for n in lag + 1...steps {
        let size = value(n, n - lag)
        top = max(top, size)
        sum += size
      }
      largest.append(top)
      mean.append(sum / Double(steps - lag))
    }
    return (largest, mean)
  }
}
