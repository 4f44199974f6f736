public import CoRNNKernels

/// An objective and its gradient by all parameters of a cell over batches of one shape.
///
/// A batch goes in slices whose number depends on its size alone, each on one core from its first step to its last and
/// back; their gradients are added in their order. So a result has the same bits for any number of threads. Memory is
/// that of one slice's history (`CellSweep`) for each thread. Not to be used from two threads at a time.
public final class GradientEngine<Scalar: TrainingScalar> {
  /// The cell.
  public let cell: any RecurrentCell
  /// The steps and trajectories of a batch, N and B.
  public let steps: Int
  /// The trajectories of a batch, B.
  public let batch: Int
  private let slices: [Range<Int>]
  private let packed: PackedCell<Scalar>
  private let sweeps: [CellSweep<Scalar>]
  private let placements: [ParameterPlacement]
  private var matrix: [Scalar]

  /// An engine on up to `threads` threads.
  public init(_ cell: any RecurrentCell, steps: Int, batch: Int, threads: Int) {
    precondition(steps > 0 && batch > 0 && threads > 0, "\(steps) steps, \(batch) trajectories, \(threads) threads")
    self.cell = cell
    self.steps = steps
    self.batch = batch
    let slices = Self.slices(batch)
    self.slices = slices
    let layout = cell.layout
    packed = PackedCell(layout)
    sweeps = (0..<min(threads, slices.count)).map { _ in
      CellSweep(layout, steps: steps, capacity: slices.reduce(0) { max($0, $1.count) })
    }
    placements = cell.placements
    matrix = [Scalar](repeating: 0, count: layout.rows * layout.stride)
  }

  /// An even number of slices of at most 16 trajectories, as equal as can be.
  static func slices(_ batch: Int) -> [Range<Int>] {
    let count = min(batch, 2 * ((batch + 31) / 32))
    return (0..<count).map { $0 * batch / count..<($0 + 1) * batch / count }
  }

  /// The objective over a batch, and its gradient in the order of the parameters.
  ///
  /// Both are NaN or infinite where the run overflows. Costs `CellLayout.multiplyAdds` for each step and trajectory.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func valueAndGradient(
    _ objective: Objective, parameters: [Scalar], on data: SequenceBatch<Scalar>
  ) -> (value: Double, gradient: [Scalar]) {
    check(parameters, data)
    let layout = cell.layout
    let doubles = parameters.map { Double($0) }
    pack(parameters, doubles)
    let (packed, slices, learnsConstants) = (packed, slices, cell.learnsConstants)
    let parts = parallelMap(count: slices.count, workspaces: sweeps) { sweep, index in
      let slice = slices[index]
      sweep.forward(packed, inputs: data.inputs, batch: data.count, slice: slice, scored: data.scoredFrom)
      let sum = objective.differentiate(
        &sweep.outputs, targets: data.targets, batch: data.count, slice: slice, width: layout.outputs)
      return (sum: sum, gradient: sweep.backward(packed, withConstants: learnsConstants))
    }
    var total = parts[0].gradient
    for part in parts.dropFirst() { total.add(part.gradient) }
    let derivedCount = cell.derivedCount
    var gradient = placements.collect(total.matrix, stride: layout.stride, count: parameters.count + derivedCount)
    if learnsConstants || derivedCount > 0 {
      var more = [Double](repeating: 0, count: parameters.count)
      if learnsConstants { cell.addConstantGradient(sums: total.constants, parameters: doubles, to: &more) }
      if derivedCount > 0 {
        let derived = gradient[parameters.count...].map { Double($0) }
        cell.addDerivedGradient(derived, parameters: doubles, to: &more)
        gradient.removeLast(derivedCount)
      }
      for (index, value) in more.enumerated() where value != 0 { gradient[index] += Scalar(value) }
    }
    return (objective.value(sum: parts.reduce(0) { $0 + $1.sum }, count: data.targets.count), gradient)
  }

  /// The objective alone, for data that the network isn't trained on.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func value(_ objective: Objective, parameters: [Scalar], on data: SequenceBatch<Scalar>) -> Double {
    let width = cell.layout.outputs
    let sums = forward(parameters, data) { sweep, slice in
      objective.differentiate(
        &sweep.outputs, targets: data.targets, batch: data.count, slice: slice, width: width)
    }
    return objective.value(sum: sums.reduce(0, +), count: data.targets.count)
  }

  /// The outputs of the scored steps, S×B×o, time first.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func outputs(parameters: [Scalar], on data: SequenceBatch<Scalar>) -> [Scalar] {
    let parts = forward(parameters, data) { sweep, _ in sweep.outputs }
    let width = cell.layout.outputs
    return (0..<steps + 1 - data.scoredFrom).flatMap { step in
      zip(parts, slices).flatMap { part, slice in
        part[step * slice.count * width..<(step + 1) * slice.count * width]
      }
    }
  }

  private func forward<Result: Sendable>(
    _ parameters: [Scalar], _ data: SequenceBatch<Scalar>,
    _ body: @Sendable (CellSweep<Scalar>, Range<Int>) -> Result
  ) -> [Result] {
    check(parameters, data)
    pack(parameters, parameters.map { Double($0) })
    let (packed, slices) = (packed, slices)
    return parallelMap(count: slices.count, workspaces: sweeps) { sweep, index in
      sweep.forward(packed, inputs: data.inputs, batch: data.count, slice: slices[index], scored: data.scoredFrom)
      return body(sweep, slices[index])
    }
  }

  private func check(_ parameters: [Scalar], _ data: SequenceBatch<Scalar>) {
    precondition(parameters.count == cell.parameterCount, "\(parameters.count) parameters of \(cell.parameterCount)")
    precondition(data.steps == steps && data.count == batch, "a batch of \(data.steps)×\(data.count)")
    precondition(
      data.targets.count == (steps + 1 - data.scoredFrom) * batch * cell.layout.outputs,
      "\(data.targets.count) targets for \(cell.layout.outputs) outputs")
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func pack(_ parameters: [Scalar], _ doubles: [Double]) {
    let derived = cell.derived(doubles)
    placements.place(
      derived.isEmpty ? parameters : parameters + derived.map { Scalar($0) }, into: &matrix,
      stride: cell.layout.stride)
    let factors = cell.factors(doubles)
    packed.pack(matrix: matrix, factors: factors.byUnit, timeStep: factors.timeStep)
  }
}

extension [ParameterPlacement] {
  /// M from the parameters.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func place<Scalar: TrainingScalar>(_ parameters: [Scalar], into matrix: inout [Scalar], stride: Int) {
    for index in matrix.indices { matrix[index] = 0 }
    for p in self {
      for row in 0..<p.rows {
        let (from, to) = (p.start + row * p.columns, (p.row + row) * stride + p.column)
        for k in 0..<p.columns { matrix[to + k] += parameters[from + k] }
      }
    }
  }

  /// The parameters' gradient from dE/dM.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func collect<Scalar: TrainingScalar>(_ matrix: [Scalar], stride: Int, count: Int) -> [Scalar] {
    var gradient = [Scalar](repeating: 0, count: count)
    for p in self {
      for row in 0..<p.rows {
        let (to, from) = (p.start + row * p.columns, (p.row + row) * stride + p.column)
        for k in 0..<p.columns { gradient[to + k] += matrix[from + k] }
      }
    }
    return gradient
  }
}

extension CellGradient {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate mutating func add(_ other: CellGradient) {
    for index in matrix.indices { matrix[index] += other.matrix[index] }
    for index in constants.indices { constants[index] += other.constants[index] }
  }
}
