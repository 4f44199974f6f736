import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

@testable import CoRNNAnalysis

/// Fixed points against closed cases, brute force and what networks do.
@Suite struct FixedPointTests {
  /// A network of position weights alone, gamma 1.385 or as given.
  static func network(
    _ w: [Double], z: [Double]? = nil, gamma: [Double]? = nil, epsilon: Double = 0.7, dt: Double = 0.1,
    bias: [Double]? = nil, damping: Damping = .explicit, activation: Activation = .tanh
  ) throws -> OscillatorNetwork {
    let m = Int(Double(w.count).squareRoot())
    return try OscillatorNetwork(
      oscillators: Oscillators(
        gamma: gamma ?? [Double](repeating: 1.385, count: m), epsilon: [Double](repeating: epsilon, count: m),
        timeStep: dt, damping: damping, activation: activation),
      positionWeights: Matrix(rows: m, columns: m, elements: w),
      velocityWeights: Matrix(rows: m, columns: m, elements: z ?? [Double](repeating: 0, count: m * m)),
      inputWeights: Matrix(rows: m, columns: 1, repeating: 0.5),
      bias: bias ?? [Double](repeating: 0, count: m))
  }

  @Test(arguments: [(-4.0, 1), (0.9, 1), (1.38, 1), (1.4, 3), (2.385, 3), (40, 3)])
  func oneUnit(weight: Double, count: Int) throws {
    let network = try Self.network([weight])
    let found = FixedPointSearch(starts: 40).findings(in: network, input: [0])
    #expect(found.fixedPoints.count == count && found.count.complete == true)
    #expect(found.count.method == (abs(weight) < 1.385 ? .contraction : .branchAndBound))
    for point in found.fixedPoints {
      #expect(point.verified && point.residual < 1e-15)
      let y = point.position[0]
      let slope = 1 - pow(tanh(weight * y), 2)
      // The flow's eigenvalues: s² + epsilon·s + gamma − D·W = 0.
      let stiffness = 1.385 - slope * weight
      #expect((point.stability.flow?.kind == .stable) == (stiffness > 0))
      let discriminant = 0.7 * 0.7 - 4 * stiffness
      let leading = (-0.7 + max(0, discriminant).squareRoot()) / 2
      #expect(abs((point.stability.flow?.leading ?? 9) - leading) < 1e-12)
      guard stiffness > 0 else {
        #expect(point.stability.implicit?.criticalTimeStep == nil)
        continue
      }
      // Section 2's limits with the stiffness in gamma's place: implicit k·dt² = 4 + 2·epsilon·dt, explicit
      // k·dt² = 4 − 2·epsilon·dt or, earlier, epsilon·dt = 2.
      let implicit = (0.7 + (0.49 + 4 * stiffness).squareRoot()) / stiffness
      let explicit = min((-0.7 + (0.49 + 4 * stiffness).squareRoot()) / stiffness, 2 / 0.7)
      if implicit < found.largestTimeStep {
        let critical = try #require(point.stability.implicit?.criticalTimeStep)
        #expect(abs(critical - implicit) < 1e-7 * implicit)
      }
      let critical = try #require(point.stability.explicit?.criticalTimeStep)
      #expect(abs(critical - explicit) < 1e-7 * explicit)
    }
  }

  @Test func threeUnitsCompletely() throws {
    let network = try Self.network([2.5, 0.1, -0.2, 0.15, 2.4, 0.1, -0.1, 0.2, 2.6], gamma: [1.1, 0.9, 1.05])
    let found = FixedPointSearch(starts: 300).findings(in: network, input: [0], threads: 2)
    // Nearly uncoupled: three for each unit.
    #expect(found.fixedPoints.count == 27 && found.count.complete == true && found.count.undecidedBoxes == 0)
    #expect(found.fixedPoints.allSatisfy { $0.verified && $0.residual < 1e-15 && ($0.errorBound ?? 1) < 1e-14 })
    #expect(found.fixedPoints.filter { $0.stability.flow?.kind == .stable }.count == 8)
    // The boxes alone, without a start, find the same.
    let boxes = FixedPointSearch(starts: 1).findings(in: network, input: [0])
    #expect(boxes.fixedPoints.count == 27 && boxes.count.complete == true)
    #expect(
      zip(boxes.fixedPoints, found.fixedPoints).allSatisfy { relativeDifference($0.position, $1.position) < 1e-13 })
    #expect(FixedPointSearch(starts: 300).findings(in: network, input: [0]) == found)
  }

  /// A dense search without intervals: sign changes of each component on a grid, then Newton from its cells.
  static func denseSearch(_ network: OscillatorNetwork, input: [Double]) -> [[Double]] {
    let equations = EquilibriumEquations(network, input: input)
    let m = network.hidden
    let cells = m == 1 ? 4000 : m == 2 ? 120 : 24
    var roots: [NumericalRoot] = []
    for index in 0..<Int(pow(Double(cells), Double(m))) {
      var rest = index
      let start = (0..<m).map { i in
        defer { rest /= cells }
        return (2 * (Double(rest % cells) + 0.5) / Double(cells) - 1) / network.oscillators.gamma[i]
      }
      if let root = equations.root(from: start, tolerance: 1e-11) { roots.append(root) }
    }
    return distinctRoots(roots, tolerances: network.oscillators.gamma.map { 1e-7 / $0 }).map(\.root.position)
  }

  @Test(arguments: 0..<60) func completeSearchesAgreeWithDenseOnes(seed: Int) throws {
    let network = try randomNetwork(
      seed: UInt64(seed), hidden: 1 + seed % 3, inputs: 1, damping: .implicit, heterogeneous: seed.isMultiple(of: 2),
      gain: exp(Double(seed % 7) - 1))
    let input = [Double(seed % 5) / 3 - 0.6]
    let dense = Self.denseSearch(network, input: input)
    let found = FixedPointSearch(starts: 30, seed: UInt64(seed)).findings(in: network, input: input)
    let verified = found.fixedPoints.filter(\.verified)
    if found.count.complete == true { #expect(found.fixedPoints.count == verified.count) }
    // Near a fold roots may be undecided, but then it says so.
    if found.count.complete == true {
      #expect(dense.count == found.fixedPoints.count)
    } else {
      #expect(found.count.undecidedBoxes ?? 0 > 0)
    }
    for point in verified {
      let near = dense.filter { other in
        zip(other, point.position).allSatisfy { abs($0 - $1) <= (point.uniqueWithin ?? 0) }
      }
      #expect(near.count == 1)
    }
  }

  @Test(arguments: ["lorenz96-F8-m64", "lorenz96-F0.9-m64", "adding-T100-m128"])
  func checkpoints(name: String) throws {
    let stored = try StoredNetwork(path: TestData.path(name + ".pt"), memoryLimit: 1 << 30)
    let network = try stored.network()
    let input = (0..<network.inputs).map { 0.385 - 0.1 * Double($0) }
    let search = FixedPointSearch(starts: 24, seed: 3)
    let found = search.findings(in: network, input: input, threads: 2)
    #expect(!found.fixedPoints.isEmpty && found.converged >= 4)
    for point in found.fixedPoints {
      #expect(point.residual < 1e-13 && point.verified && (point.errorBound ?? 1) < 1e-11)
      // The map leaves it where it is.
      let start = point.position + [Double](repeating: 0, count: network.hidden)
      let next = OscillatorMap(network).trajectory(
        inputs: InputSequence(steps: 1, batch: 1, width: network.inputs, values: input), start: start)
      #expect(zip(next.lastState, start).allSatisfy { abs($0 - $1) < 1e-13 })
      // Its Jacobian there is the map's.
      let derivative = OscillatorDerivative(network)
      let slopes = derivative.slopes(count: 1, states: start, inputs: input)
      let own = EquilibriumJacobian(network, slopes: slopes).map(
        network.oscillators.damping, timeStep: network.oscillators.timeStep)
      #expect(relativeDifference(own.elements, derivative.jacobian(slopes: slopes).elements) < 1e-14)
    }
  }

  @Test(arguments: 0..<12, [Damping.explicit, .implicit]) func criticalStepsAgreeWithScans(
    seed: Int, damping: Damping
  ) throws {
    let network = try randomNetwork(
      seed: UInt64(seed) + 900, hidden: 1 + seed % 4, inputs: 1, damping: damping, heterogeneous: true, gain: 1.5)
    for point in FixedPointSearch(starts: 20).findings(in: network, input: [0.3]).fixedPoints
    where point.stability.flow?.kind == .stable {
      let equations = EquilibriumEquations(network, input: [0.3])
      let jacobian = EquilibriumJacobian(network, slopes: equations.slopes(at: point.position))
      let critical = damping == .explicit ? point.stability.explicit : point.stability.implicit
      let limit = EquilibriumJacobian.timeSteps(network.oscillators).upperBound
      let scanned = (1...4000).map { Double($0) * limit / 4000 }.first {
        (jacobian.map(damping, timeStep: $0).spectralRadius ?? 9) >= 1
      }
      guard let scanned, let found = critical?.criticalTimeStep else {
        #expect(scanned == nil && critical?.criticalTimeStep == nil)
        continue
      }
      #expect(found <= scanned && found > scanned - 1.01 * limit / 4000, "\(found) against \(scanned)")
      // Just before it a small displacement shrinks, just after it grows.
      #expect((jacobian.map(damping, timeStep: 0.999 * found).spectralRadius ?? 9) < 1)
      #expect((jacobian.map(damping, timeStep: 1.001 * found).spectralRadius ?? 0) > 1)
      // What leaves: a complex pair or −1; 1 would be an eigenvalue 0 of the flow.
      let (real, imaginary) = try #require(jacobian.map(damping, timeStep: found).eigenvalues)
      let leaving = try #require(zip(real, imaginary).max { hypot($0.0, $0.1) < hypot($1.0, $1.1) })
      #expect(critical?.crossing == (abs(leaving.1) > 1e-6 ? .pair : .flip) && (leaving.1 != 0 || leaving.0 < 0))
    }
  }

  @Test func linearActivations() throws {
    let linear = try Self.network([0.5, -1.2, 0.8, 0.3], bias: [0.4, -0.3], activation: .identity)
    let found = FixedPointSearch(starts: 5).findings(in: linear, input: [0.2])
    #expect(found.fixedPoints.count == 1 && found.count.complete == true && found.count.method == .linear)
    let singular = try Self.network([1.385], bias: [0.4], activation: .identity)
    #expect(FixedPointSearch(starts: 5).findings(in: singular, input: [0]).count.method == .singular)
    let free = try Self.network([7], activation: .none)
    #expect(FixedPointSearch(starts: 5).findings(in: free, input: [3]).fixedPoints.map(\.position) == [[0]])
  }

  /// The pitchfork: at W = gamma the origin is a triple root, which no test of first order can decide. All starts end
  /// within rounding of it: it is one point, and its stability isn't decided.
  @Test(arguments: [1, 2]) func tripleRootIsLeftOpen(units: Int) throws {
    let w = units == 1 ? [1.385] : [1.385, 0, 0, 0.6]
    let found = FixedPointSearch(starts: 60).findings(in: try Self.network(w), input: [0])
    #expect(found.count.complete == false && (found.count.undecidedBoxes ?? 0) > 0 && found.count.kind == nil)
    #expect(found.fixedPoints.count == 1 && found.converged == 60)
    let point = found.fixedPoints[0]
    #expect(!point.verified && point.stability.flow?.kind == .marginal && abs(point.position[0]) < 1e-6)
    #expect((point.smallestSingularValue ?? 1) < 1e-9)
    let regions = try #require(found.count.undecidedRegions)
    #expect(regions.count == 1 && regions[0].allSatisfy { $0[0] <= 0 && $0[1] >= 0 && $0[1] - $0[0] < 1e-3 })
  }

  /// Just past it there are three, which lie where `y = tanh(W y)/gamma`: each once, and all proved.
  @Test(arguments: [1e-4, 1e-9, 1e-12]) func justPastThePitchfork(distance: Double) throws {
    let found = FixedPointSearch(starts: 60).findings(in: try Self.network([1.385 * (1 + distance)]), input: [0])
    #expect(found.fixedPoints.count == 3 && found.fixedPoints.allSatisfy(\.verified) && found.count.complete == true)
    // tanh a = a − a³/3 …: a² = 3·distance.
    let expected = (3 * distance).squareRoot() / 1.385
    #expect(abs(found.fixedPoints[2].position[0] / expected - 1) < 2 * distance.squareRoot() + 1e-3)
    for point in [found.fixedPoints[0], found.fixedPoints[2]] {
      #expect(abs(abs(point.position[0]) - found.fixedPoints[2].position[0]) <= 2 * (point.errorBound ?? 0))
    }
  }

  /// A fold has left a minimum of |F| behind: however small, it is no fixed point, and a slow point.
  @Test(arguments: [1e-3, 1e-6, 1e-9, 1e-11, 1e-13]) func ghostsAreNoFixedPoints(distance: Double) throws {
    let w = 2.0
    let fold = (1 - 1.385 / w).squareRoot()
    let network = try Self.network([w], bias: [atanh(-fold) + w * fold / 1.385 + distance])
    let search = FixedPointSearch(starts: 30)
    let found = search.findings(in: network, input: [0])
    #expect(found.fixedPoints.count == 1 && found.fixedPoints[0].verified && found.count.complete == true)
    let slow = search.slowPoints(in: network, input: [0])
    #expect(slow.count == 1 && abs(slow[0].position[0] + fold / 1.385) < 1e-3)
    // |F| there is the slope of tanh times the distance, over the part that z can't make up for.
    let slope = 1 - fold * fold
    #expect(slow[0].speed < distance * slope && slow[0].speed > 0.5 * distance * slope)
    #expect(slow[0].stability?.kind == .marginal || abs(slow[0].stability?.leading ?? 1) < 0.01)
  }

  /// Saturated points lie on the edge of the box, where no box's test passes in its own interior.
  @Test func saturatedPointsAreProved() throws {
    let network = try Self.network([40, 3, -5, 6, 35, 2, -4, 7, 50], gamma: [1.1, 0.9, 1.05])
    for starts in [1, 50] {
      let found = FixedPointSearch(starts: starts).findings(in: network, input: [0])
      #expect(found.fixedPoints.count == 27 && found.fixedPoints.allSatisfy(\.verified) && found.count.complete == true)
    }
  }

  /// Uniqueness is claimed where rounding can't hide a norm of 1, and not where it could.
  @Test(arguments: [(1 - 1e-12, true), (1 - 1.2e-16, false), (1.0, false)]) func uniqueness(
    norm: Double, isProved: Bool
  )
    throws
  {
    // A rotation by 0.4, times gamma and the norm.
    let (c, s) = (1.385 * norm * cos(0.4), 1.385 * norm * sin(0.4))
    let found = FixedPointSearch(starts: 5).findings(in: try Self.network([c, -s, s, c]), input: [0.3])
    #expect((found.count.method == .contraction) == isProved && found.count.kind == .rigorous)
    #expect(found.fixedPoints.count == 1 && found.count.complete == true)
  }

  /// Bounds that leave the range of doubles prove nothing and break nothing.
  @Test func extremeConstants() throws {
    let huge = try Self.network([1e200, -1e200, 1e150, 1e200], gamma: [1e-300, 1])
    #expect(FixedPointSearch(starts: 20).findings(in: huge, input: [0]).count.complete == false)
    let tiny = try Self.network([1e-300, -1e-302, 1e-305, 1e-300], gamma: [1e300, 1e-3])
    #expect(FixedPointSearch(starts: 20).findings(in: tiny, input: [0]).count.method == .contraction)
  }
}

/// Slow points against finite differences and a ghost of a fold.
@Suite struct SlowPointTests {
  @Test func derivativesOfSpeed() throws {
    let network = try randomNetwork(seed: 8, hidden: 4, inputs: 1, damping: .explicit, heterogeneous: true)
    let speed = FlowSpeed(network, input: [0.4])
    var random = SplittableRandom(seed: 2)
    let x = (0..<8).map { _ in 0.5 * random.normal() }
    let value = speed.value(at: x)
    let jacobian = speed.jacobian(value)
    let gradient = speed.gradient(value, jacobian: jacobian)
    let hessian = speed.hessian(value, jacobian: jacobian)
    for j in 0..<8 {
      func shifted(_ h: Double) -> (q: Double, gradient: [Double]) {
        var there = x
        there[j] += h
        let value = speed.value(at: there)
        return (value.q, speed.gradient(value, jacobian: speed.jacobian(value)))
      }
      let (up, down) = (shifted(1e-5), shifted(-1e-5))
      #expect(abs((up.q - down.q) / 2e-5 - gradient[j]) < 1e-8 * max(1, abs(gradient[j])))
      for i in 0..<8 {
        let entry = (up.gradient[i] - down.gradient[i]) / 2e-5
        #expect(abs(entry - hessian[i, j]) < 1e-7 * max(1, hessian.infinityNorm))
      }
    }
  }

  /// Just past a fold two fixed points are gone, and a slow point is left where they met.
  @Test func ghostOfAFold() throws {
    let w = 2.0
    // gamma·y − tanh(W y + b) has a double root where W·slope = gamma.
    let fold = (1 - 1.385 / w).squareRoot()
    let bias = atanh(-fold) + w * fold / 1.385
    let network = try FixedPointTests.network([w], bias: [bias + 0.01])
    let search = FixedPointSearch(starts: 60)
    #expect(search.findings(in: network, input: [0]).fixedPoints.count == 1)
    let slow = search.slowPoints(in: network, input: [0], threads: 2)
    let ghost = try #require(slow.first { $0.isMinimum })
    #expect(abs(ghost.position[0] + fold / 1.385) < 0.02 && ghost.speed < 0.02 && ghost.gradient < 1e-12)
    #expect(slow == search.slowPoints(in: network, input: [0]))
  }
}
