/// What a run for Lyapunov exponents knows at a moment: continued from it, it ends with the same bits.
public struct LyapunovMemory: Codable, Equatable, Sendable {
  /// The state, the tangents (rows of n) and the clock.
  var state: [Double]
  var tangents: [Double]
  var step: Int
  /// Steps of the transient done, steps averaged over, and orthonormalisations in them.
  public internal(set) var transient = 0
  /// The steps averaged over so far.
  public internal(set) var steps = 0
  var intervals = 0
  /// Where a run without a length next looks at its errors, and the means per step where it last did.
  var goal = 0
  var means: [Double] = []
  /// The sums of logarithms by tangent: of all, and over blocks of intervals.
  var sums: [Double]
  var blocks: BlockAverages
  /// The trace identity: steps, sums of logarithms, log-determinants.
  var checkedSteps = 0
  var checkedLogs = 0.0
  var checkedDeterminants = 0.0
  /// The divergence's integral in steps, and its last value.
  var divergences = 0.0
  var divergence: Double?
  /// Running sums and the standard errors per step then, none where blocks were few.
  var traceSteps: [Int] = []
  var traceSums: [[Double]] = []
  var traceErrors: [[Double?]] = []
  var nextTrace = 1
  /// Finite-time windows: where each ended and its sums by tangent; the one not yet full.
  var windowEnds: [Int] = []
  var windows: [[Double]] = []
  var openWindow: [Double]
  var openWindowSteps = 0

  init(state: [Double], tangents: [Double], count: Int, step: Int) {
    self.state = state
    self.tangents = tangents
    self.step = step
    sums = [Double](repeating: 0, count: count)
    blocks = BlockAverages(width: count)
    openWindow = sums
  }
}
