/// The fixed points of one or two units under a held input, `gamma·y = sigma(W y + V u + b)` and z = 0: those of the
/// ODE and of both maps.
///
/// All lie in `|y_i| <= 1/gamma_i`. That box is divided until each part has none, or exactly one, by an interval
/// Newton test; intervals aren't rounded outward here, so nothing is proved to the last bit (the tool's
/// `fixed-points` does that).
struct Equilibria {
  private(set) var points: [Point] = []
  /// Whether every part of the box was decided.
  private(set) var isComplete = true

  struct Point {
    var position: [Double]
    /// The largest `|gamma·y − sigma(…)|`.
    var residual: Double
  }

  private let network: Network
  // V u + b.
  private var offset: [Double] = []

  private static let mostBoxes = 6000
  /// Never where a symmetric network has a fixed point.
  private static let split = 0.4871

  init(_ network: Network, input: [Double]) {
    self.network = network
    for i in 0..<network.units {
      var sum = network.bias[i]
      for j in 0..<network.inputs { sum += network.inputWeights[i * network.inputs + j] * input[j] }
      offset.append(sum)
    }
    if network.activation == .tanh {
      search()
    } else {
      // Linear: one Newton step from anywhere.
      let zero = [Double](repeating: 0, count: network.units)
      if let step = newtonStep(at: zero) {
        record(step)
      } else {
        isComplete = false
      }
    }
    sort()
  }

  /// The drive of a unit at rest.
  private func argument(_ i: Int, _ y: [Double]) -> Double {
    var sum = offset[i]
    for j in 0..<network.units { sum += network.positionWeights[i * network.units + j] * y[j] }
    return sum
  }

  private func residual(_ i: Int, _ y: [Double]) -> Double {
    let a = argument(i, y)
    let sigma = network.activation == .none ? 0 : network.activation == .identity ? a : hyperbolicTangent(a)
    return network.gamma[i] * y[i] - sigma
  }

  /// The inverse of `diag gamma − D·W` for slopes D; nil where it is singular.
  private func inverse(slopes: [Double]) -> [Double]? {
    let m = network.units
    let w = network.positionWeights
    if m == 1 {
      let j = network.gamma[0] - slopes[0] * w[0]
      return abs(j) > 1e-13 * (network.gamma[0] + abs(w[0])) ? [1 / j] : nil
    }
    let (a, b) = (network.gamma[0] - slopes[0] * w[0], -slopes[0] * w[1])
    let (c, d) = (-slopes[1] * w[2], network.gamma[1] - slopes[1] * w[3])
    let determinant = a * d - b * c
    guard abs(determinant) > 1e-13 * (abs(a * d) + abs(b * c)) else { return nil }
    return [d / determinant, -b / determinant, -c / determinant, a / determinant]
  }

  private func slopes(at y: [Double]) -> [Double] {
    var slopes: [Double] = []
    for i in 0..<network.units { slopes.append(network.slope(at: argument(i, y))) }
    return slopes
  }

  private func newtonStep(at y: [Double]) -> [Double]? {
    guard let inverse = inverse(slopes: slopes(at: y)) else { return nil }
    var next = y
    for i in 0..<network.units {
      for j in 0..<network.units { next[i] -= inverse[i * network.units + j] * residual(j, y) }
    }
    return next
  }

  private struct Box {
    var low: [Double]
    var high: [Double]
  }

  private mutating func search() {
    var start = Box(low: [], high: [])
    for g in network.gamma {
      // A hair wider than where they can be.
      start.low.append(-1.001 / g)
      start.high.append(1.001 / g)
    }
    var boxes = [start]
    var count = 0
    while let box = boxes.popLast() {
      count += 1
      guard count <= Self.mostBoxes else {
        isComplete = false
        return
      }
      switch test(box) {
      case .empty: break
      case .one(let y): polish(y)
      case .open(let smaller):
        let axis = widest(smaller)
        let width = smaller.high[axis] - smaller.low[axis]
        guard width * network.gamma[axis] > 1e-7 else {
          // Fixed points that meet, or nearly: one is recorded.
          isComplete = false
          polish(centre(smaller))
          break
        }
        let middle = smaller.low[axis] + Self.split * width
        var (left, right) = (smaller, smaller)
        left.high[axis] = middle
        right.low[axis] = middle
        boxes.append(left)
        boxes.append(right)
      }
    }
  }

  private enum Verdict {
    case empty
    /// Exactly one, near here.
    case one([Double])
    /// Whatever there is lies in this part.
    case open(Box)
  }

  private func centre(_ box: Box) -> [Double] {
    var c: [Double] = []
    for i in 0..<network.units { c.append((box.low[i] + box.high[i]) / 2) }
    return c
  }

  private func widest(_ box: Box) -> Int {
    guard network.units == 2 else { return 0 }
    let first = (box.high[0] - box.low[0]) * network.gamma[0]
    return (box.high[1] - box.low[1]) * network.gamma[1] > first ? 1 : 0
  }

  /// First by the range of each equation, then by Krawczyk's operator `c − Y·F(c) + (I − Y·F'(box))·(box − c)`.
  private func test(_ box: Box) -> Verdict {
    let m = network.units
    var least: [Double] = []
    var most: [Double] = []
    for i in 0..<m {
      var (low, high) = (offset[i], offset[i])
      for j in 0..<m {
        let w = network.positionWeights[i * m + j]
        low += w * (w > 0 ? box.low[j] : box.high[j])
        high += w * (w > 0 ? box.high[j] : box.low[j])
      }
      let g = network.gamma[i]
      if hyperbolicTangent(high) < g * box.low[i] || hyperbolicTangent(low) > g * box.high[i] { return .empty }
      let (d, e) = (network.slope(at: low), network.slope(at: high))
      least.append(min(d, e))
      most.append(low < 0 && high > 0 ? 1 : max(d, e))
    }
    let c = centre(box)
    guard let y = inverse(slopes: slopes(at: c)) else { return .open(box) }
    var smaller = box
    var isInside = true
    for i in 0..<m {
      var middle = c[i]
      var radius = 0.0
      for j in 0..<m { middle -= y[i * m + j] * residual(j, c) }
      for k in 0..<m {
        // The entry (i, k) of I − Y·F' over all slopes.
        var (low, high) = (i == k ? 1.0 : 0, i == k ? 1.0 : 0)
        low -= y[i * m + k] * network.gamma[k]
        high -= y[i * m + k] * network.gamma[k]
        for j in 0..<m {
          let factor = y[i * m + j] * network.positionWeights[j * m + k]
          low += factor * (factor > 0 ? least[j] : most[j])
          high += factor * (factor > 0 ? most[j] : least[j])
        }
        radius += max(abs(low), abs(high)) * (box.high[k] - box.low[k]) / 2
      }
      let (low, high) = (middle - radius, middle + radius)
      if low > box.high[i] || high < box.low[i] { return .empty }
      isInside = isInside && low > box.low[i] && high < box.high[i]
      smaller.low[i] = max(smaller.low[i], low)
      smaller.high[i] = min(smaller.high[i], high)
    }
    return isInside ? .one(centre(smaller)) : .open(smaller)
  }

  private mutating func polish(_ start: [Double]) {
    var y = start
    for _ in 0..<40 {
      guard let next = newtonStep(at: y) else { break }
      var change = 0.0
      for i in 0..<network.units { change = max(change, abs(next[i] - y[i]) * network.gamma[i]) }
      y = next
      if change < 1e-15 { break }
    }
    record(y)
  }

  private mutating func record(_ y: [Double]) {
    // Undecided neighbours are one.
    for point in points {
      var distance = 0.0
      for i in 0..<network.units { distance = max(distance, abs(point.position[i] - y[i]) * network.gamma[i]) }
      if distance < (isComplete ? 1e-9 : 1e-4) { return }
    }
    var largest = 0.0
    for i in 0..<network.units { largest = max(largest, abs(residual(i, y))) }
    points.append(Point(position: y, residual: largest))
  }

  private mutating func sort() {
    guard points.count > 1 else { return }
    for i in 1..<points.count {
      var k = i
      while k > 0, precedes(points[k].position, points[k - 1].position) {
        points.swapAt(k, k - 1)
        k -= 1
      }
    }
  }

  private func precedes(_ a: [Double], _ b: [Double]) -> Bool {
    for i in 0..<network.units where a[i] != b[i] { return a[i] < b[i] }
    return false
  }
}

/// What moves.
enum MovingSystem: Int32 {
  case flow = 0
  case explicit = 1
  case implicit = 2
}

extension Network {
  /// The Jacobian at rest at `position` under `input`, 2m×2m, of (y, z): row-major.
  ///
  /// flow: [[0, I], [D·W − gamma, D·Z − epsilon]]; maps: the velocity's rows
  /// `s·dt·(D·W − gamma)` and `s·(r + dt·D·Z)`, s = 1/(1 + epsilon·dt), r = 1 (implicit) or s = 1, r = 1 − epsilon·dt
  /// (explicit), and the position's [I, 0] + dt times those.
  func jacobian(_ system: MovingSystem, position: [Double], input: [Double]) -> [Double] {
    let m = units
    let n = 2 * m
    let rest = [Double](repeating: 0, count: m)
    var j = [Double](repeating: 0, count: n * n)
    for i in 0..<m {
      let d = slope(
        at: drive(
          ofUnit: i, position: position, velocity: rest, input: input, positionWeights: positionWeights,
          velocityWeights: velocityWeights, inputWeights: inputWeights, bias: bias))
      let (e, dt) = (epsilon[i], timeStep)
      let scale = system == .implicit ? 1 / (1 + e * dt) : 1
      let retained = system == .explicit ? 1 - e * dt : 1
      for k in 0..<m {
        let stiff = d * positionWeights[i * m + k] - (i == k ? gamma[i] : 0)
        let coupling = d * velocityWeights[i * m + k]
        let own = i == k ? 1.0 : 0
        if system == .flow {
          j[i * n + m + k] = own
          j[(m + i) * n + k] = stiff
          j[(m + i) * n + m + k] = coupling - own * e
        } else {
          let (toPosition, toVelocity) = (scale * dt * stiff, scale * (own * retained + dt * coupling))
          j[(m + i) * n + k] = toPosition
          j[(m + i) * n + m + k] = toVelocity
          j[i * n + k] = own + dt * toPosition
          j[i * n + m + k] = dt * toVelocity
        }
      }
    }
    return j
  }
}
