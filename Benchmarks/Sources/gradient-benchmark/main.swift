// Times backpropagation: gradient-benchmark HIDDEN BATCH STEPS THREADS prints seconds for a run and its gradient, one
// timing after a warm-up. compare_gradient.py runs it in turn with JAX and PyTorch.

import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
guard arguments.count == 4 else { fatalError("usage: gradient-benchmark HIDDEN BATCH STEPS THREADS") }
let (hidden, batch, steps, threads) = (arguments[0], arguments[1], arguments[2], arguments[3])

var random = SplittableRandom(seed: 1)
let network = try OscillatorNetwork(
  oscillators: Oscillators(
    gamma: Array(repeating: 2.7, count: hidden), epsilon: Array(repeating: 4.7, count: hidden), timeStep: 0.042,
    damping: .explicit),
  inputs: 2, random: &random)
let inputs = InputSequence(
  steps: steps, batch: batch, width: 2, values: (0..<steps * batch * 2).map { _ in random.normal() })
let loss = Loss.hidden(targets: (0..<steps * batch * hidden).map { _ in random.normal() })
let sweep = Backpropagation(network)
func valueAndGradient() -> NetworkGradient? {
  sweep.gradient(of: loss, inputs: inputs, start: nil, threads: threads)
}
_ = valueAndGradient()
var gradient: NetworkGradient?
let elapsed = ContinuousClock().measure { gradient = valueAndGradient() }
guard let gradient, gradient.isFinite else { fatalError("the gradient overflowed") }
print(elapsed / .seconds(1))
