import CoRNNCheckpoints
import CoRNNLearning
import CoRNNModel

extension TrainingOptions {
  /// How trajectories are made.
  var data: ForecastDataRecipe {
    ForecastDataRecipe(
      variables: variables ?? 5, forcing: forcing ?? .nan, trajectories: trajectories ?? 128, samples: samples ?? 2000,
      seed: dataSeed ?? 1)
  }

  var forecast: ForecastTask { ForecastTask(horizon: horizon ?? 25, firstScored: firstScored ?? 200) }

  /// The adding problem; nil for another task.
  var adding: AddingTask? {
    guard task == .adding, let length else { return nil }
    return AddingTask(
      length: length, validationSequences: validationSet ?? 200, testSequences: testSet ?? 1000, seed: dataSeed ?? 1)
  }

  /// What the adding problem takes where nothing is given.
  var addingSettings: AddingSettings {
    AddingSettings(cell: (cell ?? .cornn).rawValue, length: length ?? 100)
  }

  /// The windows of trajectories.
  func windows(_ data: ForecastData) throws(Diagnostic) -> ForecastTraining {
    let (task, samples) = (forecast, data.recipe.samples)
    guard !task.scored(of: samples).isEmpty else {
      throw Diagnostic(
        .usage,
        "nothing to score: --first-scored (\(task.firstScored)) and --horizon (\(task.horizon)) together must be less "
          + "than --samples (\(samples))")
    }
    let longest = ForecastTraining.longestWindow(samples: samples, task: task)
    let steps = window ?? min(300, longest)
    let batch = batch ?? 32
    do throws(ForecastTraining.Problem) {
      guard batch <= data.recipe.trajectories else {
        throw .batchTooLarge(batch: batch, trajectories: data.recipe.trajectories)
      }
      return try ForecastTraining(data, task: task, steps: steps, washout: washout ?? steps / 6)
    } catch {
      throw Diagnostic(.usage, error.text)
    }
  }

  /// The recipe.
  func recipe() throws -> TrainingRecipe {
    let published = task == .adding ? addingSettings : nil
    let start = rate ?? published?.rate ?? .nan
    let most = steps ?? 0
    let learning: LearningRate =
      switch schedule ?? .constant {
      case .constant: .constant(start)
      case .steps: .steps(start: start, factor: dropFactor ?? 10, at: try drops())
      case .cosine: .cosine(start: start, end: endRate ?? start / 100, over: most)
      }
    return TrainingRecipe(
      cell: try cellRecipe(), precision: precision ?? .float32, steps: most, batch: batch ?? published?.batch ?? 32,
      rate: learning,
      clip: clip, validateEvery: validateEvery ?? 100, patience: patience, seed: seed ?? 1)
  }

  private func cellRecipe() throws(Diagnostic) -> CellRecipe {
    let published = task == .adding ? addingSettings : nil
    let m = hidden ?? published?.hidden ?? 64
    switch cell ?? .cornn {
    case .lstm: return .lstm(hidden: m, forgetBias: forgetBias ?? 0)
    case .gru: return .gru(hidden: m)
    case .tanh: return .tanh(hidden: m)
    case .antisymmetric:
      return .antisymmetric(
        hidden: m, step: stepSize ?? published?.step ?? .nan, diffusion: diffusion ?? published?.diffusion ?? .nan)
    case .fastrnn: return .fast(hidden: m)
    case .exprnn: return .exponential(hidden: m, recurrentRate: recurrentRate ?? 0.1)
    case .cornn:
      let stiffness = try values(gamma ?? published.map { "\($0.gamma)" }, "gamma", m)
      let damped = try values(epsilon ?? published.map { "\($0.epsilon)" }, "epsilon", m)
      let units: Oscillators
      do throws(InvalidNetwork) {
        units = try Oscillators(
          gamma: stiffness, epsilon: damped, timeStep: dt ?? published?.timeStep ?? .nan,
          damping: damping ?? (published == nil ? .implicit : .explicit))
      } catch {
        throw Diagnostic(error, path: "--gamma, --epsilon")
      }
      let recipe = CellRecipe.oscillators(
        units, gamma: learnGamma ?? .fixed, epsilon: learnEpsilon ?? .fixed, learnsTimeStep: learnDt)
      do throws(OscillatorCell.Problem) {
        _ = try recipe.cell(inputs: 1, outputs: 1)
      } catch {
        throw Diagnostic(.usage, error.text)
      }
      return recipe
    }
  }

  /// A constant of each unit.
  private func values(_ text: String?, _ name: String, _ count: Int) throws(Diagnostic) -> [Double] {
    let text = text ?? ""
    let values: [Double]
    if let numbers = constants(text) {
      guard numbers.count > 1 else { return [Double](repeating: numbers[0], count: count) }
      values = numbers
    } else {
      do {
        values = try NumericArray(path: text, memoryLimit: 1 << 30).values
      } catch {
        throw Diagnostic(error)
      }
    }
    guard values.count == count else {
      throw Diagnostic(.data, "\(text): \(values.count) values for \(name) where there are \(count) units")
    }
    return values
  }
}

extension ForecastTraining.Problem {
  /// What to change.
  var text: String {
    switch self {
    case .windowTooLong(let steps, let most):
      "--window \(steps) and the horizon are longer than a trajectory: it can be \(most) at most"
    case .nothingScored(let steps, let washout):
      "--washout \(washout) leaves nothing of a window of \(steps) steps to be scored"
    case .batchTooLarge(let batch, let trajectories):
      "--batch \(batch) is more than the \(trajectories) trajectories there are: raise --trajectories or lower --batch"
    }
  }
}

extension OscillatorCell.Problem {
  /// What to change.
  var text: String {
    switch self {
    case .activation(let activation): "training knows tanh, not \(activation.rawValue)"
    case .differentStarts(let constant):
      "--learn-\(constant) shared: one value is learned where units start with different ones; use by-unit"
    case .startNotPositive(let constant, let unit):
      "--learn-\(constant): learned constants stay positive, and unit \(unit) starts at 0"
    case .otherShape: "a network of another shape"
    }
  }
}
