import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

@testable import CoRNNAnalysis

/// The ladders, the decomposition and Proposition 3.2.
@Suite struct GradientBoundsTests {
  /// A network with weights uniform in ±gain/√(2m + d), run under random inputs, and its bounds.
  static func bounds(
    _ network: OscillatorNetwork, seed: UInt64, steps: Int, scale: Double, start: Bool = false
  ) -> GradientBounds? {
    var random = SplittableRandom(seed: seed + 77)
    let inputs = InputSequence(
      steps: steps, batch: 1, width: network.inputs,
      values: (0..<steps * network.inputs).map { _ in random.uniform(in: -scale...scale) })
    let m = network.hidden
    let targets = (0..<steps * m).map { _ in random.uniform(in: -1.7...1.7) }
    let origin = start ? (0..<2 * m).map { _ in random.uniform(in: -1.1...1.1) } : nil
    let run = OscillatorMap(network).trajectory(inputs: inputs, start: origin)
    guard run.divergedAt == nil else { return nil }
    let loss = Loss.hidden(targets: targets)
    let gradient = Backpropagation(network).gradient(of: loss, inputs: inputs, trajectory: run)
    guard gradient.isFinite else { return nil }
    return GradientBounds(
      network: network, loss: loss, gradient: gradient, inputs: inputs, trajectory: run, targetMaximum: 1.7,
      inputLimit: scale, largestLag: steps, threads: 1)
  }

  /// No rigorous rung is violated, whatever the network: both dampings, units alike or not, gains from 0.1 to 10.
  @Test(arguments: 0..<10, Damping.allCases) func noRungIsViolated(block: Int, damping: Damping) throws {
    let count = ProcessInfo.processInfo.environment["CORNN_LONG_TESTS"] == "1" ? 500 : 50
    var seen: [String: Int] = [:]
    for index in 0..<count {
      let seed = UInt64(block * count + index)
      let gain = [0.1, 0.35, 1, 3, 10][index % 5]
      let network = try randomNetwork(
        seed: seed, hidden: 1 + Int(seed % 9), damping: damping, heterogeneous: index % 2 == 1,
        gain: gain * Double(2 + 2 * (1 + Int(seed % 9))).squareRoot())
      guard let bounds = Self.bounds(network, seed: seed, steps: 60, scale: 2, start: index % 7 == 3) else { continue }
      for rung in bounds.ladder.rungs where rung.applies && rung.kind != .asymptotic {
        #expect(rung.holds != false, "\(rung.name), seed \(seed), gain \(gain): \(rung.tightness ?? .nan)")
        #expect((rung.tightness ?? 0) <= 1 + (rung.rounding ?? 0))
        if rung.holds == true { seen[rung.name, default: 0] += 1 }
      }
    }
    for rung in GradientRung.allCases where rung.kind == .rigorous {
      #expect(seen[rung.rawValue, default: 0] > count / 5, "\(rung.rawValue) applies too seldom")
    }
  }

  /// The Volterra comparison against products of Jacobians with any slopes in [0, 1], corners included.
  @Test(arguments: 0..<60 as Range<UInt64>) func volterraBoundsEveryProduct(seed: UInt64) throws {
    let network = try randomNetwork(
      seed: seed, hidden: 1 + Int(seed % 6), damping: seed % 2 == 0 ? .explicit : .implicit,
      heterogeneous: seed % 3 == 0, gain: 0.2 * Double(1 + seed % 11))
    let m = network.hidden
    let lags = 40
    let envelope = VolterraEnvelope(network: network, lags: lags)
    let rows = JacobianRows(network)
    let derivative = OscillatorDerivative(network)
    var random = SplittableRandom(seed: seed + 5)
    for trial in 0..<6 {
      var product = Matrix(rows: 2 * m, columns: 2 * m)
      for i in 0..<2 * m { product[i, i] = 1 }
      var elements = product.elements
      let fixed = (0..<m).map { _ in random.uniform(in: 0...1) < 0.5 ? 0.0 : 1.0 }
      for lag in 1...lags {
        let slopes =
          trial == 0 ? fixed.map { _ in 1 } : trial < 3 ? fixed : fixed.map { _ in random.uniform(in: 0...1) }
        derivative.push(tangents: &elements, count: 2 * m, slopes: slopes)
        let jacobian = Matrix(rows: 2 * m, columns: 2 * m, elements: elements).transposed
        #expect(jacobian.spectralNorm <= envelope.jacobian[lag] * (1 + 1e-11))
        #expect(jacobian.infinityNorm <= pow(rows.supremum, Double(lag)) * (1 + 1e-11))
        #expect(rows.supremum <= rows.aPriori * (1 + 1e-14))
      }
    }
    if envelope.isSummable {
      #expect(envelope.state.allSatisfy { $0 <= (envelope.stateLimit ?? 0) })
      #expect(envelope.position.allSatisfy { $0 <= (envelope.positionLimit ?? 0) })
    }
  }

  /// Row sums of the Jacobian itself.
  @Test(arguments: Damping.allCases, 0..<10 as Range<UInt64>) func jacobianRowSums(damping: Damping, seed: UInt64)
    throws
  {
    let network = try randomNetwork(seed: seed, hidden: 6, damping: damping, heterogeneous: true)
    var random = SplittableRandom(seed: seed)
    let slopes = (0..<6).map { _ in random.uniform(in: 0...1) }
    let jacobian = OscillatorDerivative(network).jacobian(slopes: slopes)
    let rows = JacobianRows(network)
    let largest = (0..<6).reduce(0) { max($0, rows.sum($1, slope: slopes[$1])) }
    #expect(abs(jacobian.infinityNorm / largest - 1) < 1e-13)
  }

  /// Every part of the decomposition against the gradient of E_n alone by an input that enters where the drive does.
  @Test(arguments: Damping.allCases) func decomposition(damping: Damping) throws {
    let bare = try randomNetwork(seed: 8, hidden: 4, inputs: 4, damping: damping, heterogeneous: true)
    var identity = Matrix(rows: 4, columns: 4)
    for i in 0..<4 { identity[i, i] = 1 }
    let network = try OscillatorNetwork(
      oscillators: bare.oscillators, positionWeights: bare.positionWeights, velocityWeights: bare.velocityWeights,
      inputWeights: identity, bias: bare.bias)
    let steps = 70
    let bounds = try #require(Self.bounds(network, seed: 3, steps: steps, scale: 1.3, start: true))
    var random = SplittableRandom(seed: 3 + 77)
    let inputs = InputSequence(
      steps: steps, batch: 1, width: 4, values: (0..<steps * 4).map { _ in random.uniform(in: -1.3...1.3) })
    let targets = (0..<steps * 4).map { _ in random.uniform(in: -1.7...1.7) }
    let start = (0..<8).map { _ in random.uniform(in: -1.1...1.1) }
    let run = OscillatorMap(network).trajectory(inputs: inputs, start: start)
    for n in [1, 2, 49, 70] {
      let miss = (0..<4).map { run.positions[(n - 1) * 4 + $0] - targets[(n - 1) * 4 + $0] }
      let gradient = Backpropagation(network).gradient(
        of: .lastState(position: miss, velocity: [0, 0, 0, 0]), inputs: inputs.part(steps: 0..<n, trajectories: 0..<1),
        trajectory: run.prefix(n), withInputs: true)
      let drives = try #require(gradient.inputs)
      for k in 1...n {
        let a = Array(drives[(k - 1) * 4..<k * 4])
        let old = k == 1 ? Array(start.prefix(4)) : Array(run.positions[(k - 2) * 4..<(k - 1) * 4])
        let size = a.reduce(0) { $0 + $1 * $1 }.squareRoot() * old.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(bounds.parts.frobenius(.w, n: n, k: k) - size) <= 1e-12 * (size + 1e-3))
        let largest = a.map(abs).max() ?? 0
        #expect(abs(bounds.parts.maximum(.b, n: n, k: k) - largest) <= 1e-12 * (largest + 1e-3))
      }
    }
  }

  /// theory.md's counter-example to Proposition 3.2 at finite dt: every hypothesis holds and the claim doesn't.
  @Test func counterExample() throws {
    let network = try OscillatorNetwork(
      oscillators: Oscillators(gamma: [1], epsilon: [1], timeStep: 0.01, damping: .implicit),
      positionWeights: Matrix(rows: 1, columns: 1, elements: [0]),
      velocityWeights: Matrix(rows: 1, columns: 1, elements: [10]),
      inputWeights: Matrix(rows: 1, columns: 1, elements: [0]), bias: [0])
    let inputs = InputSequence(steps: 100, batch: 1, width: 1, values: Array(repeating: 0, count: 100))
    let run = OscillatorMap(network).trajectory(inputs: inputs)
    let loss = Loss.hidden(targets: Array(repeating: 1, count: 100))
    let gradient = Backpropagation(network).gradient(of: loss, inputs: inputs, trajectory: run)
    let bounds = GradientBounds(
      network: network, loss: loss, gradient: gradient, inputs: inputs, trajectory: run, targetMaximum: 1,
      inputLimit: 0, largestLag: 100, threads: 1)
    let proposition = try #require(bounds.proposition32)
    #expect(proposition.applies && !proposition.holds && proposition.kind == .asymptotic)
    #expect(proposition.bound == 3)
    #expect(abs(abs(gradient.bias[0]) - 7.89) < 0.005)
    #expect(abs((bounds.weightAssumption.exponent ?? 0) - 0.502) < 0.001 && bounds.weightAssumption.holds)
    // J^100 itself: slopes are 1 at rest.
    let line = Linearization(network: network, inputs: inputs, trajectory: run)
    #expect(abs(JacobianProducts(line, lags: 100).infinity[100] - 5136) < 1)
    let paper = try #require(bounds.ladder.rungs.first { $0.name == GradientRung.paper.rawValue })
    #expect(paper.applies && paper.holds == false && paper.kind == .asymptotic)
    #expect(bounds.allHold, "an asymptotic claim that fails violates no bound")
  }

  /// The worst case is a network's own: it exceeds what was given, is reproducible and stays within its ranges.
  @Test(arguments: Damping.allCases) func worstCase(damping: Damping) throws {
    let network = try randomNetwork(seed: 12, hidden: 5, damping: damping, heterogeneous: false, largestStep: 0.1)
    var random = SplittableRandom(seed: 4)
    let inputs = InputSequence(
      steps: 40, batch: 1, width: 2, values: (0..<80).map { _ in random.uniform(in: -1...1) })
    let targets = (0..<200).map { _ in random.uniform(in: -0.5...0.5) }
    let found = try #require(
      GradientWorstCase.search(
        network: network, inputs: inputs, targets: targets, start: nil, inputRange: -2...2, targetLimit: 0.5,
        iterations: 30))
    #expect(found.ratio > 1.5 * found.ratioGiven)
    #expect(found.inputs.values.allSatisfy { abs($0) <= 2 } && found.targets.allSatisfy { abs($0) == 0.5 })
    let run = OscillatorMap(network).trajectory(inputs: found.inputs)
    let gradient = Backpropagation(network).gradient(
      of: .hidden(targets: found.targets), inputs: found.inputs, trajectory: run)
    let bound = Proposition32.bound(hidden: 5, targetMaximum: 0.5)
    #expect(abs(abs(gradient.largestEntry.value) / bound - found.ratio) < 1e-12)
    #expect(gradient.largestEntry.block == found.block)
  }

  /// No rigorous rung is violated by the inputs and targets that a search drives highest.
  @Test(arguments: 0..<12 as Range<UInt64>, Damping.allCases) func worstCasesViolateNothing(
    seed: UInt64, damping: Damping
  )
    throws
  {
    let network = try randomNetwork(
      seed: seed + 40, hidden: 2 + Int(seed % 5), damping: damping, heterogeneous: seed % 2 == 0,
      gain: [0.5, 2, 8][Int(seed % 3)] * 3)
    var random = SplittableRandom(seed: seed)
    let inputs = InputSequence(
      steps: 50, batch: 1, width: 2, values: (0..<100).map { _ in random.uniform(in: -1...1) })
    guard
      let found = GradientWorstCase.search(
        network: network, inputs: inputs, targets: nil, start: nil, inputRange: -3...3, targetLimit: 2, iterations: 15)
    else { return }
    let run = OscillatorMap(network).trajectory(inputs: found.inputs)
    let loss = Loss.hidden(targets: found.targets)
    let gradient = Backpropagation(network).gradient(of: loss, inputs: found.inputs, trajectory: run)
    let bounds = GradientBounds(
      network: network, loss: loss, gradient: gradient, inputs: found.inputs, trajectory: run, targetMaximum: 2,
      inputLimit: 3, largestLag: 50, threads: 1)
    let violated = bounds.ladder.rungs.filter { $0.kind != .asymptotic && $0.holds == false }.map(\.name)
    #expect(violated == [])
  }

  /// What `certify` says of gradients, against a run's: no part of a gradient exceeds its envelope.
  @Test(arguments: 0..<20 as Range<UInt64>, Damping.allCases) func envelopes(seed: UInt64, damping: Damping) throws {
    let network = try randomNetwork(
      seed: seed + 70, hidden: 1 + Int(seed % 7), damping: damping, heterogeneous: seed % 2 == 0,
      gain: 0.3 * Double(1 + seed % 6))
    let bounds = try #require(Self.bounds(network, seed: seed, steps: 50, scale: 2))
    let envelope = GradientEnvelope(network: network, lags: 49, inputLimit: 2, targetLimit: 1.7)
    guard envelope.applies, let factors = envelope.factors else { return }
    let parts = bounds.parts
    for n in 1...50 {
      for k in 1...n {
        let (lag, size) = (n - k, parts.cotangents[n - 1])
        let reach = min(envelope.volterra[lag] * size.norm, envelope.aPriori[lag] * size.sum) * (1 + 1e-9)
        #expect(parts.maximum(.w, n: n, k: k) <= reach * factors.w)
        #expect(parts.maximum(.z, n: n, k: k) <= reach * factors.z)
        #expect(parts.maximum(.v, n: n, k: k) <= reach * (factors.v ?? 0))
        #expect(parts.maximum(.b, n: n, k: k) <= reach)
        if let limits = envelope.limits { #expect(parts.maximum(.w, n: n, k: k) <= limits.w) }
      }
      #expect(parts.cotangents[n - 1].norm <= envelope.cotangentNorm ?? 0)
    }
  }

  /// The gradient by the inputs of one entry of the gradient, against central differences.
  @Test(arguments: NetworkGradient.Block.allCases, Damping.allCases)
  func secondDerivatives(block: NetworkGradient.Block, damping: Damping) throws {
    let network = try randomNetwork(seed: 21, hidden: 4, damping: damping, heterogeneous: true, largestStep: 0.1)
    var random = SplittableRandom(seed: 6)
    let values = (0..<50).map { _ in random.uniform(in: -1...1) }
    let targets = (0..<100).map { _ in random.uniform(in: -1...1) }
    func entry(_ values: [Double]) -> (Trajectory, InputSequence, NetworkGradient.Entry) {
      let inputs = InputSequence(steps: 25, batch: 1, width: 2, values: values)
      let run = OscillatorMap(network).trajectory(inputs: inputs)
      let gradient = Backpropagation(network).gradient(
        of: .hidden(targets: targets), inputs: inputs, trajectory: run)
      let columns = block == .b ? 1 : block == .v ? 2 : 4
      return (
        run, inputs,
        NetworkGradient.Entry(
          block: block, row: 2, column: columns - 1, value: gradient[block][2 * columns + columns - 1])
      )
    }
    let (run, inputs, chosen) = entry(values)
    let slope = ParameterTangent(network: network, inputs: inputs, run: run, entry: chosen).inputGradient(
      targets: targets)
    let scale = slope.map(abs).max() ?? 0
    for place in values.indices {
      var (up, down) = (values, values)
      up[place] += 1e-5
      down[place] -= 1e-5
      let difference = (entry(up).2.value - entry(down).2.value) / 2e-5
      #expect(abs(slope[place] - difference) < 1e-6 * scale)
    }
  }

  /// E.1 and D.2 on runs that part.
  @Test(arguments: Damping.allCases) func separation(damping: Damping) throws {
    let network = try ReferenceTests.stored("lorenz96-F8-m64", damping: damping).network()
    var random = SplittableRandom(seed: 2)
    func inputs() -> InputSequence {
      InputSequence(steps: 300, batch: 1, width: 5, values: (0..<1500).map { _ in random.uniform(in: -3...3) })
    }
    let map = OscillatorMap(network)
    let (first, second) = (map.trajectory(inputs: inputs()), map.trajectory(inputs: inputs()))
    let parted = Separation(network: network, first: first, second: second, system: .map)
    #expect(parted.applies && parted.holds == true && parted.kind == .rigorous)
    #expect(parted.largest > 1 && (parted.tightness ?? 0) > 1e-3)
    let same = Separation(network: network, first: first, second: first, system: .map)
    #expect(same.largest == 0)
  }

  /// A run in pieces has the energies of the whole one, to the bit.
  @Test(arguments: Damping.allCases, [1, 7, 64]) func energyInPieces(damping: Damping, segment: Int) throws {
    let network = try randomNetwork(seed: 3, hidden: 5, damping: damping, heterogeneous: true, largestStep: 0.05)
    let (inputs, _, _) = EnergyTests.run(network, steps: 64, batch: 3, seed: 9, start: false)
    var random = SplittableRandom(seed: 1)
    let start = (0..<30).map { _ in random.normal() }
    let run = OscillatorMap(network).trajectory(inputs: inputs, start: start)
    let whole = EnergyBounds(network: network, inputs: inputs, trajectory: run)
    let pieces = EnergyBounds(network: network, inputs: inputs, start: start, segment: segment)
    #expect(whole.series == pieces.series && whole.maximum == pieces.maximum && whole.gains == pieces.gains)
    #expect(zip(whole.rungs, pieces.rungs).allSatisfy { $0.tightness == $1.tightness && $0.holds == $1.holds })
  }
}
