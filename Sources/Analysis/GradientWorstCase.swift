public import CoRNNDynamics
import CoRNNKernels
public import CoRNNModel

/// Inputs and targets within ranges that drive the ratio of Proposition 3.2 as high as a search finds.
///
/// A lower bound on the largest ratio there is. For one entry theta the derivative `dE/dtheta` is linear in the targets,
/// so that the best targets for given inputs are known exactly: `−limit·sign(dy_n/dtheta)`. Inputs climb its exact
/// gradient, the tangent along theta of the adjoint.
public struct GradientWorstCase: Encodable, Equatable, Sendable {
  /// The largest |dE/dtheta| found, over the bound with Ȳ the targets' limit.
  public let ratio: Double
  /// What it was under the inputs and targets that were given, over that same bound.
  public let ratioGiven: Double
  /// The entry.
  public let block: NetworkGradient.Block
  /// Its row, from 0.
  public let row: Int
  /// Its column, from 0.
  public let column: Int
  /// What inputs and targets stay within.
  public let inputRange: ClosedRange<Double>
  /// What targets stay within, as ±x.
  public let targetLimit: Double
  /// Runs made.
  public let iterations: Int
  /// The file of inputs and targets; null until they are written.
  public var file: String?
  /// The inputs and targets found, N×d and N×m.
  public let inputs: InputSequence
  /// The targets found, N×m.
  public let targets: [Double]

  private enum CodingKeys: String, CodingKey {
    case ratio, ratioGiven, block, row, column, targetLimit, iterations, file
  }

  /// Searches from the given inputs and targets, and from bang-bang inputs.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - inputs: of a batch, the first trajectory.
  ///   - targets: N×m, zero where nil.
  ///   - start: y_0 and z_0; zero if nil.
  ///   - inputRange: what inputs stay within.
  ///   - targetLimit: what targets stay within, as ±x.
  ///   - iterations: steps of the ascent from each of the two starts.
  ///   - progress: told how many iterations were done since it was last told.
  public static func search(
    network: OscillatorNetwork, inputs: InputSequence, targets: [Double]?, start: [Double]?,
    inputRange: ClosedRange<Double>, targetLimit: Double, iterations: Int, progress: ((Int) -> Void)? = nil
  ) -> GradientWorstCase? {
    let search = GradientSearch(
      network: network, start: start.map { Array($0.prefix(2 * network.hidden)) }, inputRange: inputRange,
      targetLimit: targetLimit)
    let first = inputs.firstTrajectory
    guard
      let given = search.trial(
        first, targets: targets ?? Array(repeating: 0, count: first.steps * network.hidden))
    else { return nil }
    var best = given
    var used = 0
    let clamped = first.values.map { min(max($0, inputRange.lowerBound), inputRange.upperBound) }
    let signs = first.values.map { $0 < 0 ? inputRange.lowerBound : inputRange.upperBound }
    for values in [clamped, signs] {
      let begin = InputSequence(steps: first.steps, batch: 1, width: first.width, values: values)
      if let found = search.climb(begin, iterations: iterations, used: &used, progress: progress),
        found.size > best.size || best.targets == given.targets
      {
        best = found
      }
    }
    let bound = Proposition32.bound(hidden: network.hidden, targetMaximum: targetLimit)
    return GradientWorstCase(
      ratio: best.size / bound, ratioGiven: given.size / bound, block: best.entry.block, row: best.entry.row,
      column: best.entry.column, inputRange: inputRange, targetLimit: targetLimit, iterations: used,
      inputs: best.inputs, targets: best.targets)
  }
}

private struct GradientSearch {
  let network: OscillatorNetwork
  let start: [Double]?
  let inputRange: ClosedRange<Double>
  let targetLimit: Double

  /// Inputs and targets, and the largest entry of the gradient there.
  struct Trial {
    let inputs: InputSequence
    let targets: [Double]
    let run: Trajectory
    let entry: NetworkGradient.Entry
    var size: Double { abs(entry.value) }
  }

  func trial(_ inputs: InputSequence, targets: [Double]) -> Trial? {
    let run = OscillatorMap(network).trajectory(inputs: inputs, start: start)
    guard run.divergedAt == nil else { return nil }
    let gradient = Backpropagation(network).gradient(of: .hidden(targets: targets), inputs: inputs, trajectory: run)
    guard gradient.isFinite else { return nil }
    return Trial(inputs: inputs, targets: targets, run: run, entry: gradient.largestEntry)
  }

  /// The trial with the best targets for these inputs and an entry; starting from `entry` if one is given, the entry
  /// and its targets are improved in turn.
  func best(_ inputs: InputSequence, entry: NetworkGradient.Entry?) -> Trial? {
    let m = network.hidden
    var current = entry.flatMap { trial(inputs, entry: $0) }
    if current == nil {
      current = trial(inputs, targets: [Double](repeating: -targetLimit, count: inputs.steps * m))
    }
    for _ in 0..<4 {
      guard let now = current, let next = trial(inputs, entry: now.entry), next.size > now.size else { break }
      current = next
    }
    return current
  }

  /// With the targets that are best for `entry`: E's derivative is `Σ (y_n − target_n)·dy_n/dtheta`, and its size is
  /// largest with every target at an end of the range, on the side that adds to the sum.
  private func trial(_ inputs: InputSequence, entry: NetworkGradient.Entry) -> Trial? {
    let run = OscillatorMap(network).trajectory(inputs: inputs, start: start)
    guard run.divergedAt == nil else { return nil }
    let tangent = ParameterTangent(network: network, inputs: inputs, run: run, entry: entry)
    let own = zip(run.positions, tangent.positions).reduce(0) { $0 + $1.0 * $1.1 }
    let sign: Double = own < 0 ? -1 : 1
    return trial(
      inputs, targets: tangent.positions.map { $0 == 0 ? -targetLimit : ($0 < 0 ? sign : -sign) * targetLimit })
  }

  func climb(
    _ inputs: InputSequence, iterations: Int, used: inout Int, progress: ((Int) -> Void)?
  ) -> Trial? {
    guard var current = best(inputs, entry: nil) else { return nil }
    let width = inputRange.upperBound - inputRange.lowerBound
    var length = 0.25 * width
    var count = 0
    while count < iterations, length > 1e-4 * width {
      count += 1
      let tangent = ParameterTangent(
        network: network, inputs: current.inputs, run: current.run, entry: current.entry)
      let slope = tangent.inputGradient(targets: current.targets)
      let sign: Double = current.entry.value < 0 ? -1 : 1
      var values = current.inputs.values
      for (place, slope) in slope.enumerated() where slope != 0 {
        let moved = values[place] + (sign * slope > 0 ? length : -length)
        values[place] = min(max(moved, inputRange.lowerBound), inputRange.upperBound)
      }
      let moved = InputSequence(steps: inputs.steps, batch: 1, width: inputs.width, values: values)
      if let next = best(moved, entry: current.entry), next.size > current.size {
        current = next
      } else {
        length /= 2
      }
      progress?(1)
    }
    used += count
    progress?(iterations - count)
    return current
  }
}
