import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import ComplexModule
import Foundation
import TestSupport
import Testing

@testable import CoRNNAnalysis

/// Certificates against what networks do.
@Suite struct ContractionTests {
  /// Small networks of every kind: alike and heterogeneous, weak and strong, both dampings.
  static func network(seed: UInt64) throws -> OscillatorNetwork {
    var random = SplittableRandom(seed: seed ^ 0xC0)
    let hidden = 1 + Int(random.next() % 8)
    let gain = exp(random.uniform(in: log(0.1)...log(60)))
    return try randomNetwork(
      seed: seed, hidden: hidden, inputs: 1, damping: seed.isMultiple(of: 2) ? .implicit : .explicit,
      heterogeneous: seed % 3 != 0, gain: gain, largestStep: 0.2)
  }

  /// One method's test of the map.
  static func test(_ network: OscillatorNetwork, _ outcome: ContractionMethod, rate: Double, scaling: [Double])
    -> ContractionTest?
  {
    guard let curve = TransferCurve(network.oscillators, system: .map, rate: rate) else { return nil }
    return ContractionTest(
      method: outcome,
      coupling: ScaledCoupling(
        network.positionWeights, network.velocityWeights, scaling: scaling, needsNorm: outcome == .norm), curve: curve)
  }

  /// The growth of a tangent vector a unit of time, along the trajectory under random inputs.
  static func measuredExponent(_ network: OscillatorNetwork, seed: UInt64, amplitude: Double, steps: Int) -> Double {
    var random = SplittableRandom(seed: seed)
    let m = network.hidden
    let o = network.oscillators
    let (scale, keep, dt) = (o.velocityScale, o.velocityRetention, o.timeStep)
    func normals() -> [Double] { (0..<m).map { _ in random.normal() } }
    var (y, z, a, b) = (normals(), normals(), normals(), normals())
    var total = 0.0
    for step in 0..<steps {
      let u = amplitude * random.normal()
      var (y2, z2, a2, b2) = (y, z, a, b)
      for i in 0..<m {
        var (drive, tangent) = (network.bias[i] + network.inputWeights[i, 0] * u, 0.0)
        for j in 0..<m {
          drive += network.positionWeights[i, j] * y[j] + network.velocityWeights[i, j] * z[j]
          tangent += network.positionWeights[i, j] * a[j] + network.velocityWeights[i, j] * b[j]
        }
        let sigma = tanh(drive)
        z2[i] = scale[i] * (keep[i] * z[i] + dt * (sigma - o.gamma[i] * y[i]))
        b2[i] = scale[i] * (keep[i] * b[i] + dt * ((1 - sigma * sigma) * tangent - o.gamma[i] * a[i]))
        y2[i] = y[i] + dt * z2[i]
        a2[i] = a[i] + dt * b2[i]
      }
      let length = zip(a2, b2).reduce(0) { $0 + $1.0 * $1.0 + $1.1 * $1.1 }.squareRoot()
      (y, z, a, b) = (y2, z2, a2.map { $0 / length }, b2.map { $0 / length })
      if step >= steps / 10 { total += log(length) }
    }
    return total / (Double(steps - steps / 10) * dt)
  }

  /// The exponent of the network with fixed slopes, from eigenvalues.
  static func exponent(_ network: OscillatorNetwork, slopes: [Double], flow: Bool) throws -> Double {
    let m = network.hidden
    var a = Matrix(rows: 2 * m, columns: 2 * m)
    for i in 0..<m {
      let unit = LinearUnit(network.oscillators, unit: i)
      let l = flow ? LinearUnit.Operator(yy: 0, yz: 1, zy: -unit.gamma, zz: -unit.epsilon) : unit.transition
      let g = flow ? LinearUnit.Vector(position: 0, velocity: 1) : unit.entry
      for j in 0..<m {
        a[i, j] = g.position * slopes[i] * network.positionWeights[i, j]
        a[i, m + j] = g.position * slopes[i] * network.velocityWeights[i, j]
        a[m + i, j] = g.velocity * slopes[i] * network.positionWeights[i, j]
        a[m + i, m + j] = g.velocity * slopes[i] * network.velocityWeights[i, j]
      }
      a[i, i] += l.yy
      a[i, m + i] += l.yz
      a[m + i, i] += l.zy
      a[m + i, m + i] += l.zz
    }
    let eigenvalues = try #require(a.eigenvalues)
    if flow { return eigenvalues.real.max() ?? 0 }
    let radius = zip(eigenvalues.real, eigenvalues.imaginary).map { hypot($0, $1) }.max() ?? 0
    return log(radius) / network.oscillators.timeStep
  }

  static let isLong = ProcessInfo.processInfo.environment["CORNN_LONG_TESTS"] == "1"

  @Test(arguments: 0..<(isLong ? 1000 : 200) as Range<UInt64>) func neverFalse(seed: UInt64) throws {
    let network = try Self.network(seed: seed)
    let m = network.hidden
    for system in [MovingSystem.map, .flow] {
      let found = Contraction(network, system: system)
      let bounds = found.methods.map { $0.largestExponentBound ?? .infinity }
      for (sharp, plain) in zip(bounds.dropFirst(), bounds) {
        #expect(sharp <= plain || sharp - plain < 1e-3 * abs(found.unitExponent), "\(bounds)")
      }
      for (sharp, plain) in zip(found.methods.dropFirst(), found.methods) {
        #expect(sharp.gain <= plain.gain * (1 + 1e-3), "\(found.methods)")
      }
      #expect(found.certified == (found.largestExponentBound != nil) && found.certified == (found.kind == .rigorous))
      guard let bound = found.largestExponentBound else { continue }
      #expect(bound <= 0 && bound >= found.unitExponent)
      // Slopes at the corners of [0, 1]ᵐ, and in the middle.
      for corner in 0..<(1 << m) {
        let slopes = (0..<m).map { Double(corner >> $0 & 1) }
        let exponent = try Self.exponent(network, slopes: slopes, flow: system == .flow)
        #expect(exponent <= bound + 1e-9 * (1 + abs(bound)), "corner \(corner)")
      }
      let nominal = try #require(found.nominalExponent)
      #expect(nominal <= bound + 1e-9 * (1 + abs(bound)))
      guard system == .map else { continue }
      for amplitude in [0, 0.7, 5] {
        let measured = Self.measuredExponent(network, seed: seed, amplitude: amplitude, steps: 10_000)
        // A bound on growth holds up to a constant factor, here at most 10³.
        #expect(measured <= bound + 7 / (9000 * network.oscillators.timeStep), "amplitude \(amplitude)")
      }
    }
  }

  /// A dense grid of plain evaluations where a certificate was given: by another way of computing M.
  @Test(arguments: 0..<(isLong ? 400 : 60) as Range<UInt64>) func denseGridsAgree(seed: UInt64) throws {
    let network = try Self.network(seed: seed)
    for system in [MovingSystem.map, .flow] {
      var search = ContractionSearch(network, system: system, threads: 1)
      guard let gains = search.gains(progress: { _ in }) else { continue }
      for (gain, proof) in zip(gains, search.bounds(gains, progress: { _ in })) {
        guard let proof, gain.method == .sectorShift else { continue }
        let curve = try #require(TransferCurve(network.oscillators, system: system, rate: proof.rate))
        let dt = network.oscillators.timeStep
        let m = network.hidden
        let t = proof.scaling.map { exp($0) }
        for step in 0...20_000 {
          let fraction = Double(step) / 20_000
          let frequency = system == .map ? fraction * curve.end : 60 * fraction / (1.0001 - fraction)
          let radius = exp(proof.rate * dt)
          let s =
            system == .map
            ? Complex(radius * cos(frequency * dt), radius * sin(frequency * dt)) : Complex(proof.rate, frequency)
          let g = (0..<m).map {
            TransferTests.solve(LinearUnit(network.oscillators, unit: $0), s, flow: system == .flow)
          }
          var entries = Matrix(rows: m, columns: m)
          var imaginary = entries
          for i in 0..<m {
            for j in 0..<m {
              let entry =
                g[j][0].multiplied(by: network.positionWeights[i, j])
                + g[j][1].multiplied(by: network.velocityWeights[i, j])
              entries[i, j] = entry.real * t[i] / t[j]
              imaginary[i, j] = entry.imaginary * t[i] / t[j]
            }
          }
          let one = Array(repeating: Complex<Double>(1), count: m)
          let matrix = ComplexMatrix(entries, one, imaginary, Array(repeating: Complex(0, 1), count: m))
          guard !matrix.provesHermitianPart(below: 1, entryError: 0) else { continue }
          Issue.record("\(system) at \(frequency): \(matrix.largestOfHermitianPart().value)")
          break
        }
      }
    }
  }

  /// Its norm exceeds 1 everywhere on the circle, so that a test for eigenvalues on it alone would pass.
  @Test func strongSelfCouplingIsRefused() throws {
    let network = try OscillatorNetwork(
      oscillators: Oscillators(gamma: [1], epsilon: [1], timeStep: 0.5, damping: .implicit),
      positionWeights: Matrix(rows: 1, columns: 1, elements: [20]), velocityWeights: Matrix(rows: 1, columns: 1),
      inputWeights: Matrix(rows: 1, columns: 0), bias: [0])
    let rate = log(0.9) / 0.5
    for method in ContractionMethod.allCases {
      for tried in [0, rate] {
        let test = try #require(Self.test(network, method, rate: tried, scaling: [0]))
        #expect(!ContractionProof.attempt(test).isProved)
      }
    }
    #expect(!Contraction(network, system: .map).certified)
    #expect(!Contraction(network, system: .flow).certified)
  }

  /// One unit with W alone: the sector test reads `W·max Re g_y < 1` for W > 0. At the flow's zero frequency g_y is
  /// 1/gamma, and with strong damping that is the largest.
  @Test func oneOverdampedUnitInClosedForm() throws {
    func contraction(_ weight: Double) throws -> Contraction {
      Contraction(
        try OscillatorNetwork(
          oscillators: Oscillators(gamma: [2.385], epsilon: [7.1], timeStep: 0.037, damping: .implicit),
          positionWeights: Matrix(rows: 1, columns: 1, elements: [weight]),
          velocityWeights: Matrix(rows: 1, columns: 1), inputWeights: Matrix(rows: 1, columns: 0), bias: [0]),
        system: .flow)
    }
    let below = try contraction(2.2)
    #expect(abs((below.methods.last?.gain ?? 0) - 2.2 / 2.385) < 1e-9 && below.certified)
    // The slowest motion is that of slope 1: s² + epsilon·s + gamma − W = 0.
    let slowest = -3.55 + (3.55 * 3.55 - 2.385 + 2.2).squareRoot()
    let bound = try #require(below.largestExponentBound)
    #expect(bound >= slowest && bound < slowest + 2e-3)
    #expect(try !contraction(2.39).certified)
  }

  /// A narrow resonance that any plain grid would miss: `|W|·max|g_y|`, with the flow's peak
  /// `1/(epsilon·sqrt(gamma − epsilon²/4))` a thousandth above 1 or below.
  @Test(arguments: [0.3, 0.02, 7e-4]) func resonanceInClosedForm(epsilon: Double) throws {
    let peak = 1 / (epsilon * (2.385 - epsilon * epsilon / 4).squareRoot())
    for (factor, certifies) in [(0.999, true), (1.001, false)] {
      let network = try OscillatorNetwork(
        oscillators: Oscillators(gamma: [2.385], epsilon: [epsilon], timeStep: 0.037, damping: .implicit),
        positionWeights: Matrix(rows: 1, columns: 1, elements: [factor / peak]),
        velocityWeights: Matrix(rows: 1, columns: 1), inputWeights: Matrix(rows: 1, columns: 0), bias: [0])
      let outcome = Contraction(network, system: .flow).methods[1]
      #expect(outcome.method == .frequency && outcome.certified == certifies)
      #expect(abs(outcome.gain - factor) < 1e-6)
    }
  }

  /// The random networks of ``neverFalse(seed:)`` hold enough of both.
  @Test func randomNetworksAreOfBothKinds() throws {
    let certified = try (0..<60 as Range<UInt64>).filter {
      Contraction(try Self.network(seed: $0), system: .map).certified
    }.count
    #expect(certified > 15 && certified < 50, "\(certified) of 60")
  }

  /// The weights in other units of the same network: S·W·S⁻¹.
  @Test(arguments: 0..<8 as Range<UInt64>) func scaledWeightsGetNearlyTheSame(seed: UInt64) throws {
    let network = try randomNetwork(
      seed: seed, hidden: 6, inputs: 1, damping: .explicit, heterogeneous: false, gain: 1.5, largestStep: 0.1)
    var random = SplittableRandom(seed: seed)
    let s = (0..<6).map { _ in exp(random.uniform(in: -1.5...1.5)) }
    func scaled(_ matrix: Matrix) -> Matrix {
      var result = matrix
      for i in 0..<6 { for j in 0..<6 { result[i, j] *= s[i] / s[j] } }
      return result
    }
    let other = try OscillatorNetwork(
      oscillators: network.oscillators, positionWeights: scaled(network.positionWeights),
      velocityWeights: scaled(network.velocityWeights), inputWeights: network.inputWeights, bias: network.bias)
    let (a, b) = (Contraction(network, system: .map), Contraction(other, system: .map))
    guard !a.methods.isEmpty else { return }
    for place in 2...3 { #expect(abs(a.methods[place].gain / b.methods[place].gain - 1) < 0.03) }
    if let x = a.largestExponentBound, let y = b.largestExponentBound {
      #expect(abs(x - y) < 0.05 * abs(a.unitExponent))
    }
  }

  @Test func freeOscillatorsGetTheirOwnExponent() throws {
    let network = try randomNetwork(
      seed: 4, hidden: 5, damping: .implicit, heterogeneous: true, activation: .none, gain: 9)
    for system in [MovingSystem.map, .flow] {
      let found = Contraction(network, system: system)
      #expect(found.certified && (found.largestExponentBound ?? 0) < 0.999 * found.unitExponent)
    }
  }

  @Test func undampedUnitsAreNotCertified() throws {
    let network = try OscillatorNetwork(
      oscillators: Oscillators(gamma: [1.3, 2], epsilon: [0, 1], timeStep: 0.1, damping: .explicit),
      positionWeights: Matrix(rows: 2, columns: 2), velocityWeights: Matrix(rows: 2, columns: 2),
      inputWeights: Matrix(rows: 2, columns: 1), bias: [0, 0])
    let found = Contraction(network, system: .map)
    #expect(!found.certified && found.methods.isEmpty && found.gain == nil)
  }

  @Test(arguments: [1, 2]) func threadsDoNotShow(threads: Int) throws {
    let network = try randomNetwork(
      seed: 12, hidden: 24, damping: .explicit, heterogeneous: true, gain: 2, largestStep: 0.05)
    #expect(
      Contraction(network, system: .map, threads: threads) == Contraction(network, system: .map, threads: 3))
  }

  @Test func closedLoopIsItsOwnNetwork() throws {
    let stored = try StoredNetwork(path: TestData.path("lorenz96-F0.9-m64.pt"), memoryLimit: 1 << 30)
    let network = try stored.network()
    let readout = try #require(network.readout)
    var w = network.positionWeights
    for i in 0..<64 {
      for j in 0..<64 { for k in 0..<5 { w[i, j] += network.inputWeights[i, k] * readout.weights[k, j] } }
    }
    let closed = try #require(try network.closingLoop())
    #expect(relativeDifference(closed.positionWeights.elements, w.elements) < 1e-14)
    let bias = (0..<64).map { i in
      network.bias[i] + (0..<5).reduce(0) { $0 + network.inputWeights[i, $1] * readout.bias[$1] }
    }
    #expect(relativeDifference(closed.bias, bias) < 1e-13)
  }

  /// The trained network's gains by NumPy on a grid of 4001 angles.
  @Test func gainsOfATrainedNetwork() throws {
    let stored = try StoredNetwork(path: TestData.path("lorenz96-F0.9-m64.pt"), memoryLimit: 1 << 30)
    let found = Contraction(try stored.network(), system: .map)
    #expect(abs(found.methods[0].gain - 5.7126602) < 1e-4)
    #expect(abs(found.methods[1].gain - 4.2332671) < 1e-4)
    #expect(found.methods[3].gain < 1.735 && found.methods[3].gain > 1.70)
    #expect(abs((found.nominalExponent ?? 0) + 0.3497180) < 1e-6)
  }

  @Test func publishedConditionIsANormOfTheJacobian() throws {
    // A step long enough for it to hold.
    let network = try OscillatorNetwork(
      oscillators: Oscillators(gamma: [0.3, 0.33], epsilon: [0.62, 0.6], timeStep: 1.6, damping: .explicit),
      positionWeights: Matrix(rows: 2, columns: 2, elements: [0.01, 0.02, -0.01, 0.03]),
      velocityWeights: Matrix(rows: 2, columns: 2), inputWeights: Matrix(rows: 2, columns: 1), bias: [0, 0])
    let published = PublishedCondition(network)
    #expect(published.applies && published.holds == true && published.value < 1)
    #expect(Contraction(network, system: .map).certified)
    // dt <= 1 never does.
    for seed in 0..<100 as Range<UInt64> {
      #expect(PublishedCondition(try Self.network(seed: seed)).value >= 1 - 1e-12)
    }
  }
}
