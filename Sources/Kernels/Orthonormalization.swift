import CKernels
import COpenBLAS
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

/// Makes rows orthonormal by the modified Gram–Schmidt process and returns the logarithms of what they are divided by:
/// those of the diagonal of R in a QR factorisation.
///
/// Many rows go in panels, so that most of the work is matrix products. Where cancellation would leave the rows less than
/// orthogonal to about 1e-11 it is done twice, which is enough. A row of which nothing is left becomes 0, with logarithm
/// −∞.
///
/// - Parameter rows: rows of `width` values.
///
/// Costs count²·width multiply–adds.
public func orthonormalize(_ rows: inout [Double], width: Int) -> [Double] {
  guard width > 0, !rows.isEmpty else { return [] }
  precondition(rows.count.isMultiple(of: width), "\(rows.count) values in rows of \(width)")
  let count = rows.count / width
  var before = [Double](repeating: 0, count: count)
  for row in 0..<count {
    var square = 0.0
    for place in row * width..<(row + 1) * width { square += rows[place] * rows[place] }
    before[row] = square.squareRoot()
  }
  var lengths = [Double](repeating: 0, count: count)
  orthonormalizeOnce(&rows, count: count, width: width, lengths: &lengths)
  if zip(lengths, before).contains(where: { $0 < 1e-5 * $1 }) {
    orthonormalizeOnce(&rows, count: count, width: width, lengths: &before)
    for row in 0..<count { lengths[row] *= before[row] }
  }
  return lengths.map { Double.log($0) }
}

/// The number of rows in a panel.
private let panel = 32

private func orthonormalizeOnce(_ rows: inout [Double], count: Int, width: Int, lengths: inout [Double]) {
  let isSmall = count <= 2 * panel
  if !isSmall { OpenBLAS.start() }
  var parts = [Double](repeating: 0, count: isSmall ? 0 : panel * count)
  unsafe rows.withUnsafeMutableBufferPointer { rows in
    unsafe lengths.withUnsafeMutableBufferPointer { lengths in
      unsafe parts.withUnsafeMutableBufferPointer { parts in
        let (rows, lengths) = (rows.baseAddress!, lengths.baseAddress!)
        guard !isSmall else { return unsafe cornn_orthonormalize(count, width, rows, lengths) }
        let n = Int32(width)
        for first in stride(from: 0, to: count, by: panel) {
          let height = min(panel, count - first)
          let unit = unsafe rows + first * width
          unsafe cornn_orthonormalize(height, width, unit, lengths + first)
          let rest = unsafe unit + height * width
          let left = count - first - height
          guard left > 0 else { break }
          unsafe cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, Int32(left), Int32(height), n, 1, rest, n, unit, n, 0,
            parts.baseAddress, Int32(height))
          unsafe cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(left), n, Int32(height), -1, parts.baseAddress,
            Int32(height), unit, n, 1, rest, n)
        }
      }
    }
  }
}
