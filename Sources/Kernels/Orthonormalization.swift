import CKernels
import RealModule

/// Multiplies each row of `rows`, values as many as there are factors, by the factors: `rows[r, c] *= factors[c]`.
public func multiplyRows(of rows: inout [Double], by factors: [Double]) {
  guard !factors.isEmpty, !rows.isEmpty else { return }
  precondition(rows.count.isMultiple(of: factors.count), "\(rows.count) values in rows of \(factors.count)")
  unsafe rows.withUnsafeMutableBufferPointer { rows in
    unsafe factors.withUnsafeBufferPointer { factors in
      unsafe cornn_multiply_rows(rows.count / factors.count, factors.count, factors.baseAddress!, rows.baseAddress!)
    }
  }
}

/// Makes rows orthonormal by the modified Gram–Schmidt process, each row twice, and returns the logarithms of what they
/// are divided by: those of the diagonal of R in a QR factorisation.
///
/// A row that depends on those before it becomes whatever rounding left of it; its logarithm says how little that was.
///
/// - Parameter rows: rows of `width` values.
///
/// Costs 4·count²·width multiply–adds.
public func orthonormalize(_ rows: inout [Double], width: Int) -> [Double] {
  guard width > 0, !rows.isEmpty else { return [] }
  precondition(rows.count.isMultiple(of: width), "\(rows.count) values in rows of \(width)")
  var logs = [Double](repeating: 0, count: rows.count / width)
  unsafe rows.withUnsafeMutableBufferPointer { rows in
    unsafe logs.withUnsafeMutableBufferPointer { logs in
      unsafe cornn_orthonormalize(logs.count, width, rows.baseAddress!, logs.baseAddress!)
    }
  }
  return logs.map { Double.log($0) }
}
