import CoRNNCheckpoints
import FoundationEssentials
import Yams

/// An experiment as a file: a kind of command and its settings, each key a flag's name in lowerCamelCase.
struct Scenario {
  /// The kinds of scenario, each the verb that runs it.
  enum Kind: String, CaseIterable {
    case inspect, simulate, compare, bounds, certify, lyapunov
    case fixedPoints = "fixed-points"
    case orbitDiagram = "orbit-diagram"
    case section, spectrum, train, forecast

    /// Whether it is about a network or a system that is given.
    var hasSubject: Bool { self != .train && self != .forecast }
  }

  /// What a key's value must be.
  enum Setting {
    /// Text, or a number, passed as it is written.
    case value
    /// A file, found from the scenario's own folder.
    case path
    /// A number, a list of numbers, or a file.
    case numbers
    /// Numbers between commas, or a list of them.
    case list
    /// A value, a list of them, or a mapping for `key=value`: the flag once for each.
    case values
    /// A flag that is given or left out.
    case flag
    /// A flag that can be given either way.
    case choice
  }

  private static let checkpoint: [String: Setting] = [
    "layout": .value, "map": .value, "layer": .value, "dt": .value, "gamma": .numbers, "epsilon": .numbers,
    "damping": .value, "activation": .value, "memory": .value,
  ]
  private static let input: [String: Setting] = [
    "inputs": .path, "signal": .value, "steps": .value, "amplitude": .value, "frequency": .value, "forcing": .value,
    "seed": .value, "scaleInputs": .flag, "initial": .path,
  ]
  private static let integration: [String: Setting] = [
    "method": .value, "absoluteTolerance": .value, "relativeTolerance": .value, "largestStep": .value, "hold": .value,
  ]

  private static let gradient: [String: Setting] = [
    "gradient": .choice, "loss": .value, "targets": .path, "readoutTargets": .path, "scored": .value,
    "cotangents": .path, "lags": .value, "orders": .flag, "halvings": .value, "against": .path,
  ]

  /// What every verb about dynamics takes beside `checkpoint`.
  private static let system: [String: Setting] = [
    "system": .value, "parameter": .values, "samplingStep": .value, "constantInput": .list, "closedLoop": .flag,
    "flow": .flag, "method": .value, "tolerance": .value, "start": .list, "randomHidden": .value, "networkSeed": .value,
  ].merging(input) { first, _ in first }

  /// The keys of a kind beside `kind` and `checkpoint`.
  static func settings(of kind: Kind) -> [String: Setting] {
    var settings = kind.hasSubject ? checkpoint : [:]
    func add(_ more: [String: Setting]) { settings.merge(more) { first, _ in first } }
    switch kind {
    case .inspect: add(["spectral": .choice, "replay": .path, "inputs": .path, "tolerance": .value])
    case .simulate:
      add(input)
      add(integration)
      add(["flow": .flag])
    case .compare:
      add(input)
      add(integration)
      add(["refinements": .value])
    case .bounds:
      add(input)
      add(integration)
      add(gradient)
      add([
        "flow": .choice, "worstCase": .flag, "inputLimit": .value, "targetLimit": .value, "iterations": .value,
      ])
    case .certify:
      add([
        "closedLoop": .flag, "flow": .choice, "lags": .value, "inputLimit": .value, "targetLimit": .value,
      ])
    case .lyapunov:
      add(system)
      add([
        "exponents": .value, "length": .value, "repeat": .value, "transient": .value, "untilError": .value,
        "mostSteps": .value, "interval": .value, "tangents": .value, "tangentSeed": .value, "checkEvery": .value,
        "window": .value, "sweep": .value, "networks": .value, "refinements": .value, "saveEvery": .value,
      ])
    case .fixedPoints:
      add(system)
      add(["starts": .value, "slow": .flag])
    case .orbitDiagram:
      add(system)
      add([
        "sweep": .value, "variable": .value, "sampling": .value, "transient": .value, "points": .value,
        "warmStart": .choice, "periodTolerance": .value, "exponent": .flag, "exponentSteps": .value,
      ])
    case .section:
      add(system)
      add([
        "variable": .value, "normal": .list, "level": .value, "extrema": .flag, "direction": .value,
        "stroboscopic": .flag, "every": .value, "points": .value, "transient": .value, "timeLimit": .value,
      ])
    case .spectrum:
      add(system)
      add([
        "variable": .value, "length": .value, "transient": .value, "segment": .value, "zeroOne": .flag,
        "every": .value,
      ])
    case .train:
      add([
        "cell": .value, "hidden": .value, "dt": .value, "gamma": .numbers, "epsilon": .numbers, "damping": .value,
        "forgetBias": .value, "learnGamma": .value, "learnEpsilon": .value, "learnDt": .flag, "precision": .value,
        "forcing": .value,
        "variables": .value, "trajectories": .value, "samples": .value, "dataSeed": .value, "horizon": .value,
        "firstScored": .value, "window": .value, "washout": .value, "steps": .value, "batch": .value, "rate": .value,
        "schedule": .value, "endRate": .value, "dropAt": .list, "dropFactor": .value, "clip": .value,
        "validateEvery": .value, "patience": .value, "seed": .value, "exponent": .flag, "saveEvery": .value,
      ])
    case .forecast:
      add([
        "forcing": .value, "variables": .value, "seed": .value, "models": .list, "trajectories": .value,
        "samples": .value, "firstScored": .value, "seeds": .value, "trials": .value, "trialSteps": .value,
        "fitSteps": .value, "untilError": .value,
        "horizon": .value, "horizons": .list, "forcings": .list, "closedLoop": .flag, "starts": .value,
        "warmUp": .value, "length": .value, "thresholds": .list, "longRuns": .value, "longRunSamples": .value,
        "exponentSteps": .value,
      ])
    }
    return settings
  }

  /// The file, as it was named.
  let path: String
  let kind: Kind
  /// The question that its first comment line asks; empty without one.
  let question: String
  /// The settings in the file's order, as flags take them.
  let flags: [Flag]
  /// The checkpoint's path; nil for a named system, a random network, and kinds that take none.
  let checkpoint: String?

  /// A setting as a flag.
  struct Flag {
    let key: String
    let line: Int
    /// The arguments that it comes to; empty for a flag left out.
    let arguments: [String]
    /// Numbers to be written to a file first, which the flag then names.
    var numbers: [Double]?
  }

  /// The command line that the scenario stands for, with each list of numbers in the file that `place` puts it in.
  func arguments(placing place: (String, [Double]) throws(Diagnostic) -> String) throws(Diagnostic) -> [String] {
    var arguments = [kind.rawValue] + (checkpoint.map { [$0] } ?? [])
    for flag in flags {
      arguments += flag.arguments
      if let numbers = flag.numbers { arguments.append(try place(flag.key, numbers)) }
    }
    return arguments
  }
}

extension Scenario {
  /// Reads a scenario strictly: a key that isn't known, or a value of the wrong sort, is an error that names file,
  /// line and key.
  ///
  /// - Parameters:
  ///   - isShort: whether what stands under `short:` takes the place of the settings of the same names.
  ///   - replacing: keys and values as YAML, that take the place of the file's.
  init(
    path: String, isShort: Bool = false, replacing: [(key: String, value: String)] = []
  ) throws(Diagnostic) {
    self.path = path
    let text: String
    do {
      text = try readText(path)
    } catch {
      throw Diagnostic(CheckpointError(path: path, problem: error))
    }
    let first = text.split(whereSeparator: \.isNewline).first ?? ""
    question = first.hasPrefix("#") ? String(first.drop { $0 == "#" || $0 == " " }) : ""
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw Diagnostic(.data, "\(path): not YAML: \(Self.oneLine(error))")
    }
    guard let mapping = root?.mapping else {
      throw Diagnostic(
        .data, "\(path): a scenario is a list of key: value lines", hint: "start with kind: and checkpoint:")
    }
    func trouble(_ node: Node, _ message: String, hint: String? = nil) -> Diagnostic {
      Diagnostic(.data, "\(path):\(node.mark?.line ?? 1): \(message)", hint: hint)
    }
    var entries: [(key: String, keyNode: Node, value: Node)] = []
    var shortKeys: [(key: String, keyNode: Node)] = []
    for (keyNode, value) in mapping {
      guard let key = keyNode.string else { throw trouble(keyNode, "a key that isn't text") }
      if entries.contains(where: { $0.key == key }) { throw trouble(keyNode, "\(key) is given twice") }
      entries.append((key, keyNode, value))
    }
    func put(_ key: String, _ keyNode: Node, _ value: Node) {
      if let place = entries.firstIndex(where: { $0.key == key }) {
        entries[place] = (key, keyNode, value)
      } else {
        entries.append((key, keyNode, value))
      }
    }
    if let place = entries.firstIndex(where: { $0.key == "short" }) {
      let short = entries.remove(at: place)
      guard let settings = short.value.mapping, !settings.isEmpty else {
        throw trouble(short.value, "short must have settings under it, that a short run has instead of the others")
      }
      var seen: Set<String> = []
      for (keyNode, value) in settings {
        guard let key = keyNode.string, seen.insert(key).inserted, !["kind", "short"].contains(key) else {
          throw trouble(
            keyNode, "under short: \(keyNode.string ?? "a key that isn't text") can't stand there, or not twice")
        }
        if isShort { put(key, keyNode, value) }
        shortKeys.append((key, keyNode))
      }
    } else if isShort {
      throw Diagnostic(
        .data, "\(path): no short form", hint: "short: with the settings that make it short under it")
    }
    for (key, value) in replacing {
      guard let node = try? Yams.compose(yaml: value), key != "kind", key != "short" else {
        throw Diagnostic(.usage, "--set \(key)=\(value): not a setting", hint: "--set key=value, the value as in YAML")
      }
      put(key, Node(key), node)
    }
    let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
    guard let kindEntry = entries.first(where: { $0.key == "kind" }) else {
      throw Diagnostic(.data, "\(path): no kind", hint: "kind: one of \(kinds)")
    }
    guard let kind = kindEntry.value.string.flatMap({ Kind(rawValue: $0) }) else {
      throw trouble(kindEntry.value, "kind is \(kindEntry.value.string ?? "not text")", hint: "one of \(kinds)")
    }
    self.kind = kind
    if let place = entries.first(where: { $0.key == "checkpoint" }), kind.hasSubject {
      guard let name = place.value.string else { throw trouble(place.value, "checkpoint isn't a path") }
      checkpoint = Self.resolved(name, from: path)
    } else {
      guard !kind.hasSubject || entries.contains(where: { ["system", "randomHidden"].contains($0.key) }) else {
        throw Diagnostic(.data, "\(path): no checkpoint", hint: "checkpoint: a file, from the scenario's own folder")
      }
      checkpoint = nil
    }

    let known = Self.settings(of: kind)
    for (key, keyNode) in shortKeys where known[key] == nil && !(key == "checkpoint" && kind.hasSubject) {
      throw trouble(
        keyNode, "unknown key \(key) under short", hint: "known: " + known.keys.sorted().joined(separator: ", "))
    }
    var flags: [Flag] = []
    for (key, keyNode, value) in entries where key != "kind" && !(key == "checkpoint" && kind.hasSubject) {
      guard let setting = known[key] else {
        throw trouble(
          keyNode, "unknown key \(key) in a scenario of kind \(kind.rawValue)",
          hint: "known: "
            + (["kind"] + (kind.hasSubject ? ["checkpoint"] : []) + known.keys.sorted()).joined(separator: ", "))
      }
      let flag = "--" + Self.flagName(key)
      let line = keyNode.mark?.line ?? 1
      switch setting {
      case .flag, .choice:
        guard let isOn = value.bool else { throw trouble(value, "\(key) must be true or false") }
        let off = setting == .choice ? ["--no-" + Self.flagName(key)] : []
        flags.append(Flag(key: key, line: line, arguments: isOn ? [flag] : off))
      case .numbers where value.sequence != nil:
        let numbers = value.sequence?.map(\.float) ?? []
        guard numbers.allSatisfy({ $0 != nil }), !numbers.isEmpty else {
          throw trouble(value, "\(key) must be a number, a list of numbers, or a file")
        }
        flags.append(Flag(key: key, line: line, arguments: [flag], numbers: numbers.compactMap { $0 }))
      case .values where value.sequence != nil, .list where value.sequence != nil:
        let texts = value.sequence?.map(\.scalar?.string) ?? []
        guard texts.allSatisfy({ $0 != nil }), !texts.isEmpty else {
          throw trouble(value, "\(key) must be a value or a list of them")
        }
        let values = texts.compactMap { $0 }
        flags.append(
          Flag(
            key: key, line: line,
            arguments: (setting == .list ? [values.joined(separator: ",")] : values).map { flag + "=" + $0 }))
      case .values where value.mapping != nil:
        let pairs = value.mapping?.map { ($0.key.scalar?.string, $0.value.scalar?.string) } ?? []
        guard pairs.allSatisfy({ $0.0 != nil && $0.1 != nil }), !pairs.isEmpty else {
          throw trouble(value, "\(key) must have a value for each name")
        }
        flags.append(
          Flag(key: key, line: line, arguments: pairs.map { flag + "=" + ($0.0 ?? "") + "=" + ($0.1 ?? "") }))
      case .value, .values, .list, .path, .numbers:
        guard let text = value.scalar?.string, !text.isEmpty else {
          throw trouble(value, "\(key) must be a single value")
        }
        let isPath = setting == .path || (setting == .numbers && Double(text) == nil)
        flags.append(
          Flag(key: key, line: line, arguments: [flag + "=" + (isPath ? Self.resolved(text, from: path) : text)]))
      }
    }
    self.flags = flags
  }

  /// The message for a value that its flag refused.
  func diagnostic(refused message: String) -> Diagnostic {
    let words = message.split { !($0.isLetter || $0 == "-") }.map(String.init)
    let flag = flags.first { words.contains("--" + Self.flagName($0.key)) }
    let place = flag.map { "\(path):\($0.line): \($0.key)" } ?? path
    return Diagnostic(.data, "\(place): \(message)")
  }

  /// `absoluteTolerance` as `absolute-tolerance`.
  private static func flagName(_ key: String) -> String {
    key.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
  }

  private static func resolved(_ name: String, from scenario: String) -> String {
    guard !name.hasPrefix("/"), let slash = scenario.lastIndex(of: "/") else { return name }
    return scenario[...slash] + name
  }

  private static func oneLine(_ error: any Error) -> String {
    "\(error)".split(whereSeparator: \.isNewline).prefix(2).joined(separator: " ")
  }
}
