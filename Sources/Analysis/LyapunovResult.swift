public import CoRNNCheckpoints

/// A dynamical system that was studied: what it is, what drives it, where it started.
public struct SystemDescription: Encodable, Equatable, Sendable {
  /// What drives a system.
  public enum Mode: String, Encodable, Sendable {
    /// Inputs that change.
    case driven
    /// Nothing, or an input that stays.
    case autonomous
    /// Its own outputs.
    case closedLoop
  }

  /// The checkpoint as it was named, or a classic system's name.
  public let name: String
  public let mode: Mode
  public let drivenBy: String
  /// Constants or parameters as text.
  public let parameters: [String]
  public let start: String

  /// A description.
  public init(name: String, mode: Mode, drivenBy: String, parameters: [String], start: String) {
    self.name = name
    self.mode = mode
    self.drivenBy = drivenBy
    self.parameters = parameters
    self.start = start
  }
}

/// What `lyapunov` finds.
public struct LyapunovResult: Encodable, Equatable, Sendable {
  public let system: SystemDescription
  /// The largest exponents first; their unit; what drives the system; the dimension; the identity's residual; whether
  /// every error is within the target.
  public let exponents: [LyapunovSpectrum.Exponent]
  public let unit: LyapunovSpectrum.Unit
  public let mode: SystemDescription.Mode
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

extension NetworkConstants {
  /// Each constant as `name value`.
  public var texts: [String] {
    list.filter { ["dt", "gamma", "epsilon", "damping", "activation"].contains($0.name) }.map {
      "\($0.name) \($0.value)"
    }
  }
}
