/// A matrix in panels of `height` rows, each panel column after column, the last one padded with zeros, as the C
/// kernels read it.
struct RowPanels: Sendable {
  /// The panels, after some values that bring the first one to the start of a cache line.
  private let values: [Double]
  private let first: Int

  init(_ matrix: Matrix, height: Int) {
    let panels = (matrix.rows + height - 1) / height
    var values = [Double](repeating: 0, count: panels * height * matrix.columns + 7)
    let address = unsafe values.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    first = Int((64 - address % 64) % 64) / 8
    for row in 0..<matrix.rows {
      let start = first + row / height * height * matrix.columns + row % height
      for column in 0..<matrix.columns { values[start + column * height] = matrix[row, column] }
    }
    self.values = values
  }

  func withUnsafePanels(_ body: (UnsafePointer<Double>) -> Void) {
    unsafe values.withUnsafeBufferPointer { unsafe body($0.baseAddress! + first) }
  }
}
