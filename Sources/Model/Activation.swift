/// The function `sigma` between a unit's drive and its acceleration.
public enum Activation: String, CaseIterable, Codable, Sendable {
  /// `sigma(a) = tanh a`, the coRNN's own.
  case tanh
  /// `sigma(a) = a`: a linear network.
  case identity
  /// `sigma(a) = 0`: free damped oscillators, whatever the weights.
  case none

  /// Whether `|sigma| <= 1` everywhere, which every energy bound needs.
  public var isBounded: Bool { self != .identity }
}
