public import CoRNNDynamics
public import CoRNNKernels
public import CoRNNModel

/// Inputs that drive a bound's value/bound as high as a search finds: how close the bound comes to being attained.
///
/// A lower bound on the largest tightness there is, by projected gradient ascent within the inputs' range.
public struct WorstCase: Encodable, Equatable, Sendable {
  /// The bound.
  public let rung: String
  /// The largest value/bound found.
  public let tightness: Double
  /// What it was under the inputs that were given.
  public let tightnessGiven: Double
  /// What it was under the bang-bang inputs that the search starts from; null for rungs about the flow.
  public let tightnessBangBang: Double?
  /// The step at which it is reached.
  public let step: Int
  /// Which start led there: `given` or `bangBang`; for a rung about the flow, the map's rung whose inputs did.
  public let from: String
  /// Forward and backward runs made.
  public let iterations: Int
  /// The inputs' file; null until they are written.
  public var file: String?
  /// The inputs found.
  public let inputs: InputSequence

  private enum CodingKeys: String, CodingKey {
    case rung, tightness, tightnessGiven, tightnessBangBang, step, from, iterations, file
  }

  /// Searches for the worst inputs for each rung about the map that applies.
  ///
  /// Starts from the given inputs and from bang-bang ones: with h the impulse response of each unit, u_k takes in
  /// each channel the end of its range that pushes `V u` along `sign (h_{n−k})_y`. Each ascent takes steps along
  /// the gradient's signs, halved when they lead down.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - inputs: the given inputs; of a batch, the first trajectory.
  ///   - start: y_0 and z_0, 2m values; zero if nil.
  ///   - range: what each input must stay within.
  ///   - iterations: forward and backward runs from each start.
  ///   - flow: how the continuous system is held and integrated; nil leaves its rungs out. For them the inputs found
  ///     for the map are tried, and the best kept.
  ///   - progress: told how many runs of `2·iterations` for each rung were done since it was last told.
  public static func search(
    network: OscillatorNetwork, inputs: InputSequence, start: [Double]?, range: ClosedRange<Double>, iterations: Int,
    flow: (hold: InputHold, options: IntegrationOptions)?, progress: ((Int) -> Void)? = nil
  ) -> [WorstCase] {
    let search = Search(
      network: network, inputs: inputs.firstTrajectory, start: start, range: range, progress: progress)
    let found = search.given.rungs.filter { $0.applies && $0.tightness != nil }.map {
      search.worst($0, iterations: iterations)
    }
    guard let flow else { return found }
    return found + search.worstOfFlow(found, hold: flow.hold, options: flow.options)
  }
}

private struct Search {
  let network: OscillatorNetwork
  let inputs: InputSequence
  let start: [Double]?
  let range: ClosedRange<Double>
  let map: OscillatorMap
  let backpropagation: Backpropagation
  /// The bounds under the given inputs.
  let given: EnergyBounds
  let progress: ((Int) -> Void)?

  init(
    network: OscillatorNetwork, inputs: InputSequence, start: [Double]?, range: ClosedRange<Double>,
    progress: ((Int) -> Void)?
  ) {
    self.progress = progress
    self.network = network
    self.inputs = inputs
    self.start = start.map { Array($0.prefix(2 * network.hidden)) }
    self.range = range
    map = OscillatorMap(network)
    backpropagation = Backpropagation(network)
    let run = map.trajectory(inputs: inputs, start: self.start)
    given = EnergyBounds(network: network, inputs: inputs, trajectory: run)
  }

  /// A run and how tight a rung is in it.
  struct Trial {
    let inputs: InputSequence
    let run: Trajectory
    let rung: EnergyBounds.Rung
    var tightness: Double { rung.tightness ?? 0 }
  }

  func trial(_ inputs: InputSequence, _ name: String) -> Trial? {
    let run = map.trajectory(inputs: inputs, start: start)
    let bounds = EnergyBounds(network: network, inputs: inputs, trajectory: run)
    guard let rung = bounds.rungs.first(where: { $0.name == name }), rung.tightness != nil else { return nil }
    return Trial(inputs: inputs, run: run, rung: rung)
  }

  func worst(_ rung: EnergyBounds.Rung, iterations: Int) -> WorstCase {
    let bangBang = trial(bangBangInputs(), rung.name)
    var best: (trial: Trial, from: String)?
    var count = 0
    for (from, first) in [("bangBang", bangBang), ("given", trial(clamped(inputs), rung.name))] {
      guard let first else { continue }
      let (found, used) = ascend(first, iterations: iterations)
      count += used
      if found.tightness > best?.trial.tightness ?? -1 { best = (found, from) }
    }
    return WorstCase(
      rung: rung.name, tightness: best?.trial.tightness ?? 0, tightnessGiven: rung.tightness ?? 0,
      tightnessBangBang: bangBang?.tightness ?? 0, step: best?.trial.rung.tightestStep ?? 0,
      from: best?.from ?? "given", iterations: count, inputs: best?.trial.inputs ?? inputs)
  }

  func worstOfFlow(_ found: [WorstCase], hold: InputHold, options: IntegrationOptions) -> [WorstCase] {
    func rungs(_ inputs: InputSequence) -> [EnergyBounds.Rung] {
      let run = OscillatorFlow(network, hold: hold, options: options).trajectory(
        inputs: inputs, start: start, withEnergy: true)
      return EnergyBounds(network: network, flow: run, options: options).rungs.filter { $0.tightness != nil }
    }
    let trials = found.map { (from: $0.rung, inputs: $0.inputs, rungs: rungs($0.inputs)) }
    return rungs(inputs).compactMap { given in
      let candidates = trials.compactMap { trial in
        trial.rungs.first { $0.name == given.name }.map { (trial, rung: $0) }
      }
      guard let best = candidates.max(by: { ($0.rung.tightness ?? 0) < ($1.rung.tightness ?? 0) }) else { return nil }
      return WorstCase(
        rung: given.name, tightness: best.rung.tightness ?? 0, tightnessGiven: given.tightness ?? 0,
        tightnessBangBang: nil, step: best.rung.tightestStep ?? 0, from: best.0.from, iterations: trials.count,
        inputs: best.0.inputs)
    }
  }

  private func ascend(_ first: Trial, iterations: Int) -> (Trial, used: Int) {
    var best = first
    var length = 0.25 * (range.upperBound - range.lowerBound)
    let smallest = 1e-4 * (range.upperBound - range.lowerBound)
    var used = 0
    while used < iterations, length > smallest {
      used += 1
      let gradient = slope(of: best)
      var values = best.inputs.values
      for (place, slope) in gradient.enumerated() where slope != 0 {
        let moved = values[place] + (slope > 0 ? length : -length)
        values[place] = min(max(moved, range.lowerBound), range.upperBound)
      }
      let next = trial(with(values), best.rung.name)
      if let next, next.tightness > best.tightness { best = next } else { length /= 2 }
      progress?(1)
    }
    progress?(iterations - used)
    return (best, used)
  }

  /// The derivative of the rung's value, at its tightest step, by the inputs up to there.
  private func slope(of trial: Trial) -> [Double] {
    let m = network.hidden
    let step = trial.rung.tightestStep ?? 1
    let y = Array(trial.run.positions[(step - 1) * m..<step * m])
    let z = Array(trial.run.velocities[(step - 1) * m..<step * m])
    var position = [Double](repeating: 0, count: m)
    var velocity = position
    if trial.rung.name == EnergyRung.gain.rawValue, let worst = trial.rung.worstUnit {
      if worst.quantity == "position" {
        position[worst.unit] = y[worst.unit] < 0 ? -1 : 1
      } else {
        velocity[worst.unit] = z[worst.unit] < 0 ? -1 : 1
      }
    } else {
      let isWeighted = trial.rung.name == EnergyRung.explicitSharp.rawValue
      for i in 0..<m {
        position[i] = 2 * network.oscillators.gamma[i] * y[i]
        let weight = isWeighted ? 1 - network.oscillators.epsilon[i] * network.oscillators.timeStep : 1
        velocity[i] = 2 * weight * z[i]
      }
    }
    let gradient = backpropagation.gradient(
      of: .lastState(position: position, velocity: velocity),
      inputs: trial.inputs.part(steps: 0..<step, trajectories: 0..<1), trajectory: trial.run.prefix(step),
      withInputs: true)
    return gradient.inputs ?? []
  }

  private func bangBangInputs() -> InputSequence {
    let m = network.hidden
    var responses = (0..<m).map { LinearUnit(network.oscillators, unit: $0).entry }
    let transitions = (0..<m).map { LinearUnit(network.oscillators, unit: $0).transition }
    let backward = network.inputWeights.transposed
    var values = [Double](repeating: 0, count: inputs.steps * inputs.width)
    for n in stride(from: inputs.steps, through: 1, by: -1) {
      let signs = responses.map { $0.position < 0 ? -1.0 : 1 }
      var push = [Double](repeating: 0, count: inputs.width)
      backward.multiply(count: 1, vectors: signs, stride: m, keeping: 0, into: &push)
      for (channel, direction) in push.enumerated() {
        values[(n - 1) * inputs.width + channel] = direction < 0 ? range.lowerBound : range.upperBound
      }
      for i in 0..<m { responses[i] = transitions[i] * responses[i] }
    }
    return with(values)
  }

  private func clamped(_ inputs: InputSequence) -> InputSequence {
    with(inputs.values.map { min(max($0, range.lowerBound), range.upperBound) })
  }

  private func with(_ values: [Double]) -> InputSequence {
    InputSequence(steps: inputs.steps, batch: 1, width: inputs.width, values: values)
  }
}
