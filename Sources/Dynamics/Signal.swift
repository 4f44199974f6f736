public import CoRNNKernels
import RealModule

/// Inputs made instead of read. Input n is the signal at t_{n−1}, the start of the step it acts on.
public enum Signal: Equatable, Sendable {
  /// `amplitude·cos(frequency·t + 2πj/d)` in channel j; frequency in radians per unit time.
  case cosine(amplitude: Double, frequency: Double)
  /// Levels uniform in ±amplitude, each held for 1/frequency units of time.
  case steps(amplitude: Double, frequency: Double)
  /// Independent normal numbers with standard deviation `amplitude`.
  case noise(amplitude: Double)
  /// Lorenz-96 with as many variables as the input is wide, sampled every 0.01, from a start uniform in
  /// [F − ½, F + ½].
  case lorenz96(forcing: Double)
  /// `amplitude` in every channel.
  case constant(amplitude: Double)
  /// 0 in every channel.
  case zero

  /// The inputs of one run.
  ///
  /// - Parameters:
  ///   - count: the number of steps.
  ///   - width: the number of channels, d.
  ///   - timeStep: dt.
  ///   - random: the stream for what is random in the signal.
  /// - Throws: `IntegrationFailure` where Lorenz-96 can't be integrated.
  public func inputs(
    count: Int, width: Int, timeStep: Double, random: SplittableRandom
  ) throws(IntegrationFailure) -> InputSequence {
    var random = random
    var values: [Double] = []
    switch self {
    case .cosine(let amplitude, let frequency):
      for n in 0..<count {
        for j in 0..<width {
          let phase = 2 * Double.pi * Double(j) / Double(width)
          values.append(amplitude * Double.cos(frequency * Double(n) * timeStep + phase))
        }
      }
    case .steps(let amplitude, let frequency):
      var level: [Double] = []
      var held = -1.0
      for n in 0..<count {
        // A hair above the product, so that a level that starts on a step isn't late by a rounding error.
        let interval = (Double(n) * timeStep * frequency * (1 + 1e-12)).rounded(.down)
        if interval != held {
          held = interval
          var levels = random.split(interval.bitPattern)
          level = (0..<width).map { _ in levels.uniform(in: -amplitude...amplitude) }
        }
        values += level
      }
    case .noise(let amplitude):
      values = (0..<count * width).map { _ in amplitude * random.normal() }
    case .lorenz96(let forcing):
      let system = Lorenz96(variables: width, forcing: forcing)
      let start = system.randomStart(&random)
      values = try system.samples(count: count, interval: Lorenz96.samplingInterval, from: start)
    case .constant(let amplitude):
      values = [Double](repeating: amplitude, count: count * width)
    case .zero:
      values = [Double](repeating: 0, count: count * width)
    }
    return InputSequence(steps: count, batch: 1, width: width, values: values)
  }
}
