public import CoRNNDynamics
public import CoRNNKernels
public import CoRNNModel

/// The exponents of the map as dt falls, against those of the ODE it discretises, under one input signal.
///
/// Map and flow average over the same span of time from the same start, with the same first tangents: where neighbours
/// come together, the difference of two exponents is then the map's own error, O(dt), without sampling noise. Where they
/// don't come nearer by the factor e over the span, the difference may be noise of the size of the standard errors: no
/// order is claimed.
public struct LyapunovRefinement: Encodable, Equatable, Sendable {
  /// The time averaged over, and that before it.
  public let span: Double
  /// The time before averages begin.
  public let transient: Double
  /// The flow's exponents, the largest first.
  public let flow: [LyapunovSpectrum.Exponent]
  /// The largest difference of any of them from another integration at a hundredth of the tolerance, at least 1e-14.
  public let ownError: Double
  /// How the ODE was integrated.
  public let integration: IntegrationOptions
  /// The map at dt, dt/2, …
  public let levels: [Level]
  /// The order at which each exponent approaches the flow's; 1 is expected.
  public let orders: [MeasuredOrder]

  /// The map at a time step.
  public struct Level: Encodable, Equatable, Sendable {
    /// dt.
    public let timeStep: Double
    /// The largest first, per unit time.
    public let exponents: [LyapunovSpectrum.Exponent]
    /// Each minus the flow's.
    public let differences: [Double]
    /// Standard errors of the differences of two independent runs; what differences come to by chance where
    /// trajectories part. Null for too short runs.
    public let samplingErrors: [Double?]
  }

  /// Compares exponents.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - drive: inputs on the grid of the network's dt, held over each step.
  ///   - start: the first state, 2m values.
  ///   - options: the run at the network's dt; steps, transient and interval are taken 2, 4, … times finer.
  ///   - refinements: how often dt is halved, at least 2.
  ///   - integration: how the ODE is integrated.
  ///   - threads: how many threads share the work.
  ///   - mayGoOn: asked now and then; where it says no the run ends.
  ///   - progress: told how many levels are done.
  ///
  /// Costs `2^(refinements + 1)` runs of the map and two of the flow.
  public init(
    _ network: OscillatorNetwork, drive: OscillatorMapSystem.Drive, start: [Double],
    options: LyapunovSpectrum.Options, refinements: Int,
    integration: IntegrationOptions = IntegrationOptions(absoluteTolerance: 1e-11, relativeTolerance: 1e-11),
    threads: Int = 1, mayGoOn: @Sendable () -> Bool = { true }, progress: (@Sendable (Int) -> Void)? = nil
  ) throws(LyapunovSpectrum.Failure) {
    precondition(refinements >= 2, "an order from \(refinements + 1) levels")
    guard let steps = options.steps else { preconditionFailure("a refinement without a length") }
    let dt = network.oscillators.timeStep
    var check = integration
    check.method = integration.method == .rk8pd ? .rkf45 : .rk8pd
    check.absoluteTolerance = max(integration.absoluteTolerance / 100, 1e-14)
    check.relativeTolerance = max(integration.relativeTolerance / 100, 1e-14)
    let checks = [integration, check]
    // The longest first, so that threads end together.
    let count = refinements + 3
    let found = parallelMap(count: count, threads: threads) {
      place -> Result<LyapunovSpectrum, LyapunovSpectrum.Failure> in
      Result { () throws(LyapunovSpectrum.Failure) in
        if place < 2 {
          let system = SampledFlow(
            OscillatorFlowField(network, drive: drive), timeStep: dt, integration: .adaptive(checks[place]))
          return try LyapunovSpectrum(of: system, from: start, options: options, mayGoOn: mayGoOn, progress: progress)
        }
        let parts = 1 << (count - 1 - place)
        guard let fine = try? network.withTimeStep(dt / Double(parts)) else {
          throw .diverged(IntegrationFailure(time: 0, reason: "a time step of \(dt / Double(parts)) is too small"))
        }
        var finer = options
        finer.steps = steps * parts
        finer.transient *= parts
        finer.interval *= parts
        finer.window = nil
        let system = OscillatorMapSystem(fine, drive: drive.refined(by: parts))
        return try LyapunovSpectrum(of: system, from: start, options: finer, mayGoOn: mayGoOn, progress: progress)
      }
    }
    var spectra: [LyapunovSpectrum] = []
    for result in found { spectra.append(try result.get()) }
    let (flow, again, maps) = (spectra[0], spectra[1], Array(spectra[2...].reversed()))
    self.flow = flow.exponents
    self.integration = integration
    span = Double(steps) * dt
    transient = Double(options.transient) * dt
    let ownError = zip(flow.exponents, again.exponents).map { abs($0.value - $1.value) }.max() ?? 0
    self.ownError = ownError
    let levels = maps.map { map in
      Level(
        timeStep: map.timeStep, exponents: map.exponents,
        differences: zip(map.exponents, flow.exponents).map { $0.value - $1.value },
        samplingErrors: zip(map.exponents, flow.exponents).map { map, flow in
          guard let first = map.standardError, let second = flow.standardError else { return nil }
          return (first * first + second * second).squareRoot()
        })
    }
    self.levels = levels
    let leading = flow.exponents.first
    let isContracting = (leading?.value ?? 0) < -flow.resolution
    let isChaotic = leading?.sign == .positive
    orders = flow.exponents.indices.map { i in
      MeasuredOrder(
        levels.map { .init(timeStep: $0.timeStep, error: abs($0.differences[i])) }, ownError: ownError,
        reason: isContracting
          ? nil
          : isChaotic
            ? "the flow is chaotic, so that differences are sampling errors"
            : "neighbours don't come together over the span, so that differences may be sampling errors")
    }
  }
}

extension OscillatorMapSystem.Drive {
  /// The same signal for steps 1/`parts` as long.
  fileprivate func refined(by parts: Int) -> Self {
    switch self {
    case .constant: self
    case .inputs(let inputs): .inputs(inputs.refined(by: parts, hold: .zeroOrder, timeStep: 1))
    }
  }
}
