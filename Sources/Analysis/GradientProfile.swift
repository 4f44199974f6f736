import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import RealModule

/// How what step k adds to the gradient of E_n falls off with the lag n − k, and whether that is more than the
/// network's own exponents explain.
public struct GradientProfile: Encodable, Equatable, Sendable {
  /// The lags 0 … L.
  public let lag: [Int]
  /// For each block, the largest over n of dE_n^(n−lag) and its mean: Frobenius norms and largest entries.
  public let frobenius: Blocks
  /// The mean of the Frobenius norms over n.
  public let frobeniusMean: Blocks
  /// The largest entry over n.
  public let maximum: Blocks
  /// The mean of the largest entries over n.
  public let maximumMean: Blocks
  /// `|a|₂/|∂E_n/∂y_n|₂`, geometric mean over n, up to the lag from which it is 0.
  public let sensitivity: [Double]
  /// The same for a tanh RNN `h_n = tanh(W h_{n−1} + V u_n + b)` with this network's own W, V and b.
  public let sensitivityTanh: [Double]
  /// The slope of log sensitivity over the lag's time, from a tenth to nine tenths of the lags, and half the width of
  /// its 95 % interval (neighbouring lags aren't independent, so the interval is optimistic); null for fewer than 20 lags.
  public let rate: Double?
  /// Half the width of `rate`'s 95 % interval.
  public let rateHalfWidth: Double?
  /// The same slope for the tanh RNN.
  public let rateTanh: Double?
  /// The largest exponent along the run per unit time, from one tangent, and its standard error from eight blocks; null
  /// for fewer than 80 steps.
  public let exponent: Double?
  /// The exponent's standard error.
  public let exponentError: Double?
  /// Whether sensitivity falls no faster than the exponent and both errors (twice the standard error) explain.
  public let isExplained: Bool?

  /// A list over lags for each block.
  public struct Blocks: Encodable, Equatable, Sendable {
    /// By W.
    public let w: [Double]
    /// By Z.
    public let z: [Double]
    /// By V.
    public let v: [Double]
    /// By b.
    public let b: [Double]

    private enum CodingKeys: String, CodingKey {
      case w = "W"
      case z = "Z"
      case v = "V"
      case b
    }

    init(_ values: (NetworkGradient.Block) -> [Double]) {
      (w, z, v, b) = (values(.w), values(.z), values(.v), values(.b))
    }
  }

  /// The profiles of a decomposition of a linearised run.
  init(_ line: Linearization, _ decomposition: GradientDecomposition) {
    let frobenius = Dictionary(
      uniqueKeysWithValues: NetworkGradient.Block.allCases.map { block in
        (block, decomposition.profile { decomposition.frobenius(block, n: $0, k: $1) })
      })
    let maximum = Dictionary(
      uniqueKeysWithValues: NetworkGradient.Block.allCases.map { block in
        (block, decomposition.profile { decomposition.maximum(block, n: $0, k: $1) })
      })
    self.frobenius = Blocks { frobenius[$0]?.largest ?? [] }
    frobeniusMean = Blocks { frobenius[$0]?.mean ?? [] }
    self.maximum = Blocks { maximum[$0]?.largest ?? [] }
    maximumMean = Blocks { maximum[$0]?.mean ?? [] }
    let dt = line.network.oscillators.timeStep
    let sensitivity = decomposition.sensitivity
    self.sensitivity = sensitivity
    lag = Array(0..<min(decomposition.largestLag + 1, line.steps))
    let plain = TanhNetwork(line).sensitivity(lags: lag.count)
    sensitivityTanh = plain
    let fit = Self.rate(sensitivity, dt: dt)
    rate = fit?.slope
    rateHalfWidth = fit?.halfWidth
    rateTanh = Self.rate(plain, dt: dt)?.slope
    let measured = line.largestExponent
    exponent = measured?.value
    exponentError = measured?.standardError
    isExplained = fit.flatMap { fit in
      measured.map { fit.slope >= $0.value - fit.halfWidth - 2 * $0.standardError }
    }
  }

  private static func rate(_ values: [Double], dt: Double) -> LinearRegression? {
    let range = values.count / 10..<values.count * 9 / 10
    let points = range.filter { values[$0] > 0 && values[$0].isFinite }.map {
      (Double($0) * dt, Double.log(values[$0]))
    }
    guard points.count >= 20 else { return nil }
    return LinearRegression(x: points.map(\.0), y: points.map(\.1))
  }
}

extension GradientDecomposition {
  /// `|a|₂/|∂E_n/∂y_n|₂` by lag, its geometric mean over n.
  fileprivate var sensitivity: [Double] {
    let values = (0...largestLag).filter { $0 < steps }.map { lag in
      var sum = 0.0
      var count = 0
      for n in lag + 1...steps {
        let size = norms[(n - 1) * (largestLag + 1) + lag]
        let cotangent = cotangents[n - 1].norm
        if size > 0, cotangent > 0 {
          sum += Double.log(size / cotangent)
          count += 1
        }
      }
      return count > 0 ? Double.exp(sum / Double(count)) : 0
    }
    return Array(values.prefix { $0 > 0 && $0.isFinite })
  }
}

extension Linearization {
  /// The largest exponent along the run per unit time: the growth of one tangent after a tenth of the run, with the
  /// standard error of eight blocks.
  fileprivate var largestExponent: (value: Double, standardError: Double)? {
    guard steps >= 80 else { return nil }
    let m = network.hidden
    var random = SplittableRandom(seed: 1)
    var tangent = (0..<2 * m).map { _ in random.normal() }
    var logs: [Double] = []
    for n in 1...steps {
      derivative.push(tangents: &tangent, count: 1, slopes: slopes, from: (n - 1) * m)
      let norm = VectorNorms(tangent[...]).norm
      guard norm > 0, norm.isFinite else { return nil }
      for i in tangent.indices { tangent[i] /= norm }
      if n > steps / 10 { logs.append(Double.log(norm) / network.oscillators.timeStep) }
    }
    let size = logs.count / 8
    let means = (0..<8).map { logs[$0 * size..<($0 + 1) * size].reduce(0, +) / Double(size) }
    let mean = means.reduce(0, +) / 8
    let variance = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 7
    return (logs.reduce(0, +) / Double(logs.count), (variance / 8).squareRoot())
  }
}

/// The tanh RNN with a network's own W, V and b, for comparison.
private struct TanhNetwork {
  let line: Linearization

  init(_ line: Linearization) { self.line = line }

  /// `|a_k|₂` for a unit cotangent at the last step, geometric mean over eight random ones, by lag.
  func sensitivity(lags: Int) -> [Double] {
    let network = line.network
    let m = network.hidden
    let d = network.inputs
    var hidden = [Double](repeating: 0, count: m)
    var slopes: [[Double]] = []
    for n in 0..<line.steps {
      var drive = network.bias
      network.inputWeights.multiply(
        count: 1, vectors: line.inputs, from: n * d, stride: d, keeping: 1, into: &drive)
      network.positionWeights.multiply(count: 1, vectors: hidden, stride: m, keeping: 1, into: &drive)
      var slope = drive
      applyTanhSlope(to: &slope)
      slopes.append(slope)
      applyTanh(to: &drive)
      hidden = drive
    }
    var random = SplittableRandom(seed: 2)
    let count = 8
    let backward = network.positionWeights.transposed
    var rows = (0..<count * m).map { _ in random.normal() }
    for row in 0..<count {
      let norm = VectorNorms(rows[row * m..<(row + 1) * m]).norm
      for i in 0..<m { rows[row * m + i] /= norm }
    }
    let values = (0..<lags).map { lag in
      let slope = slopes[line.steps - 1 - lag]
      var sum = 0.0
      for row in 0..<count {
        for i in 0..<m { rows[row * m + i] *= slope[i] }
        sum += Double.log(VectorNorms(rows[row * m..<(row + 1) * m]).norm)
      }
      let next = rows
      backward.multiply(count: count, vectors: next, stride: m, keeping: 0, into: &rows)
      return Double.exp(sum / Double(count))
    }
    return Array(values.prefix { $0 > 0 && $0.isFinite })
  }
}
