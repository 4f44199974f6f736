import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

/// A piece of a run in a block of trajectories: the state before the first of its steps and after each.
struct StateChunk: Sendable {
  /// The inputs that lead through it, from 0: the state after input n is y_{n+1} of the theory.
  private(set) var steps: Range<Int>
  let trajectories: Range<Int>
  let hidden: Int
  /// (steps + 1)·trajectories rows of m positions and m velocities.
  private(set) var rows: [Double] = []
  /// The slopes of the activations that lead to each state after a step, rows of m.
  private(set) var slopes: [Double] = []

  /// A chunk for some trajectories, without any states yet.
  init(trajectories: Range<Int>, hidden: Int) {
    steps = 0..<0
    self.trajectories = trajectories
    self.hidden = hidden
  }

  /// The number of states after steps.
  var count: Int { steps.count * trajectories.count }
  /// Where the first state after a step stands in `rows`.
  var firstNew: Int { trajectories.count * 2 * hidden }

  /// Visits each state after a step: its row in the chunk, and its place among all N×B.
  func forEachState(batch: Int, _ body: (_ row: Int, _ place: Int) -> Void) {
    for step in steps {
      for b in trajectories {
        body((step - steps.lowerBound) * trajectories.count + b - trajectories.lowerBound, step * batch + b)
      }
    }
  }

  /// Takes the states of `steps` out of a run, without slopes.
  mutating func take(_ run: Trajectory, steps: Range<Int>) {
    let m = hidden
    self.steps = steps
    rows.removeAll(keepingCapacity: true)
    rows.reserveCapacity((steps.count + 1) * trajectories.count * 2 * m)
    for step in steps.lowerBound...steps.upperBound {
      for b in trajectories {
        if step == 0 {
          rows += run.start[b * 2 * m..<(b + 1) * 2 * m]
        } else {
          let place = ((step - 1) * run.batch + b) * m
          rows += run.positions[place..<place + m]
          rows += run.velocities[place..<place + m]
        }
      }
    }
  }

  /// Takes them from a run with slopes; `inputs` are those of the chunk's trajectories.
  mutating func take(
    _ run: Trajectory, steps: Range<Int>, derivative: OscillatorDerivative, inputs: InputSequence
  ) {
    take(run, steps: steps)
    derivative.slopes(
      count: count, states: rows, inputs: inputs.values, inputsFrom: steps.lowerBound * inputs.batch * inputs.width,
      into: &slopes)
  }

  /// Runs through `steps` from the states `start`.
  mutating func run(
    _ map: OscillatorMap, steps: Range<Int>, from start: [Double], inputs: InputSequence, withSlopes: Bool
  ) {
    self.steps = steps
    map.run(
      inputs: inputs.part(steps: steps, trajectories: 0..<inputs.batch), start: start, states: &rows, slopes: &slopes,
      withSlopes: withSlopes)
  }
}
