import ArgumentParser
import CoRNNCheckpoints
import CoRNNKernels
import CoRNNReport

/// One run of one kind: a kind with all its settings, known by their hash.
struct ScenarioPoint: Sendable {
  let kind: ScenarioKind
  /// In the order of the command line.
  let settings: [PointSetting]
  /// What it follows from, as sixteen hexadecimal digits.
  let hash: String

  /// Changes when results of the same settings change their form.
  private static let format = 1

  /// - Parameter contents: the fingerprint of a file that settings name.
  init(
    kind: ScenarioKind, settings: [PointSetting], contents: (PointSetting) throws(Diagnostic) -> String
  ) throws(Diagnostic) {
    self.kind = kind
    self.settings = settings
    var identity = "\(Self.format) \(kind.rawValue) \(Self.json(settings))"
    for setting in settings where setting.namesFile { identity += " \(setting.key.name) \(try contents(setting))" }
    var fingerprint = Fingerprint()
    fingerprint.add(identity.utf8)
    hash = fingerprint.text
  }

  /// The settings as JSON, in the order of their names.
  private static func json(_ settings: [PointSetting]) -> String {
    let members = settings.sorted { $0.key.name < $1.key.name }.map {
      jsonQuoted($0.key.name) + ": " + $0.value.json($0.key.form)
    }
    return "{" + members.joined(separator: ", ") + "}"
  }

  /// The beginning of its record: a line of JSON without its end.
  var recordStart: String {
    "{\"point\": \"\(hash)\", \"kind\": \"\(kind.rawValue)\", \"settings\": \(Self.json(settings))"
  }

  /// Its flags, with what stands by itself first.
  ///
  /// - Parameter pathPrefix: what paths are found from.
  func arguments(pathPrefix prefix: String) -> [String] {
    let (alone, flags) = (settings.filter(\.key.flag.isEmpty), settings.filter { !$0.key.flag.isEmpty })
    return (alone + flags).flatMap { $0.arguments(pathPrefix: prefix) }
  }

  /// The command that computes it, checked as far as it can be before it runs.
  ///
  /// - Parameter kindPlace: where trouble is that belongs to no setting.
  func command(_ arguments: [String], kindPlace: ScenarioPlace) throws(Diagnostic) -> any ParsableCommand {
    do {
      return try kind.command.parse(arguments)
    } catch {
      throw diagnostic(refused: kind.command.message(for: error), kindPlace)
    }
  }

  /// The message for what the command refused, with the keys' names for the flags'.
  private func diagnostic(refused message: String, _ kindPlace: ScenarioPlace) -> Diagnostic {
    var about: PointSetting?
    var text = ""
    for word in message.split(separator: " ", omittingEmptySubsequences: false) {
      let flag = word.drop { "'\"(".contains($0) }.prefix { $0.isLetter || $0.isNumber || $0 == "-" }
      guard flag.hasPrefix("--"), flag.count > 3 else {
        text += (text.isEmpty ? "" : " ") + word
        continue
      }
      let name = ScenarioKey.name(of: String(flag.dropFirst(2)))
      let off = settings.first { $0.key.form == .choice && flag == "--no-" + $0.key.flag }
      about = about ?? off ?? settings.first { $0.key.name == name }
      let before = word.prefix { "'\"(".contains($0) }
      let said = off.map { $0.key.name + ": false" } ?? name
      text += (text.isEmpty ? "" : " ") + before + said + word.dropFirst(before.count + flag.count)
    }
    return (about?.place ?? kindPlace).trouble(text)
  }
}

extension Scenario {
  /// Every point in order: those of each kind, for each combination of what is varied.
  func points() throws(Diagnostic) -> SweepPoints {
    let count = axes.reduce(1) { $0 * $1.values.count }
    var known: [String: String] = [:]
    var tasks: [ScenarioPoint] = []
    var places: [String: Int] = [:]
    var rows: [SweepPoints.Row] = []
    for number in 0..<count {
      var rest = number
      var chosen = [Int](repeating: 0, count: axes.count)
      for (place, axis) in axes.enumerated().reversed() {
        chosen[place] = rest % axis.values.count
        rest /= axis.values.count
      }
      var row = SweepPoints.Row(chosen: chosen, tasks: [])
      for kind in kinds {
        let point = try ScenarioPoint(kind: kind, settings: settings(of: kind, at: chosen)) {
          setting throws(Diagnostic) in try contents(setting, &known)
        }
        let place = places[point.hash] ?? tasks.count
        if place == tasks.count {
          places[point.hash] = place
          tasks.append(point)
        }
        row.tasks.append(place)
      }
      rows.append(row)
    }
    return SweepPoints(tasks: tasks, rows: rows)
  }

  /// The settings of a kind where axes have the values chosen.
  private func settings(of kind: ScenarioKind, at chosen: [Int]) throws(Diagnostic) -> [PointSetting] {
    var settings = self.settings[kind] ?? []
    for (axis, value) in zip(axes, chosen) {
      for (number, path) in axis.paths.enumerated() where path.kinds.contains(kind) {
        let node = axis.values[value][number]
        guard let key = schema.key(path.name, of: kind) else { preconditionFailure("\(path) isn't a key of \(kind)") }
        let old = settings.firstIndex { $0.key.name == path.name }
        // Trouble is where the key is varied, not in the middle of its list.
        let place = axis.places[number]
        let new: SettingValue
        if let member = path.member {
          let number = ScenarioKey(name: path.text, flag: "", form: .number, meaning: "")
          new = try Self.replacing(
            member, by: SettingValue(node, as: number), in: old.map { settings[$0].value }, place)
        } else {
          new = try SettingValue(node, as: key)
        }
        let setting = PointSetting(key: key, value: new, place: place)
        if let old { settings[old] = setting } else { settings.append(setting) }
      }
    }
    return settings
  }

  private static func replacing(
    _ member: String, by value: SettingValue, in old: SettingValue?, _ place: ScenarioPlace
  ) throws(Diagnostic) -> SettingValue {
    guard case .single(let text) = value else { preconditionFailure("\(value) for a number") }
    var pairs: [SettingValue.Pair] = []
    switch old {
    case nil: break
    case .pairs(let known)?: pairs = known
    case .list?, .single?:
      throw place.trouble("the key it belongs to isn't a mapping", hint: "write it as {name: value}")
    }
    if let at = pairs.firstIndex(where: { $0.name == member }) {
      pairs[at].value = text
    } else {
      pairs.append(.init(name: member, value: text))
    }
    return .pairs(pairs)
  }

  /// The fingerprint of a file that a setting names, and of the constants beside a checkpoint.
  private func contents(_ setting: PointSetting, _ known: inout [String: String]) throws(Diagnostic) -> String {
    guard case .single(let name) = setting.value else { return "" }
    let path = name.hasPrefix("/") ? name : folder + name
    if let text = known[path] { return text }
    var fingerprint = Fingerprint()
    do {
      try fingerprint.add(fileAt: path)
      let stem = path.lastIndex(of: ".").map { String(path[..<$0]) } ?? path
      if setting.key == .checkpoint, !path.hasSuffix(".json") { try? fingerprint.add(fileAt: stem + ".json") }
    } catch {
      let trouble = Diagnostic(CheckpointError(path: path, problem: error))
      throw Diagnostic(
        trouble.code, setting.place.trouble(trouble.message).message,
        hint: trouble.hint ?? "files are found from the scenario's own folder")
    }
    known[path] = fingerprint.text
    return fingerprint.text
  }
}

/// The points of a scenario: what is to be computed, each once, and which of it each combination of settings shows.
struct SweepPoints: Sendable {
  let tasks: [ScenarioPoint]
  let rows: [Row]

  struct Row: Sendable {
    /// The value of each axis.
    let chosen: [Int]
    /// The task of each kind.
    var tasks: [Int]
  }
}
