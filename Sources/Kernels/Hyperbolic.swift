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
