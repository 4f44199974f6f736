import CoRNNKernels
import RealModule

/// A measured order of convergence in dt: the slope of log error against log dt.
public struct MeasuredOrder: Encodable, Equatable, Sendable {
  /// The slope over the finest levels, and its 95 % confidence interval; null where there is a reason against it.
  public let estimate: Double?
  /// The lower end of its 95 % interval.
  public let lower: Double?
  /// The upper end.
  public let upper: Double?
  /// How many of the finest levels the line goes through.
  public let levelsUsed: Int
  /// Every level.
  public let levels: [Level]
  /// Why there is no estimate.
  public let reason: String?

  /// The error at a time step.
  public struct Level: Encodable, Equatable, Sendable {
    /// dt.
    public let timeStep: Double
    /// Null where the map diverged.
    public let error: Double?
  }

  /// The finest levels that an order is taken from.
  public static let levelsInRegression = 4

  /// The order that these levels show, the coarsest first.
  ///
  /// - Parameters:
  ///   - ownError: the error of what the map is held against; errors below a hundred times it tell nothing.
  ///   - reason: what speaks against any estimate.
  init(_ levels: [Level], ownError: Double, reason: String? = nil) {
    self.levels = levels
    let used = levels.suffix(Self.levelsInRegression)
    let points = used.compactMap { level in level.error.map { (level.timeStep, $0) } }
    let trouble =
      reason
      ?? (points.count < used.count || used.count < 3 ? "the map diverged at a level" : nil)
      ?? (points.contains { !($0.1 > 100 * ownError) }
        ? "the map's error is not well above the integrator's own, \(ownError)" : nil)
    self.reason = trouble
    guard trouble == nil else {
      (estimate, lower, upper, levelsUsed) = (nil, nil, nil, 0)
      return
    }
    let line = LinearRegression(x: points.map { Double.log($0.0) }, y: points.map { Double.log($0.1) })
    estimate = line.slope
    lower = line.slope - line.halfWidth
    upper = line.slope + line.halfWidth
    levelsUsed = points.count
  }
}
