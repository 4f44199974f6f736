// Times a value and its gradient over a batch, as a training step takes them:
//   training-benchmark CELL PRECISION HIDDEN INPUTS OUTPUTS BATCH STEPS THREADS ITERATIONS [PROBLEM GRADIENT]
// with CELL explicit or implicit (oscillators of that damping), lstm, gru, tanh, antisymmetric, fastrnn or exprnn
// prints the median and least seconds, the products' floating-point operations, the multiply–add peak of that many
// threads just before, the value, and the process's largest memory in bytes, with names, on one line.
// CELL adding is a coRNN on the adding problem: the loss at the last step alone, and each time with an Adam step after it.
// PROBLEM holds float64 parameters, inputs and targets (random ones without it), GRADIENT gets the gradient.
// check_training_cells.py compares it with PyTorch, compare_training.py runs it in turn with JAX and PyTorch.

import CoRNNKernels
import CoRNNLearning
import CoRNNModel
import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
let numbers = arguments.dropFirst(2).prefix(7).compactMap { Int($0) }
guard arguments.count == 9 || arguments.count == 11, numbers.count == 7 else {
  fatalError("usage: training-benchmark CELL PRECISION HIDDEN INPUTS OUTPUTS BATCH STEPS THREADS ITERATIONS")
}
let (hidden, inputs, outputs, batch) = (numbers[0], numbers[1], numbers[2], numbers[3])
let (steps, threads, iterations) = (numbers[4], numbers[5], numbers[6])

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func cell() throws -> any RecurrentCell {
  switch arguments[0] {
  case "lstm": return LSTMCell(hidden: hidden, inputs: inputs, outputs: outputs)
  case "gru": return GRUCell(hidden: hidden, inputs: inputs, outputs: outputs)
  case "tanh": return TanhCell(hidden: hidden, inputs: inputs, outputs: outputs)
  case "antisymmetric":
    return AntisymmetricCell(hidden: hidden, inputs: inputs, outputs: outputs, step: 0.17, diffusion: 0.043)
  case "fastrnn": return FastCell(hidden: hidden, inputs: inputs, outputs: outputs)
  case "exprnn": return ExponentialCell(hidden: hidden, inputs: inputs, outputs: outputs)
  case "adding":
    let settings = AddingSettings(cell: "cornn", length: steps)
    let oscillators = try Oscillators(
      gamma: Array(repeating: settings.gamma, count: hidden),
      epsilon: Array(repeating: settings.epsilon, count: hidden),
      timeStep: settings.timeStep, damping: .explicit)
    return try OscillatorCell(oscillators, inputs: inputs, outputs: outputs)
  default:
    guard let damping = Damping(rawValue: arguments[0]) else { fatalError("no cell \(arguments[0])") }
    let oscillators = try Oscillators(
      gamma: Array(repeating: 2.7, count: hidden), epsilon: Array(repeating: 4.7, count: hidden), timeStep: 0.042,
      damping: damping)
    return try OscillatorCell(oscillators, inputs: inputs, outputs: outputs)
  }
}

func measure<Scalar: TrainingScalar>(_: Scalar.Type) throws {
  let cell = try cell()
  let isAdding = arguments[0] == "adding"
  let scoredFrom = isAdding ? steps : 1
  let sizes = [cell.parameterCount, steps * batch * inputs, (steps + 1 - scoredFrom) * batch * outputs]
  var random = SplittableRandom(seed: 1)
  var problem = cell.initialParameters(&random)
  if arguments.count == 11 {
    let data = try Data(contentsOf: URL(filePath: arguments[9]))
    guard data.count == 8 * sizes.reduce(0, +) else { fatalError("\(data.count) bytes for \(sizes) numbers") }
    problem = (0..<data.count / 8).map { place in
      Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(data[8 * place + $1]) << UInt64(8 * $1) })
    }
  } else {
    problem += (0..<sizes[1] + sizes[2]).map { _ in random.normal() }
  }
  let numbers = problem.map { Scalar($0) }
  let parameters = Array(numbers[..<sizes[0]])
  let data = SequenceBatch(
    steps: steps, count: batch, inputs: Array(numbers[sizes[0]..<sizes[0] + sizes[1]]),
    targets: Array(numbers[(sizes[0] + sizes[1])...]), scoredFrom: scoredFrom)
  let engine = GradientEngine<Scalar>(cell, steps: steps, batch: batch, threads: threads)
  let peak = parallelMap(count: threads, threads: threads) { _ in multiplyAddPeak(Scalar.self, seconds: 0.05) }
    .reduce(0, +)
  var result = engine.valueAndGradient(.meanSquaredError, parameters: parameters, on: data)
  var (trained, adam) = (parameters, Adam<Scalar>(count: parameters.count))
  let times = (0..<iterations).map { _ in
    ContinuousClock().measure {
      let next = engine.valueAndGradient(.meanSquaredError, parameters: trained, on: data)
      if isAdding { adam.update(&trained, gradient: next.gradient, rate: 1e-6) } else { result = next }
    } / .seconds(1)
  }
  if arguments.count == 11 {
    let bytes = result.gradient.flatMap { g in
      (0..<8).map { UInt8(truncatingIfNeeded: Double(g).bitPattern >> UInt64(8 * $0)) }
    }
    try Data(bytes).write(to: URL(filePath: arguments[10]))
  }
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  let operations = 2 * cell.layout.multiplyAdds * steps * batch
  print(
    "seconds \(median(times)) least \(times.min() ?? 0) operations \(operations) peak \(peak) value \(result.value)",
    "memory \(usage.ru_maxrss * 1024) kernels \(OpenBLAS.instructionSet)")
}

switch arguments[1] {
case "float32": try measure(Float.self)
case "float64": try measure(Double.self)
default: fatalError("PRECISION is float32 or float64")
}
