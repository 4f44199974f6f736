public import CoRNNAnalysis
public import CoRNNDynamics
public import CoRNNKernels

/// A forecast model with its exact derivative.
public protocol DifferentiableForecastModel: ForecastModel {
  /// Takes in the input of one trajectory and puts the prediction in its place; pushes tangent vectors through that.
  ///
  /// - Parameters:
  ///   - input: n values, then n predictions.
  ///   - carry: what the model carries; moves on.
  ///   - tangents: rows of n + `carried` values: changes of the input and of what is carried, then of the prediction
  ///     and of what is carried on.
  func advance(input: inout [Double], carry: inout [Double], tangents: inout [Double])
}

/// A model fed its own forecasts, as a system: its state is the input and what the model carries.
public struct ClosedLoopSystem: DynamicalSystem {
  /// The model.
  public let model: any DifferentiableForecastModel
  public let timeStep: Double
  public var step = 0

  /// The loop of `model`, which forecasts `timeStep` ahead.
  public init(_ model: any DifferentiableForecastModel, timeStep: Double) {
    self.model = model
    self.timeStep = timeStep
  }

  public var dimension: Int { model.variables + model.carried }
  public var hasTime: Bool { true }

  public mutating func advance(_ state: inout [Double]) throws(IntegrationFailure) {
    var none: [Double] = []
    try advance(&state, tangents: &none)
  }

  public mutating func advance(_ state: inout [Double], tangents: inout [Double]) throws(IntegrationFailure) {
    let n = model.variables
    var input = Array(state[..<n])
    var carry = Array(state[n...])
    model.advance(input: &input, carry: &carry, tangents: &tangents)
    step += 1
    state = input + carry
    guard state.allSatisfy(\.isFinite) else {
      throw IntegrationFailure(time: Double(step) * timeStep, reason: "the forecasts left the range of doubles")
    }
  }
}

/// The Lyapunov spectrum of a system or of a model's closed loop, per unit time.
public struct LoopSpectrum: Encodable, Equatable, Sendable {
  /// The largest first.
  public let exponents: [LyapunovSpectrum.Exponent]
  /// The Kaplan–Yorke dimension.
  public let kaplanYorkeDimension: Double?
  /// The dimension's standard error, from those of the exponents; null where one of them has none.
  public let kaplanYorkeError: Double?
  /// The sum of the exponents; −n for Lorenz-96 itself.
  public let sum: Double
  /// Steps averaged over and their length.
  public let steps: Int
  /// The time of a step.
  public let timeStep: Double
  /// The sum against log|det J| computed apart; null where fewer exponents than dimensions were computed.
  public let traceIdentityResidual: Double?

  /// The first `count` exponents over `steps` steps.
  ///
  /// - Throws: `LyapunovSpectrum.Failure`, also where forecasts leave the range of doubles.
  init(
    of system: any DynamicalSystem, from start: [Double], count: Int, transient: Int, steps: Int
  ) throws(LyapunovSpectrum.Failure) {
    let spectrum = try LyapunovSpectrum(
      of: system, from: start,
      options: .init(count: count, transient: transient, steps: steps, interval: 5, checkEvery: 50))
    exponents = spectrum.exponents
    kaplanYorkeDimension = spectrum.kaplanYorkeDimension
    kaplanYorkeError = spectrum.kaplanYorkeError
    sum = exponents.reduce(0) { $0 + $1.value }
    self.steps = spectrum.steps
    timeStep = spectrum.timeStep
    traceIdentityResidual = spectrum.traceIdentityResidual
  }
}

extension PolynomialForecast: DifferentiableForecastModel {
  func advance(input: inout [Double], carry: inout [Double], tangents: inout [Double]) {
    let (n, size) = (variables, variables + carried)
    var newest: [Double] = []
    scaling.append(input, at: 0, to: &newest)
    if !tangents.isEmpty {
      let past = delays.flatMap { $0 == 0 ? newest : Array(carry[($0 - 1) * n..<$0 * n]) }
      var derivatives: [Double] = []
      basis.appendDerivatives(of: past, to: &derivatives)
      // A row for each variable of the past: the predictions' derivatives by it.
      var slopes = [Double](repeating: 0, count: past.count * n)
      weights.multiply(
        count: past.count, vectors: derivatives, stride: basis.count, keeping: 0, into: &slopes)
      for row in stride(from: 0, to: tangents.count, by: size) {
        let change = (0..<n).map { tangents[row + $0] / scaling.deviation[$0] }
        var moved = [Double](repeating: 0, count: n)
        for (place, delay) in delays.enumerated() {
          for j in 0..<n {
            let by = delay == 0 ? change[j] : tangents[row + delay * n + j]
            for i in 0..<n { moved[i] += slopes[(place * n + j) * n + i] * by }
          }
        }
        for k in stride(from: size - 1, to: 2 * n - 1, by: -1) { tangents[row + k] = tangents[row + k - n] }
        for j in 0..<n {
          if carried > 0 { tangents[row + n + j] = change[j] }
          tangents[row + j] = moved[j]
        }
      }
    }
    let seen = input
    advance(inputs: seen, carry: &carry, predictions: &input)
  }
}

extension LocalForecast: DifferentiableForecastModel {
  func advance(input: inout [Double], carry: inout [Double], tangents: inout [Double]) {
    let (n, width) = (variables, 2 * radius + 1)
    if !tangents.isEmpty {
      var slopes: [Double] = []
      var (near, derivatives): ([Double], [Double]) = ([], [])
      for j in 0..<n {
        near.removeAll(keepingCapacity: true)
        for shift in -radius...radius { near.append((input[(j + shift + n) % n] - mean) / deviation) }
        derivatives.removeAll(keepingCapacity: true)
        basis.appendDerivatives(of: near, to: &derivatives)
        for place in 0..<width {
          var slope = 0.0
          for k in 0..<basis.count { slope += weights.elements[k] * derivatives[place * basis.count + k] }
          slopes.append(slope / deviation)
        }
      }
      for row in stride(from: 0, to: tangents.count, by: n) {
        let old = Array(tangents[row..<row + n])
        for j in 0..<n {
          for place in 0..<width { tangents[row + j] += slopes[j * width + place] * old[(j + place - radius + n) % n] }
        }
      }
    }
    let seen = input
    advance(inputs: seen, carry: &carry, predictions: &input)
  }
}
