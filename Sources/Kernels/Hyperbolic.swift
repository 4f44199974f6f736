import CKernels

/// Replaces each value by its hyperbolic tangent, in vectors of the CPU's width.
///
/// At most 3 units in the last place from the exact value and never above 1 in size; NaN stays NaN.
public func applyTanh(to values: inout [Double]) {
  unsafe values.withUnsafeMutableBufferPointer { buffer in
    guard let start = buffer.baseAddress else { return }
    unsafe cornn_tanh(buffer.count, start)
  }
}

/// Replaces each value by the slope of the hyperbolic tangent there, `1 − tanh(x)² = 1/cosh(x)²`.
///
/// To 1e-15 relative, also where tanh is 1 to the last bit; 0 beyond 354, where it would be below 1e-306. NaN stays
/// NaN.
public func applyTanhSlope(to values: inout [Double]) {
  unsafe values.withUnsafeMutableBufferPointer { buffer in
    guard let start = buffer.baseAddress else { return }
    unsafe cornn_slopes(buffer.count, start)
  }
}

/// Puts the hyperbolic tangents of `count` values from `start` on at the beginning of `result`, as `applyTanh(to:)`
/// has them.
public func tanh(of values: [Double], from start: Int, count: Int, into result: inout [Double]) {
  precondition(
    start >= 0 && count >= 0 && start + count <= values.count && count <= result.count,
    "\(count) values from \(start) of \(values.count) into \(result.count)")
  guard count > 0 else { return }
  unsafe values.withUnsafeBufferPointer { values in
    unsafe result.withUnsafeMutableBufferPointer { result in
      unsafe cornn_tanh_of(count, values.baseAddress! + start, result.baseAddress!)
    }
  }
}

/// Replaces each value by its hyperbolic tangent in single precision, as the training kernels have it.
///
/// At most 6 units in the last place from the exact value, never above 1 in size, and 2.8e-7 short of it beyond 7.9; NaN
/// stays NaN.
public func applyTanh(to values: inout [Float]) {
  unsafe values.withUnsafeMutableBufferPointer { buffer in
    guard let start = buffer.baseAddress else { return }
    unsafe cornn_tanh_float(buffer.count, start)
  }
}
