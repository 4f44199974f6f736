import CGSL

/// An ordinary differential equation did not reach its end time.
public struct IntegrationFailure: Error, Equatable, Sendable {
  /// The time reached.
  public let time: Double
  /// What GSL says of it.
  public let reason: String
}

/// The right-hand side of `x' = f(t, x)`: time, state, and where the derivative goes.
public typealias ODEField = (Double, Span<Double>, inout MutableSpan<Double>) -> Void

/// GSL's adaptive Runge–Kutta–Prince–Dormand (8, 9) method with step control on
/// `absoluteTolerance + relativeTolerance·|x|`.
@safe
public struct ODEIntegrator: ~Copyable {
  /// The method's name, as printed beside results.
  public static let methodName = "rk8pd"

  private final class Problem {
    let dimension: Int
    let field: ODEField

    init(dimension: Int, field: @escaping ODEField) {
      self.dimension = dimension
      self.field = field
    }
  }

  // The driver keeps a pointer to the system, and the system one to the problem.
  private let problem: Problem
  private let system: UnsafeMutablePointer<gsl_odeiv2_system>
  private let driver: UnsafeMutablePointer<gsl_odeiv2_driver>

  /// Prepares the integration of `dimension` equations.
  ///
  /// - Parameters:
  ///   - firstStep: the first trial step; the control takes over from there.
  ///   - field: the right-hand side.
  public init(
    dimension: Int, firstStep: Double, absoluteTolerance: Double, relativeTolerance: Double,
    field: @escaping ODEField
  ) {
    precondition(dimension > 0 && firstStep > 0, "dimension \(dimension), first step \(firstStep)")
    GSL.start()
    let problem = Problem(dimension: dimension, field: field)
    self.problem = problem
    unsafe system = .allocate(capacity: 1)
    unsafe system.initialize(
      to: gsl_odeiv2_system(
        function: { time, state, derivative, parameters in
          let problem = unsafe Unmanaged<Problem>.fromOpaque(parameters!).takeUnretainedValue()
          let input = unsafe Span(_unsafeStart: state!, count: problem.dimension)
          var output = unsafe MutableSpan(_unsafeStart: derivative!, count: problem.dimension)
          problem.field(time, input, &output)
          return Int32(GSL_SUCCESS)
        },
        jacobian: nil, dimension: dimension, params: Unmanaged.passUnretained(problem).toOpaque()))
    unsafe driver = gsl_odeiv2_driver_alloc_y_new(
      system, cgsl_step_rk8pd(), firstStep, absoluteTolerance, relativeTolerance)
  }

  deinit {
    unsafe gsl_odeiv2_driver_free(driver)
    unsafe system.deallocate()
  }

  /// Moves `state` from time `start` to time `end`.
  ///
  /// - Throws: ``IntegrationFailure`` when GSL gives up (a derivative that isn't finite, a step at its limit).
  public mutating func advance(
    _ state: inout [Double], from start: Double, to end: Double
  ) throws(IntegrationFailure) {
    precondition(state.count == problem.dimension, "\(state.count) values, dimension \(problem.dimension)")
    var time = start
    let status = unsafe gsl_odeiv2_driver_apply(driver, &time, end, &state)
    guard status == Int32(GSL_SUCCESS) else {
      throw IntegrationFailure(time: time, reason: unsafe String(cString: gsl_strerror(status)))
    }
  }
}
