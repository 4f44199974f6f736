import CoRNNDynamics
import CoRNNKernels
import CoRNNModel

/// A system and its like at other values of a parameter.
enum SystemFamily: Sendable {
  /// A network before its loop is closed; without a drive its outputs are its inputs. A flow has an integration.
  case network(OscillatorNetwork, path: String, OscillatorMapSystem.Drive?, FlowIntegration?)
  case named(NamedSystem, [String: Double], timeStep: Double?, FlowIntegration)

  /// A system in motion, its field if it is a flow, and its network if it is one.
  typealias Moving = (system: any DynamicalSystem, field: (any FlowField)?, network: OscillatorNetwork?)

  /// The network, its loop closed where it is to be, and what drives it; nil for a classic system.
  var closedNetwork: (OscillatorNetwork, OscillatorMapSystem.Drive)? {
    guard case .network(let network, let path, let drive, _) = self else { return nil }
    if let drive { return (network, drive) }
    return (try? network.closedLoop(path: path)).map { ($0, .constant([])) }
  }

  /// A network under `drive`, nil for one whose loop is closed; its ODE if there is an integration.
  static func moving(
    _ network: OscillatorNetwork, _ drive: OscillatorMapSystem.Drive?, _ integration: FlowIntegration?
  ) -> Moving {
    let drive = drive ?? .constant([])
    guard let integration else { return (OscillatorMapSystem(network, drive: drive), nil, network) }
    let field = OscillatorFlowField(network, drive: drive)
    return (SampledFlow(field, timeStep: network.oscillators.timeStep, integration: integration), field, network)
  }

  /// A named system; a flow that is driven periodically takes a whole number of steps a period, at least 32 unless its
  /// time step is given.
  static func moving(
    _ named: NamedSystem, _ given: [String: Double], timeStep: Double?, integration: FlowIntegration,
    stepsPerPeriod: Int? = nil
  ) throws(NamedSystem.ParameterError) -> (system: any DynamicalSystem, field: (any FlowField)?, stepsPerPeriod: Int?) {
    guard let field = try named.field(given) else { return (try named.make(given).system, nil, nil) }
    let wanted = timeStep ?? named.timeStep
    let most = 1e9
    guard let period = field.period, period / wanted < most else {
      return (field.sampled(every: wanted, integration: integration), field, nil)
    }
    let count = stepsPerPeriod ?? max(timeStep == nil ? 32 : 1, Int((period / wanted).rounded(.up)))
    return (field.sampled(every: period / Double(count), integration: integration), field, count)
  }

  /// The systems at some values of a parameter, each of which has been tried.
  ///
  /// - Parameter stepsPerPeriod: as many at every value.
  func swept(
    _ key: String, over values: [Double], stepsPerPeriod: Int?
  ) throws(Diagnostic) -> @Sendable (Double) -> Moving {
    let at: @Sendable (Double) throws(Diagnostic) -> Moving
    switch self {
    case .named(let named, let given, let timeStep, let integration):
      guard key != "n" else { throw Diagnostic(.usage, "--sweep: the number of variables can't be swept") }
      at = { value throws(Diagnostic) in
        try Diagnostic.naming("--sweep", named) { () throws(NamedSystem.ParameterError) in
          let moving = try Self.moving(
            named, given.merging([key: value]) { $1 }, timeStep: timeStep, integration: integration,
            stepsPerPeriod: stepsPerPeriod)
          return (moving.system, moving.field, nil)
        }
      }
    case .network(let network, let path, let drive, let integration):
      guard let constant = SweptConstant(rawValue: key) else {
        throw Diagnostic(
          .usage, "--sweep \(key): a network has no such parameter",
          hint: "it has " + SweptConstant.allCases.map(\.rawValue).joined(separator: ", "))
      }
      at = { value throws(Diagnostic) in
        let changed: OscillatorNetwork
        do throws(InvalidNetwork) {
          changed = try network.with(constant, value)
        } catch {
          throw Diagnostic(error, sweeping: key, value)
        }
        return Self.moving(drive == nil ? try changed.closedLoop(path: path) : changed, drive, integration)
      }
    }
    for value in values { _ = try at(value) }
    return { value in
      do throws(Diagnostic) {
        return try at(value)
      } catch {
        preconditionFailure("\(key) = \(value) after its check: \(error.message)")
      }
    }
  }
}

extension Diagnostic {
  /// Does what needs a classic system's parameters, or says which of those that `flag` gave is wrong.
  static func naming<Result>(
    _ flag: String, _ system: NamedSystem, _ work: () throws(NamedSystem.ParameterError) -> Result
  ) throws(Diagnostic) -> Result {
    do throws(NamedSystem.ParameterError) {
      return try work()
    } catch {
      switch error {
      case .unknown(let name):
        throw Diagnostic(
          .usage, "\(flag) \(name): \(system.rawValue) has no such parameter",
          hint: system.parameters.isEmpty
            ? "it has none" : "it has " + system.parameters.map(\.name).joined(separator: ", "))
      case .outOfRange(let name, let value, let requirement):
        throw Diagnostic(.usage, "\(flag) \(name) is \(value); it must be \(requirement)")
      }
    }
  }

  /// The message for a value that a network can't have.
  fileprivate init(_ error: InvalidNetwork, sweeping key: String, _ value: Double) {
    if case .outOfRange(let name, let unit, let found, let requirement) = error {
      self.init(
        .usage,
        "--sweep \(key) comes to \(value), where \(name)\(unit.map { " of unit \($0)" } ?? "") is \(found); it must be "
          + requirement)
    } else {
      self.init(.usage, "--sweep \(key) comes to \(value), which this network can't have")
    }
  }
}
