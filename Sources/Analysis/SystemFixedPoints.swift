public import CoRNNDynamics
import CoRNNKernels

/// `f(x) − x = 0` of a map, or of a flow looked at once in so many steps.
private struct ReturnEquations<System: DynamicalSystem>: RootEquations {
  let system: System
  let steps: Int
  /// Variables that come back to a place however many turns away.
  let angles: [Int]
  var dimension: Int { system.dimension }

  func residual(at x: [Double]) -> [Double]? {
    var moving = system
    var state = x
    do {
      for _ in 0..<steps { try moving.advance(&state) }
    } catch {
      return nil
    }
    return zip(state, x).map { $0 - $1 }.wrapping(angles)
  }

  /// The derivative of the map itself.
  func derivative(at x: [Double]) -> Matrix? {
    let n = dimension
    var moving = system
    var state = x
    var tangents = Matrix.identity(n).elements
    do {
      for _ in 0..<steps { try moving.advance(&state, tangents: &tangents) }
    } catch {
      return nil
    }
    guard tangents.allSatisfy(\.isFinite) else { return nil }
    return Matrix(rows: n, columns: n, elements: tangents).transposed
  }

  func jacobian(at x: [Double]) -> Matrix? {
    guard var result = derivative(at: x) else { return nil }
    for i in 0..<dimension { result[i, i] -= 1 }
    return result
  }
}

/// `f(x) = 0` of a vector field that doesn't depend on time.
private struct RestEquations<Field: FlowField>: RootEquations {
  let field: Field
  var dimension: Int { field.dimension }

  func residual(at x: [Double]) -> [Double]? {
    var rates = [Double](repeating: 0, count: dimension)
    var span = rates.mutableSpan
    field.derivative(time: 0, state: x.span, into: &span)
    return rates
  }

  func jacobian(at x: [Double]) -> Matrix? {
    let identity = Matrix.identity(dimension).elements
    var images = identity
    var span = images.mutableSpan
    field.tangentRates(time: 0, state: x.span, tangents: identity.span, into: &span)
    guard images.allSatisfy(\.isFinite) else { return nil }
    return Matrix(rows: dimension, columns: dimension, elements: images).transposed
  }
}

extension FixedPointSearch {
  /// The fixed points of a map, `f(x) = x`; of a flow that is driven periodically, the orbits of the forcing's period,
  /// as the fixed points of the map over `steps` steps.
  ///
  /// - Parameters:
  ///   - system: the system.
  ///   - steps: how many steps make one application of f.
  ///   - start: a state that starts are spread around.
  ///   - angles: variables of which values 2π apart are one: orbits that turn over are among those found.
  ///   - threads: how many threads share the work.
  ///
  /// Starts: the given one, and points of the orbit from it, half of them with normal displacements as large as the orbit
  /// and their angles anywhere. None is proved, and others may exist.
  public func fixedPoints(
    ofMap system: some DynamicalSystem, steps: Int = 1, from start: [Double], angles: [Int] = [], threads: Int = 1
  ) -> [FixedPoint] {
    let equations = ReturnEquations(system: system, steps: steps, angles: angles)
    return points(equations, starts: starts(on: system, from: start, angles: angles), angles: angles, threads: threads)
    { x in
      FixedPoint.Stability(map: equations.derivative(at: x).flatMap { FixedPointStability($0, isMap: true) })
    }
  }

  /// The points of rest of a field that doesn't depend on time, `f(x) = 0`; `system` is its flow, for the starts.
  public func rest(
    of field: some FlowField, orbit system: some DynamicalSystem, from start: [Double], threads: Int = 1
  ) -> [FixedPoint] {
    let equations = RestEquations(field: field)
    let starts = starts(on: system, from: start, angles: field.angles)
    return points(equations, starts: starts, angles: field.angles, threads: threads) { x in
      FixedPoint.Stability(flow: equations.jacobian(at: x).flatMap { FixedPointStability($0, isMap: false) })
    }
  }

  private func points(
    _ equations: some RootEquations, starts: [[Double]], angles: [Int], threads: Int,
    stability: @Sendable ([Double]) -> FixedPoint.Stability
  ) -> [FixedPoint] {
    let found = parallelMap(count: starts.count, threads: threads) { place in
      equations.root(from: starts[place], tolerance: 1e-9)
    }
    let roots = found.compactMap { $0 }.filter { $0.position.largest < 1e6 }.map { root in
      var position = root.position.wrapping(angles)
      // Upright is one place.
      for angle in angles where position[angle] < -.pi + 1e-6 { position[angle] += 2 * .pi }
      return NumericalRoot(position: position, residual: root.residual)
    }
    let size = roots.reduce(1) { max($0, $1.position.largest) }
    let distinct = distinctRoots(roots, tolerances: [Double](repeating: 1e-6 * size, count: equations.dimension))
    return distinct.map { FixedPoint($0.root, starts: $0.count, stability: stability($0.root.position)) }
  }

  private func starts(on system: some DynamicalSystem, from start: [Double], angles: [Int]) -> [[Double]] {
    var moving = system
    var state = start
    var orbit = [start]
    let length = 40 * starts
    for n in 1...max(length, 1) {
      do {
        try moving.advance(&state)
      } catch {
        break
      }
      if n.isMultiple(of: 40) { orbit.append(state) }
    }
    let size = orbit.reduce(1e-3) { max($0, $1.largest) }
    let random = SplittableRandom(seed: seed)
    return (0..<max(starts, 1)).map { index in
      if index == 0 { return start }
      if index == 1 { return [Double](repeating: 0, count: start.count) }
      var stream = random.split(UInt64(index))
      let base = orbit[index % orbit.count]
      if index.isMultiple(of: 2) { return base }
      return base.indices.map {
        angles.contains($0) ? stream.uniform(in: -.pi ... .pi) : base[$0] + size * stream.normal()
      }
    }
  }
}

/// What `fixed-points` finds in a named system.
public struct SystemFixedPointsResult: Encodable, Equatable, Sendable {
  /// What was studied.
  public let system: SystemDescription
  /// Which exponents are meant.
  public let mode: SystemMode
  /// The time of the map whose fixed points they are, where the system is driven periodically; null otherwise.
  public let period: Double?
  /// How many starts there were.
  public let starts: Int
  /// What random numbers come from.
  public let seed: UInt64
  /// Sorted by position.
  public let fixedPoints: [FixedPoint]

  /// The fixed points of a system.
  public init(system: SystemDescription, period: Double?, search: FixedPointSearch, fixedPoints: [FixedPoint]) {
    self.system = system
    mode = system.mode
    self.period = period
    starts = search.starts
    seed = search.seed
    self.fixedPoints = fixedPoints
  }
}

extension FixedPoint {
  /// A point that no proof was tried for.
  fileprivate init(_ root: NumericalRoot, starts: Int, stability: Stability) {
    position = root.position
    residual = root.residual
    verified = false
    (errorBound, uniqueWithin, smallestSingularValue) = (nil, nil, nil)
    self.starts = starts
    self.stability = stability
  }
}
