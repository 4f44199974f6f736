import CoRNNDynamics
import CoRNNKernels

/// A recurrent network whose weights are drawn and stay: only a linear readout is fitted.
protocol ReservoirDynamics: Sendable {
  /// The width of an input, and the numbers of its state, all of which are read out.
  var variables: Int { get }
  var stateSize: Int { get }
  /// The numbers drawn.
  var drawn: Int { get }

  /// Moves B states, B×stateSize, by one step under scaled inputs, B×variables.
  func advance(states: inout [Double], inputs: [Double])

  /// Moves tangents by the derivative of the step that one state would take under a scaled input: rows of changes of the
  /// input, which stay, and of the state.
  func push(_ tangents: inout [Double], state: [Double], input: [Double])
}

/// A kind of reservoir: its settings, and networks drawn with them.
protocol ReservoirKind: ForecastMethod {
  /// Settings drawn at random.
  func drawn(from random: inout SplittableRandom) -> Self
  /// A network with these settings.
  func network(variables: Int, random: inout SplittableRandom) -> any ReservoirDynamics
  /// The settings as text.
  var settings: [ForecastSetting] { get }
}

extension ReservoirKind {
  public var isRandom: Bool { true }

  public func tuned(
    on data: ForecastData, task: ForecastTask, trials: Int, seed: UInt64, threads: Int
  ) throws(ForecastFailure) -> TunedForecast {
    let stream = SplittableRandom(seed: seed)
    var tried: [TunedForecast.Trial] = []
    var best: (method: Self, error: Double) = (self, .infinity)
    for k in 0..<trials {
      // The first trial is the settings as they are.
      var random = stream.split(UInt64(k))
      let method = k == 0 ? self : drawn(from: &random)
      let fit = method.readout(data, task, seed: seed, threads: threads)
      let error = fit?.nrmse ?? .nan
      tried.append(
        TunedForecast.Trial(
          settings: method.settings + (fit.map { [ForecastSetting("ridge", $0.ridge)] } ?? []), validation: error))
      if error < best.error { best = (method, error) }
    }
    return TunedForecast(method: best.method, trials: tried)
  }

  public func fitted(
    to data: ForecastData, task: ForecastTask, seed: UInt64, threads: Int
  ) throws(ForecastFailure) -> FittedForecast {
    guard let fit = readout(data, task, seed: seed, threads: threads) else { throw .notSolved(method: name) }
    return FittedForecast(
      model: ReservoirForecast(dynamics: fit.dynamics, scaling: fit.scaling, weights: fit.weights),
      parameters: fit.weights.elements.count, fixedParameters: fit.dynamics.drawn,
      settings: settings + [ForecastSetting("ridge", fit.ridge)])
  }

  /// λ over the largest eigenvalue of the states' covariance: the best on validation is taken.
  private static var ridges: [Double] { (0...12).map { pow10(Double($0) - 14) } }

  private func readout(
    _ data: ForecastData, _ task: ForecastTask, seed: UInt64, threads: Int
  ) -> ReservoirReadout? {
    var random = SplittableRandom(seed: seed).split(0x5265)
    let dynamics = network(variables: data.training.width, random: &random)
    let scaling = StateScaling(data.training, from: task.firstScored)
    let training = Self.sums(dynamics, scaling, data.training, task, threads)
    let validation = Self.sums(dynamics, scaling, data.validation, task, threads)
    guard let fits = training.fits(ridges: Self.ridges, validation: validation),
      let best = fits.min(by: { $0.validationError < $1.validationError })
    else { return nil }
    return ReservoirReadout(
      dynamics: dynamics, scaling: scaling, weights: best.weights, ridge: best.ridge,
      nrmse: (best.validationError / validation.targetMeanSquare).squareRoot())
  }

  /// Runs the network over trajectories and sums what the readout needs: states and inputs against targets.
  private static func sums(
    _ dynamics: any ReservoirDynamics, _ scaling: StateScaling, _ data: InputSequence, _ task: ForecastTask,
    _ threads: Int
  ) -> StreamedRidge {
    let (n, size) = (data.width, dynamics.stateSize)
    let (regressors, block) = (size + n, 16)
    let scored = task.scored(of: data.steps)
    let blocks = (data.batch + block - 1) / block
    let parts = parallelMap(count: blocks, threads: threads) { place in
      let trajectories = place * block..<min((place + 1) * block, data.batch)
      let batch = trajectories.count
      var states = [Double](repeating: 0, count: batch * size)
      var sums = StreamedRidge(regressors: regressors, targets: n)
      var (inputs, rows): ([Double], [Double]) = ([], [])
      var waiting = 0
      for t in 0..<scored.upperBound {
        let now = (t * data.batch + trajectories.lowerBound) * n
        inputs.removeAll(keepingCapacity: true)
        for b in 0..<batch { scaling.append(data.values, at: now + b * n, to: &inputs) }
        dynamics.advance(states: &states, inputs: inputs)
        guard t >= scored.lowerBound else { continue }
        let later = now + task.horizon * data.batch * n
        for b in 0..<batch {
          rows += states[b * size..<(b + 1) * size]
          rows += inputs[b * n..<(b + 1) * n]
          rows += data.values[later + b * n..<later + (b + 1) * n]
        }
        waiting += batch
        if waiting >= 512 || t + 1 == scored.upperBound {
          sums.add(rows: rows, count: waiting)
          rows.removeAll(keepingCapacity: true)
          waiting = 0
        }
      }
      return sums
    }
    var all = parts[0]
    for part in parts.dropFirst() { all.merge(part) }
    return all
  }
}

/// 10 to a power.
private func pow10(_ exponent: Double) -> Double {
  (0..<Int(abs(exponent))).reduce(1) { x, _ in exponent < 0 ? x / 10 : x * 10 }
}

/// A fitted readout.
struct ReservoirReadout: Sendable {
  let dynamics: any ReservoirDynamics
  let scaling: StateScaling
  /// n×(state + n + 1), the intercept last.
  let weights: Matrix
  let ridge: Double
  /// On the validation trajectories.
  let nrmse: Double
}

/// A reservoir and its readout of state, input and constant.
struct ReservoirForecast: ForecastModel {
  let dynamics: any ReservoirDynamics
  let scaling: StateScaling
  let weights: Matrix
  var variables: Int { dynamics.variables }
  var carried: Int { dynamics.stateSize }

  func advance(inputs: [Double], carry: inout [Double], predictions: inout [Double]) {
    let (n, size) = (variables, carried)
    let batch = inputs.count / n
    var scaled: [Double] = []
    for b in 0..<batch { scaling.append(inputs, at: b * n, to: &scaled) }
    dynamics.advance(states: &carry, inputs: scaled)
    var row: [Double] = []
    for b in 0..<batch {
      row.removeAll(keepingCapacity: true)
      row += carry[b * size..<(b + 1) * size]
      row += scaled[b * n..<(b + 1) * n]
      row.append(1)
      weights.multiply(count: 1, vectors: row, stride: row.count, keeping: 0, into: &predictions, at: b * n)
    }
  }
}

extension ReservoirForecast: DifferentiableForecastModel {
  func advance(input: inout [Double], carry: inout [Double], tangents: inout [Double]) {
    let (n, size) = (variables, variables + carried)
    if !tangents.isEmpty {
      var scaled: [Double] = []
      scaling.append(input, at: 0, to: &scaled)
      for row in stride(from: 0, to: tangents.count, by: size) {
        for j in 0..<n { tangents[row + j] /= scaling.deviation[j] }
      }
      dynamics.push(&tangents, state: carry, input: scaled)
      for row in stride(from: 0, to: tangents.count, by: size) {
        // The constant doesn't change.
        let changes = tangents[row + n..<row + size] + tangents[row..<row + n] + [0]
        weights.multiply(
          count: 1, vectors: Array(changes), stride: changes.count, keeping: 0, into: &tangents, at: row)
      }
    }
    let seen = input
    advance(inputs: seen, carry: &carry, predictions: &input)
  }
}
