// Integrates the continuous coRNN: ode-benchmark NETWORK.npz METHOD TOLERANCE prints seconds, evaluations and the final
// positions. compare_ode.py runs it in turn with SciPy and diffrax on the same weights. The file's dt is the time span.

import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

let arguments = CommandLine.arguments
guard arguments.count == 4, let method = IntegrationMethod(rawValue: arguments[2]), let tolerance = Double(arguments[3])
else { fatalError("usage: ode-benchmark NETWORK.npz METHOD TOLERANCE") }

let network = try StoredNetwork(path: arguments[1], memoryLimit: 1 << 30).network()
let inputs = InputSequence(
  steps: 1, batch: 1, width: network.inputs, values: Array(repeating: 1, count: network.inputs))
let flow = OscillatorFlow(
  network,
  options: IntegrationOptions(method: method, absoluteTolerance: tolerance, relativeTolerance: tolerance))
_ = flow.trajectory(inputs: inputs)
var result: OscillatorFlow.Result?
let elapsed = ContinuousClock().measure { result = flow.trajectory(inputs: inputs) }
guard let result, result.failure == nil else { fatalError("the integration failed") }
print(elapsed / .seconds(1), result.counts.evaluations)
print(result.trajectory.positions.map { "\($0)" }.joined(separator: " "))
