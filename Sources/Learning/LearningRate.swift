import RealModule

/// A learning rate as a function of the optimiser's step, counted from 0.
public enum LearningRate: Equatable, Codable, Sendable {
  /// The same at every step.
  case constant(Double)
  /// `start`, divided by `factor` at each of the steps in `at`.
  case steps(start: Double, factor: Double, at: [Int])
  /// `start·(1 + cos(π·step/over))/2` down to `end`, where it stays: half a period of a cosine (Loshchilov & Hutter 2017,
  /// arXiv 1608.03983, without restarts).
  case cosine(start: Double, end: Double, over: Int)

  /// The rate of a step.
  public func rate(at step: Int) -> Double {
    switch self {
    case .constant(let rate): rate
    case .steps(let start, let factor, let at): at.reduce(start) { step >= $1 ? $0 / factor : $0 }
    case .cosine(let start, let end, let over):
      step >= over ? end : end + (start - end) * (1 + .cos(.pi * Double(step) / Double(over))) / 2
    }
  }
}
