public import ArgumentParser
import CoRNNCheckpoints
public import CoRNNModel
import CoRNNReport

/// Which network: the file, and how to read it.
struct CheckpointOptions: ParsableArguments {
  @Argument(help: "Trained weights: .pt, .pth, .safetensors, .npz or .json.")
  var checkpoint: String

  @OptionGroup var reading: ReadingOptions

  /// The most memory that an unpacked array or a run's states may take.
  var memory: ByteCount { reading.memory }

  /// Finds the network in the file.
  func stored() throws(Diagnostic) -> StoredNetwork { try reading.stored(checkpoint) }

  /// Reads the whole network.
  func network(_ stored: StoredNetwork) throws(Diagnostic) -> OscillatorNetwork { try reading.network(stored) }

  /// Refuses runs whose states would take more than `--memory`.
  func checkMemory(steps: Int, batch: Int, hidden: Int) throws(Diagnostic) {
    try reading.checkMemory(steps: steps, batch: batch, hidden: hidden)
  }
}

/// How a checkpoint is read, and the constants that aren't in it.
struct ReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How tensors make up the network: \(Layout.allCases.map(\.rawValue).joined(separator: ", ")).",
      discussion: "Recognised by names and shapes if absent.", valueName: "id"))
  var layout: String?

  @Option(
    help: ArgumentHelp(
      "Which tensor is which: W=name,Z=name[a:b],V=name:T,b=name+name (0 for none).", valueName: "roles"))
  var map: String?

  @Option(help: ArgumentHelp("The layer to take from a file of several.", valueName: "k"))
  var layer: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("The time step, greater than 0.", valueName: "x"))
  var dt: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Stiffness: a number, one for each unit between commas, or a file with them.", valueName: "x|file"))
  var gamma: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Damping constant: a number, one for each unit between commas, or a file with them.", valueName: "x|file"))
  var epsilon: String?

  @Option(help: ArgumentHelp("Whether damping acts on the new velocity (implicit) or the old one (explicit)."))
  var damping: Damping?

  @Option(help: "The activation: tanh a, a itself (a linear network), or 0 (free damped oscillators). (default: tanh)")
  var activation: Activation?

  @Option(
    help: ArgumentHelp(
      "The most memory that an unpacked array or a run's states may take, e.g. 512M.", valueName: "size"))
  var memory: ByteCount = ByteCount(bytes: 8 << 30)

  func validate() throws {
    if let layout, Layout(name: layout) == nil {
      throw ValidationError(
        "Unknown layout '\(layout)'. Known: \(Layout.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    if let layer, layer < 0 { throw ValidationError("--layer \(layer) is negative.") }
    if let dt, !(dt > 0 && dt.isFinite) { throw ValidationError("--dt is \(dt); it must be greater than 0.") }
    if let map {
      do {
        _ = try LayoutMap(parsing: map)
      } catch {
        throw ValidationError(Self.text(error))
      }
    }
    try Self.check("--gamma", gamma, "greater than 0") { $0 > 0 }
    try Self.check("--epsilon", epsilon, "at least 0") { $0 >= 0 }
  }

  /// The flags given, but for --memory.
  var givenFlags: [String] {
    let flags: [(String, Bool)] = [
      ("--layout", layout != nil), ("--map", map != nil), ("--layer", layer != nil), ("--dt", dt != nil),
      ("--gamma", gamma != nil), ("--epsilon", epsilon != nil), ("--damping", damping != nil),
      ("--activation", activation != nil),
    ]
    return flags.filter(\.1).map(\.0)
  }

  /// The constants given by flags.
  func given() throws(Diagnostic) -> GivenConstants {
    GivenConstants(
      timeStep: dt, gamma: try values(gamma), epsilon: try values(epsilon), damping: damping, activation: activation)
  }

  /// Finds the network in the file at `path`.
  func stored(_ path: String) throws(Diagnostic) -> StoredNetwork {
    let given = try self.given()
    do {
      return try StoredNetwork(
        path: path, layout: layout.flatMap { Layout(name: $0) },
        map: map.flatMap { try? LayoutMap(parsing: $0) }, layer: layer, given: given, memoryLimit: memory.bytes)
    } catch {
      if case .network(let invalid, _) = error, let file = constantsFile(invalid) {
        throw Diagnostic(invalid, path: file)
      }
      throw Diagnostic(error)
    }
  }

  /// The file that a flag named for the constant that `invalid` is about.
  private func constantsFile(_ invalid: InvalidNetwork) -> String? {
    let name: String
    switch invalid {
    case .shape(let constant, _, _), .notFinite(let constant, _, _), .outOfRange(let constant, _, _, _): name = constant
    case .empty: return nil
    }
    let flag = name == "gamma" ? gamma : name == "epsilon" ? epsilon : nil
    return flag.flatMap { constants($0) == nil ? $0 : nil }
  }

  /// Reads the whole network.
  func network(_ stored: StoredNetwork) throws(Diagnostic) -> OscillatorNetwork {
    do {
      return try stored.network()
    } catch {
      throw Diagnostic(error)
    }
  }

  /// Refuses runs whose states would take more than `--memory`.
  func checkMemory(steps: Int, batch: Int, hidden: Int) throws(Diagnostic) {
    let (bytes, overflow) = steps.multipliedReportingOverflow(by: 16 * batch * hidden)
    guard !overflow, bytes <= memory.bytes else {
      throw Diagnostic(
        .usage,
        "the states of \(steps) steps would take \(overflow ? "" : bytesText(bytes) + ", ")more than --memory allows",
        hint: "raise --memory, or run fewer steps")
    }
  }

  private func values(_ text: String?) throws(Diagnostic) -> [Double]? {
    guard let text else { return nil }
    if let numbers = constants(text) { return numbers }
    do {
      return try NumericArray(path: text, memoryLimit: memory.bytes).values
    } catch {
      throw Diagnostic(error)
    }
  }

  private static func check(
    _ flag: String, _ text: String?, _ requirement: String, _ isInRange: (Double) -> Bool
  ) throws {
    guard let numbers = text.flatMap(constants), let text else { return }
    guard numbers.allSatisfy({ $0.isFinite && isInRange($0) }) else {
      throw ValidationError("\(flag) is \(text); it must be \(requirement).")
    }
  }

  private static func text(_ error: LayoutMap.ParseError) -> String {
    switch error {
    case .notAnAssignment(let part): "--map: '\(part)' isn't of the form role=name."
    case .unknownRole(let role): "--map: unknown role '\(role)'. Roles: \(LayoutMap.roles.joined(separator: ", "))."
    case .duplicateRole(let role): "--map: \(role) is assigned twice."
    case .badColumns(let part): "--map: '\(part)' should end in columns like [0:64]."
    }
  }
}

/// A number, or several with commas between; nil for a file's name.
func constants(_ text: String) -> [Double]? {
  let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
  return numbers.contains(nil) ? nil : numbers.compactMap { $0 }
}

extension Damping: ExpressibleByArgument {}
extension Activation: ExpressibleByArgument {}

/// A number of bytes, written with K, M, G or T for powers of 1024.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let factors: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
    let factor = argument.last.flatMap { factors[Character($0.uppercased())] }
    let digits = factor == nil ? argument[...] : argument.dropLast()
    guard let number = Double(digits), number > 0, number * Double(factor ?? 1) < 0x1p62 else { return nil }
    bytes = Int(number * Double(factor ?? 1))
  }

  var defaultValueDescription: String {
    bytes.isMultiple(of: 1 << 30) ? "\(bytes >> 30)G" : "\(bytes)"
  }
}
