public import CoRNNModel
import RealModule

extension Contraction {
  /// The steps that ``init(_:system:includingSeries:threads:progress:)`` reports.
  public static let stages = 2 * ContractionMethod.allCases.count + 1

  /// Tests all four methods on a network.
  ///
  /// The activation's slopes lie in [0, 1] for `tanh` and `identity`; for `none` the coupling is 0.
  ///
  /// Costs some thousands of products with m×m matrices and some hundreds of factorisations, O(m³) each.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - system: the map or the flow.
  ///   - includingSeries: whether quantities over frequency are wanted, for plots.
  ///   - threads: how many threads share the work.
  ///   - progress: called with 1 after each of ``stages`` stages.
  public init(
    _ network: OscillatorNetwork, system: MovingSystem, includingSeries: Bool = true, threads: Int = 1,
    progress: (Int) -> Void = { _ in }
  ) {
    var search = ContractionSearch(network, system: system, threads: threads)
    let exponent = search.unitExponent
    guard let gains = search.gains(progress: progress) else {
      self.init(
        system: system, certified: false, method: nil, kind: .numerical, largestExponentBound: nil, gain: nil,
        unitExponent: exponent, nominalExponent: search.nominalExponent, methods: [],
        series: Series(frequency: [], curves: []))
      return
    }
    let proofs = search.bounds(gains, progress: progress)
    let methods = zip(gains, proofs).map { gain, proof in
      let scaling = (proof ?? gain.start).scaling
      return Outcome(
        method: gain.method, gain: gain.value, frequency: gain.frequency, certified: proof != nil,
        largestExponentBound: proof.map { search.outward($0.rate) }, arcs: proof?.arcs,
        scalingRange: Double.exp((scaling.max() ?? 0) - (scaling.min() ?? 0)))
    }
    // The plainest of those that prove the most.
    let best = methods.filter(\.certified).min {
      ($0.largestExponentBound ?? .infinity) < ($1.largestExponentBound ?? .infinity)
    }
    self.init(
      system: system, certified: best != nil, method: best?.method, kind: best == nil ? .numerical : .rigorous,
      largestExponentBound: best?.largestExponentBound, gain: methods.map(\.gain).min(), unitExponent: exponent,
      nominalExponent: search.nominalExponent, methods: methods,
      series: includingSeries ? search.series(gains) : Series(frequency: [], curves: []))
    progress(1)
  }
}
