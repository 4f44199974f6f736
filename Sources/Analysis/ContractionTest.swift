import CoRNNKernels
import ComplexModule
import RealModule

/// A way to bound what the coupling does to differences between two trajectories, from plain to sharp.
///
/// With `M(s) = W·diag g_y(s) + Z·diag g_z(s)` on the curve of a rate of decay, each asks for a number below 1.
public enum ContractionMethod: String, CaseIterable, Encodable, Sendable {
  /// `‖[W Z]‖₂ · sup max_i |g_i(s)|₂`.
  case norm
  /// `sup ‖M(s)‖₂`.
  case frequency
  /// `sup ‖T·M(s)·T⁻¹‖₂` for a diagonal T > 0.
  case scaled
  /// `sup` of the largest eigenvalue of the Hermitian part of `T·M(s)·T⁻¹`: the circle criterion for slopes between
  /// 0 and 1, with a diagonal multiplier T².
  case sectorShift
}

/// One method at one rate: its quantity at any frequency, and proofs about it.
///
/// That the number stays below 1 makes every difference of two trajectories decay at the curve's rate: slopes τ·D
/// are in the sector [0, 1] for every τ in [0, 1], so no frequency allows a loop at any τ, and at τ = 0 the units
/// decay by themselves.
struct ContractionTest: Sendable {
  let method: ContractionMethod
  let coupling: ScaledCoupling
  let curve: TransferCurve

  private func response(at frequency: Double) -> (y: [Complex<Double>], z: [Complex<Double>]) {
    let kinds = curve.responses(at: frequency)
    let units = curve.kindOfUnit.map { kinds[$0] }
    return (units.map(\.position), units.map(\.velocity))
  }

  /// `T·M·T⁻¹` at a frequency.
  func matrix(at frequency: Double) -> ComplexMatrix {
    let (y, z) = response(at: frequency)
    return ComplexMatrix(coupling.position, y, coupling.velocity, z)
  }

  /// The quantity at a frequency, with the vector it belongs to; numerical.
  func value(
    at frequency: Double, start: [Double]? = nil, tolerance: Double = 1e-8
  ) -> (value: Double, vector: [Double]) {
    switch method {
    case .norm: (coupling.norm * (curve.responses(at: frequency).map(\.length).max() ?? 0), [])
    case .frequency, .scaled:
      Self.pair(matrix(at: frequency).largestSingular(start: start, tolerance: tolerance))
    case .sectorShift:
      Self.pair(matrix(at: frequency).largestOfHermitianPart(start: start, tolerance: tolerance))
    }
  }

  private static func pair(_ extreme: ComplexMatrix.Extreme) -> (value: Double, vector: [Double]) {
    (extreme.value, extreme.vector)
  }

  /// Whether the quantity of the computed responses at a frequency is proved to be below `limit`.
  func proves(below limit: Double, at frequency: Double) -> Bool {
    let (y, z) = response(at: frequency)
    if method == .norm {
      let longest = zip(y, z).map { Double.hypot($0.length, $1.length) }.max() ?? 0
      return coupling.norm * (1 + ScaledCoupling.normAllowance) * longest * (1 + 1e-12) < limit
    }
    // Each entry is at most six roundings from the exact product of weights, scaling and responses.
    let entryError =
      16 * (Double.ulpOfOne / 2)
      * (coupling.positionSize * (y.map(\.length).max() ?? 0) + coupling.velocitySize * (z.map(\.length).max() ?? 0))
    let matrix = ComplexMatrix(coupling.position, y, coupling.velocity, z)
    return method == .sectorShift
      ? matrix.provesHermitianPart(below: limit, entryError: entryError)
      : matrix.provesNorm(below: limit, entryError: entryError)
  }
}

/// The coupling in the coordinates of a diagonal scaling: `T·W·T⁻¹` and `T·Z·T⁻¹`.
struct ScaledCoupling: Sendable {
  /// The logarithms of T's diagonal.
  let scaling: [Double]
  let position: Matrix
  /// nil where Z is 0.
  let velocity: Matrix?
  /// The Frobenius norms.
  let positionSize: Double
  let velocitySize: Double
  /// `‖[W Z]‖₂` of the scaled weights, computed.
  let norm: Double

  /// How far below the exact one a computed spectral norm may lie, relatively. LAPACK's singular values are within
  /// p(m)·u of exact with p a modest polynomial; this allows p up to 9·10⁶, and the rounding of the scaled entries.
  static let normAllowance = 1e-9

  /// The coupling `W` and `Z` (nil for 0) scaled by `exp(scaling)`.
  init(_ w: Matrix, _ z: Matrix?, scaling: [Double]? = nil, needsNorm: Bool = false) {
    let m = w.rows
    self.scaling = scaling ?? Array(repeating: 0, count: m)
    func scaled(_ matrix: Matrix) -> Matrix {
      guard let scaling else { return matrix }
      let t = scaling.map { Double.exp($0) }
      var result = matrix
      for row in 0..<m {
        for column in 0..<m { result.elements[row * m + column] *= t[row] / t[column] }
      }
      return result
    }
    func size(_ matrix: Matrix) -> Double { matrix.elements.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let (position, velocity) = (scaled(w), z.map(scaled))
    self.position = position
    self.velocity = velocity
    positionSize = size(position)
    velocitySize = velocity.map(size) ?? 0
    norm = needsNorm ? (velocity.map { Matrix(position, beside: $0) } ?? position).spectralNorm : .nan
  }
}
