import CoRNNKernels

/// A zero that Newton's method led to or that a search over boxes found, with its proof.
struct EquilibriumCandidate: Sendable {
  var root: NumericalRoot
  /// How many starts led to it.
  var starts: Int
  var proof: EquilibriumEnclosure.Proof?
  /// How far off, in each component, others were that can't be told from it.
  var spread: [Double]

  init(root: NumericalRoot, starts: Int, proof: EquilibriumEnclosure.Proof?) {
    self.root = root
    self.starts = starts
    self.proof = proof
    spread = root.position.map { _ in 0 }
  }

  /// What a search over boxes has proved, and no start led to.
  init(_ proof: EquilibriumEnclosure.Proof, _ equations: EquilibriumEquations, tolerance: Double) {
    let middle = proof.tight.map(\.midpoint)
    let polished = equations.root(from: middle, tolerance: tolerance).flatMap { root in
      zip(proof.unique, root.position).allSatisfy { $0.contains($1) } ? root : nil
    }
    self.init(
      root: polished
        ?? NumericalRoot(position: middle, residual: equations.residual(at: middle)?.largest ?? .infinity),
      starts: 0, proof: proof)
  }

  /// One for each zero: candidates go together where a proof says that there is one zero for both, or where none is
  /// proved and F stays within rounding all the way between them.
  static func distinct(_ found: [Self], _ equations: EquilibriumEquations) -> [Self] {
    var distinct: [Self] = []
    // A proof stands for what it covers, and the smallest residual for the rest.
    let order = found.indices.sorted { a, b in
      let (x, y) = (found[a], found[b])
      return x.proof != nil && y.proof != nil || x.proof == nil && y.proof == nil
        ? (x.root.residual, a) < (y.root.residual, b) : x.proof != nil
    }
    for candidate in order.map({ found[$0] }) {
      guard let place = distinct.firstIndex(where: { $0.isSame(as: candidate, equations) }) else {
        distinct.append(candidate)
        continue
      }
      distinct[place].starts += candidate.starts
      for (i, value) in candidate.root.position.enumerated() {
        distinct[place].spread[i] = max(distinct[place].spread[i], abs(value - distinct[place].root.position[i]))
      }
    }
    return distinct
  }

  private func isSame(as other: Self, _ equations: EquilibriumEquations) -> Bool {
    if let proof {
      guard let second = other.proof else {
        return zip(proof.unique, other.root.position).allSatisfy { $0.contains($1) }
      }
      return second.isOfSameZero(as: proof)
    }
    return (1..<16).allSatisfy { part in
      let between = zip(root.position, other.root.position).map { $0 + Double(part) / 16 * ($1 - $0) }
      return equations.residual(at: between).map { equations.isZero($0, at: between) } ?? false
    }
  }

  /// Whether an equilibrium that isn't proved can be there: a search over boxes has left the place open.
  func isOpen(in regions: [[Interval]], gamma: [Double]) -> Bool {
    regions.contains { region in
      region.indices.allSatisfy { i in
        // Newton's method ends near a zero, not on it.
        let slack = spread[i] + 1e-7 / gamma[i]
        return region[i].lower - slack <= root.position[i] && root.position[i] <= region[i].upper + slack
      }
    }
  }

  /// A bound on the error of each component: the proof's, or else how far apart those were that went together.
  var errors: [Double] {
    guard let proof else { return spread }
    return zip(proof.tight, root.position).map {
      max(($0.upper - $1).magnitude.nextUp, ($0.lower - $1).magnitude.nextUp)
    }
  }
}

extension EquilibriumEnclosure.Proof {
  /// Whether both are of one equilibrium: where one's is, the other leaves room for a single one.
  func isOfSameZero(as other: Self) -> Bool {
    zip(tight, other.unique).allSatisfy { $0.isContained(in: $1) }
      || zip(other.tight, unique).allSatisfy { $0.isContained(in: $1) }
  }
}
