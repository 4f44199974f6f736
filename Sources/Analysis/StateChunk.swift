import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

/// A piece of a run in a block of trajectories: the state before the first of its steps and after each.
struct StateChunk {
  /// The inputs that lead through it, from 0: the state after input n is y_{n+1} of the theory.
  let steps: Range<Int>
  let trajectories: Range<Int>
  let hidden: Int
  /// (steps + 1)·trajectories rows of m positions and m velocities.
  let rows: [Double]

  /// The number of states after steps.
  var count: Int { steps.count * trajectories.count }
  /// Where the first state after a step stands in `rows`.
  var firstNew: Int { trajectories.count * 2 * hidden }
}

extension StateChunk {
  /// Visits each state after a step: its row in the chunk, and its place among all N×B.
  func forEachState(batch: Int, _ body: (_ row: Int, _ place: Int) -> Void) {
    for step in steps {
      for b in trajectories {
        body((step - steps.lowerBound) * trajectories.count + b - trajectories.lowerBound, step * batch + b)
      }
    }
  }
}

/// Where a backward sweep finds the states of a run.
enum StateSource: Sendable {
  /// All of them are there.
  case stored(Trajectory)
  /// Only those at the start of each chunk are: block by block, chunk by chunk. The rest is run again.
  case recomputed(OscillatorMap, InputSequence, starts: [[[Double]]])

  /// The states of `steps` in block `index`, which holds `trajectories`; `chunk` is the chunk's number.
  func chunk(_ chunk: Int, steps: Range<Int>, block index: Int, trajectories: Range<Int>, hidden: Int) -> StateChunk {
    switch self {
    case .stored(let run):
      StateChunk(run, steps: steps, trajectories: trajectories)
    case .recomputed(let map, let inputs, let starts):
      StateChunk(
        map.trajectory(
          inputs: inputs.part(steps: steps, trajectories: trajectories), start: starts[index][chunk]),
        steps: steps, trajectories: trajectories, from: steps.lowerBound)
    }
  }
}

extension StateChunk {
  /// The states of `steps` and `trajectories`, out of a run whose first step is number `first`.
  init(_ run: Trajectory, steps: Range<Int>, trajectories: Range<Int>, from first: Int = 0) {
    let m = run.hidden
    self.steps = steps
    self.trajectories = trajectories
    hidden = m
    // A run of these trajectories alone counts them from 0.
    let shift = run.batch == trajectories.count ? trajectories.lowerBound : 0
    var rows: [Double] = []
    rows.reserveCapacity((steps.count + 1) * trajectories.count * 2 * m)
    for step in steps.lowerBound...steps.upperBound {
      for b in trajectories {
        if step == first {
          rows += run.start[(b - shift) * 2 * m..<(b - shift + 1) * 2 * m]
        } else {
          let place = ((step - first - 1) * run.batch + b - shift) * m
          rows += run.positions[place..<place + m]
          rows += run.velocities[place..<place + m]
        }
      }
    }
    self.rows = rows
  }

  /// The states after the last step, a row of 2m for each trajectory.
  var last: [Double] { Array(rows[steps.count * trajectories.count * 2 * hidden..<rows.count]) }
}
