import CoRNNKernels
import CoRNNModel

/// Proofs about equilibria in outward-rounded interval arithmetic, for tanh: `F(y) = gamma·y − tanh(W y + V u + b)`.
///
/// Krawczyk's operator on a box X with middle x and any matrix Y (here an approximate inverse of the Jacobian there),
/// `K(X) = x − Y F(x) + (I − Y F'(X))(X − x)`, holds every zero that X holds; where it lies in the interior of X, there is
/// exactly one (Krawczyk 1969; Neumaier, Interval Methods for Systems of Equations, 1990, theorem 5.1.8).
struct EquilibriumEnclosure: Sendable {
  private let equations: EquilibriumEquations
  private let weights: Matrix
  private let gamma: [Double]
  /// Encloses `V u + b`.
  private let drive: [Interval]

  private var count: Int { gamma.count }

  /// Nil for an activation other than tanh.
  init?(_ equations: EquilibriumEquations) {
    guard equations.network.oscillators.activation == .tanh else { return nil }
    self.equations = equations
    weights = equations.network.positionWeights
    gamma = equations.network.oscillators.gamma
    let network = equations.network
    drive = network.bias.indices.map { i in
      equations.input.indices.reduce(Interval(network.bias[i])) {
        $0 + network.inputWeights[i, $1] * Interval(equations.input[$1])
      }
    }
  }

  /// A box that holds all equilibria, `|y_i| <= 1/gamma_i`.
  var everything: [Interval] { gamma.map { Interval(-(1 / $0).nextUp, (1 / $0).nextUp) } }

  /// `W y + V u + b` over a box.
  private func drives(_ box: [Interval]) -> [Interval] {
    (0..<count).map { i in
      var sum = drive[i]
      for j in 0..<count { sum = sum + weights[i, j] * box[j] }
      return sum
    }
  }

  /// The box without parts that `y = tanh(W y + V u + b)/gamma` rules out; nil where it rules out all of it.
  func propagated(_ box: [Interval]) -> [Interval]? {
    let drives = drives(box)
    var result = box
    for i in 0..<count {
      guard let part = drives[i].tanh.divided(by: gamma[i]).intersection(box[i]) else { return nil }
      result[i] = part
    }
    return result
  }

  /// `K(X)`; nil where the Jacobian in the middle is singular or bounds overflow.
  func krawczyk(_ box: [Interval]) -> [Interval]? {
    let middle = box.map(\.midpoint)
    guard let inverse = equations.jacobian(at: middle)?.inverse, inverse.elements.allSatisfy(\.isFinite) else {
      return nil
    }
    let slopes = drives(box).map(\.tanhSlope)
    let points = middle.map { Interval($0) }
    let value = zip(drives(points), zip(gamma, points)).map { $1.0 * $1.1 - $0.tanh }
    let offsets = zip(box, points).map { $0 - $1 }
    var result: [Interval] = []
    for i in 0..<count {
      var sum = points[i]
      for j in 0..<count { sum = sum - inverse[i, j] * value[j] }
      // Row i of Y·F'(X), F' = diag gamma − D·W.
      for j in 0..<count {
        var entry = Interval(i == j ? 1 : 0) - inverse[i, j] * Interval(gamma[j])
        for k in 0..<count { entry = entry + (inverse[i, k] * (weights[k, j] * slopes[k])) }
        sum = sum + entry * offsets[j]
      }
      guard sum.lower.isFinite, sum.upper.isFinite else { return nil }
      result.append(sum)
    }
    return result
  }

  /// An equilibrium proved: there is one in `tight`, and no other in `unique`.
  struct Proof: Equatable, Sendable {
    var unique: [Interval]
    var tight: [Interval]
  }

  /// Proves the equilibrium that a box holds, where Krawczyk's test passes.
  func proof(in box: [Interval]) -> Proof? {
    guard var image = krawczyk(box), zip(image, box).allSatisfy({ $0.isInterior(of: $1) }) else { return nil }
    for _ in 0..<20 {
      guard let next = krawczyk(image) else { break }
      let smaller = zip(next, image).map { $0.intersection($1) ?? $1 }
      let hasShrunk = zip(smaller, image).contains { $0.width < 0.9 * $1.width }
      image = smaller
      if !hasShrunk { break }
    }
    return Proof(unique: box, tight: image)
  }

  /// Proves the equilibrium near `position`, in the largest of some boxes around it where the test passes.
  func proof(near position: [Double]) -> Proof? {
    // The work grows with the cube of the size, and boxes that pass shrink with it.
    let radii = count <= 8 ? (2...13).flatMap { [pow10($0 - 1) / 3, pow10($0)] } : [6, 8, 10, 12].map(pow10)
    for radius in radii {
      let box = zip(position, gamma).map { y, gamma in
        Interval((y - radius / gamma).nextDown, (y + radius / gamma).nextUp)
      }
      if let proof = proof(in: box) { return proof }
    }
    return nil
  }

  private func pow10(_ negative: Int) -> Double { (0..<negative).reduce(1.0) { value, _ in value / 10 } }
}
