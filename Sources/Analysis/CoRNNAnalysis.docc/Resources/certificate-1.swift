import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

/// What is known of the network in a file of NumPy arrays.
func certificate(of path: String) throws -> [String] {
  var report: [String] = []

  let stored = try StoredNetwork(path: path, memoryLimit: 1 << 30)
  let network = try stored.network()
  let oscillators = network.oscillators
  report.append("\(network.hidden) units, \(oscillators.damping) damping, dt = \(oscillators.timeStep)")

  return report
}
