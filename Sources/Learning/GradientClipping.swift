public import CoRNNKernels

/// The Euclidean norm of a gradient, summed in double precision.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func globalNorm<Scalar: TrainingScalar>(_ gradient: [Scalar]) -> Double {
  var sum = 0.0
  for g in gradient { sum += Double(g) * Double(g) }
  return sum.squareRoot()
}

/// Scales a gradient down to the norm `limit` where it is longer (Pascanu, Mikolov & Bengio 2013, arXiv 1211.5063) and
/// returns the norm that it had. A norm that isn't finite leaves it as it is.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func clip<Scalar: TrainingScalar>(_ gradient: inout [Scalar], toNorm limit: Double) -> Double {
  precondition(limit > 0, "a limit of \(limit)")
  let norm = globalNorm(gradient)
  guard norm.isFinite, norm > limit else { return norm }
  let factor = Scalar(limit / norm)
  for index in gradient.indices { gradient[index] *= factor }
  return norm
}
