import CKernels

/// The right-hand side of the continuous coRNN, `y' = z, z' = sigma(W y + Z z + drive) − gamma·y − epsilon·z`, at
/// the speed at which the weights come from the cache.
///
/// An evaluation costs 2·m² multiply–adds.
public struct OscillatorField: Sendable {
  /// The activation, as the kernel knows it.
  public enum Activation: Int32, Sendable {
    /// The hyperbolic tangent.
    case tanh = 0
    /// The drive itself.
    case identity = 1
    /// No drive at all.
    case none = 2
  }

  private let hidden: Int
  private let weights: RowPanels
  private let gamma: [Double]
  private let epsilon: [Double]
  private let activation: Activation

  /// The field of units coupled by `recurrentWeights` = [W Z], m×2m.
  public init(recurrentWeights: Matrix, gamma: [Double], epsilon: [Double], activation: Activation) {
    let m = gamma.count
    precondition(
      recurrentWeights.rows == m && recurrentWeights.columns == 2 * m && epsilon.count == m,
      "\(recurrentWeights.rows)×\(recurrentWeights.columns) weights for \(m) units")
    hidden = m
    weights = RowPanels(recurrentWeights, height: Int(CORNN_FIELD_ROWS))
    self.gamma = gamma
    self.epsilon = epsilon
    self.activation = activation
  }

  /// Evaluates the field: m drives (`V u + b`), a state that begins with m positions and m
  /// velocities, and where their derivatives go; what comes after them is left alone.
  public func evaluate(drive: [Double], state: Span<Double>, into derivative: inout MutableSpan<Double>) {
    precondition(
      drive.count == hidden && state.count >= 2 * hidden && derivative.count >= 2 * hidden,
      "\(drive.count) drives, \(state.count) values for \(hidden) units")
    unsafe weights.withUnsafePanels { weights in
      unsafe state.withUnsafeBufferPointer { state in
        unsafe derivative.withUnsafeMutableBufferPointer { derivative in
          unsafe cornn_field(
            hidden, weights, drive, gamma, epsilon, activation.rawValue, state.baseAddress!, derivative.baseAddress!)
        }
      }
    }
  }
}
