// Times the map: map-benchmark HIDDEN BATCH STEPS THREADS prints seconds a step, best of nothing: one timing after
// a warm-up. compare.py runs it in turn with NumPy.

import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
guard arguments.count == 4 else { fatalError("usage: map-benchmark HIDDEN BATCH STEPS THREADS") }
let (hidden, batch, steps, threads) = (arguments[0], arguments[1], arguments[2], arguments[3])

var random = SplittableRandom(seed: 1)
let network = try OscillatorNetwork(
  oscillators: Oscillators(
    gamma: Array(repeating: 2.7, count: hidden), epsilon: Array(repeating: 4.7, count: hidden), timeStep: 0.042,
    damping: .explicit),
  inputs: 2, random: &random)
let inputs = InputSequence(
  steps: steps, batch: batch, width: 2, values: (0..<steps * batch * 2).map { _ in random.normal() })
let map = OscillatorMap(network)
_ = map.trajectory(inputs: inputs, threads: threads)
var run: Trajectory?
let elapsed = ContinuousClock().measure { run = map.trajectory(inputs: inputs, threads: threads) }
guard let run, run.divergedAt == nil else { fatalError("the run diverged") }
print(elapsed / .seconds(1) / Double(steps))
