import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

@testable import CoRNNLearning

/// Training runs: what they follow from, how they end, how they go on.
@Suite struct TrainingTests {
  static let data = try? ForecastData(
    ForecastDataRecipe(variables: 5, forcing: 6.31, trajectories: 11, samples: 173, seed: 23))

  static func task() throws -> ForecastTraining {
    try ForecastTraining(#require(data), task: ForecastTask(horizon: 7, firstScored: 41), steps: 37, washout: 9)
  }

  static func units(_ m: Int, gamma: Double = 1.37, damping: Damping = .implicit) throws -> Oscillators {
    try Oscillators(
      gamma: [Double](repeating: gamma, count: m), epsilon: [Double](repeating: 0.83, count: m), timeStep: 0.173,
      damping: damping)
  }

  enum Kind: String, CaseIterable {
    case explicit, learned, lstm, gru, tanh, antisymmetric, fast

    func recipe() throws -> CellRecipe {
      switch self {
      case .explicit: .oscillators(try units(13, damping: .explicit))
      case .learned:
        .oscillators(try units(13), gamma: .byUnit, epsilon: .shared, learnsTimeStep: true)
      case .lstm: .lstm(hidden: 11, forgetBias: 0.7)
      case .gru: .gru(hidden: 12)
      case .tanh: .tanh(hidden: 17)
      case .antisymmetric: .antisymmetric(hidden: 14, step: 0.37, diffusion: 0.21)
      case .fast: .fast(hidden: 13)
      }
    }
  }

  static func run<Scalar: TrainingScalar>(
    _ kind: Kind, steps: Int = 40, rate: Double = 7e-3, clip: Double? = 0.9, patience: Int? = nil,
    from state: TrainingState<Scalar>? = nil, threads: Int = 2
  ) throws -> TrainingRun<Scalar> {
    try TrainingRun(
      TrainingRecipe(
        cell: kind.recipe(), steps: steps, batch: 5, rate: .cosine(start: rate, end: rate / 70, over: steps),
        clip: clip,
        validateEvery: 8, patience: patience, seed: 77), on: task(), from: state, threads: threads)
  }

  static func finish<Scalar>(_ run: TrainingRun<Scalar>) -> [TrainingRecord] {
    var records: [TrainingRecord] = []
    while run.outcome == nil {
      if let record = run.advance() { records.append(record) }
    }
    return records
  }

  /// Written to a file in the middle and read again, on one thread or three: the same bits.
  @Test(arguments: Kind.allCases, [1, 12, 24, 39]) func goesOnToTheSameBits(kind: Kind, at: Int) throws {
    func check<Scalar: TrainingScalar>(_: Scalar.Type) throws {
      let whole: TrainingRun<Scalar> = try Self.run(kind)
      let records = Self.finish(whole)
      let first: TrainingRun<Scalar> = try Self.run(kind, threads: 1)
      var seen: [TrainingRecord] = []
      for _ in 0..<at {
        if let record = first.advance() { seen.append(record) }
      }
      let state = try TestData.withFolder { folder in
        let settings = ["a": "1", "b": "two"]
        try TrainingCheckpoint(first.state, recordBytes: 31, settings: settings).write(to: folder + "/c.safetensors")
        return try TrainingCheckpoint<Scalar>(path: folder + "/c.safetensors", settings: settings).state
      }
      #expect(state == first.state)
      let second: TrainingRun<Scalar> = try Self.run(kind, from: state, threads: 3)
      seen += Self.finish(second)
      #expect(second.state == whole.state)
      #expect(seen == records && records.count == 5)
      #expect(records[4].score ?? 1 < records[0].score ?? 0)
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// The parameters for raw data do on it what the trained ones do on scaled data.
  @Test(arguments: Kind.allCases) func rawDataSeeTheSameNetwork(kind: Kind) throws {
    let task = try Self.task()
    let run: TrainingRun<Double> = try Self.run(kind)
    _ = Self.finish(run)
    let parameters = run.state.parameters
    let scaled = RecurrentForecast(run.cell, parameters: parameters, mean: task.mean, deviation: task.deviation)
    let raw = RecurrentForecast(run.cell, parameters: task.onRawData(parameters, of: run.cell))
    let data = try #require(Self.data)
    let first = scaled.score(on: data.test, task: task.task)
    let second = raw.score(on: data.test, task: task.task)
    #expect(abs(first.nrmse - second.nrmse) < 1e-12 * first.nrmse)
    // What training calls the score is the table's, on the validation trajectories.
    let held = raw.score(on: data.validation, task: task.task)
    #expect(abs(run.validationScore(parameters) - held.nrmse) < 1e-11 * held.nrmse)
  }

  /// Inputs and targets of a batch are samples `horizon` apart of one trajectory, and none is scored too early.
  @Test(arguments: [0, 3, 17]) func windowsAreCutRight(step: Int) throws {
    let task = try Self.task()
    let data = try #require(Self.data)
    let batch: SequenceBatch<Double> = task.batch(step: step, size: 5, random: SplittableRandom(seed: 5))
    let again: SequenceBatch<Double> = task.batch(step: step, size: 5, random: SplittableRandom(seed: 5))
    #expect(batch.inputs == again.inputs && batch.steps == 37 && batch.scoredFrom == 10)
    func raw(_ value: Double) -> Double { value * task.deviation + task.mean }
    var trajectories: Set<Int> = []
    for b in 0..<5 {
      let wanted = raw(batch.inputs[b * 5])
      let places = (0..<data.training.steps * 11).filter { abs(data.training.values[$0 * 5] - wanted) < 1e-12 }
      let place = try #require(places.first)
      let (t, trajectory) = (place / 11, place % 11)
      trajectories.insert(trajectory)
      #expect(t + 9 >= 41 && t + 36 + 7 < 173)
      for (k, j) in [(0, 0), (36, 4), (9, 2)] {
        let input = data.training.values[((t + k) * 11 + trajectory) * 5 + j]
        #expect(abs(raw(batch.inputs[(k * 5 + b) * 5 + j]) - input) < 1e-12)
        guard k >= 9 else { continue }
        let target = data.training.values[((t + k + 7) * 11 + trajectory) * 5 + j]
        #expect(abs(raw(batch.targets[((k - 9) * 5 + b) * 5 + j]) - target) < 1e-12)
      }
    }
    #expect(trajectories.count == 5)
  }

  @Test func stopsWhereNothingGetsBetter() throws {
    // With a rate that the weights can't feel, no look after the first is better.
    let run: TrainingRun<Float> = try Self.run(.tanh, steps: 4000, rate: 1e-30, patience: 3)
    let records = Self.finish(run)
    #expect(run.outcome == .stoppedImproving && run.state.step < 4000)
    #expect(records.suffix(3).allSatisfy { !$0.isBest } && run.state.stale == 3)
  }

  @Test func divergenceStops() throws {
    let run: TrainingRun<Float> = try Self.run(.explicit, rate: 1e30, clip: nil)
    _ = Self.finish(run)
    guard case .diverged(let step) = run.outcome else {
      Issue.record("\(String(describing: run.outcome))")
      return
    }
    #expect(step == run.state.step + 1 && run.state.parameters.allSatisfy(\.isFinite))
    #expect(run.advance() == nil)
  }

  /// A gradient whose square is beyond Float: the step is refused, and the state can be written and read again.
  @Test func squaresBeyondRange() throws {
    let parameters: [Float] = [0.3, -1.7]
    var state = TrainingState(parameters: parameters, optimiser: Adam(count: 2))
    #expect(state.allFinite())
    state.take([1e-3, 1e21], rate: 1e-3, loss: 1)
    #expect(!state.allFinite() && state.parameters.allSatisfy(\.isFinite))
    let run: TrainingRun<Float> = try Self.run(.explicit, rate: 1e38, clip: nil)
    _ = Self.finish(run)
    #expect(run.outcome != .finished && run.state.allFinite())
  }

  @Test func learnedConstantsMoveAndStayPositive() throws {
    let run: TrainingRun<Double> = try Self.run(.learned, rate: 5e-2)
    _ = Self.finish(run)
    let cell = try #require(run.cell as? OscillatorCell)
    let units = try cell.network(run.state.parameters).oscillators
    #expect(Set(units.gamma).count == 13 && Set(units.epsilon).count == 1)
    #expect((units.gamma + units.epsilon + [units.timeStep]).allSatisfy { $0 > 0 })
    #expect(units.epsilon[0] != 0.83 && units.timeStep != 0.173)
  }

  /// Files that are cut, changed or of another run aren't taken.
  @Test func damagedCheckpoints() throws {
    let run: TrainingRun<Float> = try Self.run(.lstm)
    for _ in 0..<9 { _ = run.advance() }
    try TestData.withFolder { folder in
      let path = folder + "/c.safetensors"
      try TrainingCheckpoint(run.state, recordBytes: 0, settings: ["batch": "5"]).write(to: path)
      let bytes = try Data(contentsOf: URL(filePath: path))
      func problem() -> TrainingCheckpoint<Float>.Problem? {
        do throws(TrainingCheckpoint<Float>.Problem) {
          _ = try TrainingCheckpoint<Float>(path: path, settings: ["batch": "5"])
          return nil
        } catch { return error }
      }
      #expect(problem() == nil)
      for place in [3, 40, 200, bytes.count / 2, bytes.count - 3] {
        var changed = bytes
        changed[place] ^= 4
        try changed.write(to: URL(filePath: path))
        guard case .damaged = problem() else {
          Issue.record("a changed byte \(place) of \(bytes.count) wasn't noticed")
          continue
        }
      }
      for length in [0, 7, 100, bytes.count / 2, bytes.count - 1] {
        try bytes.prefix(length).write(to: URL(filePath: path))
        guard case .damaged = problem() else {
          Issue.record("a file cut to \(length) of \(bytes.count) was taken")
          continue
        }
      }
      try TrainingCheckpoint(run.state, recordBytes: 0, settings: ["batch": "6"]).write(to: path)
      #expect(problem() == .otherRun(setting: "batch", there: "6", here: "5"))
    }
  }
}
