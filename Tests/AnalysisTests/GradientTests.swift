import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

/// Exact gradients against independent values, central differences, forward tangents and themselves.
@Suite struct GradientTests {
  struct Expected: Decodable {
    struct Map: Decodable {
      let loss: Double
      let gradientFrobenius: [String: Double]
      let gradientMaxAbs: [String: Double]
    }
    let explicit: Map
    let implicit: Map
  }

  @Test(arguments: ReferenceTests.names, Damping.allCases)
  func reference(name: String, damping: Damping) throws {
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: URL(filePath: TestData.path(name + ".expected.json"))))
    let map = damping == .explicit ? expected.explicit : expected.implicit
    let network = try ReferenceTests.stored(name, damping: damping).network()
    let array = try NumericArray(path: TestData.path(name + ".inputs.npy"), memoryLimit: 1 << 30)
    let inputs = try InputSequence(
      array: array.shape, values: array.values, areIntegers: array.isInteger, for: network)
    let targets = try NumericArray(path: TestData.path(name + ".targets.npy"), memoryLimit: 1 << 30).values
    let gradient = Backpropagation(network).gradient(
      of: .hidden(targets: targets), inputs: inputs, trajectory: OscillatorMap(network).trajectory(inputs: inputs))
    #expect(abs(gradient.loss / map.loss - 1) < 1e-11)
    for block in NetworkGradient.Block.allCases {
      let norm = gradient[block].reduce(0) { $0 + $1 * $1 }.squareRoot()
      let maximum = gradient[block].reduce(0) { max($0, abs($1)) }
      #expect(abs(norm / (map.gradientFrobenius[block.rawValue] ?? .nan) - 1) < 1e-10)
      #expect(abs(maximum / (map.gradientMaxAbs[block.rawValue] ?? .nan) - 1) < 1e-10)
    }
  }

  /// A network with its readout, inputs and a start, all random.
  struct Case {
    let network: OscillatorNetwork
    let inputs: InputSequence
    let start: [Double]
    var random: SplittableRandom

    init(
      seed: UInt64, damping: Damping, hidden: Int = 5, steps: Int = 23, batch: Int = 3, outputs: Int = 2,
      activation: Activation = .tanh
    ) throws {
      let bare = try randomNetwork(
        seed: seed, hidden: hidden, inputs: 2, damping: damping, heterogeneous: seed % 2 == 1, activation: activation,
        largestStep: 0.1)
      var random = SplittableRandom(seed: seed + 1000)
      func draw(_ count: Int) -> [Double] { (0..<count).map { _ in random.uniform(in: -1.3...1.3) } }
      network = try OscillatorNetwork(
        oscillators: bare.oscillators, positionWeights: bare.positionWeights, velocityWeights: bare.velocityWeights,
        inputWeights: bare.inputWeights, bias: bare.bias,
        readout: .init(
          weights: Matrix(rows: outputs, columns: hidden, elements: draw(outputs * hidden)), bias: draw(outputs)))
      inputs = InputSequence(steps: steps, batch: batch, width: 2, values: draw(steps * batch * 2))
      start = draw(batch * 2 * hidden)
      self.random = random
    }

    mutating func draw(_ count: Int) -> [Double] { (0..<count).map { _ in random.uniform(in: -1.3...1.3) } }

    /// One loss of each kind, with targets for this run.
    mutating func losses() -> [Loss] {
      let (n, b, m) = (inputs.steps, inputs.batch, network.hidden)
      let o = network.readout?.weights.rows ?? 0
      let classes = (0..<n * b).map { ($0 * 7 + 3) % max(o, 2) }
      return [
        .hidden(targets: draw(n * b * m)), .hidden(targets: nil),
        .meanSquared(targets: draw(n * b * o), steps: .every), .meanSquared(targets: draw(b * o), steps: .last),
        .crossEntropy(classes: classes, steps: .every), .crossEntropy(classes: Array(classes.prefix(b)), steps: .last),
        .linear(position: draw(n * b * m), velocity: draw(n * b * m)),
        .lastState(position: draw(b * m), velocity: draw(b * m)),
      ]
    }
  }

  /// Everything a loss depends on, in one row of numbers.
  struct Parameters {
    var values: [Double]
    let network: OscillatorNetwork
    let inputs: InputSequence

    init(_ network: OscillatorNetwork, _ inputs: InputSequence, start: [Double]) {
      self.network = network
      self.inputs = inputs
      let oscillators = network.oscillators
      values = network.positionWeights.elements + network.velocityWeights.elements + network.inputWeights.elements
      values += network.bias + oscillators.gamma + oscillators.epsilon + [oscillators.timeStep] + start
      values += inputs.values
      if let readout = network.readout { values += readout.weights.elements + readout.bias }
    }

    func loss(_ loss: Loss) throws -> Double {
      var rest = values[...]
      func take(_ count: Int) -> [Double] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
      }
      func matrix(_ old: Matrix) -> Matrix {
        Matrix(rows: old.rows, columns: old.columns, elements: take(old.elements.count))
      }
      let m = network.hidden
      let (w, z, v, b) = (
        matrix(network.positionWeights), matrix(network.velocityWeights), matrix(network.inputWeights), take(m)
      )
      let (gamma, epsilon, dt) = (take(m), take(m), take(1)[0])
      let start = take(inputs.batch * 2 * m)
      let moved = InputSequence(
        steps: inputs.steps, batch: inputs.batch, width: inputs.width, values: take(inputs.values.count))
      let readout = network.readout.map {
        OscillatorNetwork.Readout(weights: matrix($0.weights), bias: take($0.bias.count))
      }
      let changed = try OscillatorNetwork(
        oscillators: Oscillators(
          gamma: gamma, epsilon: epsilon, timeStep: dt, damping: network.oscillators.damping,
          activation: network.oscillators.activation),
        positionWeights: w, velocityWeights: z, inputWeights: v, bias: b, readout: readout)
      return Backpropagation(changed).gradient(of: loss, inputs: moved, start: start)?.loss ?? .nan
    }

    static func flat(_ gradient: NetworkGradient, readout: Int) -> [Double] {
      var values = gradient.positionWeights.elements + gradient.velocityWeights.elements
      values += gradient.inputWeights.elements + gradient.bias + gradient.gamma + gradient.epsilon
      values += [gradient.timeStep] + gradient.initial + (gradient.inputs ?? [])
      values += gradient.readout.map { $0.weights.elements + $0.bias } ?? Array(repeating: 0, count: readout)
      return values
    }
  }

  @Test(arguments: 0..<6, Damping.allCases) func centralDifferences(seed: Int, damping: Damping) throws {
    var given = try Case(seed: UInt64(seed), damping: damping, outputs: seed % 3 == 0 ? 1 : 3)
    let readout = given.network.readout.map { $0.weights.elements.count + $0.bias.count } ?? 0
    for loss in given.losses() {
      let gradient = try #require(
        Backpropagation(given.network).gradient(
          of: loss, inputs: given.inputs, start: given.start, withInputs: true))
      let parameters = Parameters(given.network, given.inputs, start: given.start)
      let differences = try parameters.values.indices.map { place in
        let h = 6e-6 * max(1, abs(parameters.values[place]))
        var (up, down) = (parameters, parameters)
        up.values[place] += h
        down.values[place] -= h
        return try (up.loss(loss) - down.loss(loss)) / (2 * h)
      }
      let exact = Parameters.flat(gradient, readout: readout)
      let scale = exact.map(abs).max() ?? 0
      let worst = zip(exact, differences).map { abs($0 - $1) / max(abs($1), 1e-2 * scale) }.max() ?? .nan
      #expect(worst < 1e-6, "\(loss.name) \(loss.scoredSteps)")
    }
  }

  /// <w, J v> = <Jᵀ w, v> over a whole run, in a batch, with J as products and as a matrix.
  @Test(arguments: 0..<20, Damping.allCases) func tangentsAndAdjoints(seed: Int, damping: Damping) throws {
    var given = try Case(seed: UInt64(seed), damping: damping, hidden: 3 + seed, steps: 30, batch: 1)
    let m = given.network.hidden
    let run = OscillatorMap(given.network).trajectory(inputs: given.inputs, start: given.start)
    let derivative = OscillatorDerivative(given.network)
    let count = 4
    let first = given.draw(count * 2 * m)
    let last = given.draw(count * 2 * m)
    var states = [run.start]
    for n in 0..<run.steps {
      states.append(Array(run.positions[n * m..<(n + 1) * m] + run.velocities[n * m..<(n + 1) * m]))
    }
    let slopes = (0..<run.steps).map {
      derivative.slopes(count: 1, states: states[$0], inputs: given.inputs.values, inputsFrom: $0 * 2)
    }
    var tangents = first
    var dense = first
    for n in 0..<run.steps {
      derivative.push(tangents: &tangents, count: count, slopes: slopes[n])
      let jacobian = derivative.jacobian(slopes: slopes[n])
      var next = dense
      jacobian.multiply(count: count, vectors: dense, stride: 2 * m, keeping: 0, into: &next)
      dense = next
    }
    var cotangents = last
    var drive = [Double](repeating: 0, count: count * m)
    var velocity = drive
    for n in stride(from: run.steps - 1, through: 0, by: -1) {
      derivative.pull(
        cotangents: &cotangents, slopes: (0..<count).flatMap { _ in slopes[n] }, drive: &drive, velocity: &velocity)
    }
    #expect(relativeDifference(dense, tangents) < 1e-12)
    for row in 0..<count {
      let range = row * 2 * m..<(row + 1) * 2 * m
      let left = zip(last[range], tangents[range]).map { $0 * $1 }
      let right = zip(cotangents[range], first[range]).map { $0 * $1 }
      let size = max(left.reduce(0) { $0 + abs($1) }, right.reduce(0) { $0 + abs($1) })
      #expect(abs(left.reduce(0, +) - right.reduce(0, +)) < 1e-12 * size)
    }
  }

  /// The Jacobian of a step against central differences of the step itself.
  @Test(arguments: 0..<8, Damping.allCases) func jacobianOfTheMap(seed: Int, damping: Damping) throws {
    var given = try Case(seed: UInt64(seed), damping: damping, hidden: 4, steps: 1, batch: 1)
    let m = 4
    let state = given.draw(2 * m)
    func step(_ state: [Double]) -> [Double] {
      let run = OscillatorMap(given.network).trajectory(inputs: given.inputs, start: state)
      return run.positions + run.velocities
    }
    let derivative = OscillatorDerivative(given.network)
    let jacobian = derivative.jacobian(
      slopes: derivative.slopes(count: 1, states: state, inputs: given.inputs.values))
    for column in 0..<2 * m {
      var (up, down) = (state, state)
      up[column] += 1e-5
      down[column] -= 1e-5
      for (row, pair) in zip(step(up), step(down)).enumerated() {
        #expect(abs(jacobian[row, column] - (pair.0 - pair.1) / 2e-5) < 1e-8)
      }
    }
  }

  /// The flow's derivative as products: against central differences of its field, and as each other's transpose.
  @Test(arguments: 0..<8 as Range<UInt64>) func derivativeOfTheFlow(seed: UInt64) throws {
    var given = try Case(seed: seed, damping: .explicit, hidden: 6, steps: 1, batch: 1)
    let m = 6
    let oscillators = given.network.oscillators
    let state = given.draw(2 * m)
    func field(_ state: [Double]) -> [Double] {
      var drive = given.network.bias
      given.network.inputWeights.multiply(count: 1, vectors: given.inputs.values, stride: 2, keeping: 1, into: &drive)
      given.network.recurrentWeights.multiply(count: 1, vectors: state, stride: 2 * m, keeping: 1, into: &drive)
      return Array(state[m...])
        + (0..<m).map { tanh(drive[$0]) - oscillators.gamma[$0] * state[$0] - oscillators.epsilon[$0] * state[m + $0] }
    }
    let derivative = OscillatorDerivative(given.network)
    let slopes = derivative.slopes(count: 1, states: state, inputs: given.inputs.values)
    let tangents = given.draw(3 * 2 * m)
    let rates = derivative.flowRates(tangents: tangents, count: 3, slopes: slopes)
    for row in 0..<3 {
      let v = Array(tangents[row * 2 * m..<(row + 1) * 2 * m])
      let up = field(zip(state, v).map { $0 + 1e-5 * $1 })
      let down = field(zip(state, v).map { $0 - 1e-5 * $1 })
      for i in 0..<2 * m { #expect(abs(rates[row * 2 * m + i] - (up[i] - down[i]) / 2e-5) < 1e-8) }
    }
    let cotangents = given.draw(3 * 2 * m)
    let pulled = derivative.flowPullback(cotangents: cotangents, count: 3, slopes: slopes)
    for row in 0..<3 {
      let range = row * 2 * m..<(row + 1) * 2 * m
      let left = zip(cotangents[range], rates[range]).reduce(0) { $0 + $1.0 * $1.1 }
      let right = zip(pulled[range], tangents[range]).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(left - right) < 1e-12 * (abs(left) + 1))
    }
  }

  /// Stored, recomputed, and on one thread or several: the same bits.
  @Test(arguments: [(3, 1, 4500), (64, 1, 2100), (40, 50, 90), (7, 33, 1)])
  func storedAndRecomputed(hidden: Int, batch: Int, steps: Int) throws {
    for damping in Damping.allCases {
      var given = try Case(seed: 5, damping: damping, hidden: hidden, steps: steps, batch: batch)
      let sweep = Backpropagation(given.network)
      #expect(steps == 1 || sweep.chunkLength(batch: batch) < steps)
      let loss = Loss.hidden(targets: given.draw(steps * batch * hidden))
      let run = OscillatorMap(given.network).trajectory(inputs: given.inputs, start: given.start)
      let stored = sweep.gradient(of: loss, inputs: given.inputs, trajectory: run, withInputs: true)
      let again = sweep.gradient(of: loss, inputs: given.inputs, start: given.start, withInputs: true, threads: 2)
      let threaded = sweep.gradient(of: loss, inputs: given.inputs, trajectory: run, withInputs: true, threads: 3)
      let (isSame, isSameThreaded) = (stored == again, stored == threaded)
      #expect(isSame && isSameThreaded)
      #expect(stored.isFinite)
    }
  }
}
