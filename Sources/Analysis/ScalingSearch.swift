import CoRNNKernels
import RealModule

/// The search for a diagonal scaling T that makes a test's quantity small over the curve.
///
/// Numerical and deterministic; whatever T it finds is valid, a better one only proves more.
struct ScalingSearch {
  private let weights: ScaledCoupling
  private let curve: TransferCurve
  private let method: ContractionMethod
  private let grid: [Double]
  /// A guess at the vector that belongs to each frequency.
  private var vectors: [[Double]?]

  /// A search for the weights of `original`, which are unscaled.
  init(_ original: ScaledCoupling, curve: TransferCurve, method: ContractionMethod, grid: [Double]) {
    weights = original
    self.curve = curve
    self.method = method
    self.grid = grid
    vectors = grid.map { _ in nil }
  }

  private func test(_ scaling: [Double]) -> ContractionTest {
    ContractionTest(
      method: method, coupling: ScaledCoupling(weights.position, weights.velocity, scaling: scaling), curve: curve)
  }

  /// The quantity at each frequency of the grid.
  mutating func scan(_ scaling: [Double], threads: Int) -> [Double] {
    let test = test(scaling)
    let (grid, starts) = (grid, vectors)
    let found = parallelMap(count: grid.count, threads: threads) { place in
      test.value(at: grid[place], start: starts[place], tolerance: 1e-3)
    }
    vectors = found.map(\.vector)
    return found.map(\.value)
  }

  /// Osborne's balancing of the mean squared coupling over the grid: every unit's row and column sums become equal.
  func balanced() -> [Double] {
    let m = weights.position.rows
    var mean = Matrix(rows: m, columns: m)
    let test = test(Array(repeating: 0, count: m))
    for frequency in grid {
      let matrix = test.matrix(at: frequency).elements
      for place in 0..<m * m {
        mean.elements[place] += matrix[2 * place] * matrix[2 * place] + matrix[2 * place + 1] * matrix[2 * place + 1]
      }
    }
    var scaling = [Double](repeating: 0, count: m)
    for _ in 0..<20 {
      for unit in 0..<m {
        var (row, column) = (0.0, 0.0)
        for other in 0..<m where other != unit {
          row += mean[unit, other] * Double.exp(2 * (scaling[unit] - scaling[other]))
          column += mean[other, unit] * Double.exp(2 * (scaling[other] - scaling[unit]))
        }
        guard row > 0, column > 0 else { continue }
        scaling[unit] = max(-20, min(20, scaling[unit] + 0.25 * Double.log(column / row)))
      }
    }
    return scaling
  }

  /// The best scaling found by subgradient steps on the largest quantity, from the best of `starts`.
  ///
  /// Steps go against the gradients at the highest peaks, weighted by how near each is to the highest, with Polyak's
  /// step length for a target that comes nearer as progress stops.
  mutating func best(from starts: [[Double]], iterations: Int, threads: Int) -> (scaling: [Double], value: Double) {
    var best = (scaling: starts[0], value: Double.infinity)
    for start in starts {
      let value = scan(start, threads: threads).max() ?? 0
      if value < best.value { best = (start, value) }
    }
    guard weights.position.rows > 1, best.value.isFinite, best.value > 0 else { return best }
    var scaling = best.scaling
    var hope = 0.1
    var peaks: [Int] = []
    for step in 0..<iterations {
      if step.isMultiple(of: 10) {
        let values = scan(scaling, threads: threads)
        let value = values.max() ?? 0
        if value < best.value * (1 - 1e-4) {
          best = (scaling, value)
        } else if step > 0 {
          hope *= 0.7
          if value > best.value {
            scaling = best.scaling
            _ = scan(scaling, threads: threads)
          }
        }
        if hope < 2e-4 { break }
        peaks = Self.peaks(values, most: 4)
      }
      let test = test(scaling)
      let (starts, grid) = (peaks.map { vectors[$0] }, grid)
      let chosen = peaks
      let found = parallelMap(count: chosen.count, threads: threads) { place in
        Self.gradient(test, at: grid[chosen[place]], start: starts[place])
      }
      for (place, peak) in peaks.enumerated() { vectors[peak] = found[place].vector }
      let top = found.map(\.value).max() ?? 0
      var direction = [Double](repeating: 0, count: scaling.count)
      var total = 0.0
      for piece in found {
        let weight = Double.exp((piece.value - top) / (0.02 * abs(top) + 1e-300))
        total += weight
        for unit in direction.indices { direction[unit] += weight * piece.gradient[unit] }
      }
      let length = direction.reduce(0) { $0 + $1 * $1 } / (total * total)
      guard length > 1e-30 else { break }
      let stride = min(hope * abs(top) / length, 1 / length.squareRoot())
      for unit in scaling.indices {
        scaling[unit] = max(-30, min(30, scaling[unit] - stride * direction[unit] / total))
      }
    }
    let value = scan(scaling, threads: threads).max() ?? 0
    if value < best.value { best = (scaling, value) }
    return best
  }

  /// The highest local maxima, the highest first.
  private static func peaks(_ values: [Double], most: Int) -> [Int] {
    let tops = values.indices.filter { place in
      (place == 0 || values[place - 1] <= values[place])
        && (place == values.count - 1 || values[place + 1] < values[place])
    }
    return Array(tops.sorted { values[$0] > values[$1] }.prefix(most))
  }

  /// The quantity and its gradient in the logarithms of T: `Re(v̄_i·((N − Nᴴ)v)_i)` for an eigenvector v of the
  /// Hermitian part, `σ·(|u_i|² − |v_i|²)` for a pair of singular vectors.
  private static func gradient(
    _ test: ContractionTest, at frequency: Double, start: [Double]?
  ) -> (value: Double, vector: [Double], gradient: [Double]) {
    let matrix = test.matrix(at: frequency)
    switch test.method {
    case .sectorShift:
      let top = matrix.largestOfHermitianPart(start: start, tolerance: 1e-3)
      let (forward, back) = (matrix.times(top.vector, adjoint: false), matrix.times(top.vector, adjoint: true))
      let v = top.vector
      let gradient = (0..<matrix.size).map { i -> Double in
        let real = v[2 * i] * (forward[2 * i] - back[2 * i])
        return real + v[2 * i + 1] * (forward[2 * i + 1] - back[2 * i + 1])
      }
      return (top.value, v, gradient)
    case .norm, .frequency, .scaled:
      let top = matrix.largestSingular(start: start, tolerance: 1e-3)
      let image = matrix.times(top.vector, adjoint: false)
      let v = top.vector
      let scale = max(top.value, 1e-300)
      let gradient = (0..<matrix.size).map { i -> Double in
        let left = image[2 * i] * image[2 * i] + image[2 * i + 1] * image[2 * i + 1]
        let right = v[2 * i] * v[2 * i] + v[2 * i + 1] * v[2 * i + 1]
        return left / scale - scale * right
      }
      return (top.value, v, gradient)
    }
  }
}
