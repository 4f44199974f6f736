public import CoRNNKernels

/// Lorenz-96: `x_j' = (x_{j+1} − x_{j−2})·x_{j−1} − x_j + F`, indices cyclic.
///
/// Lorenz, "Predictability: a problem partly solved" (1996).
public struct Lorenz96: Equatable, Sendable {
  /// From one sample to the next in the paper's task (units of time).
  public static let samplingInterval = 0.01
  /// How its trajectories are made.
  public static let integration = IntegrationOptions(
    method: .rk8pd, absoluteTolerance: 1e-12, relativeTolerance: 1e-12)

  /// The number of variables, at least 4.
  public let variables: Int
  /// `F`.
  public let forcing: Double

  /// The system of this size under this forcing.
  public init(variables: Int, forcing: Double) {
    precondition(variables >= 4, "Lorenz-96 of \(variables) variables")
    self.variables = variables
    self.forcing = forcing
  }

  /// A start uniform in [F − ½, F + ½] in each variable.
  public func randomStart(_ random: inout SplittableRandom) -> [Double] {
    (0..<variables).map { _ in random.uniform(in: forcing - 0.5...forcing + 0.5) }
  }

  /// `count` samples of the trajectory from `start`, the start itself first; count×variables, time first.
  ///
  /// Integrated by GSL's rk8pd with tolerance 1e-12.
  public func samples(
    count: Int, interval: Double, from start: [Double]
  ) throws(IntegrationFailure) -> [Double] {
    precondition(start.count == variables, "\(start.count) values for \(variables) variables")
    let n = variables
    var integrator = ODEIntegrator(dimension: n, firstStep: interval / 10, options: Self.integration) {
      derivative(time: $0, state: $1, into: &$2)
    }
    var state = start
    var samples: [Double] = []
    samples.reserveCapacity(count * n)
    for k in 0..<count {
      if k > 0 { try integrator.advance(&state, from: Double(k - 1) * interval, to: Double(k) * interval) }
      samples += state
    }
    return samples
  }
}
