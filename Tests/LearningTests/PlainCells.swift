import CoRNNKernels
import CoRNNLearning
import CoRNNModel
import Foundation

/// The cells once more, in plain loops over one trajectory at a time and straight from their equations: what the kernels
/// are tested against.
struct PlainCell {
  let cell: any RecurrentCell
  fileprivate let tensors: [String: [Double]]

  init(cell: any RecurrentCell, parameters: [Double]) {
    self.cell = cell
    var tensors: [String: [Double]] = [:]
    for block in cell.blocks { tensors[block.name] = Array(parameters[cell.range(of: block.name)!]) }
    self.tensors = tensors
  }

  /// The product of one row of a weight with a vector.
  fileprivate func row(_ weights: [Double], _ row: Int, _ vector: [Double]) -> Double {
    var sum = 0.0
    for j in vector.indices { sum += weights[row * vector.count + j] * vector[j] }
    return sum
  }

  /// The mean squared error over the scored steps.
  func meanSquaredError(_ data: SequenceBatch<Double>) -> Double {
    let o = cell.layout.outputs
    var sum = 0.0
    for b in 0..<data.count {
      for (step, output) in outputs(data, trajectory: b).enumerated() where step + 1 >= data.scoredFrom {
        for k in 0..<o {
          let target = data.targets[((step + 1 - data.scoredFrom) * data.count + b) * o + k]
          sum += (output[k] - target) * (output[k] - target)
        }
      }
    }
    return sum / Double(data.targets.count)
  }

  func outputs(_ data: SequenceBatch<Double>, trajectory: Int) -> [[Double]] {
    let (m, d) = (cell.layout.hidden, cell.layout.inputs)
    let (weights, bias) = (tensors["readout.weight"]!, tensors["readout.bias"]!)
    var first = [Double](repeating: 0, count: m)
    var second = first
    return (0..<data.steps).map { step in
      let place = (step * data.count + trajectory) * d
      let input = Array(data.inputs[place..<place + d])
      switch cell {
      case let cell as OscillatorCell: oscillate(cell, input, &first, &second)
      case is LSTMCell: remember(input, &first, &second)
      case is GRUCell: renew(input, &first)
      case let cell as AntisymmetricCell: add(cell, input, &first)
      case is FastCell: blend(input, &first)
      case is ExponentialCell: rotate(input, &first)
      default: first = drives(input, first).map { tanh($0) }
      }
      return bias.indices.map { bias[$0] + row(weights, $0, first) }
    }
  }

  private func oscillate(_ cell: OscillatorCell, _ input: [Double], _ y: inout [Double], _ z: inout [Double]) {
    let (w, zz, v, b) = (tensors["W"]!, tensors["Z"]!, tensors["V"]!, tensors["b"]!)
    func constants(_ rule: OscillatorCell.Constant, _ name: String, _ fixed: [Double]) -> [Double] {
      rule == .fixed ? fixed : fixed.indices.map { exp(tensors[name]![rule == .shared ? 0 : $0]) }
    }
    let gamma = constants(cell.gamma, "log_gamma", cell.start.gamma)
    let epsilon = constants(cell.epsilon, "log_epsilon", cell.start.epsilon)
    let dt = cell.learnsTimeStep ? exp(tensors["log_dt"]![0]) : cell.start.timeStep
    let (oldY, oldZ) = (y, z)
    for i in y.indices {
      let a = row(w, i, oldY) + row(zz, i, oldZ) + row(v, i, input) + b[i]
      switch cell.start.damping {
      case .implicit: z[i] = (oldZ[i] + dt * (tanh(a) - gamma[i] * oldY[i])) / (1 + epsilon[i] * dt)
      case .explicit: z[i] = oldZ[i] + dt * (tanh(a) - gamma[i] * oldY[i] - epsilon[i] * oldZ[i])
      }
      y[i] = oldY[i] + dt * z[i]
    }
  }

  /// The drives of all gates.
  private func drives(_ input: [Double], _ h: [Double]) -> [Double] {
    let (u, v) = (tensors["weight_hh_l0"]!, tensors["weight_ih_l0"]!)
    return zip(tensors["bias_ih_l0"]!, tensors["bias_hh_l0"]!).enumerated().map { index, biases in
      row(v, index, input) + row(u, index, h) + biases.0 + biases.1
    }
  }

  private func remember(_ input: [Double], _ h: inout [Double], _ c: inout [Double]) {
    func sigmoid(_ a: Double) -> Double { 1 / (1 + exp(-a)) }
    let m = h.count
    let a = drives(input, h)
    for unit in 0..<m {
      c[unit] = sigmoid(a[m + unit]) * c[unit] + sigmoid(a[unit]) * tanh(a[2 * m + unit])
      h[unit] = sigmoid(a[3 * m + unit]) * tanh(c[unit])
    }
  }
}

/// The cells of the adding problem.
extension PlainCell {
  private func renew(_ input: [Double], _ h: inout [Double]) {
    func sigmoid(_ a: Double) -> Double { 1 / (1 + exp(-a)) }
    let (u, v) = (tensors["weight_hh_l0"]!, tensors["weight_ih_l0"]!)
    let m = h.count
    let own = zip(tensors["bias_hh_l0"]!.indices, tensors["bias_hh_l0"]!).map { row(u, $0, h) + $1 }
    let other = zip(tensors["bias_ih_l0"]!.indices, tensors["bias_ih_l0"]!).map { row(v, $0, input) + $1 }
    for i in 0..<m {
      let (reset, update) = (sigmoid(own[i] + other[i]), sigmoid(own[m + i] + other[m + i]))
      let fresh = tanh(other[2 * m + i] + reset * own[2 * m + i])
      h[i] = (1 - update) * fresh + update * h[i]
    }
  }

  /// The skew-symmetric matrix, row-major.
  private func skew(_ m: Int) -> [Double] {
    var matrix = [Double](repeating: 0, count: m * m)
    var entries = tensors["A"]!.makeIterator()
    for i in 0..<m {
      for j in 0..<m where j > i {
        let entry = entries.next()!
        matrix[i * m + j] = entry
        matrix[j * m + i] = -entry
      }
    }
    return matrix
  }

  private func add(_ cell: AntisymmetricCell, _ input: [Double], _ h: inout [Double]) {
    let (a, v, b) = (skew(h.count), tensors["V"]!, tensors["b"]!)
    let old = h
    for i in h.indices {
      h[i] += cell.step * tanh(row(a, i, old) - cell.diffusion * old[i] + row(v, i, input) + b[i])
    }
  }

  private func blend(_ input: [Double], _ h: inout [Double]) {
    let (u, v, b) = (tensors["U"]!, tensors["V"]!, tensors["b"]!)
    let (alpha, beta) = (1 / (1 + exp(-tensors["alpha"]![0])), 1 / (1 + exp(-tensors["beta"]![0])))
    let old = h
    for i in h.indices { h[i] = beta * h[i] + alpha * tanh(row(u, i, old) + row(v, i, input) + b[i]) }
  }

  /// exp(A)·h by the series, term after term on the vector, which no kernel does.
  private func rotate(_ input: [Double], _ h: inout [Double]) {
    let (a, v, c) = (skew(h.count), tensors["V"]!, tensors["c"]!)
    var (sum, term, k) = (h, h, 1.0)
    while term.contains(where: { abs($0) > 1e-19 }), k < 300 {
      let old = term
      for i in h.indices { term[i] = row(a, i, old) / k }
      for i in h.indices { sum[i] += term[i] }
      k += 1
    }
    for i in h.indices {
      let drive = sum[i] + row(v, i, input)
      h[i] = drive == 0 ? 0 : (drive < 0 ? -1 : 1) * max(abs(drive) + c[i], 0)
    }
  }
}

/// A batch of random inputs and targets.
func randomBatch(
  _ cell: any RecurrentCell, steps: Int, count: Int, scoredFrom: Int, random: inout SplittableRandom
) -> SequenceBatch<Double> {
  SequenceBatch(
    steps: steps, count: count,
    inputs: (0..<steps * count * cell.layout.inputs).map { _ in random.uniform(in: -1.3...1.3) },
    targets: (0..<(steps + 1 - scoredFrom) * count * cell.layout.outputs).map { _ in random.uniform(in: -1.3...1.3) },
    scoredFrom: scoredFrom)
}

extension SequenceBatch<Double> {
  /// The same numbers rounded to single precision.
  var single: SequenceBatch<Float> {
    SequenceBatch<Float>(
      steps: steps, count: count, inputs: inputs.map { Float($0) }, targets: targets.map { Float($0) },
      scoredFrom: scoredFrom)
  }
}
