import CoRNNDynamics
import CoRNNKernels
public import CoRNNModel

/// A recurrent network trained on windows of the trajectories, as a row of the table.
///
/// Searches draw the rate, the batch and the cell's own constants, train each draw for a short time and keep the one
/// with the best validation score; the fit is the best on validation of a longer training with it, its rate falling to
/// a hundredth by half a cosine.
public struct TrainedNetwork: ForecastMethod {
  public let name: String
  /// What isn't drawn, and the settings of the first trial.
  public let recipe: TrainingRecipe
  /// Steps of a window, and of those at its start that aren't scored.
  public var window = 300
  /// The first samples of a window, which aren't scored.
  public var washout = 50
  /// The optimiser's steps in a trial and in a fit.
  public var trialSteps = 1500
  /// The optimiser's steps of a fit.
  public var fitSteps = 12_000
  /// Where fits are kept; nil to keep none.
  public var store: (any FitStore)?

  /// The damping constant of a coRNN that searches leave alone; nil where it is drawn.
  private let fixedEpsilon: Double?

  /// A coRNN; 64 units in the paper.
  public static func cornn(hidden: Int = 64, damping: Damping = .explicit, epsilon: Double? = nil) -> TrainedNetwork {
    TrainedNetwork(
      "cornn",
      oscillators(hidden, timeStep: 0.1, gamma: 1, epsilon: epsilon ?? 1, damping: damping), fixedEpsilon: epsilon)
  }

  /// An LSTM; 44 units in the paper.
  public static func lstm(hidden: Int = 44) -> TrainedNetwork {
    TrainedNetwork("lstm", .lstm(hidden: hidden, forgetBias: 1))
  }

  /// The network that a name stands for: `cornn` or `lstm`, then, after colons, its units, and for a coRNN its damping
  /// and `epsilon=x`, which searches then leave alone: `cornn:128`, `cornn:64:implicit`, `cornn:64:epsilon=3`.
  public init?(named name: String) {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    var hidden: Int?
    var damping: Damping?
    var epsilon: Double?
    for part in parts.dropFirst() {
      if let count = Int(part), 1...4096 ~= count, hidden == nil {
        hidden = count
      } else if let kind = Damping(rawValue: String(part)), damping == nil {
        damping = kind
      } else if part.hasPrefix("epsilon="), let value = Double(part.dropFirst(8)), value > 0, value.isFinite,
        epsilon == nil
      {
        epsilon = value
      } else {
        return nil
      }
    }
    let network: TrainedNetwork
    switch parts[0] {
    case "cornn": network = .cornn(hidden: hidden ?? 64, damping: damping ?? .explicit, epsilon: epsilon)
    case "lstm" where damping == nil && epsilon == nil: network = .lstm(hidden: hidden ?? 44)
    default: return nil
    }
    self.init(network, name: name, recipe: network.recipe)
  }

  private init(_ name: String, _ cell: CellRecipe, fixedEpsilon: Double? = nil) {
    self.name = name
    self.fixedEpsilon = fixedEpsilon
    recipe = TrainingRecipe(cell: cell, steps: 1, batch: 32, rate: .constant(1e-2), clip: 1, seed: 0)
  }

  private init(_ other: TrainedNetwork, name: String, recipe: TrainingRecipe) {
    self.name = name
    self.recipe = recipe
    fixedEpsilon = other.fixedEpsilon
    (window, washout, trialSteps, fitSteps) = (other.window, other.washout, other.trialSteps, other.fitSteps)
    store = other.store
  }

  private static func oscillators(
    _ m: Int, timeStep: Double, gamma: Double, epsilon: Double, damping: Damping
  ) -> CellRecipe {
    func all(_ value: Double) -> [Double] { [Double](repeating: value, count: m) }
    guard
      let units = try? Oscillators(gamma: all(gamma), epsilon: all(epsilon), timeStep: timeStep, damping: damping)
    else { preconditionFailure("gamma \(gamma), epsilon \(epsilon), dt \(timeStep)") }
    return .oscillators(units)
  }

  public var isRandom: Bool { true }

  public var summary: String {
    "\(recipe.cell.name == "cornn" ? "coRNN" : "LSTM") of \(recipe.cell.hidden) units, trained for \(fitSteps) steps"
  }

  /// The same with other settings: the rate, the batch, and for a coRNN dt, gamma and epsilon, for an LSTM the forget
  /// gate's bias at the start.
  private func drawn(from random: inout SplittableRandom) -> TrainedNetwork {
    var other = recipe
    other.rate = .constant(random.logUniform(in: 1e-3...3e-2))
    other.batch = [16, 32, 64][Int.random(in: 0..<3, using: &random)]
    let m = recipe.cell.hidden
    switch recipe.cell {
    case .oscillators(let units, _, _, _):
      let (timeStep, gamma) = (random.logUniform(in: 0.03...0.5), random.logUniform(in: 0.2...10))
      let epsilon = random.logUniform(in: 0.2...10)
      other.cell = Self.oscillators(
        m, timeStep: timeStep, gamma: gamma, epsilon: fixedEpsilon ?? epsilon, damping: units.damping)
    case .lstm: other.cell = .lstm(hidden: m, forgetBias: random.uniform(in: 0...3))
    case .gru, .tanh, .antisymmetric, .fast, .exponential: break
    }
    return TrainedNetwork(self, name: name, recipe: other)
  }

  private var settings: [ForecastSetting] {
    [ForecastSetting("rate", recipe.rate.text), ForecastSetting("batch", "\(recipe.batch)")]
      + recipe.cell.settings.filter { ["dt", "gamma", "epsilon", "damping", "forget bias"].contains($0.name) }
  }

  public func tuned(
    on data: ForecastData, task: ForecastTask, trials: Int, seed: UInt64, threads: Int
  ) throws(ForecastFailure) -> TunedForecast {
    let stream = SplittableRandom(seed: seed).split(0x5472)
    var tried: [TunedForecast.Trial] = []
    var best: (method: TrainedNetwork, score: Double) = (self, .infinity)
    for k in 0..<trials {
      // The first trial is the settings as they are.
      var random = stream.split(UInt64(k))
      let method = k == 0 ? self : drawn(from: &random)
      let fit = try method.trained(trialSteps, on: data, task: task, seed: seed, threads: threads).fit
      tried.append(TunedForecast.Trial(settings: method.settings, validation: fit.score ?? .nan))
      if let score = fit.score, score < best.score { best = (method, score) }
    }
    return TunedForecast(method: best.method, trials: tried)
  }

  public func fitted(
    to data: ForecastData, task: ForecastTask, seed: UInt64, threads: Int
  ) throws(ForecastFailure) -> FittedForecast {
    let (fit, cell, training) = try trained(fitSteps, on: data, task: task, seed: seed, threads: threads)
    guard fit.score != nil else { throw .diverged(method: name, steps: fit.steps) }
    let raw = training.onRawData(fit.parameters, of: cell)
    let system = "n\(data.recipe.variables)-F\(data.recipe.forcing)-h\(task.horizon)"
    store?.publish(raw, of: cell, name: "\(name.replacing(":", with: "-"))-\(system)-seed\(seed)")
    return FittedForecast(
      model: RecurrentForecast(cell, parameters: raw), parameters: cell.parameterCount,
      settings: settings + [ForecastSetting("best at step", "\(fit.bestStep ?? 0) of \(fitSteps)")],
      network: (cell as? OscillatorCell).flatMap { try? $0.network(raw) })
  }

  /// Trains for so many steps, unless that has been done.
  private func trained(
    _ steps: Int, on data: ForecastData, task: ForecastTask, seed: UInt64, threads: Int
  ) throws(ForecastFailure) -> (fit: StoredFit, cell: any RecurrentCell, training: ForecastTraining) {
    var full = recipe
    full.steps = steps
    full.seed = seed
    full.batch = min(recipe.batch, data.recipe.trajectories)
    let start = recipe.rate.rate(at: 0)
    full.rate = .cosine(start: start, end: start / 100, over: steps)
    let longest = ForecastTraining.longestWindow(samples: data.recipe.samples, task: task)
    let window = min(window, longest)
    let training: ForecastTraining
    do throws(ForecastTraining.Problem) {
      training = try ForecastTraining(data, task: task, steps: window, washout: min(washout, window / 6))
    } catch {
      throw .tooShort(method: name, needed: window, firstScored: task.firstScored)
    }
    let cell: any RecurrentCell
    do throws(OscillatorCell.Problem) {
      cell = try full.cell.cell(inputs: training.inputs, outputs: training.outputs)
    } catch {
      preconditionFailure("\(name): \(error)")
    }
    let key = StoredFit.key(training.settings + full.settings)
    if let known = store?.fit(key), known.parameters.isEmpty || known.parameters.count == cell.parameterCount {
      return (known, cell, training)
    }
    let run = TrainingRun<Float>(full, cell, on: training, threads: threads)
    while run.outcome == nil {
      if let store, !store.mayGoOn { throw .interrupted }
      _ = run.advance()
    }
    let fit = StoredFit(
      parameters: run.state.best?.parameters.map { Double($0) } ?? [], score: run.state.best?.score,
      bestStep: run.state.best?.step, steps: run.state.step)
    store?.keep(fit, key: key)
    return (fit, cell, training)
  }
}

/// What a training came to, as it is kept.
public struct StoredFit: Equatable, Sendable {
  /// Those with the best score, for scaled data; empty without one.
  public let parameters: [Double]
  /// The best score on validation and its step; nil where none was finite.
  public let score: Double?
  /// The step of the best score; nil where there is no score.
  public let bestStep: Int?
  /// The steps taken.
  public let steps: Int

  /// What a training came to.
  public init(parameters: [Double], score: Double?, bestStep: Int?, steps: Int) {
    self.parameters = parameters
    self.score = score
    self.bestStep = bestStep
    self.steps = steps
  }

  /// What trainings with these settings, and no others, are kept under.
  static func key(_ settings: [ForecastSetting]) -> String {
    var fingerprint = Fingerprint()
    for setting in settings {
      fingerprint.add(setting.name.utf8)
      fingerprint.add(setting.value.utf8)
    }
    return fingerprint.text
  }
}

/// Keeps trainings, so that a comparison that was interrupted doesn't do them again.
public protocol FitStore: Sendable {
  /// A training that is known; nil where it isn't.
  func fit(_ key: String) -> StoredFit?
  /// Keeps a training.
  func keep(_ fit: StoredFit, key: String)
  /// Keeps the weights of a fit, for raw data, under a name for people.
  func publish(_ parameters: [Double], of cell: any RecurrentCell, name: String)
  /// Whether to go on.
  var mayGoOn: Bool { get }
}
