public import ArgumentParser
public import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

/// What the gradient is taken of, and what is looked at beside it.
struct GradientOptions: ParsableArguments {
  /// The losses by name.
  enum LossName: String, CaseIterable, ExpressibleByArgument {
    case hidden, mse
    case crossEntropy = "cross-entropy"
  }

  @Flag(
    name: .customLong("gradient"), inversion: .prefixedNo, help: "Backpropagate and hold the gradient to its bounds.")
  var isWanted = true

  @Option(help: ArgumentHelp("The loss: on hidden states, or on the readout. (default: hidden)"))
  var loss: LossName?

  @Option(help: ArgumentHelp("Hidden targets: N×m or N×B×m. (default: zero)", valueName: "file"))
  var targets: String?

  @Option(
    help: ArgumentHelp(
      "Targets of the readout, N×o or N×B×o (mse), classes N or N×B (cross-entropy); with --scored last without N.",
      valueName: "file"))
  var readoutTargets: String?

  @Option(help: ArgumentHelp("The steps that a loss on the readout is taken at. (default: every)"))
  var scored: Loss.ScoredSteps?

  @Option(
    help: ArgumentHelp(
      "Instead of a loss, ∂E/∂y_n for every step: N×m or N×B×m, or N×2m, N×B×2m with ∂E/∂z_n.", valueName: "file"))
  var cotangents: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How far back the decomposition over steps goes. (default: all, within four million pairs of steps)",
      valueName: "n"))
  var lags: Int?

  @Flag(help: "Measure the orders of Proposition 3.3 in dt.")
  var orders = false

  @Option(
    parsing: .unconditional, help: ArgumentHelp("How often dt is halved for --orders. (default: 10)", valueName: "n"))
  var halvings: Int?

  @Option(
    help: ArgumentHelp(
      "Other inputs of the same shape: how far the two runs part, against E.1 and D.2.", valueName: "file"))
  var against: String?

  func validate() throws {
    let given: [(String, Bool)] = [
      ("--loss", loss != nil), ("--targets", targets != nil), ("--readout-targets", readoutTargets != nil),
      ("--scored", scored != nil), ("--cotangents", cotangents != nil), ("--lags", lags != nil),
      ("--orders", orders), ("--halvings", halvings != nil),
    ]
    if !isWanted, let flag = given.first(where: \.1)?.0 {
      throw ValidationError("\(flag) contradicts --no-gradient.")
    }
    if cotangents != nil, let flag = given.prefix(4).first(where: \.1)?.0 {
      throw ValidationError("\(flag) contradicts --cotangents, which stand for a loss.")
    }
    let readsOut = loss == .mse || loss == .crossEntropy
    if readsOut, readoutTargets == nil {
      throw ValidationError("--loss \(loss?.rawValue ?? "") needs --readout-targets FILE.")
    }
    if readsOut, targets != nil {
      throw ValidationError(
        "--targets are hidden positions: for --loss \(loss?.rawValue ?? "") give --readout-targets.")
    }
    if !readsOut, readoutTargets != nil {
      throw ValidationError("--readout-targets need --loss mse or --loss cross-entropy.")
    }
    if !readsOut, scored != nil { throw ValidationError("--scored belongs to a loss on the readout.") }
    if let lags, lags < 1 { throw ValidationError("--lags is \(lags); it must be at least 1.") }
    if halvings != nil, !orders { throw ValidationError("--halvings belongs to --orders.") }
    if let halvings, !(3...16 ~= halvings) { throw ValidationError("--halvings is \(halvings); it must be 3 to 16.") }
  }

  /// The largest lag for a run of `steps` steps.
  func largestLag(steps: Int) -> Int { min(steps - 1, lags ?? max(100, 4_000_000 / max(steps, 1))) }

  /// The loss, and the size of its targets' largest entry.
  func loss(
    network: OscillatorNetwork, inputs: InputSequence, memory: ByteCount
  ) throws(Diagnostic) -> (loss: Loss, targetMaximum: Double) {
    let (n, b, m) = (inputs.steps, inputs.batch, network.hidden)
    if let cotangents {
      let array = try readArray(cotangents, names: ["cotangents"], memory: memory)
      let hasVelocity = array.shape.last == 2 * m
      try check(array, cotangents, shapes: shapes(n, b, hasVelocity ? 2 * m : m), what: "cotangents")
      guard hasVelocity else { return (.linear(position: array.values, velocity: nil), 0) }
      var (position, velocity): ([Double], [Double]) = ([], [])
      for row in 0..<n * b {
        position += array.values[row * 2 * m..<row * 2 * m + m]
        velocity += array.values[row * 2 * m + m..<(row + 1) * 2 * m]
      }
      return (.linear(position: position, velocity: velocity), 0)
    }
    switch loss ?? .hidden {
    case .hidden:
      guard let targets else { return (.hidden(targets: nil), 0) }
      let array = try readArray(targets, names: ["targets", "target"], memory: memory)
      try check(array, targets, shapes: shapes(n, b, m), what: "hidden targets")
      return (.hidden(targets: array.values), array.values.reduce(0) { max($0, abs($1)) })
    case .mse, .crossEntropy:
      guard let readout = network.readout else {
        throw Diagnostic(
          .data, "the checkpoint has no readout, which --loss \(loss?.rawValue ?? "") is about",
          hint: "name its tensors with --map, or use --loss hidden")
      }
      return try readoutLoss(outputs: readout.weights.rows, steps: n, batch: b, memory: memory)
    }
  }

  private func readoutLoss(
    outputs: Int, steps n: Int, batch b: Int, memory: ByteCount
  ) throws(Diagnostic) -> (loss: Loss, targetMaximum: Double) {
    guard let path = readoutTargets else { preconditionFailure("no readout targets after validation") }
    let scored = scored ?? .every
    let array = try readArray(path, names: ["targets", "readout_targets", "labels"], memory: memory)
    let isLast = scored == .last
    if loss == .mse {
      let single = outputs == 1 ? (isLast ? [[b]] : [[n, b]] + (b == 1 ? [[n]] : [])) : []
      let wanted = (isLast ? [[b, outputs]] + (b == 1 ? [[outputs]] : []) : shapes(n, b, outputs)) + single
      try check(array, path, shapes: wanted, what: "the readout's targets")
      return (.meanSquared(targets: array.values, steps: scored), array.values.reduce(0) { max($0, abs($1)) })
    }
    let wanted = isLast ? [[b], [b, 1]] + (b == 1 ? [[]] : []) : [[n, b], [n, b, 1]] + (b == 1 ? [[n]] : [])
    try check(array, path, shapes: wanted, what: "classes")
    let count = max(outputs, 2)
    var classes: [Int] = []
    for (index, value) in array.values.enumerated() {
      guard let label = Int(exactly: value), 0..<count ~= label else {
        throw Diagnostic(.data, "\(path): class \(value) at index \(index) where the readout has 0 to \(count - 1)")
      }
      classes.append(label)
    }
    return (.crossEntropy(classes: classes, steps: scored), 1)
  }

  /// N×B×width, and N×width for a single trajectory.
  private func shapes(_ steps: Int, _ batch: Int, _ width: Int) -> [[Int]] {
    [[steps, batch, width]] + (batch == 1 ? [[steps, width]] : [])
  }

  private func check(_ array: NumericArray, _ path: String, shapes: [[Int]], what: String) throws(Diagnostic) {
    guard !shapes.contains(array.shape) else { return }
    func text(_ shape: [Int]) -> String { "(" + shape.map(String.init).joined(separator: ", ") + ")" }
    throw Diagnostic(
      .data, "\(path): shape \(text(array.shape)) where \(what) are \(shapes.map(text).joined(separator: " or "))")
  }
}

extension Loss.ScoredSteps: ExpressibleByArgument {}
