public import CoRNNDynamics
public import CoRNNKernels

/// What `spectrum` finds.
public struct SpectrumResult: Encodable, Equatable, Sendable {
  /// What was studied.
  public let system: SystemDescription
  /// Which exponents are meant.
  public let mode: SystemMode
  /// Which state variable, from 0.
  public let variable: Int
  /// Steps left out first, and steps kept.
  public let transient: Int
  /// How many values the series has.
  public let steps: Int
  /// The mean and the variance of the variable over the steps kept.
  public let mean: Double
  /// Its variance.
  public let variance: Double
  /// Frequencies are in cycles per unit of time (`perTime`), or per step for a map without time (`perStep`).
  public let unit: String
  /// Null where the run ended before there was a segment.
  public let spectrum: PowerSpectrum?
  /// Null where it wasn't asked for, or the run ended early.
  public let zeroOne: ZeroOneTest?
  /// Whether the 0–1 test takes a value once a period of the forcing.
  public let isStroboscopic: Bool
  /// How many steps the variable keeps its correlation for, which the 0–1 test should take a value once in; null without
  /// the test, for maps without time, where it is stroboscopic, and where it keeps it for a tenth of the run.
  public let decorrelation: Int?
  /// Why the run ended early; null if it didn't.
  public let failure: IntegrationFailure?

  /// The results for a series.
  public init(
    system: SystemDescription, variable: Int, transient: Int, series: [Double], spectrum: PowerSpectrum?,
    zeroOne: ZeroOneTest?, isStroboscopic: Bool = false, failure: IntegrationFailure?
  ) {
    self.system = system
    mode = system.mode
    self.variable = variable
    self.transient = transient
    steps = series.count
    let mean = series.isEmpty ? 0 : series.reduce(0, +) / Double(series.count)
    self.mean = mean
    variance = series.isEmpty ? 0 : series.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(series.count)
    unit = system.hasTime ? "perTime" : "perStep"
    self.spectrum = spectrum
    self.zeroOne = zeroOne
    self.isStroboscopic = isStroboscopic
    decorrelation = zeroOne != nil && system.hasTime && !isStroboscopic ? ZeroOneTest.decorrelation(of: series) : nil
    self.failure = failure
  }
}
