public import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels

/// A system's largest Lyapunov exponent, per unit time, with its standard error.
public struct LargestExponent: Encodable, Equatable, Sendable {
  /// Its value, per unit time.
  public let value: Double
  /// From block averages; null for too short a run.
  public let standardError: Double?
  /// The steps averaged over, and their length.
  public let steps: Int
  /// The time of a step.
  public let timeStep: Double
  /// The standard error asked for, and whether it was reached.
  public let target: Double
  /// Whether it can be trusted to the error asked for.
  public let converged: Bool

  /// That of Lorenz-96, by Runge–Kutta steps of 0.01 and their exact derivatives, from a random start.
  ///
  /// - Throws: `LyapunovSpectrum.Failure`.
  public init(
    variables: Int, forcing: Double, target: Double = 3e-3, mostSteps: Int = 10_000_000
  ) throws(LyapunovSpectrum.Failure) {
    let system = Lorenz96(variables: variables, forcing: forcing)
    var random = SplittableRandom(seed: 0)
    let flow = system.sampled(every: Lorenz96.samplingInterval)
    let spectrum = try LyapunovSpectrum(
      of: flow, from: system.randomStart(&random),
      options: .init(count: 1, transient: 100_000, mostSteps: mostSteps, target: target, interval: 10))
    value = spectrum.exponents[0].value
    standardError = spectrum.exponents[0].standardError
    steps = spectrum.steps
    timeStep = spectrum.timeStep
    self.target = target
    converged = spectrum.converged
  }
}
