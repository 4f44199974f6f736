import CGSL
import CKernels

/// GSL's steppers for ordinary differential equations, by GSL's names, and one more.
public enum IntegrationMethod: String, CaseIterable, Codable, Sendable {
  /// Explicit Runge–Kutta: of orders 2 (3), 4, 4 (5) Fehlberg, 4 (5) Cash–Karp, 8 (9) Prince–Dormand.
  case rk2, rk4, rkf45, rkck, rk8pd
  /// Implicit Gaussian Runge–Kutta of orders 1, 2 and 4; they need the Jacobian.
  case rk1imp, rk2imp, rk4imp
  /// Implicit Bulirsch–Stoer of Bader and Deuflhard; it needs the Jacobian.
  case bsimp
  /// Linear multistep of variable order: Adams (1 to 12) and, with the Jacobian, backward differentiation (1 to 5).
  case msadams, msbdf
  /// Explicit Runge–Kutta of order 8 with fewer evaluations than rk8pd and step control on the root mean square error:
  /// Dormand and Prince's DOP853 (Hairer, Nørsett & Wanner) as a stepper of ours in GSL's framework.
  case dop853

  /// Whether it solves equations with the Jacobian at each step.
  public var needsJacobian: Bool {
    switch self {
    case .rk2, .rk4, .rkf45, .rkck, .rk8pd, .msadams, .dop853: false
    case .rk1imp, .rk2imp, .rk4imp, .bsimp, .msbdf: true
    }
  }

  /// The order at which a fixed step's error falls; nil for the methods that choose their order as they go.
  public var order: Int? {
    switch self {
    case .rk1imp: 1
    case .rk2, .rk2imp: 2
    case .rk4, .rk4imp: 4
    case .rkf45, .rkck: 5
    case .rk8pd, .dop853: 8
    case .bsimp, .msadams, .msbdf: nil
    }
  }

  var stepType: UnsafePointer<gsl_odeiv2_step_type>? {
    switch self {
    case .rk2: unsafe cgsl_step_rk2()
    case .rk4: unsafe cgsl_step_rk4()
    case .rkf45: unsafe cgsl_step_rkf45()
    case .rkck: unsafe cgsl_step_rkck()
    case .rk8pd: unsafe cgsl_step_rk8pd()
    case .rk1imp: unsafe cgsl_step_rk1imp()
    case .rk2imp: unsafe cgsl_step_rk2imp()
    case .rk4imp: unsafe cgsl_step_rk4imp()
    case .bsimp: unsafe cgsl_step_bsimp()
    case .msadams: unsafe cgsl_step_msadams()
    case .msbdf: unsafe cgsl_step_msbdf()
    case .dop853: unsafe cornn_dop853_step_type().assumingMemoryBound(to: gsl_odeiv2_step_type.self)
    }
  }
}

/// How an ordinary differential equation is integrated.
public struct IntegrationOptions: Codable, Equatable, Sendable {
  /// The stepper.
  public var method: IntegrationMethod
  /// The error allowed in each step is `absoluteTolerance + relativeTolerance·|x|` in each component.
  public var absoluteTolerance: Double
  /// The part of the error allowed in a step that goes with the state's size.
  public var relativeTolerance: Double
  /// The largest step; nil for no limit.
  public var largestStep: Double?

  /// An integration by `method` to these tolerances.
  public init(
    method: IntegrationMethod = .rk8pd, absoluteTolerance: Double = 1e-12, relativeTolerance: Double = 1e-12,
    largestStep: Double? = nil
  ) {
    self.method = method
    self.absoluteTolerance = absoluteTolerance
    self.relativeTolerance = relativeTolerance
    self.largestStep = largestStep
  }
}

/// What an integration took.
public struct IntegrationCounts: Codable, Equatable, Sendable {
  /// Steps taken, and steps tried and taken back.
  public var steps = 0
  /// Steps tried and taken back.
  public var failedSteps = 0
  /// Evaluations of the right-hand side and of its Jacobian.
  public var evaluations = 0
  /// Evaluations of the Jacobian.
  public var jacobians = 0

  /// Nothing yet.
  public init() {}

  /// The counts of two integrations together.
  public static func + (a: IntegrationCounts, b: IntegrationCounts) -> IntegrationCounts {
    var sum = a
    sum.steps += b.steps
    sum.failedSteps += b.failedSteps
    sum.evaluations += b.evaluations
    sum.jacobians += b.jacobians
    return sum
  }
}
