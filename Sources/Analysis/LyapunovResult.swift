public import CoRNNDynamics

/// What `lyapunov` finds.
public struct LyapunovResult: Encodable, Equatable, Sendable {
  public let system: SystemDescription
  /// The largest exponents first; their unit; what drives the system; the dimension; the identity's residual; whether
  /// every error is within the target.
  public let exponents: [LyapunovSpectrum.Exponent]
  public let unit: LyapunovSpectrum.Unit
  public let mode: SystemMode
  public let kaplanYorkeDimension: Double?
  public let traceIdentityResidual: Double?
  public let converged: Bool
  /// The run behind them.
  public let run: LyapunovSpectrum

  /// The spectrum of a system.
  public init(system: SystemDescription, spectrum: LyapunovSpectrum) {
    self.system = system
    mode = system.mode
    exponents = spectrum.exponents
    unit = spectrum.unit
    kaplanYorkeDimension = spectrum.kaplanYorkeDimension
    traceIdentityResidual = spectrum.traceIdentityResidual
    converged = spectrum.converged
    run = spectrum
  }
}
