import CGSL

/// The GNU Scientific Library as this process uses it.
public enum GSL {
  /// GSL's version.
  public static var version: String { unsafe String(cString: cgsl_version()) }

  /// Switches off GSL's error handler, which would abort the process: each status becomes a typed error.
  static func start() { _ = started }

  private static let started: Void = { _ = unsafe gsl_set_error_handler_off() }()
}
