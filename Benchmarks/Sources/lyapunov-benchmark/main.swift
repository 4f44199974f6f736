// Times Lyapunov spectra through the library's own call: lyapunov-benchmark SYSTEM|NETWORK.npz START.npy COUNT STEPS
// INTERVAL prints the seconds a step, one timing after a warm-up, the exponents per step and the trace identity's residual. The tangents
// begin as unit vectors. Networks run under no input. The compare_lyapunov*.py run it in turn with others.

import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

let arguments = CommandLine.arguments
guard arguments.count == 6, let count = Int(arguments[3]), let steps = Int(arguments[4]),
  let interval = Int(arguments[5])
else { fatalError("usage: lyapunov-benchmark SYSTEM|NETWORK.npz START.npy COUNT STEPS INTERVAL") }

let start = try NumericArray(path: arguments[2], memoryLimit: 1 << 30).values
let system: any DynamicalSystem
if let named = NamedSystem(rawValue: arguments[1]) {
  system = try named.make().system
} else {
  let network = try StoredNetwork(path: arguments[1], memoryLimit: 1 << 30).network()
  system = OscillatorMapSystem(network, drive: .constant(Array(repeating: 0, count: network.inputs)))
}
func spectrum(_ steps: Int) throws -> LyapunovSpectrum {
  try LyapunovSpectrum(
    of: system, from: start,
    options: .init(count: count, transient: 0, steps: steps, interval: interval, tangents: .unit))
}
_ = try spectrum(max(interval, steps / 10))
var result: LyapunovSpectrum?
let elapsed = try ContinuousClock().measure { result = try spectrum(steps) }
guard let result else { fatalError("no spectrum") }
print(elapsed / .seconds(1) / Double(steps))
print(result.exponentsPerStep.map { "\($0)" }.joined(separator: " "))
print(result.traceIdentityResidual ?? .nan)
