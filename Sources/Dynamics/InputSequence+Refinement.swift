import CoRNNKernels

extension InputSequence {
  /// The same signal sampled `parts` times as often: repeated where it is held, read off its lines or splines
  /// where it isn't.
  ///
  /// - Parameters:
  ///   - parts: how many samples take the place of one.
  ///   - hold: what the input is between two samples.
  ///   - timeStep: the spacing of these inputs.
  public func refined(by parts: Int, hold: InputHold, timeStep: Double) -> InputSequence {
    precondition(parts >= 1, "refinement by \(parts)")
    let row = batch * width
    var refined = [Double](repeating: 0, count: steps * parts * row)
    let splines: [CubicSpline]? =
      hold == .cubic
      ? (0..<row).map { channel in
        CubicSpline(
          x: (0..<steps).map { Double($0) * timeStep }, y: (0..<steps).map { values[$0 * row + channel] })
      } : nil
    for n in 0..<steps {
      let next = min(n + 1, steps - 1)
      for part in 0..<parts {
        let fraction = Double(part) / Double(parts)
        let place = (n * parts + part) * row
        for channel in 0..<row {
          let here = values[n * row + channel]
          refined[place + channel] =
            switch hold {
            case .zeroOrder: here
            case .linear: here + fraction * (values[next * row + channel] - here)
            case .cubic:
              splines?[channel].value(at: min(Double(n) + fraction, Double(steps - 1)) * timeStep) ?? here
            }
        }
      }
    }
    return InputSequence(steps: steps * parts, batch: batch, width: width, values: refined)
  }
}
