import CoRNNKernels

/// Skew-symmetric matrices by what is above their diagonal, row by row: m(m − 1)/2 numbers.
enum SkewSymmetric {
  static func count(_ size: Int) -> Int { size * (size - 1) / 2 }

  /// The matrix with these entries above the diagonal.
  static func matrix(_ entries: ArraySlice<Double>, size: Int) -> Matrix {
    precondition(entries.count == count(size), "\(entries.count) entries above a diagonal of \(size)")
    var matrix = Matrix(rows: size, columns: size)
    var place = entries.startIndex
    for i in 0..<size {
      for j in i + 1..<max(size, i + 1) {
        matrix[i, j] = entries[place]
        matrix[j, i] = -entries[place]
        place += 1
      }
    }
    return matrix
  }

  /// Adds to the gradient by the entries what comes through the matrix.
  static func add(_ byMatrix: Matrix, to gradient: inout [Double], at first: Int) {
    let size = byMatrix.rows
    var place = first
    for i in 0..<size {
      for j in i + 1..<max(size, i + 1) {
        gradient[place] += byMatrix[i, j] - byMatrix[j, i]
        place += 1
      }
    }
  }
}
