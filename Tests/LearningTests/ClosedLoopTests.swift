import CoRNNDynamics
import CoRNNKernels
import Foundation
import Testing

@testable import CoRNNLearning

/// Closed loops, valid prediction times and statistics over long times.
@Suite struct ClosedLoopTests {
  /// x ← rate·x.
  struct Growing: ForecastModel {
    let variables: Int
    let rate: Double
    var carried: Int { 1 }

    func advance(inputs: [Double], carry: inout [Double], predictions: inout [Double]) {
      for b in 0..<inputs.count / variables { carry[b] += 1 }
      for i in inputs.indices { predictions[i] = rate * inputs[i] }
    }
  }

  static let exponent = try? LargestExponent(variables: 5, forcing: 8, target: 0.05, mostSteps: 50_000)

  @Test func freeRunFeedsBack() {
    let inputs = InputSequence(steps: 3, batch: 2, width: 1, values: [1, 2, 3, 4, 0.385, -2])
    let runs = Growing(variables: 1, rate: 3).freeRun(after: inputs, count: 4)
    for (run, start) in zip(runs, [0.385, -2]) {
      #expect(run.count == 5)
      for k in 0...4 { #expect(abs(run[k] - start * pow(3, Double(k))) < 1e-13 * pow(3, Double(k))) }
    }
  }

  /// Times from errors that are known, quantiles and what never exceeded.
  @Test func validTimes() throws {
    let exponent = try #require(Self.exponent)
    // Start s exceeds 0.5 at sample 10·(s + 1), the last never.
    let errors = (0..<11).map { s in (1...100).map { k in s < 10 && k >= 10 * (s + 1) ? 0.9 : 0.1 } }
    let time = ValidPredictionTime(threshold: 0.5, errors: errors, interval: 0.01, exponent: exponent)
    let wanted = (0..<10).map { Double(10 * ($0 + 1) - 1) / 100 } + [1]
    let mean = wanted.reduce(0, +) / 11
    #expect(abs(time.mean - mean) < 1e-14 && time.unreached == 1)
    #expect(abs(time.median - wanted[5]) < 1e-14 && abs(time.tenth - wanted[1]) < 1e-14 && time.least == 0.09)
    let deviation = (wanted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 10).squareRoot()
    #expect(abs(time.standardError - deviation / 11.0.squareRoot()) < 1e-14)
    let scaled = try #require(time.lyapunovTimes)
    #expect(abs(scaled - mean * exponent.value) < 1e-14)
    let error = try #require(time.lyapunovStandardError)
    #expect(error > exponent.value * time.standardError)
  }

  /// The exponent beside the references: 0.473(1) for five variables at F = 8.
  @Test func exponentOfTheSystem() throws {
    let exponent = try #require(Self.exponent)
    let error = try #require(exponent.standardError)
    #expect(abs(exponent.value - 0.473) < max(1e-2, 3 * error))
    // At F = 0.5 the rest state is stable: the largest real part of its Jacobian's eigenvalues.
    let stable = try LargestExponent(variables: 5, forcing: 0.5)
    let real =
      (0..<5).map { k in
        let angle = 2 * Double.pi * Double(k) / 5
        return 0.5 * (Foundation.cos(angle) - Foundation.cos(2 * angle)) - 1
      }.max() ?? 0
    #expect(abs(stable.value - real) < 3e-3, "\(stable.value) \(real)")
  }

  /// The published figures for 40 variables at F = 8: a local cubic of 120 weights 3.84 Lyapunov times (2.8 to 5.1), two
  /// integrators 13.8 (9.3 at worst).
  @Test func fortyVariables() throws {
    let isLong = ForecastTests.isLong
    let data = try ForecastTests.data(
      forcing: 8, trajectories: isLong ? 32 : 8, samples: isLong ? 2000 : 700, variables: 40)
    let exponent = try LargestExponent(variables: 40, forcing: 8, target: 0.02)
    let task = ClosedLoopTask(
      starts: isLong ? 100 : 24, transient: isLong ? 2000 : 800, warmUp: 1, length: 1200, longRuns: 0, exponentSteps: 0)
    let result = try ClosedLoopComparison(
      [LocalPolynomial()], on: data, task: task, exponent: exponent, options: .init(seed: 1, threads: 2))
    let local = try #require(result.models[0].forecast)
    #expect(result.models[0].parameters == 120)
    let time = local.validPredictionTimes[1]
    let mean = try #require(time.lyapunovTimes)
    let error = try #require(time.lyapunovStandardError)
    #expect(abs(mean - 3.84) < 3.5 * (error + 0.09), "\(mean) ± \(error)")
    let agreement = result.integrators.validPredictionTimes[1]
    let agreed = try #require(agreement.lyapunovTimes)
    let agreedError = try #require(agreement.lyapunovStandardError)
    #expect(abs(agreed - 13.8) < 3.5 * (agreedError + 0.2), "\(agreed) ± \(agreedError)")
    #expect(agreement.unreached == 0 && local.diverged == 0)
    #expect(abs(result.normaliser - 3.64) < 0.05)
    #expect(result.longRun == nil)
  }

  /// A loop's derivative against central differences, with a past and without.
  @Test(arguments: ["cubic", "delays", "local", "esn", "ron"]) func derivatives(name: String) throws {
    let data = try ForecastTests.data(forcing: 8, trajectories: 6, samples: 500, variables: name == "local" ? 9 : 4)
    let methods: [String: any ForecastMethod] = [
      "cubic": PolynomialRegression(name: name, delays: [0], degree: 3),
      "delays": PolynomialRegression(name: name, delays: [0, 1, 3], degree: 2), "local": LocalPolynomial(),
      "esn": EchoStateNetwork(units: 20), "ron": OscillatorReservoir(units: 12),
    ]
    let method = try #require(methods[name])
    let fitted = try method.fitted(to: data, task: ForecastTask(horizon: 1), seed: 0, threads: 1)
    let model = try #require(fitted.model as? any DifferentiableForecastModel)
    var system = ClosedLoopSystem(model, timeStep: 0.01)
    var random = SplittableRandom(seed: 11)
    let state = (0..<system.dimension).map { _ in random.uniform(in: -1.385...2) }
    let jacobian = try system.jacobian(at: state)
    for column in state.indices {
      let h = 1e-5
      var (up, down) = (state, state)
      up[column] += h
      down[column] -= h
      try system.advance(&up)
      try system.advance(&down)
      for row in state.indices {
        let wanted = (up[row] - down[row]) / (2 * h)
        #expect(abs(jacobian[row, column] - wanted) < 1e-7 * (1 + abs(wanted)), "\(row) \(column)")
      }
    }
  }

  /// The loop of a good model has the system's exponents, 0.473, 0, −0.521, −1.305, −3.647, and keeps the identity.
  @Test func spectrumOfTheLoop() throws {
    let data = try ForecastTests.data(forcing: 8, trajectories: 16)
    let exponent = try #require(Self.exponent)
    let task = ClosedLoopTask(starts: 2, transient: 300, warmUp: 10, length: 50, longRuns: 0, exponentSteps: 60_000)
    let cubic = try #require(ForecastCatalogue.method("cubic"))
    let result = try ClosedLoopComparison(
      [cubic], on: data, task: task, exponent: exponent, options: .init(seed: 1, threads: 2))
    let own = try #require(result.spectrum)
    // The sum is the divergence, −n, up to the integrator's error.
    #expect(abs(own.sum + 5) < 1e-4, "\(own.sum)")
    #expect((own.traceIdentityResidual ?? 1) < 1e-9)
    let found = try #require(result.models[0].spectrum)
    #expect((found.traceIdentityResidual ?? 1) < 1e-9)
    for (value, wanted) in zip(found.exponents, [0.473, 0, -0.521, -1.305, -3.647]) {
      #expect(abs(value.value - wanted) < 0.02 + 3 * (value.standardError ?? 0), "\(value) \(wanted)")
    }
  }

  /// The spectra's distance as SciPy has it (`gaussian_filter1d`, reflect).
  @Test(arguments: [(1000, 0.09519522036435177), (1001, 0.09534661653181829)]) func spectralDistance(
    count: Int, wanted: Double
  ) {
    let t = (0..<count).map(Double.init)
    let a = t.map { sin(0.37 * $0) + 0.5 * cos(0.11 * $0) }
    let b = t.map { sin(0.37 * $0) + 0.8 * cos(0.13 * $0) }
    let distance = SpectralDistance(from: a, variables: 1)
    #expect(abs(distance.value(of: b) - wanted) < 1e-9)
    #expect(distance.value(of: a) < 1e-7)
    #expect(distance.value(of: t.map { cos(1.9 * $0) }) > 0.97)
  }

  /// Binned states against a dense histogram, and a state beyond the range in the nearest bin.
  @Test func binnedDivergence() {
    var random = SplittableRandom(seed: 3)
    let a = (0..<800).map { _ in random.normal() }
    let b = (0..<800).map { _ in 0.385 + 1.2 * random.normal() }
    let divergence = StateSpaceDivergence(from: a, variables: 2)
    func histogram(_ run: [Double]) -> [Double] {
      var counts = [Double](repeating: 0, count: 900)
      for k in 0..<400 {
        var cell = 0
        for j in 0..<2 {
          let own = (0..<400).map { a[2 * $0 + j] }
          let mean = own.reduce(0, +) / 400
          let deviation = (own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 400).squareRoot()
          let (low, high) = ((own.min() ?? 0) - 0.1 * deviation, (own.max() ?? 0) + 0.1 * deviation)
          cell = cell * 30 + min(29, max(0, Int(((run[2 * k + j] - low) / (high - low) * 30).rounded(.down))))
        }
        counts[cell] += 1
      }
      return counts.map { ($0 + 1e-5) / (400 + 900e-5) }
    }
    let (p, q) = (histogram(a), histogram(b))
    let wanted = zip(p, q).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
    #expect(abs(divergence.value(of: b) - wanted) < 1e-9 * wanted)
    #expect(abs(divergence.value(of: a)) < 1e-12)
  }

  /// Mixtures on normal states are normal with variance 1 + 1: a shift by μ costs |μ|²/4.
  @Test func mixtureDivergence() {
    var random = SplittableRandom(seed: 8)
    let a = (0..<6 * 5000).map { _ in random.normal() }
    let b = (0..<6 * 5000).map { ($0 % 6 < 2 ? 1.385 : 0) + random.normal() }
    let divergence = StateSpaceDivergence(from: a, variables: 6)
    let wanted = 2 * 1.385 * 1.385 / 4
    #expect(abs(divergence.value(of: b) - wanted) < 0.12 * wanted, "\(divergence.value(of: b)) \(wanted)")
    #expect(abs(divergence.value(of: a)) < 1e-12)
  }

  /// A model that is the system has the floor's distances; one that diverges has none, and says when.
  @Test func longRuns() throws {
    struct System: ForecastModel {
      let variables = 5
      let carried = 0
      func advance(inputs: [Double], carry: inout [Double], predictions: inout [Double]) {
        for b in 0..<inputs.count / 5 {
          var (state, none) = (Array(inputs[5 * b..<5 * b + 5]), [Double]())
          lorenz96Steps(count: 1, step: 0.01, forcing: 8, state: &state, tangents: &none)
          for j in 0..<5 { predictions[5 * b + j] = state[j] }
        }
      }
    }
    let task = ClosedLoopTask(starts: 2, transient: 300, warmUp: 1, length: 10, longRuns: 4, longRunSamples: 4000)
    let statistics = try LongRunStatistics(
      of: [("system", System()), ("growing", Growing(variables: 5, rate: 1.05))],
      data: ForecastDataRecipe(forcing: 8, seed: 2), task: task, threads: 2)
    let found = try #require(statistics.models[0].distances)
    for (a, b) in [
      (found.stateSpace, statistics.floor.stateSpace), (found.spectra, statistics.floor.spectra),
      (found.marginal, statistics.floor.marginal),
    ] {
      let error = (a.standardError ?? 0) + (b.standardError ?? 0)
      #expect(abs(a.value - b.value) < 4 * error, "\(a) \(b)")
    }
    #expect(statistics.models[0].diverged == 0 && statistics.models[1].diverged == 4)
    #expect(statistics.models[1].distances == nil && (statistics.models[1].divergedAt ?? 99) < 2)
  }
}
