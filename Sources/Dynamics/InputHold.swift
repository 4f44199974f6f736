import CoRNNKernels
import CoRNNModel

/// What the input is between two samples, for the continuous system. Sample n acts from t_{n−1} on.
public enum InputHold: String, CaseIterable, Codable, Sendable {
  /// Constant over each step, which is what the map sees: the integrator restarts at each jump.
  case zeroOrder = "zero-order"
  /// On straight lines between the samples; after the last one, constant.
  case linear
  /// On a natural cubic spline through the samples (at least three); after the last one, constant.
  case cubic
}

/// `V u(t) + b` of one trajectory as a function of time.
struct ContinuousDrive {
  private enum Path {
    case constant
    case linear
    case splines([CubicSpline])
  }

  private let hidden: Int
  private let timeStep: Double
  private let steps: Int
  private let path: Path
  /// `V u_n + b`, N×m.
  private let samples: [Double]
  private let inputWeights: Matrix
  private let bias: [Double]
  private let width: Int

  /// The drive under inputs of a single trajectory.
  init(_ network: OscillatorNetwork, inputs: InputSequence, hold: InputHold) {
    precondition(inputs.batch == 1, "a drive of \(inputs.batch) trajectories")
    hidden = network.hidden
    timeStep = network.oscillators.timeStep
    steps = inputs.steps
    inputWeights = network.inputWeights
    bias = network.bias
    width = inputs.width
    var samples: [Double] = []
    samples.reserveCapacity(inputs.steps * network.hidden)
    for _ in 0..<inputs.steps { samples += network.bias }
    network.inputWeights.multiply(
      count: inputs.steps, vectors: inputs.values, stride: inputs.width, keeping: 1, into: &samples)
    self.samples = samples
    switch hold {
    case .zeroOrder: path = .constant
    case .linear: path = .linear
    case .cubic:
      precondition(inputs.steps >= 3, "a spline through \(inputs.steps) inputs")
      let times = (0..<inputs.steps).map { Double($0) * network.oscillators.timeStep }
      path = .splines(
        (0..<inputs.width).map { channel in
          CubicSpline(x: times, y: (0..<inputs.steps).map { inputs.values[$0 * inputs.width + channel] })
        })
    }
  }

  /// Fills `drive` and its rate of change at a time within step n (from 1), t_{n−1} <= t <= t_n.
  func fill(_ drive: inout [Double], rate: inout [Double], at time: Double, step n: Int) {
    let here = (n - 1) * hidden
    switch path {
    case .constant:
      for i in 0..<hidden { drive[i] = samples[here + i] }
    case .linear:
      let next = min(n, steps - 1) * hidden
      let part = time / timeStep - Double(n - 1)
      for i in 0..<hidden {
        let slope = samples[next + i] - samples[here + i]
        drive[i] = samples[here + i] + part * slope
        rate[i] = slope / timeStep
      }
    case .splines(let splines):
      let last = Double(steps - 1) * timeStep
      let clamped = min(time, last)
      let values = splines.map { $0.value(at: clamped) }
      let slopes = splines.map { time < last ? $0.derivative(at: clamped) : 0 }
      drive = bias
      inputWeights.multiply(count: 1, vectors: values, stride: width, keeping: 1, into: &drive)
      inputWeights.multiply(count: 1, vectors: slopes, stride: width, keeping: 0, into: &rate)
    }
  }
}
