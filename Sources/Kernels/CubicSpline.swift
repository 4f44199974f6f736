import CGSL

/// A natural cubic spline through points, by GSL.
@safe
public final class CubicSpline {
  private let spline: UnsafeMutablePointer<gsl_spline>
  private let accelerator: UnsafeMutablePointer<gsl_interp_accel>

  /// The spline through at least three points with increasing abscissae.
  public init(x: [Double], y: [Double]) {
    precondition(x.count == y.count && x.count >= 3, "a spline through \(x.count) and \(y.count) values")
    GSL.start()
    unsafe spline = gsl_spline_alloc(cgsl_interp_cspline(), x.count)
    unsafe accelerator = gsl_interp_accel_alloc()
    let status = unsafe gsl_spline_init(spline, x, y, x.count)
    precondition(status == Int32(GSL_SUCCESS), "a spline through abscissae that don't increase")
  }

  deinit {
    unsafe gsl_spline_free(spline)
    unsafe gsl_interp_accel_free(accelerator)
  }

  /// The value at `x`, between the first and the last abscissa.
  public func value(at x: Double) -> Double { unsafe gsl_spline_eval(spline, x, accelerator) }

  /// The derivative at `x`.
  public func derivative(at x: Double) -> Double { unsafe gsl_spline_eval_deriv(spline, x, accelerator) }
}
