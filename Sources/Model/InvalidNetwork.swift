/// What makes numbers unfit to be a network.
public enum InvalidNetwork: Error, Equatable, Sendable {
  /// An array has another shape than the rest of the network asks for.
  case shape(name: String, found: [Int], expected: [Int])
  /// An entry is NaN or infinite; `index` counts in row-major order.
  case notFinite(name: String, index: Int, value: Double)
  /// A constant is outside its range, for example "greater than 0"; `unit` is nil for the time step.
  case outOfRange(name: String, unit: Int?, value: Double, requirement: String)
  /// There are no hidden units.
  case empty
}
