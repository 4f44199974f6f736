import CoRNNKernels

/// What training makes small.
public enum Objective: String, Codable, Sendable {
  /// The mean over scored steps, trajectories and outputs of `(output − target)²`.
  case meanSquaredError
}

extension Objective {
  /// The sum over a slice's scored outputs, which are replaced by the derivatives of the objective by them.
  ///
  /// - Parameters:
  ///   - outputs: S×slice×o.
  ///   - targets: S×`batch`×o.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func differentiate<Scalar: TrainingScalar>(
    _ outputs: inout [Scalar], targets: [Scalar], batch: Int, slice: Range<Int>, width: Int
  ) -> Double {
    let steps = outputs.count / (slice.count * width)
    let factor = Scalar(2) / Scalar(targets.count)
    var sum = 0.0
    for step in 0..<steps {
      let from = (step * batch + slice.lowerBound) * width
      let place = step * slice.count * width
      // A step's sum in Scalar and the steps' in Double.
      var part = Scalar(0)
      for k in 0..<slice.count * width {
        let error = outputs[place + k] - targets[from + k]
        part += error * error
        outputs[place + k] = factor * error
      }
      sum += Double(part)
    }
    return sum
  }

  /// The objective, given the sum over all slices.
  func value(sum: Double, count: Int) -> Double { sum / Double(count) }
}
