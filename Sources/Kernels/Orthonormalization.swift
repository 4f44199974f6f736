import CKernels
import COpenBLAS
import RealModule

/// Makes rows orthonormal by the Gram–Schmidt process and writes the logarithms of what they are divided by: those of the
/// diagonal of R in a QR factorisation.
///
/// Many rows are halved again and again, so that most of the work is large matrix products. Parts taken together cost
/// orthogonality by the square of the cancellation, so it is done again until no row loses more than a factor 300: the
/// rows are then orthogonal to about 1e-11. A row of which nothing is left becomes 0, with logarithm −∞.
///
/// - Parameters:
///   - rows: rows of `width` values.
///   - width: the values in a row.
///   - logarithms: one for each row, of which there are at most `width`.
///
/// Costs count²·width multiply–adds.
public func orthonormalize(_ rows: inout [Double], width: Int, logarithms: inout [Double]) {
  let count = logarithms.count
  precondition(
    rows.count == count * width && count <= width, "\(rows.count) values in \(count) rows of \(width), at most as many")
  guard !rows.isEmpty else { return }
  unsafe rows.withUnsafeMutableBufferPointer { rows in
    unsafe logarithms.withUnsafeMutableBufferPointer { lengths in
      unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { before in
        let (rows, lengths, before) = (rows.baseAddress!, lengths.baseAddress!, before.baseAddress!)
        unsafe cornn_row_lengths(count, width, rows, before)
        unsafe orthonormalizeOnce(rows, count, width, lengths)
        var isCancelled = false
        for row in 0..<count { unsafe isCancelled = isCancelled || lengths[row] < mostLoss * before[row] }
        while isCancelled {
          unsafe orthonormalizeOnce(rows, count, width, before)
          isCancelled = false
          for row in 0..<count {
            unsafe isCancelled = isCancelled || (before[row] > 0 && before[row] < mostLoss)
            unsafe lengths[row] *= before[row]
          }
        }
        for row in 0..<count { unsafe lengths[row] = Double.log(lengths[row]) }
      }
    }
  }
}

/// What may be left of a row before it is done again.
private let mostLoss = 1.0 / 300
/// The most rows that go one after another.
private let fewRows = 32

private func orthonormalizeOnce(
  _ rows: UnsafeMutablePointer<Double>, _ count: Int, _ width: Int, _ lengths: UnsafeMutablePointer<Double>
) {
  if count <= 2 * fewRows { return unsafe cornn_orthonormalize(count, width, rows, lengths) }
  OpenBLAS.start()
  unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: (count + 1) / 2 * ((count + 1) / 2)) { parts in
    unsafe orthonormalizeHalves(rows, count, width, lengths, parts.baseAddress!)
  }
}

/// The first half, its part taken from the second, the second half.
private func orthonormalizeHalves(
  _ rows: UnsafeMutablePointer<Double>, _ count: Int, _ width: Int, _ lengths: UnsafeMutablePointer<Double>,
  _ parts: UnsafeMutablePointer<Double>
) {
  if count <= fewRows { return unsafe cornn_orthonormalize(count, width, rows, lengths) }
  let half = count / 2
  let rest = unsafe rows + half * width
  let (units, others, n) = (Int32(half), Int32(count - half), Int32(width))
  unsafe orthonormalizeHalves(rows, half, width, lengths, parts)
  unsafe cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, others, units, n, 1, rest, n, rows, n, 0, parts, units)
  unsafe cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, others, n, units, -1, parts, units, rows, n, 1, rest, n)
  unsafe orthonormalizeHalves(rest, count - half, width, lengths + half, parts)
}
