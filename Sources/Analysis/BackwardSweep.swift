import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

/// A sweep back through a run in one block of trajectories, and the sums that it gathers.
struct BackwardSweep: Sendable {
  let network: OscillatorNetwork
  let trajectories: Range<Int>
  /// What each E_n counts for.
  let weight: Double
  /// The cotangents (lambda, mu) of the state that the sweep has come to: rows of 2m.
  private(set) var cotangents: [Double]
  /// The sum of E_n.
  private(set) var loss = 0.0
  /// The sums of `a·[y z]ᵀ`, `a·uᵀ` and a.
  private(set) var recurrent: Matrix
  private(set) var input: Matrix
  private(set) var bias: [Double]
  /// The sums by unit of `q·y_{n−1}`, `q·z_{n−1}`, `q·z_n` and `lambda·z_n`.
  private(set) var stiff: [Double]
  private(set) var oldVelocity: [Double]
  private(set) var newVelocity: [Double]
  private(set) var advanced: [Double]
  /// The sums over scored outputs; empty for losses that don't read out.
  private(set) var readoutWeights: Matrix
  private(set) var readoutBias: [Double] = []
  /// By the block's inputs, N×B×d.
  private(set) var inputGradient: [Double]?

  private let derivative: OscillatorDerivative
  private let score: Loss
  private let inputs: InputSequence
  private let inputWeights: Matrix
  private let steps: Int
  private let batch: Int
  // Used again by every chunk: new memory costs page faults.
  private var chunk: StateChunk
  private var part = LossPart()
  private var drive: [Double] = []
  private var velocity: [Double] = []

  init(
    _ derivative: OscillatorDerivative, loss: Loss, inputs: InputSequence, trajectories: Range<Int>, withInputs: Bool
  ) {
    let network = derivative.network
    let m = network.hidden
    self.network = network
    self.derivative = derivative
    self.trajectories = trajectories
    score = loss
    self.inputs = inputs.part(steps: 0..<inputs.steps, trajectories: trajectories)
    steps = inputs.steps
    batch = inputs.batch
    weight = loss.weight(steps: inputs.steps, batch: inputs.batch)
    cotangents = [Double](repeating: 0, count: trajectories.count * 2 * m)
    recurrent = Matrix(rows: m, columns: 2 * m)
    input = Matrix(rows: m, columns: network.inputs)
    bias = [Double](repeating: 0, count: m)
    stiff = bias
    oldVelocity = bias
    newVelocity = bias
    advanced = bias
    readoutWeights = Matrix(rows: network.readout?.weights.rows ?? 0, columns: m)
    inputWeights = network.inputWeights.transposed
    chunk = StateChunk(trajectories: trajectories, hidden: m)
    if withInputs {
      inputGradient = [Double](repeating: 0, count: inputs.steps * trajectories.count * network.inputs)
    }
  }

  /// Goes back through some steps, which must end where the sweep stands.
  mutating func goBack(through steps: Range<Int>, of run: Trajectory) {
    chunk.take(run, steps: steps, derivative: derivative, inputs: inputs)
    goBack()
  }

  /// The same through steps that are run again from the states before them.
  mutating func goBack(through steps: Range<Int>, of map: OscillatorMap, from start: [Double]) {
    chunk.run(map, steps: steps, from: start, inputs: inputs, withSlopes: true)
    goBack()
  }

  private mutating func goBack() {
    let m = network.hidden
    let block = trajectories.count
    let count = chunk.count
    score.evaluate(chunk, network: network, steps: steps, batch: batch, into: &part)
    loss += part.sum
    addReadout()
    if drive.count != count * m {
      drive = [Double](repeating: 0, count: count * m)
      velocity = drive
    }
    for step in stride(from: chunk.steps.count - 1, through: 0, by: -1) {
      let place = step * block * m
      seed(from: place)
      addColumnProducts(
        count: block, left: cotangents, leftStride: 2 * m, right: chunk.rows,
        rightFrom: chunk.firstNew + step * block * 2 * m + m, rightStride: 2 * m, into: &advanced)
      derivative.pull(
        cotangents: &cotangents, slopes: chunk.slopes, from: place, drive: &drive, velocity: &velocity, at: place)
    }
    recurrent.addOuterProducts(count: count, left: drive, right: chunk.rows, rightStride: 2 * m)
    let firstInput = chunk.steps.lowerBound * block * network.inputs
    input.addOuterProducts(
      count: count, left: drive, right: inputs.values, rightFrom: firstInput, rightStride: network.inputs)
    addColumnProducts(count: count, left: drive, leftStride: m, right: ones(m), rightStride: 0, into: &bias)
    addConstants()
    if inputGradient != nil {
      inputWeights.multiply(
        count: count, vectors: drive, stride: m, keeping: 0, into: &inputGradient!, at: firstInput)
    }
  }

  /// Adds `∂E/∂X_n` to the cotangents.
  private mutating func seed(from place: Int) {
    let m = network.hidden
    addScaledRows(
      count: trajectories.count, columns: m, scale: weight, rows: part.position, from: place, stride: m,
      to: &cotangents, stride: 2 * m)
    guard let velocity = part.velocity else { return }
    addScaledRows(
      count: trajectories.count, columns: m, scale: weight, rows: velocity, from: place, stride: m, to: &cotangents,
      at: m, stride: 2 * m)
  }

  private mutating func addReadout() {
    guard !part.outputs.isEmpty else { return }
    let width = readoutWeights.rows
    if readoutBias.isEmpty { readoutBias = [Double](repeating: 0, count: width) }
    let outputs = part.outputs.map { weight * $0 }
    readoutWeights.addOuterProducts(
      count: chunk.count, left: outputs, right: chunk.rows, rightFrom: chunk.firstNew, rightStride: 2 * network.hidden)
    addColumnProducts(
      count: chunk.count, left: outputs, leftStride: width, right: ones(width), rightStride: 0, into: &readoutBias)
  }

  /// With q = dL/d(velocity before scaling): gamma enters as −dt·q·y_{n−1}, epsilon as −dt·q times the velocity that
  /// damping acts on, and dt as `lambda·z_n + q·(z_n − z_{n−1})/dt`.
  private mutating func addConstants() {
    let m = network.hidden
    addColumnProducts(
      count: chunk.count, left: velocity, leftStride: m, right: chunk.rows, rightStride: 2 * m, into: &stiff)
    addColumnProducts(
      count: chunk.count, left: velocity, leftStride: m, right: chunk.rows, rightFrom: m, rightStride: 2 * m,
      into: &oldVelocity)
    addColumnProducts(
      count: chunk.count, left: velocity, leftStride: m, right: chunk.rows, rightFrom: chunk.firstNew + m,
      rightStride: 2 * m, into: &newVelocity)
  }

  private func ones(_ count: Int) -> [Double] { [Double](repeating: 1, count: count) }
}
