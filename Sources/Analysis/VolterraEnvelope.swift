import CoRNNKernels
public import CoRNNModel

/// The Volterra comparison: what an impulse can come to, whatever the inputs, with the units' linear part treated
/// exactly and only the coupling by its norm.
///
/// With `h_j = L^j·G` by unit, `K = ‖[W Z]‖₂` and `M_j = W·diag h_{j,y} + Z·diag h_{j,z}`, the response to a unit
/// impulse of the drive A after j steps is at most `r_j = |h_j| + Σ_{i<j} |h_{j−1−i}|·s_i` in the state and
/// `ry_j = |(h_j)_y| + …` in the position, where s_j, which bounds `[W Z]` times the response, is
/// `‖M_j‖₂ + Σ_{i<j} ‖M_{j−1−i}‖₂·s_i` or `K·r_j`, whichever is less. The product of j Jacobians is at most
/// `R_j = ‖L^j‖₂ + Σ_{i<j} |h_{j−1−i}|·S_i` with `S_j` alike from `K·‖L^j‖₂`. Units that differ enter by their maxima
/// at every j. All values are rounded upwards.
public struct VolterraEnvelope: Encodable, Equatable, Sendable {
  /// `K = ‖[W Z]‖₂`.
  public let couplingNorm: Double
  /// The bounds at lags 0 … L: on the state's response in the 2-norm, on the position's, on the Jacobians' product.
  public let state: [Double]
  /// On the position's response.
  public let position: [Double]
  /// On the 2-norm of a product of Jacobians.
  public let jacobian: [Double]
  /// An upper bound on `K·Σ_j |h_j|` and on `Σ_j ‖M_j‖₂` over all j; null where a unit isn't Schur stable.
  public let plainSum: Double?
  /// An upper bound on `Σ_j ‖M_j‖₂`; null likewise.
  public let couplingSum: Double?
  /// Whether `Σ_j ‖M_j‖₂ < 1`, so that the bounds stay below `limit` for all lags.
  public let isSummable: Bool
  /// What `position` and `state` stay below for all lags; null where they aren't known to be bounded.
  public let positionLimit: Double?
  /// What `state` stays below for all lags.
  public let stateLimit: Double?

  private enum CodingKeys: String, CodingKey {
    case couplingNorm, plainSum, couplingSum, isSummable, positionLimit, stateLimit
  }

  /// The envelope for lags up to `lags`.
  ///
  /// Costs L² operations and, for each lag until `h_j` is negligible, a singular value of an m×m matrix; at most
  /// `norms` of them, beyond which `K·|h_j|` stands for `‖M_j‖₂`.
  public init(network: OscillatorNetwork, lags: Int, norms: Int = 600, threads: Int = 1) {
    let m = network.hidden
    let recurrent = network.recurrentWeights
    // The backward error of LAPACK's singular values, with a generous constant.
    let allowance = 1 + 32 * Double(m) * Double.ulpOfOne
    let coupling = network.oscillators.activation == .none ? 0 : recurrent.spectralNorm * allowance
    couplingNorm = coupling
    let responses = ImpulseResponses(network.oscillators, lags: lags)
    let significant = coupling == 0 ? 0 : responses.significantCount(limit: norms)
    let measured = parallelMap(count: significant, threads: threads) { j in
      let position = network.positionWeights.scalingColumns(by: responses.positions[j])
      let velocity = network.velocityWeights.scalingColumns(by: responses.velocities[j])
      let sum = Matrix(rows: m, columns: m, elements: zip(position.elements, velocity.elements).map { $0 + $1 })
      return min(sum.spectralNorm * allowance + coupling * responses.error, coupling * responses.norms[j])
    }
    let kernel = measured + responses.norms.dropFirst(significant).map { coupling * $0 }

    var state: [Double] = []
    var position: [Double] = []
    var jacobian: [Double] = []
    var driven: [Double] = []
    var drivenByState: [Double] = []
    for j in 0...lags {
      var (r, ry, s, big, bigS) = (
        responses.norms[j], responses.positionNorms[j], kernel[j], responses.powers[j], 0.0
      )
      for i in 0..<j {
        let h = responses.norms[j - 1 - i]
        r += h * driven[i]
        ry += responses.positionNorms[j - 1 - i] * driven[i]
        s += kernel[j - 1 - i] * driven[i]
        big += h * drivenByState[i]
        bigS += kernel[j - 1 - i] * drivenByState[i]
      }
      // Sums of positive numbers: each is off by less than its number of operations.
      let up = 1 + Double(2 * j + 16) * Double.ulpOfOne
      state.append(r * up)
      position.append(min(ry, r) * up)
      jacobian.append(big * up)
      driven.append(min(s, coupling * r) * up)
      drivenByState.append(min(bigS + coupling * responses.powers[j], coupling * big) * up)
    }
    self.state = state
    self.position = position
    self.jacobian = jacobian

    let up = 1 + Double(4 * lags + 64) * Double.ulpOfOne
    plainSum = responses.tail.map { coupling * (responses.norms.reduce(0, +) + $0) * up }
    let sum = responses.tail.map { (kernel.reduce(0, +) + coupling * $0) * up }
    couplingSum = sum
    if let sum, sum < 1, let tail = responses.tail {
      let total = (responses.norms.reduce(0, +) + tail) * up
      let positions = (responses.positionNorms.reduce(0, +) + tail) * up
      // s_j <= max_j ‖M_j‖ + (Σ‖M‖)·max s, so max s <= max‖M‖/(1 − Σ‖M‖).
      let largest = (kernel.max() ?? 0) / (1 - sum)
      isSummable = true
      stateLimit = (responses.norms.max() ?? 0) + total * largest
      positionLimit = (responses.positionNorms.max() ?? 0) + positions * largest
    } else {
      isSummable = false
      stateLimit = nil
      positionLimit = nil
    }
  }
}

/// The units' impulse responses `h_j = L^j·G` and powers `L^j`, and their largest norms over the units at each j.
struct ImpulseResponses: Sendable {
  /// The components by unit, for each lag.
  private(set) var positions: [[Double]] = []
  private(set) var velocities: [[Double]] = []
  /// Upper bounds on `max_i |h_j^i|₂` and `max_i |(h_j^i)_y|`.
  private(set) var norms: [Double] = []
  private(set) var positionNorms: [Double] = []
  /// Upper bounds on `max_i ‖(L^i)^j‖₂`.
  private(set) var powers: [Double] = []
  /// A bound on the rounding error of every `|h_j|`.
  let error: Double
  /// A bound on the sum of `max_i |h_j^i|₂` over all lags that follow; nil where a unit isn't Schur stable.
  let tail: Double?

  init(_ oscillators: Oscillators, lags: Int) {
    let units = (0..<oscillators.count).map { LinearUnit(oscillators, unit: $0) }
    let transitions = units.map(\.transition)
    var h = units.map(\.entry)
    var power = units.map { _ in LinearUnit.Operator(yy: 1, yz: 0, zy: 0, zz: 1) }
    var sum = 0.0
    for _ in 0...lags {
      positions.append(h.map(\.position))
      velocities.append(h.map(\.velocity))
      norms.append(h.reduce(0) { max($0, ($1.position * $1.position + $1.velocity * $1.velocity).squareRoot()) })
      positionNorms.append(h.reduce(0) { max($0, abs($1.position)) })
      powers.append(power.reduce(0) { max($0, $1.spectralNorm) })
      sum += power.reduce(0) { max($0, $1.norm) }
      for i in h.indices {
        h[i] = transitions[i] * h[i]
        power[i] = transitions[i] * power[i]
      }
    }
    // A step's rounding is carried on by powers of L.
    let relative = 2 * max(sum, 1) * units.reduce(0) { max($0, $1.roundingFactor) }
    error = relative * (norms.max() ?? 0)
    let largestPower = powers.max() ?? 1
    for j in norms.indices {
      norms[j] = norms[j] * (1 + 8 * Double.ulpOfOne) + error
      positionNorms[j] += error
      powers[j] = powers[j] * (1 + 64 * Double.ulpOfOne) + relative * largestPower
    }
    let rests = zip(ImpulseGain.gains(of: oscillators), h).compactMap { gain, h in
      gain.map { $0.totalNorm * h.norm * 2.0.squareRoot() }
    }
    // Where units differ, each may be the largest at some lag: the sum of all bounds the sum of maxima.
    tail = rests.count == units.count ? (oscillators.areAlike ? rests[0] : rests.reduce(0, +)) : nil
  }

  /// How many lags come before `|h_j|` is a millionth of the sum so far, at most `limit`.
  func significantCount(limit: Int) -> Int {
    var sum = 0.0
    for (j, norm) in norms.enumerated() {
      sum += norm
      if j >= limit || norm < 1e-7 * sum { return j }
    }
    return norms.count
  }
}

extension LinearUnit.Operator {
  /// The spectral norm of the 2×2 matrix, in closed form.
  var spectralNorm: Double {
    let squares = yy * yy + yz * yz + zy * zy + zz * zz
    let determinant = yy * zz - yz * zy
    let rest = max(0, squares * squares - 4 * determinant * determinant).squareRoot()
    return ((squares + rest) / 2).squareRoot()
  }
}
