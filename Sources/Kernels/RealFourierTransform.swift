import CGSL

/// The discrete Fourier transform of real values, by GSL's mixed-radix routine: `X_k = Σ_j x_j·e^{−2πijk/n}`.
@safe
public struct RealFourierTransform: ~Copyable {
  /// The number of values, n.
  public let count: Int
  private let table: UnsafeMutablePointer<gsl_fft_real_wavetable>
  private let workspace: UnsafeMutablePointer<gsl_fft_real_workspace>

  /// Prepares transforms of `count` values; fastest where that is a product of 2, 3, 4 and 5.
  public init(count: Int) {
    precondition(count > 0, "a transform of \(count) values")
    GSL.start()
    self.count = count
    unsafe table = gsl_fft_real_wavetable_alloc(count)
    unsafe workspace = gsl_fft_real_workspace_alloc(count)
  }

  deinit {
    unsafe gsl_fft_real_wavetable_free(table)
    unsafe gsl_fft_real_workspace_free(workspace)
  }

  /// `|X_k|²` for k from 0 to n/2 (rounded down).
  public func powers(of values: [Double]) -> [Double] {
    precondition(values.count == count, "\(values.count) values, not \(count)")
    var data = values
    let status = unsafe gsl_fft_real_transform(&data, 1, count, table, workspace)
    precondition(status == Int32(GSL_SUCCESS), "gsl_fft_real_transform refused its arguments: \(status)")
    // Real parts and imaginary parts in turn, after X_0; for even n the last is real.
    return (0...count / 2).map { k in
      if k == 0 { return data[0] * data[0] }
      if 2 * k == count { return data[count - 1] * data[count - 1] }
      return data[2 * k - 1] * data[2 * k - 1] + data[2 * k] * data[2 * k]
    }
  }
}
