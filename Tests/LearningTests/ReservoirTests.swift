import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import Foundation
import Testing

@testable import CoRNNLearning

/// Reservoirs and their ridge readouts.
@Suite struct ReservoirTests {
  /// Ridge weights and errors against the normal equations written out, at several λ.
  @Test func ridge() throws {
    var random = SplittableRandom(seed: 21)
    let (p, q, count) = (4, 2, 300)
    func rows(_ shift: Double) -> [Double] {
      (0..<count).flatMap { _ in
        let x = (0..<p).map { Double($0) + random.normal() }
        let y = [1.385 + 2 * x[0] - x[2] + random.normal(), shift + x[1] * 0.3 + 0.1 * random.normal()]
        return x + y
      }
    }
    let (training, validation) = (rows(0.5), rows(0.7))
    var (sums, first, other) = (
      StreamedRidge(regressors: p, targets: q), StreamedRidge(regressors: p, targets: q),
      StreamedRidge(regressors: p, targets: q)
    )
    first.add(rows: Array(training[..<(100 * 6)]), count: 100)
    sums.add(rows: Array(training[(100 * 6)...]), count: 200)
    sums.merge(first)
    other.add(rows: validation, count: count)
    let ridges = [1e-12, 1e-3, 0.5]
    let fits = try #require(sums.fits(ridges: ridges, validation: other))
    // Covariances, centred first.
    let means = (0..<6).map { j in (0..<count).reduce(0) { $0 + training[$1 * 6 + j] } / Double(count) }
    var covariance = Matrix(rows: p, columns: p)
    var cross = Matrix(rows: p, columns: q)
    for k in 0..<count {
      for i in 0..<p {
        let a = training[k * 6 + i] - means[i]
        for j in 0..<p { covariance[i, j] += a * (training[k * 6 + j] - means[j]) / Double(count) }
        for j in 0..<q { cross[i, j] += a * (training[k * 6 + p + j] - means[p + j]) / Double(count) }
      }
    }
    let largest = try #require(covariance.symmetricEigenpairs?.values.last)
    for (fit, ridge) in zip(fits, ridges) {
      var shrunk = covariance
      for i in 0..<p { shrunk[i, i] += ridge * largest }
      let wanted = try #require(shrunk.solving(cross))
      for j in 0..<q {
        var intercept = means[p + j]
        for i in 0..<p {
          #expect(abs(fit.weights[j, i] - wanted[i, j]) < 1e-10)
          intercept -= wanted[i, j] * means[i]
        }
        #expect(abs(fit.weights[j, p] - intercept) < 1e-10)
      }
      var error = 0.0
      for k in 0..<count {
        for j in 0..<q {
          var rest = validation[k * 6 + p + j] - fit.weights[j, p]
          for i in 0..<p { rest -= fit.weights[j, i] * validation[k * 6 + i] }
          error += rest * rest / Double(count * q)
        }
      }
      #expect(abs(fit.validationError - error) < 1e-10 * error)
    }
  }

  /// What chooses the ridge is what the fitted model scores on the validation trajectories, stepping by itself.
  @Test(arguments: ["esn", "ron"]) func searchAndScoreAgree(name: String) throws {
    let data = try ForecastTests.data(forcing: 8, trajectories: 8, samples: 500)
    let task = ForecastTask(horizon: 25, firstScored: 100)
    let method: any ForecastMethod = name == "esn" ? EchoStateNetwork(units: 40) : OscillatorReservoir(units: 24)
    let tuned = try method.tuned(on: data, task: task, trials: 3, seed: 5, threads: 2)
    #expect(tuned.trials.count == 3)
    let best = try #require(tuned.trials.map(\.validation).min())
    let fitted = try tuned.method.fitted(to: data, task: task, seed: 5, threads: 1)
    let score = fitted.model.score(on: data.validation, task: task, threads: 2)
    #expect(abs(score.nrmse - best) < 1e-8 * best, "\(score.nrmse) \(best)")
    let (state, drawn) = name == "esn" ? (40, 40 * 46) : (48, 24 * 32)
    #expect(fitted.parameters == 5 * (state + 5 + 1) && fitted.fixedParameters == drawn)
    // It learns: better than a linear map of the newest state.
    let linear = try #require(ForecastCatalogue.method("linear"))
    let other = try linear.fitted(to: data, task: task, seed: 0, threads: 1).model.score(
      on: data.validation, task: task)
    #expect(score.nrmse < other.nrmse)
  }

  /// The same bits for any number of threads, other ones for another seed.
  @Test func seeds() throws {
    let data = try ForecastTests.data(forcing: 8, trajectories: 20, samples: 300)
    let exponent = try LargestExponent(variables: 5, forcing: 8, target: 0.1, mostSteps: 20_000)
    func table(threads: Int, seed: UInt64) throws -> ForecastComparison {
      try ForecastComparison(
        [EchoStateNetwork(units: 20), OscillatorReservoir(units: 12), Persistence()], on: data,
        task: ForecastTask(firstScored: 50), exponent: exponent,
        options: .init(seed: seed, seeds: 2, trials: 2, threads: threads))
    }
    let (one, three, other) = try (
      table(threads: 1, seed: 7), table(threads: 3, seed: 7), table(threads: 2, seed: 8)
    )
    for (a, b) in zip(one.models, three.models) {
      #expect(a.test == b.test && a.trials == b.trials && a.runs.map(\.test) == b.runs.map(\.test))
    }
    #expect(one.models[0].test != other.models[0].test && one.models[2].test == other.models[2].test)
    #expect(one.models[0].runs.map(\.seed) == [7, 8] && one.models[2].runs.count == 1)
    #expect(one.models[0].runs[0].test != one.models[0].runs[1].test && one.models[0].test.deviation != nil)
  }

  /// One step of a batch is the trajectory's, to the bit.
  @Test func oscillatorsStepAsTheMapDoes() throws {
    var random = SplittableRandom(seed: 2)
    let network = try OscillatorNetwork(
      oscillators: Oscillators(
        gamma: [0.385, 2, 1.7], epsilon: [1.2, 0.4, 3], timeStep: 0.0985, damping: .explicit), inputs: 2,
      random: &random)
    let map = OscillatorMap(network)
    let values = (0..<5 * 4 * 2).map { _ in random.normal() }
    let whole = map.trajectory(inputs: InputSequence(steps: 5, batch: 4, width: 2, values: values))
    var states = [Double](repeating: 0, count: 4 * 6)
    for step in 0..<5 {
      map.advance(states: &states, inputs: Array(values[step * 8..<(step + 1) * 8]))
      for b in 0..<4 {
        for i in 0..<3 {
          #expect(states[b * 6 + i] == whole.positions[(step * 4 + b) * 3 + i])
          #expect(states[b * 6 + 3 + i] == whole.velocities[(step * 4 + b) * 3 + i])
        }
      }
    }
  }
}
