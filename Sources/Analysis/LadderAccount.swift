import CoRNNKernels
import CoRNNModel
import RealModule

/// What the gradient rungs' bounds come to at each step and lag of a run.
struct LadderAccount {
  let volterra: VolterraEnvelope
  private let line: Linearization
  private let decomposition: GradientDecomposition
  /// The largest factor of a step: the paper's way, and exactly.
  private let growth: (aPriori: Double, sharp: Double)
  /// log of the product of the row sums of steps 1 … n, in row n.
  private let logProducts: [Double]
  private let logSize: Double
  /// `|d⁺X_k/dA_k|∞` along the run in row k − 1, and the largest that it can be.
  private let entries: [Double]
  private let largestEntry: Double
  /// Bounds for every run from a zero start: on `∂E_n/∂y_n`, and on the factor of each block.
  private let cotangentBound: (sum: Double, norm: Double)?
  private let factorBounds: BlockValues?
  /// How the rounding of a step is amplified until lag j, for Jacobians and for gradients.
  private let amplification: [Double]
  private let gradientAmplification: [Double]
  private let unit: Double

  init(
    _ line: Linearization, decomposition: GradientDecomposition, volterra: VolterraEnvelope,
    growth: (aPriori: Double, sharp: Double), loss: Loss, limits: (target: Double, input: Double)
  ) {
    let network = line.network
    let oscillators = network.oscillators
    let m = network.hidden
    let dt = oscillators.timeStep
    self.line = line
    self.decomposition = decomposition
    self.volterra = volterra
    self.growth = growth
    var logs = [0.0]
    for sum in line.rowSums { logs.append(logs[logs.count - 1] + Double.log(sum)) }
    logProducts = logs
    logSize = logs.map(abs).max() ?? 0
    let scale = oscillators.velocityScale
    let reach = dt * max(1, dt)
    entries = (0..<line.steps).map { row in
      reach * (0..<m).reduce(0) { max($0, scale[$1] * line.slopes[row * m + $1]) }
    }
    largestEntry = oscillators.activation == .none ? 0 : reach * (scale.max() ?? 0)
    let gains = ImpulseGain.gains(of: oscillators).compactMap(\.self)
    if gains.count == m {
      cotangentBound = loss.cotangentBound(network: network, reach: gains.map(\.position), limit: limits.target)
      factorBounds = BlockValues { block in
        switch block {
        case .w: gains.reduce(0) { max($0, $1.position) }
        case .z: gains.reduce(0) { max($0, $1.velocity) }
        case .v: limits.input
        case .b: 1
        }
      }
    } else {
      cotangentBound = nil
      factorBounds = nil
    }
    // One step back rounds each of 2m + 8 operations; as an operator it is at most sqrt(2m) row sums.
    unit = Double(2 * m + 16) * Double.ulpOfOne
    let step = unit * Double(2 * m).squareRoot() * growth.aPriori
    let logsOfJacobian = volterra.jacobian.map { Double.log($0) }
    let logsOfState = volterra.state.map { Double.log($0) }
    // In logarithms, since the products leave the range of doubles before their quotient does.
    func amplified(_ responses: [Double], bounds: [Double]) -> [Double] {
      bounds.indices.map { j in
        guard bounds[j].isFinite, bounds[j] > 0 else { return 0 }
        let own = Double.log(bounds[j])
        return step * (0...j).reduce(0) { $0 + Double.exp(logsOfJacobian[$1] + responses[j - $1] - own) }
      }
    }
    amplification = amplified(logsOfJacobian, bounds: volterra.jacobian)
    gradientAmplification = amplified(logsOfState, bounds: volterra.position)
  }

  /// What rounding can have added to a product of `lag` Jacobians, relative to the product of their row sums; the
  /// logarithms that the bound is summed in included.
  func productRounding(_ lag: Int) -> Double {
    Double(lag + 1) * unit + 4 * Double.ulpOfOne * logSize
  }

  /// The same for the 2-norm, relative to `R_lag`.
  func jacobianRounding(_ lag: Int) -> Double { amplification[lag] }

  /// The bound on `‖dX_N/dX_{N−lag}‖∞`.
  func jacobianBound(_ rung: GradientRung, lag: Int, exponent: Double) -> Double {
    switch rung {
    case .product: Double.exp(logProducts[line.steps] - logProducts[line.steps - lag])
    case .aPriori: Double.pow(growth.aPriori, lag)
    case .aPrioriSharp: Double.pow(growth.sharp, lag)
    case .paper: 1 + 3 * Double(lag) * Double.pow(line.network.oscillators.timeStep, exponent)
    default: preconditionFailure("\(rung) isn't about the ∞-norm")
    }
  }

  /// The bound on the largest entry of `dE_n^(k)` over the norm of the block's factor (y_{k−1} for W …), or for the
  /// rungs for all inputs on the entry itself.
  func gradientBound(_ rung: GradientRung, n: Int, lag: Int) -> Double {
    let cotangent = decomposition.cotangents[n - 1]
    switch rung {
    case .gradientProduct:
      return cotangent.sum * Double.exp(logProducts[n] - logProducts[n - lag]) * entries[n - lag - 1]
    case .gradientAPriori: return cotangent.sum * Double.pow(growth.sharp, lag) * largestEntry
    case .gradientVolterra: return cotangent.norm * volterra.position[lag]
    case .gradientAPrioriForAll:
      return (cotangentBound?.sum ?? .infinity) * Double.pow(growth.sharp, lag) * largestEntry
    case .gradientVolterraForAll: return (cotangentBound?.norm ?? .infinity) * volterra.position[lag]
    default: preconditionFailure("\(rung) isn't about gradients")
    }
  }

  /// Enters every (n, k) of the decomposition. A block's factor stands on both sides, so that along a run W, Z, V and
  /// b are equally tight.
  func enterGradients(_ rung: GradientRung, _ seen: inout LadderTightness) {
    guard !rung.isForAllInputs || cotangentBound != nil else { return }
    let lags = decomposition.largestLag + 1
    let isVolterra = rung == .gradientVolterra || rung == .gradientVolterraForAll
    let roundings = (0..<lags).map { isVolterra ? gradientAmplification[$0] : productRounding($0) + unit }
    for n in 1...max(line.steps, 1) where n <= line.steps {
      for lag in 0..<min(lags, n) {
        let size = decomposition.maxima[(n - 1) * lags + lag]
        let bound = gradientBound(rung, n: n, lag: lag)
        guard rung.isForAllInputs, let factorBounds else {
          seen.enter(value: size, bound: bound, rounding: roundings[lag], step: n, lag: lag)
          continue
        }
        for block in NetworkGradient.Block.allCases {
          let factor = decomposition.factors[block]?[n - lag - 1].maximum ?? 0
          guard factorBounds[block] > 0 else { continue }
          seen.enter(
            value: size * factor, bound: bound * factorBounds[block], rounding: roundings[lag], step: n, lag: lag)
        }
      }
    }
  }

  /// For a block at each lag, the largest over n of a gradient bound.
  func profile(_ rung: GradientRung, _ block: NetworkGradient.Block) -> [Double] {
    let factor = factorBounds?[block] ?? .infinity
    return decomposition.profile { n, k in
      let bound = gradientBound(rung, n: n, lag: n - k)
      return rung.isForAllInputs ? bound * factor : bound * (decomposition.factors[block]?[k - 1].maximum ?? 0)
    }.largest
  }
}

extension GradientLadder.Series {
  init(_ account: LadderAccount, _ products: JacobianProducts, exponent: Double, decomposition: GradientDecomposition) {
    func finite(_ values: [Double]) -> [Double] { Array(values.prefix(while: \.isFinite)) }
    func bounds(_ rung: GradientRung) -> [Double] {
      finite(products.infinity.indices.map { account.jacobianBound(rung, lag: $0, exponent: exponent) })
    }
    func profile(_ rung: GradientRung) -> [Double] { finite(account.profile(rung, decomposition.firstBlock)) }
    jacobian = products.infinity
    spectralLag = products.spectral.map(\.lag)
    jacobianSpectral = products.spectral.map(\.value)
    product = bounds(.product)
    aPriori = bounds(.aPriori)
    aPrioriSharp = bounds(.aPrioriSharp)
    paper = bounds(.paper)
    volterra = finite(account.volterra.jacobian)
    let block = decomposition.firstBlock
    self.block = block
    gradient = finite(decomposition.profile { decomposition.maximum(block, n: $0, k: $1) }.largest)
    gradientProduct = profile(.gradientProduct)
    gradientAPriori = profile(.gradientAPriori)
    gradientVolterra = profile(.gradientVolterra)
    gradientVolterraForAll = profile(.gradientVolterraForAll)
  }
}
