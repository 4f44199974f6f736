import CoRNNKernels

/// A trained cell as a forecast model, in double precision.
///
/// The cell sees `(x − mean)/deviation`, and what it reads out times the deviation plus the mean is the prediction. Steps
/// are taken from the equations by plain products, apart from the training kernels. What is carried is [z, y] for
/// oscillators, [h, c] for an LSTM, h for the other cells, without padding. A step costs the cell's products once for each
/// trajectory or tangent.
public struct RecurrentForecast: DifferentiableForecastModel {
  public let variables: Int
  public let carried: Int
  private let hidden: Int
  private let equations: Equations
  private let mean: Double
  private let deviation: Double
  /// Drives by what the products act on: all that is carried for oscillators, h otherwise.
  private let recurrent: PackedMatrix
  private let input: PackedMatrix
  private let bias: [Double]
  private let readout: PackedMatrix
  private let readoutBias: [Double]
  /// The first number in what is carried that is read out.
  private let firstRead: Int

  private enum Equations {
    case oscillators(alpha: [Double], beta: [Double], delta: [Double], timeStep: Double)
    case lstm
    case gru
    case tanh(keep: [Double], force: [Double])
    case modrelu(bias: [Double])
  }

  /// The model of a cell that has as many outputs as inputs.
  ///
  /// - Parameters:
  ///   - cell: the cell.
  ///   - parameters: the cell's, in the order of its blocks.
  ///   - mean: what the cell was trained to see as 0.
  ///   - deviation: what it was trained to see as 1, greater than 0.
  public init(_ cell: any RecurrentCell, parameters: [Double], mean: Double = 0, deviation: Double = 1) {
    let layout = cell.layout
    precondition(layout.inputs == layout.outputs, "\(layout.inputs) inputs, \(layout.outputs) outputs")
    precondition(parameters.count == cell.parameterCount, "\(parameters.count) parameters of \(cell.parameterCount)")
    precondition(mean.isFinite && deviation > 0 && deviation.isFinite, "mean \(mean), deviation \(deviation)")
    let (m, n) = (layout.hidden, layout.inputs)
    var whole = [Double](repeating: 0, count: layout.rows * layout.stride)
    cell.placements.place(parameters + cell.derived(parameters), into: &whole, stride: layout.stride)
    func part(_ rows: [Int], _ columns: [Int]) -> Matrix {
      Matrix(
        rows: rows.count, columns: columns.count,
        elements: rows.flatMap { row in columns.map { whole[row * layout.stride + $0] } })
    }
    func unpadded(_ blocks: Int) -> [Int] { (0..<blocks).flatMap { $0 * layout.units..<$0 * layout.units + m } }
    let (drives, outputs) = (unpadded(layout.gates), Array(layout.firstOutput..<layout.firstOutput + n))
    let inputs = Array(layout.firstInput..<layout.firstInput + n)
    recurrent = PackedMatrix(part(drives, unpadded(layout.states)))
    input = PackedMatrix(part(drives, inputs))
    bias = part(drives, [layout.firstInput + n]).elements
    readoutBias = part(outputs, [layout.firstInput + n]).elements
    variables = n
    hidden = m
    self.mean = mean
    self.deviation = deviation
    let factors = cell.factors(parameters)
    switch layout.kind {
    case .oscillator:
      equations = .oscillators(
        alpha: factors.byUnit[0], beta: factors.byUnit[1], delta: factors.byUnit[2], timeStep: factors.timeStep)
    case .lstm: equations = .lstm
    case .gru: equations = .gru
    case .tanh: equations = .tanh(keep: factors.byUnit[0], force: factors.byUnit[1])
    case .modrelu: equations = .modrelu(bias: factors.byUnit[0])
    }
    carried = layout.kind == .oscillator || layout.kind == .lstm ? 2 * m : m
    firstRead = layout.kind == .oscillator ? m : 0
    let read = layout.firstInput - layout.units
    readout = PackedMatrix(part(outputs, Array(read..<read + m)))
  }

  public func advance(inputs: [Double], carry: inout [Double], predictions: inout [Double]) {
    let batch = inputs.count / variables
    var drives: [Double] = []
    drives.reserveCapacity(batch * bias.count)
    for _ in 0..<batch { drives += bias }
    input.multiplyAdd(
      count: batch, vectors: inputs.map { ($0 - mean) / deviation }, stride: variables, into: &drives,
      resultStride: bias.count)
    recurrent.multiplyAdd(count: batch, vectors: carry, stride: carried, into: &drives, resultStride: bias.count)
    move(&carry, drives: drives)
    var outputs: [Double] = []
    outputs.reserveCapacity(batch * variables)
    for _ in 0..<batch { outputs += readoutBias }
    readout.multiplyAdd(
      count: batch, vectors: carry, from: firstRead, stride: carried, into: &outputs, resultStride: variables)
    for i in outputs.indices { predictions[i] = outputs[i] * deviation + mean }
  }

  /// One step of some states under their drives.
  private func move(_ carry: inout [Double], drives: [Double]) {
    let m = hidden
    switch equations {
    case .oscillators(let alpha, let beta, let delta, let timeStep):
      var sigma = drives
      applyTanh(to: &sigma)
      for b in 0..<carry.count / carried {
        let (z, y) = (b * carried, b * carried + m)
        for i in 0..<m {
          let velocity = alpha[i] * carry[z + i] + beta[i] * sigma[b * m + i] - delta[i] * carry[y + i]
          carry[z + i] = velocity
          carry[y + i] += timeStep * velocity
        }
      }
    case .lstm:
      let gates = activated(drives)
      var cells = [Double](repeating: 0, count: gates.count / 4)
      for b in 0..<carry.count / carried {
        let (gate, c) = (4 * b * m, b * carried + m)
        for i in 0..<m {
          carry[c + i] = gates[gate + m + i] * carry[c + i] + gates[gate + i] * gates[gate + 2 * m + i]
          cells[b * m + i] = carry[c + i]
        }
      }
      applyTanh(to: &cells)
      for b in 0..<carry.count / carried {
        for i in 0..<m { carry[b * carried + i] = gates[4 * b * m + 3 * m + i] * cells[b * m + i] }
      }
    case .gru:
      for b in 0..<carry.count / m {
        let parts = candidate(drives[4 * b * m..<4 * (b + 1) * m])
        for i in 0..<m {
          carry[b * m + i] = parts.fresh[i] + parts.update[i] * (carry[b * m + i] - parts.fresh[i])
        }
      }
    case .tanh(let keep, let force):
      var sigma = drives
      applyTanh(to: &sigma)
      for place in carry.indices { carry[place] = keep[place % m] * carry[place] + force[place % m] * sigma[place] }
    case .modrelu(let bias):
      for (place, drive) in drives.enumerated() {
        let size = abs(drive) + bias[place % m]
        carry[place] = size <= 0 || drive == 0 ? 0 : drive < 0 ? -size : size
      }
    }
  }

  /// r, z and the candidate of a GRU in one state, from its four blocks of drives.
  private func candidate(_ drives: ArraySlice<Double>) -> (reset: [Double], update: [Double], fresh: [Double]) {
    let (m, first) = (hidden, drives.startIndex)
    var gates = drives[first..<first + 2 * m].map { $0 / 2 }
    applyTanh(to: &gates)
    for i in gates.indices { gates[i] = 0.5 + 0.5 * gates[i] }
    var fresh = (0..<m).map { drives[first + 3 * m + $0] + gates[$0] * drives[first + 2 * m + $0] }
    applyTanh(to: &fresh)
    return (Array(gates[..<m]), Array(gates[m...]), fresh)
  }

  /// The gates i, f, g, o of some states: `sigmoid(a) = ½ + ½·tanh(a/2)` but for g.
  private func activated(_ drives: [Double]) -> [Double] {
    var gates = drives
    for i in gates.indices where i / hidden % 4 != 2 { gates[i] /= 2 }
    applyTanh(to: &gates)
    for i in gates.indices where i / hidden % 4 != 2 { gates[i] = 0.5 + 0.5 * gates[i] }
    return gates
  }
}

extension RecurrentForecast {
  /// Takes in the input of one trajectory and puts the prediction in its place; pushes tangent vectors through that.
  ///
  /// - Parameters:
  ///   - x: n values, then n predictions.
  ///   - carry: what the model carries; moves on.
  ///   - tangents: rows of n + ``carried`` values: changes of the input and of what is carried, then of the prediction
  ///     and of what is carried on.
  public func advance(input x: inout [Double], carry: inout [Double], tangents: inout [Double]) {
    let size = variables + carried
    if !tangents.isEmpty {
      let count = tangents.count / size
      var drives = bias
      input.multiplyAdd(
        count: 1, vectors: x.map { ($0 - mean) / deviation }, stride: variables, into: &drives,
        resultStride: bias.count)
      recurrent.multiplyAdd(count: 1, vectors: carry, stride: carried, into: &drives, resultStride: bias.count)
      var changes = [Double](repeating: 0, count: count * bias.count)
      input.multiplyAdd(count: count, vectors: tangents, stride: size, into: &changes, resultStride: bias.count)
      for i in changes.indices { changes[i] /= deviation }
      recurrent.multiplyAdd(
        count: count, vectors: tangents, from: variables, stride: size, into: &changes, resultStride: bias.count)
      push(&tangents, driveChanges: changes, carry: carry, drives: drives)
      var outputs = [Double](repeating: 0, count: count * variables)
      readout.multiplyAdd(
        count: count, vectors: tangents, from: variables + firstRead, stride: size, into: &outputs,
        resultStride: variables)
      for i in outputs.indices { tangents[i / variables * size + i % variables] = outputs[i] * deviation }
    }
    let seen = x
    advance(inputs: seen, carry: &carry, predictions: &x)
  }

  /// Moves the carried part of tangents by one step's derivative, given the changes of the drives.
  private func push(_ tangents: inout [Double], driveChanges: [Double], carry: [Double], drives: [Double]) {
    let (m, size) = (hidden, variables + carried)
    let rows = stride(from: variables, to: tangents.count, by: size).enumerated()
    var slopes = drives
    switch equations {
    case .oscillators(let alpha, let beta, let delta, let timeStep):
      applyTanhSlope(to: &slopes)
      for (k, z) in rows {
        let y = z + m
        for i in 0..<m {
          let velocity =
            alpha[i] * tangents[z + i] + beta[i] * slopes[i] * driveChanges[k * m + i] - delta[i] * tangents[y + i]
          tangents[z + i] = velocity
          tangents[y + i] += timeStep * velocity
        }
      }
    case .lstm:
      let gates = activated(drives)
      // sigmoid'(a) = ¼·(1 − tanh(a/2)²).
      for i in slopes.indices where i / m != 2 { slopes[i] /= 2 }
      applyTanhSlope(to: &slopes)
      for i in slopes.indices where i / m != 2 { slopes[i] /= 4 }
      var cells = (0..<m).map { gates[m + $0] * carry[m + $0] + gates[$0] * gates[2 * m + $0] }
      var cellSlopes = cells
      applyTanh(to: &cells)
      applyTanhSlope(to: &cellSlopes)
      for (k, h) in rows {
        let (c, a) = (h + m, 4 * k * m)
        for i in 0..<m {
          let forget = carry[m + i] * slopes[m + i] * driveChanges[a + m + i]
          let new =
            gates[2 * m + i] * slopes[i] * driveChanges[a + i]
            + gates[i] * slopes[2 * m + i] * driveChanges[a + 2 * m + i]
          tangents[c + i] = gates[m + i] * tangents[c + i] + forget + new
          tangents[h + i] =
            cells[i] * slopes[3 * m + i] * driveChanges[a + 3 * m + i]
            + gates[3 * m + i] * cellSlopes[i] * tangents[c + i]
        }
      }
    case .gru:
      let parts = candidate(drives[...])
      for (k, h) in rows {
        let a = 4 * k * m
        for i in 0..<m {
          let (reset, update, fresh) = (parts.reset[i], parts.update[i], parts.fresh[i])
          let resetChange = reset * (1 - reset) * driveChanges[a + i]
          let updateChange = update * (1 - update) * driveChanges[a + m + i]
          let freshChange =
            (1 - fresh * fresh)
            * (driveChanges[a + 3 * m + i] + resetChange * drives[2 * m + i] + reset * driveChanges[a + 2 * m + i])
          tangents[h + i] =
            (1 - update) * freshChange + update * tangents[h + i] + updateChange * (carry[i] - fresh)
        }
      }
    case .tanh(let keep, let force):
      applyTanhSlope(to: &slopes)
      for (k, h) in rows {
        for i in 0..<m {
          tangents[h + i] = keep[i] * tangents[h + i] + force[i] * slopes[i] * driveChanges[k * m + i]
        }
      }
    case .modrelu(let bias):
      for (k, h) in rows {
        for i in 0..<m {
          let isActive = drives[i] != 0 && !(abs(drives[i]) + bias[i] <= 0)
          tangents[h + i] = isActive ? driveChanges[k * m + i] : 0
        }
      }
    }
  }
}
