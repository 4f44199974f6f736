import CKernels

/// Takes classical Runge–Kutta steps of Lorenz-96, `x_j' = (x_{j+1} − x_{j−2})·x_{j−1} − x_j + F`, and pushes tangent
/// vectors through them, several tangents to a vector register.
///
/// - Parameters:
///   - count: how many steps.
///   - step: the size of each of `count` steps.
///   - forcing: F.
///   - state: n >= 4 variables.
///   - tangents: rows of n values; may be empty.
public func lorenz96Steps(
  count: Int, step: Double, forcing: Double, state: inout [Double], tangents: inout [Double]
) {
  let n = state.count
  precondition(n >= 4 && tangents.count % n == 0, "\(tangents.count) tangent values for \(n) variables")
  let rows = tangents.count / n
  unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: cornn_lorenz96_scratch(n)) { scratch in
    unsafe state.withUnsafeMutableBufferPointer { state in
      unsafe tangents.withUnsafeMutableBufferPointer { tangents in
        var left = count
        while left > 0 {
          let steps = min(left, Int(CORNN_LORENZ96_STEPS))
          unsafe cornn_lorenz96(
            n, steps, step, forcing, state.baseAddress!, rows, tangents.baseAddress ?? state.baseAddress!,
            scratch.baseAddress!)
          left -= steps
        }
      }
    }
  }
}
