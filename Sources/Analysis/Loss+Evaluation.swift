import CoRNNKernels
import CoRNNModel
import RealModule

/// A loss in a chunk of a run.
struct LossPart {
  /// The sum of E_n over the scored steps and trajectories.
  var sum = 0.0
  /// `∂E_n/∂y_n`: a row of m for each state.
  var position: [Double] = []
  /// `∂E_n/∂z_n` likewise; nil for losses on positions.
  var velocity: [Double]?
  /// `∂E_n/∂(output)`: a row for each state; empty for losses that don't read out.
  var outputs: [Double] = []
}

extension Loss {
  /// Puts the loss in `chunk` of a run of `steps` steps and `batch` trajectories into `part`.
  func evaluate(
    _ chunk: StateChunk, network: OscillatorNetwork, steps: Int, batch: Int, into part: inout LossPart
  ) {
    let m = network.hidden
    part.sum = 0
    part.clear(chunk.count * m)
    switch self {
    case .hidden(let targets):
      part.enterDistance(chunk, targets: targets, batch: batch)
    case .linear(let position, let velocity):
      if velocity != nil { part.velocity = part.position }
      chunk.forEachState(batch: batch) { row, place in
        part.enterLinear(chunk, row: row, position: position, velocity: velocity, at: place * m)
      }
    case .lastState(let position, let velocity):
      part.velocity = part.position
      guard chunk.steps.upperBound == steps else { return }
      for b in 0..<chunk.trajectories.count {
        part.enterLinear(
          chunk, row: (chunk.steps.count - 1) * chunk.trajectories.count + b, position: position, velocity: velocity,
          at: (chunk.trajectories.lowerBound + b) * m)
      }
    case .meanSquared(let targets, let scored):
      readOut(chunk, network, scored, steps: steps, batch: batch, &part) { outputs, place in
        let width = outputs.count
        var sum = 0.0
        for k in outputs.indices {
          let difference = outputs[k] - targets[place * width + k]
          sum += difference * difference / Double(width)
          outputs[k] = 2 * difference / Double(width)
        }
        return sum
      }
    case .crossEntropy(let classes, let scored):
      readOut(chunk, network, scored, steps: steps, batch: batch, &part) { outputs, place in
        outputs.crossEntropy(of: classes[place])
      }
    }
  }

  /// Scores the readout of the states that count: `score` turns outputs into the loss's derivatives by them.
  private func readOut(
    _ chunk: StateChunk, _ network: OscillatorNetwork, _ scored: ScoredSteps, steps: Int, batch: Int,
    _ part: inout LossPart, score: (inout [Double], Int) -> Double
  ) {
    guard let readout = network.readout else { preconditionFailure("a loss on a readout that isn't there") }
    let width = readout.weights.rows
    part.outputs = [Double](repeating: 0, count: chunk.count * width)
    var values: [Double] = []
    for _ in 0..<chunk.count { values += readout.bias }
    readout.weights.multiply(
      count: chunk.count, vectors: chunk.rows, from: chunk.firstNew, stride: 2 * network.hidden, keeping: 1,
      into: &values)
    chunk.forEachState(batch: batch) { row, place in
      let isScored = scored == .every || chunk.steps.lowerBound + row / chunk.trajectories.count == steps - 1
      guard isScored else { return }
      var outputs = Array(values[row * width..<(row + 1) * width])
      part.sum += score(&outputs, scored == .every ? place : place - (steps - 1) * batch)
      for k in 0..<width { part.outputs[row * width + k] = outputs[k] }
    }
    readout.weights.transposed.multiply(
      count: chunk.count, vectors: part.outputs, stride: width, keeping: 0, into: &part.position)
  }

  /// A bound on `|∂E_n/∂y_n|` for every state with `|y_i| <= reach_i`, in the 1-norm and the 2-norm; nil where the loss
  /// has none.
  ///
  /// - Parameter limit: a bound on every entry of the targets.
  func cotangentBound(network: OscillatorNetwork, reach: [Double], limit: Double) -> (sum: Double, norm: Double)? {
    switch self {
    case .hidden:
      let each = reach.map { $0 + limit }
      return (each.reduce(0, +), each.reduce(0) { $0 + $1 * $1 }.squareRoot())
    case .meanSquared, .crossEntropy:
      guard let readout = network.readout else { return nil }
      let q = readout.weights
      let outputs: [Double] = (0..<q.rows).map { row in
        guard case .meanSquared = self else { return 1 }
        let reached = zip(q.row(row), reach).reduce(abs(readout.bias[row])) { $0 + abs($1.0) * $1.1 }
        return 2 * (reached + limit) / Double(q.rows)
      }
      var each = [Double](repeating: 0, count: q.columns)
      for row in 0..<q.rows {
        for column in 0..<q.columns { each[column] += abs(q[row, column]) * outputs[row] }
      }
      return (each.reduce(0, +), each.reduce(0) { $0 + $1 * $1 }.squareRoot())
    case .linear, .lastState: return nil
    }
  }
}

extension LossPart {
  /// Makes room for `count` derivatives, all 0.
  fileprivate mutating func clear(_ count: Int) {
    if position.count == count {
      for place in position.indices { position[place] = 0 }
    } else {
      position = [Double](repeating: 0, count: count)
    }
  }

  /// `½·|y − target|²` of every state.
  fileprivate mutating func enterDistance(_ chunk: StateChunk, targets: [Double]?, batch: Int) {
    let m = chunk.hidden
    let count = chunk.trajectories.count
    for step in chunk.steps {
      let row = (step - chunk.steps.lowerBound) * count
      addScaledRows(
        count: count, columns: m, scale: 1, rows: chunk.rows, from: chunk.firstNew + row * 2 * m, stride: 2 * m,
        to: &position, at: row * m, stride: m)
      guard let targets else { continue }
      addScaledRows(
        count: count, columns: m, scale: -1, rows: targets,
        from: (step * batch + chunk.trajectories.lowerBound) * m, stride: m, to: &position, at: row * m, stride: m)
    }
    var squares = [Double](repeating: 0, count: m)
    addColumnProducts(
      count: chunk.count, left: position, leftStride: m, right: position, rightStride: m, into: &squares)
    sum += squares.reduce(0) { $0 + 0.5 * $1 }
  }

  fileprivate mutating func enterLinear(
    _ chunk: StateChunk, row: Int, position: [Double], velocity: [Double]?, at place: Int
  ) {
    let m = chunk.hidden
    let state = chunk.firstNew + row * 2 * m
    for i in 0..<m {
      self.position[row * m + i] = position[place + i]
      sum += position[place + i] * chunk.rows[state + i]
      if let velocity {
        self.velocity?[row * m + i] = velocity[place + i]
        sum += velocity[place + i] * chunk.rows[state + m + i]
      }
    }
  }
}

extension [Double] {
  /// `−log softmax` of the class for these logits, which become its derivatives; one logit is that of class 1.
  fileprivate mutating func crossEntropy(of label: Int) -> Double {
    if count == 1 {
      let logit = label == 1 ? self[0] : -self[0]
      // log(1 + exp(−logit)), without overflow.
      let loss = Swift.max(0, -logit) + Double.log(onePlus: Double.exp(-abs(logit)))
      let miss = logit >= 0 ? Double.exp(-logit) / (1 + Double.exp(-logit)) : 1 / (1 + Double.exp(logit))
      self[0] = label == 1 ? -miss : miss
      return loss
    }
    let top = self.max() ?? 0
    let sum = reduce(0) { $0 + Double.exp($1 - top) }
    let loss = top + Double.log(sum) - self[label]
    for k in indices { self[k] = Double.exp(self[k] - top) / sum - (k == label ? 1 : 0) }
    return loss
  }
}
