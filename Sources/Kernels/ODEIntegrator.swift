import CGSL
import CKernels

/// An ordinary differential equation did not reach its end time.
public struct IntegrationFailure: Error, Codable, Equatable, Sendable {
  /// The time reached.
  public let time: Double
  /// What GSL says of it.
  public let reason: String

  /// A failure at a time for a reason.
  public init(time: Double, reason: String) {
    self.time = time
    self.reason = reason
  }
}

/// The right-hand side of `x' = f(t, x)`: time, state, and where the derivative goes.
public typealias ODEField = (Double, Span<Double>, inout MutableSpan<Double>) -> Void

/// The derivatives of a right-hand side: time, state, where `∂f_i/∂x_j` goes (row-major) and where `∂f/∂t` goes.
public typealias ODEJacobian = (Double, Span<Double>, inout MutableSpan<Double>, inout MutableSpan<Double>) -> Void

/// An adaptive integration by one of GSL's steppers, with step control on
/// `absoluteTolerance + relativeTolerance·|x|`.
@safe
public struct ODEIntegrator: ~Copyable {
  private final class Problem {
    let dimension: Int
    let field: ODEField
    let jacobian: ODEJacobian?
    var evaluations = 0
    var jacobians = 0

    init(dimension: Int, field: @escaping ODEField, jacobian: ODEJacobian?) {
      self.dimension = dimension
      self.field = field
      self.jacobian = jacobian
    }
  }

  // The driver keeps a pointer to the system, and the system one to the problem.
  private let problem: Problem
  private let system: UnsafeMutablePointer<gsl_odeiv2_system>
  private let driver: UnsafeMutablePointer<gsl_odeiv2_driver>
  private var restarted = IntegrationCounts()

  /// Prepares the integration of `dimension` equations.
  ///
  /// - Parameters:
  ///   - dimension: the number of equations, n.
  ///   - firstStep: the first trial step; the control takes over from there.
  ///   - options: method and tolerances.
  ///   - field: the right-hand side.
  ///   - jacobian: its derivatives, which the implicit methods need.
  public init(
    dimension: Int, firstStep: Double, options: IntegrationOptions, field: @escaping ODEField,
    jacobian: ODEJacobian? = nil
  ) {
    precondition(dimension > 0 && firstStep > 0, "dimension \(dimension), first step \(firstStep)")
    precondition(!options.method.needsJacobian || jacobian != nil, "\(options.method) without a Jacobian")
    GSL.start()
    OpenBLAS.start()
    let problem = Problem(dimension: dimension, field: field, jacobian: jacobian)
    self.problem = problem
    unsafe system = .allocate(capacity: 1)
    unsafe system.initialize(
      to: gsl_odeiv2_system(
        function: { time, state, derivative, parameters in
          let problem = unsafe Unmanaged<Problem>.fromOpaque(parameters!).takeUnretainedValue()
          problem.evaluations += 1
          let input = unsafe Span(_unsafeStart: state!, count: problem.dimension)
          var output = unsafe MutableSpan(_unsafeStart: derivative!, count: problem.dimension)
          problem.field(time, input, &output)
          return Int32(GSL_SUCCESS)
        },
        jacobian: { time, state, byState, byTime, parameters in
          let problem = unsafe Unmanaged<Problem>.fromOpaque(parameters!).takeUnretainedValue()
          guard let jacobian = problem.jacobian else { return Int32(GSL_EUNIMPL) }
          problem.jacobians += 1
          let n = problem.dimension
          let input = unsafe Span(_unsafeStart: state!, count: n)
          var derivatives = unsafe MutableSpan(_unsafeStart: byState!, count: n * n)
          var rates = unsafe MutableSpan(_unsafeStart: byTime!, count: n)
          jacobian(time, input, &derivatives, &rates)
          return Int32(GSL_SUCCESS)
        }, dimension: dimension, params: Unmanaged.passUnretained(problem).toOpaque()))
    unsafe driver = gsl_odeiv2_driver_alloc_y_new(
      system, options.method.stepType, firstStep, options.absoluteTolerance, options.relativeTolerance)
    if options.method == .dop853 {
      unsafe gsl_odeiv2_control_free(driver.pointee.c)
      unsafe driver.pointee.c = gsl_odeiv2_control_alloc(
        cornn_rms_control_type().assumingMemoryBound(to: gsl_odeiv2_control_type.self))
      _ = unsafe gsl_odeiv2_control_init(
        driver.pointee.c, options.absoluteTolerance, options.relativeTolerance, 1, 0)
    }
    if let largest = options.largestStep { unsafe gsl_odeiv2_driver_set_hmax(driver, largest) }
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
    try check(unsafe gsl_odeiv2_driver_apply(driver, &time, end, &state), state, time: time)
  }

  /// Moves `state` by `count` steps of one size, without step control.
  public mutating func advance(
    _ state: inout [Double], from start: Double, step: Double, count: Int
  ) throws(IntegrationFailure) {
    precondition(state.count == problem.dimension, "\(state.count) values, dimension \(problem.dimension)")
    var time = start
    for _ in 0..<count {
      let status = unsafe gsl_odeiv2_evolve_apply_fixed_step(
        driver.pointee.e, nil, driver.pointee.s, system, &time, step, &state)
      try check(status, state, time: time)
    }
  }

  private func check(_ status: Int32, _ state: [Double], time: Double) throws(IntegrationFailure) {
    guard status == Int32(GSL_SUCCESS) else {
      throw IntegrationFailure(time: time, reason: unsafe String(cString: gsl_strerror(status)))
    }
    guard state.allSatisfy(\.isFinite) else {
      throw IntegrationFailure(time: time, reason: "the solution left the range of doubles")
    }
  }

  /// Forgets the past of the solution, as a jump of the right-hand side asks for; the step size is kept.
  public mutating func restart() {
    restarted.steps += unsafe Int(driver.pointee.e.pointee.count)
    restarted.failedSteps += unsafe Int(driver.pointee.e.pointee.failed_steps)
    unsafe gsl_odeiv2_driver_reset(driver)
  }

  /// What it took so far.
  public var counts: IntegrationCounts {
    var counts = restarted
    counts.steps += unsafe Int(driver.pointee.e.pointee.count)
    counts.failedSteps += unsafe Int(driver.pointee.e.pointee.failed_steps)
    counts.evaluations = problem.evaluations
    counts.jacobians = problem.jacobians
    return counts
  }
}
