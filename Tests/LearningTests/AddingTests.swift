import CoRNNCheckpoints
import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

@testable import CoRNNLearning

/// The adding problem's data, what cells take on it, and what they come to.
@Suite struct AddingTests {
  @Test(arguments: [(2, 3), (3, 7), (100, 50), (501, 20)], [1, 77] as [UInt64]) func data(
    size: (Int, Int), seed: UInt64
  ) {
    let (length, count) = size
    let task = AddingTask(length: length, seed: seed)
    let batch: SequenceBatch<Double> = task.batch(step: 5, size: count, random: SplittableRandom(seed: seed))
    #expect(batch.steps == length && batch.count == count && batch.scoredFrom == length && batch.targets.count == count)
    for b in 0..<count {
      let values = (0..<length).map { batch.inputs[2 * ($0 * count + b)] }
      let marked = (0..<length).filter { batch.inputs[2 * ($0 * count + b) + 1] == 1 }
      #expect((0..<length).allSatisfy { [0, 1].contains(batch.inputs[2 * ($0 * count + b) + 1]) })
      #expect(values.allSatisfy { 0...1 ~= $0 } && Set(values).count == length)
      #expect(marked.count == 2 && marked[0] < length / 2 && marked[1] >= length / 2)
      #expect(abs(batch.targets[b] - marked.reduce(0) { $0 + values[$1] }) < 1e-15)
    }
    let again: SequenceBatch<Double> = task.batch(step: 5, size: count, random: SplittableRandom(seed: seed))
    let other: SequenceBatch<Double> = task.batch(step: 6, size: count, random: SplittableRandom(seed: seed))
    #expect(batch.inputs == again.inputs && batch.targets == again.targets && batch.inputs != other.inputs)
  }

  /// Means over many sequences: of markers by place, of values, of squared distances from the mean (1/6).
  @Test func distribution() throws {
    let task = AddingTask(length: 10, validationSequences: 20_000, testSequences: 20_000, seed: 3)
    let (held, test): (SequenceBatch<Double>, SequenceBatch<Double>?) = (task.validation(), task.test())
    let data = try #require(test)
    #expect(held.inputs != data.inputs && held.targets != data.targets)
    for t in 0..<10 {
      let markers = (0..<20_000).reduce(0) { $0 + data.inputs[2 * (t * 20_000 + $1) + 1] } / 20_000
      #expect(abs(markers - 0.2) < 5 * (0.16 / 20_000).squareRoot())
    }
    let values = (0..<200_000).reduce(0) { $0 + data.inputs[2 * $1] } / 200_000
    #expect(abs(values - 0.5) < 5 * (1.0 / 12 / 200_000).squareRoot())
    let baseline = SquaredError(data.targets.map { _ in 1 }, targets: data.targets)
    let error = try #require(baseline.standardError)
    // Var((x − 1)²) of a triangular x is 1/15 − 1/36.
    #expect(abs(error / ((1.0 / 15 - 1.0 / 36) / 20_000).squareRoot() - 1) < 0.05)
    #expect(abs(baseline.value - 1.0 / 6) < 5 * error)
  }

  @Test func settingsAreThePublishedOnes() {
    let (short, long) = (AddingSettings(cell: "cornn", length: 100), AddingSettings(cell: "cornn", length: 5000))
    for (settings, values) in [(short, [6e-2, 66, 15]), (long, [1.6e-2, 94.5, 9.5])] {
      #expect(relativeDifference([settings.timeStep, settings.gamma, settings.epsilon], values) < 1e-12)
      #expect(settings.rate == 2e-2 && settings.hidden == 128 && settings.batch == 50)
    }
    #expect(AddingSettings(cell: "cornn", length: 17) == short && AddingSettings(cell: "cornn", length: 90_000) == long)
  }

  /// The initial orthogonal matrix, and the one after training, are orthogonal; A learns at a tenth of the rate.
  @Test func recurrentWeightsStayOrthogonal() throws {
    let run = try TrainingRun<Double>(
      TrainingRecipe(
        cell: .exponential(hidden: 37), steps: 30, batch: 6, rate: .constant(1e-2), validateEvery: 10, seed: 5),
      on: AddingTask(length: 20, validationSequences: 10, testSequences: 12), threads: 2)
    func distance(_ parameters: [Double]) -> Double {
      let q = Matrix(rows: 37, columns: 37, elements: run.cell.derived(parameters))
      var worst = 0.0
      for i in 0..<37 {
        for j in 0..<37 {
          let product = (0..<37).reduce(0) { $0 + q[$1, i] * q[$1, j] }
          worst = max(worst, abs(product - (i == j ? 1 : 0)))
        }
      }
      return worst
    }
    let start = run.state.parameters
    #expect(distance(start) < 1e-12)
    _ = run.advance()
    // Adam's first step is the rate, with the gradient's sign.
    let first = zip(run.state.parameters, start).map { abs($0 - $1) }
    let a = try #require(run.cell.range(of: "A"))
    #expect(abs((first[a].max() ?? 0) - 1e-3) < 1e-8 && abs((first[a.upperBound...].max() ?? 0) - 1e-2) < 1e-7)
    var records: [TrainingRecord] = []
    while run.outcome == nil { if let record = run.advance() { records.append(record) } }
    #expect(distance(run.state.parameters) < 1e-12 && run.state.parameters[a] != start[a])
    #expect(records.count == 3 && records.allSatisfy { $0.test != nil && $0.weights == nil })
    let score = try #require(AddingScore(run, records: records))
    #expect(score.sequences == 12 && abs(score.last.value - (records[2].test ?? 0)) < 1e-14)
  }

  /// A tenth of the published length is learned in seconds; what predicting the mean scores is left behind.
  @Test func isLearned() throws {
    let settings = AddingSettings(cell: "cornn", length: 100)
    func all(_ value: Double) -> [Double] { [Double](repeating: value, count: 48) }
    let units = try Oscillators(
      gamma: all(settings.gamma), epsilon: all(settings.epsilon), timeStep: settings.timeStep, damping: .explicit)
    let run = try TrainingRun<Float>(
      TrainingRecipe(cell: .oscillators(units), steps: 600, batch: 50, rate: .constant(2e-2), seed: 1),
      on: AddingTask(length: 10, validationSequences: 50, testSequences: 100), threads: 2)
    var records: [TrainingRecord] = []
    while run.outcome == nil { if let record = run.advance() { records.append(record) } }
    let score = try #require(AddingScore(run, records: records))
    #expect(abs(score.baseline.value - 1.0 / 6) < 0.05)
    #expect((score.best?.value ?? 1) < 0.08, "\(score)")
    #expect(zip(records, records.dropFirst()).allSatisfy { $0.step + 100 == $1.step })
  }

  /// A file of another cell's weights says which cell it is of and with which constants.
  @Test func weightsWithTheirConstants() throws {
    let cell = AntisymmetricCell(hidden: 5, inputs: 2, outputs: 1, step: 0.37, diffusion: 0.021)
    var random = SplittableRandom(seed: 2)
    let parameters = cell.initialParameters(&random)
    try TestData.withFolder { folder in
      #expect(try TrainedWeights.write(parameters, of: cell, to: folder + "/w.safetensors"))
      let file = try TensorArchive.read(folder + "/w.safetensors", memoryLimit: 1 << 20)
      let metadata = try Checkpoint(path: folder + "/w.safetensors", memoryLimit: 1 << 20).metadata
      #expect(
        metadata == ["cell": .text("antisymmetric"), "step": .number(0.37), "diffusion": .number(0.021)])
      #expect(cell.blocks.flatMap { file.tensors[$0.name] ?? [] } == parameters)
    }
  }
}
