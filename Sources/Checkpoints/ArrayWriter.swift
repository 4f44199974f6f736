/// Arrays by name, written to one `.npz`.
public enum ArrayWriter {
  /// One array of doubles in row-major order.
  public struct Named: Sendable {
    let name: String
    let shape: [Int]
    let values: [Double]

    /// An array of this shape under this name.
    public init(_ name: String, shape: [Int], values: [Double]) {
      precondition(shape.reduce(1, *) == values.count, "\(values.count) values for \(name) \(shape)")
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// Writes `arrays` to `path` in one move; the same arrays give the same bytes.
  public static func write(_ arrays: [Named], to path: String) throws(CheckpointError) {
    do {
      try NumPyArchive.write(arrays.map { ($0.name, $0.shape, $0.values) }, to: path)
    } catch {
      throw CheckpointError(path: path, problem: error)
    }
  }
}
