public import CoRNNDynamics
public import CoRNNModel

/// How hidden states recorded elsewhere compare with the network as it was read, and with likely misreadings of
/// it: W and Z swapped, the other damping.
public struct Replay: Encodable, Equatable, Sendable {
  /// One way to read the network.
  public struct Reading: Encodable, Equatable, Sendable {
    /// Whether W and Z changed places.
    public let isSwapped: Bool
    /// The kind of damping it was read with.
    public let damping: Damping
    /// The largest difference of a state, over the largest recorded state.
    public let relativeDifference: Double
    /// The largest difference after the first step, which weights on earlier states can't excuse.
    public let firstStepDifference: Double
  }

  /// The states compared: steps and trajectories.
  public let steps: Int
  /// How many trajectories were compared.
  public let trajectories: Int
  /// What was recorded: `position`, or `position and velocity`.
  public let recorded: String
  /// The network as it was read, then the misreadings.
  public let readings: [Reading]
  /// Below this relative difference the states agree: single precision leaves about 1e-5 over hundreds of steps.
  public let tolerance: Double
  /// Whether the network as it was read agrees.
  public let agrees: Bool

  /// Why recorded states can't be compared.
  public enum ShapeError: Error, Equatable, Sendable {
    /// They should be steps×(batch×)m or 2m.
    case states(shape: [Int], steps: Int, batch: Int, hidden: Int)
  }

  /// Runs the network and its misreadings under `inputs` and compares with `states`: N×m or N×B×m positions, or
  /// with 2m columns positions and velocities.
  public init(
    states: [Double], shape: [Int], network: OscillatorNetwork, inputs: InputSequence, start: [Double]?,
    tolerance: Double, threads: Int
  ) throws(ShapeError) {
    let m = network.hidden
    let expected = inputs.batch == 1 && shape.count == 2 ? [inputs.steps] : [inputs.steps, inputs.batch]
    guard Array(shape.dropLast()) == expected, let width = shape.last, width == m || width == 2 * m else {
      throw .states(shape: shape, steps: inputs.steps, batch: inputs.batch, hidden: m)
    }
    var readings: [Reading] = []
    for damping in [network.oscillators.damping] + Damping.allCases.filter({ $0 != network.oscillators.damping }) {
      for isSwapped in [false, true] {
        guard let reading = network.misread(swapped: isSwapped, damping: damping) else { continue }
        let run = OscillatorMap(reading).trajectory(inputs: inputs, start: start, threads: threads)
        let (all, first) = Self.differences(states, width: width, run: run)
        readings.append(
          Reading(isSwapped: isSwapped, damping: damping, relativeDifference: all, firstStepDifference: first))
      }
    }
    steps = inputs.steps
    trajectories = inputs.batch
    recorded = width == m ? "position" : "position and velocity"
    self.readings = readings
    self.tolerance = tolerance
    agrees = readings[0].relativeDifference <= tolerance
  }

  private static func differences(
    _ states: [Double], width: Int, run: Trajectory
  ) -> (all: Double, first: Double) {
    guard run.divergedAt == nil else { return (.infinity, .infinity) }
    let m = run.hidden
    let scale = max(states.reduce(0) { max($0, abs($1)) }, .leastNormalMagnitude)
    var all = 0.0
    var first = 0.0
    for row in 0..<run.steps * run.batch {
      for i in 0..<width {
        let computed = i < m ? run.positions[row * m + i] : run.velocities[row * m + i - m]
        all = max(all, abs(states[row * width + i] - computed))
      }
      if row < run.batch { first = all }
    }
    return (all / scale, first / scale)
  }
}

extension OscillatorNetwork {
  fileprivate func misread(swapped: Bool, damping: Damping) -> OscillatorNetwork? {
    guard let damped = try? withDamping(damping) else { return nil }
    return try? OscillatorNetwork(
      oscillators: damped.oscillators, positionWeights: swapped ? velocityWeights : positionWeights,
      velocityWeights: swapped ? positionWeights : velocityWeights, inputWeights: inputWeights, bias: bias)
  }
}
