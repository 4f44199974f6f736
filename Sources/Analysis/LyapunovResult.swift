public import CoRNNDynamics

/// What `lyapunov` finds.
public struct LyapunovResult: Encodable, Equatable, Sendable {
  /// What was studied.
  public let system: SystemDescription
  /// The largest exponents first; their unit; what drives the system; the dimension; the identity's residual; whether
  /// every error is within the target.
  public let exponents: [LyapunovSpectrum.Exponent]
  /// What exponents are per.
  public let unit: LyapunovSpectrum.Unit
  /// Which exponents are meant.
  public let mode: SystemMode
  /// ``LyapunovSpectrum/kaplanYorkeDimension``.
  public let kaplanYorkeDimension: Double?
  /// ``LyapunovSpectrum/traceIdentityResidual``.
  public let traceIdentityResidual: Double?
  /// Whether every exponent can be trusted to the error asked for.
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

/// What `lyapunov --sweep` finds.
public struct ChaosTransitionResult: Encodable, Equatable, Sendable {
  /// The system before the parameter is changed; of several networks the first.
  public let system: SystemDescription
  /// How many networks at each value.
  public let networks: Int
  /// The points.
  public let transition: ChaosTransition

  /// The transition of a system, or of several networks of its kind.
  public init(system: SystemDescription, networks: Int, transition: ChaosTransition) {
    self.system = system
    self.networks = networks
    self.transition = transition
  }
}

/// What `lyapunov --refinements` finds.
public struct LyapunovRefinementResult: Encodable, Equatable, Sendable {
  /// The network, and what drives it.
  public let system: SystemDescription
  /// The exponents over dt.
  public let refinement: LyapunovRefinement

  /// The map of a network against its ODE.
  public init(system: SystemDescription, refinement: LyapunovRefinement) {
    self.system = system
    self.refinement = refinement
  }
}
