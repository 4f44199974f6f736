import CoRNNKernels

/// All equilibria of a small network, by branch and bound over the box that holds them.
///
/// A box is dropped where the equation or Krawczyk's operator leaves nothing of it, or where it lies within reach of one
/// proof of uniqueness; it is settled where Krawczyk's test proves one equilibrium in it; else it is cut in two.
struct EquilibriumCount: Sendable {
  /// The equilibria proved, each once.
  private(set) var proofs: [EquilibriumEnclosure.Proof]
  /// Boxes looked at.
  private(set) var boxes = 0
  /// Boxes that couldn't be decided; with none, the proofs are all equilibria.
  private(set) var undecided = 0
  /// Boxes around those, neighbours in one: where equilibria may be that aren't proved.
  private(set) var regions: [[Interval]] = []
  /// Regions that are no further apart in each component are shown as one.
  private let gaps: [Double]

  /// The largest network that is searched.
  static let largestNetwork = 3
  private static let mostBoxes = 200_000
  /// Of the box's size at the start.
  private static let smallestBox = 1e-10

  /// - Parameter known: equilibria proved before.
  init(_ enclosure: EquilibriumEnclosure, known: [EquilibriumEnclosure.Proof]) {
    proofs = known
    let everything = enclosure.everything
    gaps = everything.map { 1e-6 * $0.width }
    var stack = [everything]
    while let box = stack.popLast() {
      if boxes >= Self.mostBoxes {
        for box in [box] + stack { leaveOpen(box) }
        break
      }
      boxes += 1
      guard let rest = settle(box, enclosure) else { continue }
      let sizes = zip(rest, everything).map { $0.width / $1.width }
      let widest = sizes.indices.max { sizes[$0] < sizes[$1] } ?? 0
      guard sizes[widest] > Self.smallestBox else {
        if !isSettled(byProofAround: rest, enclosure) { leaveOpen(rest) }
        continue
      }
      // Off the middle, where symmetric networks have their equilibria.
      let side = rest[widest]
      let cut = side.lower + 0.4871 * (side.upper - side.lower)
      for part in [Interval(side.lower, cut), Interval(cut, side.upper)] {
        var half = rest
        half[widest] = part
        stack.append(half)
      }
    }
    while let joined = joined(regions), joined.count < regions.count { regions = joined }
  }

  /// Whether the test passes in a larger box around a small one: where an equilibrium lies on a small box's edge, the
  /// test never passes in that box itself.
  private mutating func isSettled(byProofAround box: [Interval], _ enclosure: EquilibriumEnclosure) -> Bool {
    guard let proof = enclosure.proof(near: box.map(\.midpoint)),
      zip(box, proof.unique).allSatisfy({ $0.isContained(in: $1) })
    else { return false }
    switch place(of: proof) {
    case .known: return true
    case .new:
      proofs.append(proof)
      return true
    case .unclear: return false
    }
  }

  /// Counts a box as undecided, in the region that it touches.
  private mutating func leaveOpen(_ box: [Interval]) {
    undecided += 1
    // Neighbours come one after the other.
    if let place = regions.lastIndex(where: { touch($0, box) }) {
      regions[place] = zip(regions[place], box).map { $0.hull($1) }
    } else {
      regions.append(box)
    }
    if regions.count > 64, let joined = joined(regions) { regions = joined }
  }

  /// Whether two regions are next to each other: a gap is too small to tell anything.
  private func touch(_ a: [Interval], _ b: [Interval]) -> Bool {
    zip(zip(a, b), gaps).allSatisfy { max($0.0.lower, $0.1.lower) - min($0.0.upper, $0.1.upper) <= $1 }
  }

  /// Regions that touch in one; nil without any.
  private func joined(_ regions: [[Interval]]) -> [[Interval]]? {
    guard let first = regions.first else { return nil }
    return regions.dropFirst().reduce(into: [first]) { joined, region in
      if let place = joined.firstIndex(where: { touch($0, region) }) {
        joined[place] = zip(joined[place], region).map { $0.hull($1) }
      } else {
        joined.append(region)
      }
    }
  }

  /// What is left of a box to be cut; nil where it is done with.
  private mutating func settle(_ box: [Interval], _ enclosure: EquilibriumEnclosure) -> [Interval]? {
    var box = box
    for _ in 0..<50 {
      if proofs.contains(where: { proof in zip(box, proof.unique).allSatisfy { $0.isContained(in: $1) } }) {
        return nil
      }
      guard var next = enclosure.propagated(box) else { return nil }
      if let image = enclosure.krawczyk(next) {
        if zip(image, next).allSatisfy({ $0.isInterior(of: $1) }), let proof = enclosure.proof(in: next) {
          switch place(of: proof) {
          case .known: return nil
          case .new:
            proofs.append(proof)
            return nil
          case .unclear: break
          }
        }
        for i in next.indices {
          guard let part = image[i].intersection(next[i]) else { return nil }
          next[i] = part
        }
      }
      let hasShrunk = zip(next, box).contains { $0.width < 0.8 * $1.width }
      box = next
      if !hasShrunk { break }
    }
    return box
  }

  private enum Place { case known, new, unclear }

  /// Whether a proof is of an equilibrium that has one already.
  private func place(of proof: EquilibriumEnclosure.Proof) -> Place {
    var isApart = true
    for known in proofs {
      if proof.isOfSameZero(as: known) { return .known }
      if zip(proof.tight, known.tight).allSatisfy({ $0.intersection($1) != nil }) { isApart = false }
    }
    return isApart ? .new : .unclear
  }
}
