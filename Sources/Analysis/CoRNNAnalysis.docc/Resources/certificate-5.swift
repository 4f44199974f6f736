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

  if let bound = contraction.largestExponentBound {
    report.append("\(contraction.kind): no exponent above \(bound) per unit time, whatever the input")
  } else {
    report.append("no certificate, which says nothing about the network")
  }

  let inputs = try Signal.noise(amplitude: 1).inputs(
    count: 20_000, width: network.inputs, timeStep: oscillators.timeStep, random: SplittableRandom(seed: 1))
  let system = OscillatorMapSystem(network, drive: .inputs(inputs))
  let spectrum = try LyapunovSpectrum(
    of: system, from: Array(repeating: 0, count: system.dimension),
    options: LyapunovSpectrum.Options(count: 1, steps: 20_000))
  let largest = spectrum.exponents[0]
  report.append("measured under one input: \(largest.value) ± \(largest.standardError ?? .infinity)")

  return report
}
