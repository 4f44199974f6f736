import CoRNNKernels

/// Points projected on the two directions in which trajectories vary most.
public struct PrincipalProjection: Equatable, Sendable {
  /// The parts of the variance along the two directions.
  public let shares: [Double]
  private let mean: [Double]
  private let axes: Matrix

  /// The directions of `count` rows of at least two values; of a subset of at most 20,000 rows where there are more.
  public init(rows: [Double], count: Int) {
    let width = count > 0 ? rows.count / count : 0
    precondition(width >= 2, "\(rows.count) values in \(count) rows")
    let every = max(1, count / 20_000)
    let places = Array(stride(from: 0, to: count, by: every))
    var mean = [Double](repeating: 0, count: width)
    for row in places {
      for i in 0..<width { mean[i] += rows[row * width + i] / Double(places.count) }
    }
    var columns = Matrix(rows: width, columns: places.count)
    for (column, row) in places.enumerated() {
      for i in 0..<width { columns[i, column] = rows[row * width + i] - mean[i] }
    }
    var covariance = [Double](repeating: 0, count: width * width)
    columns.multiply(
      count: width, vectors: columns.elements, stride: places.count, keeping: 0, into: &covariance)
    let pairs = Matrix(rows: width, columns: width, elements: covariance).symmetricEigenpairs
    let vectors = pairs?.vectors ?? Matrix.identity(width)
    // A direction's sign is anyone's choice: its largest component is positive.
    let chosen = [width - 1, width - 2].flatMap { k -> [Double] in
      let vector = Array(vectors.row(k))
      let largest = vector.max { abs($0) < abs($1) } ?? 1
      return largest < 0 ? vector.map { -$0 } : vector
    }
    axes = Matrix(rows: 2, columns: width, elements: chosen)
    self.mean = mean
    let values = pairs?.values ?? []
    let total = values.reduce(0, +)
    shares = total > 0 ? values.suffix(2).reversed().map { max(0, $0) / total } : [0, 0]
  }

  /// Coordinates of rows of as many values.
  public func coordinates(_ rows: [Double]) -> (x: [Double], y: [Double]) {
    let width = mean.count
    var (x, y): ([Double], [Double]) = ([], [])
    for row in 0..<rows.count / width {
      var (a, b) = (0.0, 0.0)
      for i in 0..<width {
        let offset = rows[row * width + i] - mean[i]
        a += axes[0, i] * offset
        b += axes[1, i] * offset
      }
      x.append(a)
      y.append(b)
    }
    return (x, y)
  }
}

/// Trajectories of a network on a plane, with its fixed points.
public struct FixedPointPicture: Equatable, Sendable {
  /// What stands on the axes.
  public let xLabel: String
  /// What the second direction is called.
  public let yLabel: String
  /// The trajectories one after the other, NaN between two.
  public let trajectories: (x: [Double], y: [Double])
  /// The fixed points' coordinates.
  public let fixedPoints: (x: [Double], y: [Double])
  /// The slow points' coordinates.
  public let slowPoints: (x: [Double], y: [Double])

  public static func == (a: FixedPointPicture, b: FixedPointPicture) -> Bool {
    a.trajectories == b.trajectories && a.fixedPoints == b.fixedPoints && a.slowPoints == b.slowPoints
  }
}
