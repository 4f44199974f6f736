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

  let gains = ImpulseGain.gains(of: oscillators)
  if oscillators.activation.isBounded {
    for (unit, gain) in gains.enumerated() {
      guard let gain else { continue }
      report.append("unit \(unit): |y| <= \(gain.position) for every input, from a zero start")
    }
  }

  let contraction = Contraction(network, system: .map, includingSeries: false)
  for test in contraction.methods {
    report.append("\(test.method): \(test.gain), \(test.certified ? "proved below 1" : "refused")")
  }

  return report
}
