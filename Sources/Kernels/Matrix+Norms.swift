import COpenBLAS

extension Matrix {
  /// The sum of absolute values of each row.
  public var absoluteRowSums: [Double] {
    (0..<rows).map { row($0).reduce(0) { $0 + abs($1) } }
  }

  /// The infinity norm: the largest absolute row sum, and 0 for a matrix without entries.
  public var infinityNorm: Double { absoluteRowSums.max() ?? 0 }

  /// The spectral norm: the largest singular value, by LAPACK's `dgesdd` (backward stable: the error is a
  /// small multiple of the rounding unit times the norm).
  ///
  /// Costs O(rows·columns·min(rows, columns)) and a copy of the matrix.
  public var spectralNorm: Double {
    guard rows > 0, columns > 0 else { return 0 }
    OpenBLAS.start()
    // Row-major storage read as column-major is the transpose, which has the same singular values.
    var copy = elements
    var m = Int32(columns)
    var n = Int32(rows)
    let rank = min(rows, columns)
    var singularValues = [Double](repeating: 0, count: rank)
    var integers = [Int32](repeating: 0, count: 8 * rank)
    var noLeft = 0.0
    var noRight = 0.0
    var leftStride: Int32 = 1
    var rightStride: Int32 = 1
    var height = m
    var job = CChar(UInt8(ascii: "N"))
    var info: Int32 = 0
    var query = 0.0
    var length: Int32 = -1
    unsafe dgesdd_(
      &job, &m, &n, &copy, &height, &singularValues, &noLeft, &leftStride, &noRight, &rightStride, &query, &length,
      &integers, &info)
    precondition(info == 0, "dgesdd refused its arguments: \(info)")
    length = Int32(query)
    var work = [Double](repeating: 0, count: Int(length))
    unsafe dgesdd_(
      &job, &m, &n, &copy, &height, &singularValues, &noLeft, &leftStride, &noRight, &rightStride, &work, &length,
      &integers, &info)
    return info == 0 ? singularValues[0] : .nan
  }
}
