import CoRNNReport
import Yams

/// A key of a scenario, of what it extends, or of `--set`, with what stands under it.
struct ScenarioEntry {
  let name: String
  var value: ScenarioNode
  /// From the main scenario's folder to that of the file it is from, with its slash.
  private var prefix: String

  /// The entries of a scenario, with those of what it extends.
  static func all(of text: ScenarioText) throws(Diagnostic) -> [ScenarioEntry] {
    try all(of: text, prefix: "", chain: [])
  }

  private static func all(
    of text: ScenarioText, prefix: String, chain: [String]
  ) throws(Diagnostic) -> [ScenarioEntry] {
    let home = text.path.lastIndex(of: "/").map { String(text.path[...$0]) } ?? ""
    var entries: [ScenarioEntry] = []
    if let parent = text.members.first(where: { $0.name == "extends" })?.value {
      guard let name = parent.scalar, !name.isEmpty else { throw parent.place.trouble("it must be a scenario's file") }
      let path = plain(name.hasPrefix("/") ? name : home + name)
      let files = chain + [plain(text.path)]
      guard !files.contains(path) else {
        throw parent.place.trouble(
          "a circle: " + (files.drop { $0 != path } + [path]).joined(separator: " extends "))
      }
      let base: ScenarioText
      do {
        base = try ScenarioText(path: path)
      } catch {
        guard error.code == .noInput else { throw error }
        throw parent.place.trouble("there is no \(path)", hint: "extends is found from the scenario's own folder")
      }
      let folder = name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
      let inner = folder.hasPrefix("/") ? folder : prefix + folder
      entries = try all(of: base, prefix: plain(inner), chain: files).filter { $0.name != "folder" }
    }
    // Files named in one that has a folder are found from there; from main, folder is applied last.
    var own = prefix
    if !chain.isEmpty, let folder = text.members.first(where: { $0.name == "folder" })?.value.scalar {
      own = folder.hasPrefix("/") ? folder + "/" : prefix + folder + "/"
    }
    for (name, value) in text.members where name != "extends" {
      put(ScenarioEntry(name: name, value: value, prefix: plain(own)), in: &entries)
    }
    return entries
  }

  private static func put(_ entry: ScenarioEntry, in entries: inout [ScenarioEntry]) {
    if let place = entries.firstIndex(where: { $0.name == entry.name }) {
      entries[place] = entry
    } else {
      entries.append(entry)
    }
  }

  /// Takes `short` out, and for a short run puts its settings in the others' place.
  ///
  /// - Returns: what stands under it.
  static func takeShort(
    _ isShort: Bool, from entries: inout [ScenarioEntry], path: String
  ) throws(Diagnostic) -> [(name: String, value: ScenarioNode)] {
    guard let place = entries.firstIndex(where: { $0.name == "short" }) else {
      guard !isShort else {
        throw ScenarioPlace(file: path, line: 1, key: "short").trouble(
          "there is none", hint: "short: with the settings that make it short under it")
      }
      return []
    }
    let short = entries.remove(at: place)
    guard let members = try short.value.members(), !members.isEmpty else {
      throw short.value.place.trouble("it must have settings under it, that a short run has instead of the others")
    }
    for (name, value) in members {
      guard !["kind", "short", "extends", "folder"].contains(name) else {
        throw value.place.trouble("it can't stand there")
      }
      if isShort { put(ScenarioEntry(name: name, value: value, prefix: short.prefix), in: &entries) }
    }
    return members
  }

  /// Puts a value from the command line in place of the file's, in a mapping where the key has points in it.
  static func set(_ key: String, _ text: String, in entries: inout [ScenarioEntry]) throws(Diagnostic) {
    let place = ScenarioPlace(file: nil, line: 1, key: key)
    var parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    // A key under grid or draws.of is itself a path.
    let outer = parts[0] == "grid" ? 1 : parts.starts(with: ["draws", "of"]) ? 2 : parts.count
    if parts.count > outer { parts[outer...] = [parts[outer...].joined(separator: ".")] }
    guard let node = (try? Yams.compose(yaml: text)) ?? nil, !parts.contains(""),
      !["kind", "short", "extends", "folder"].contains(key)
    else { throw place.trouble("\(text) is not a setting", hint: "--set key=value, the value as in YAML") }
    guard parts.count > 1 else {
      return put(ScenarioEntry(name: key, value: ScenarioNode(node: node, place: place), prefix: ""), in: &entries)
    }
    let there = entries.first { $0.name == parts[0] }
    guard let whole = setting(node, at: parts.dropFirst(), in: there?.value.node ?? Node([(Node, Node)]())) else {
      throw place.trouble("\(parts[0]) has nothing under it")
    }
    // What isn't replaced keeps its file's lines.
    let old = there?.value.place ?? ScenarioPlace(file: nil, line: 1, key: parts[0])
    put(
      ScenarioEntry(name: parts[0], value: ScenarioNode(node: whole, place: old), prefix: there?.prefix ?? ""),
      in: &entries)
  }

  private static func setting(_ value: Node, at path: ArraySlice<String>, in node: Node) -> Node? {
    guard let name = path.first else { return value }
    guard var mapping = node.mapping else { return nil }
    let inner = mapping[Node(name)] ?? (path.count > 1 ? Node([(Node, Node)]()) : value)
    guard let replaced = setting(value, at: path.dropFirst(), in: inner) else { return nil }
    mapping[Node(name)] = replaced
    return .mapping(mapping)
  }

  /// Turns the names of files into names from the main scenario's folder.
  mutating func findFilesFromMain(_ keys: [ScenarioKey]) {
    guard !prefix.isEmpty else { return }
    value.node = moved(value.node, name, keys)
    prefix = ""
  }

  private func moved(_ node: Node, _ name: String, _ keys: [ScenarioKey]) -> Node {
    switch node {
    case .mapping(var mapping):
      for (key, value) in mapping {
        // Under a key's range or distribution, the files are that key's.
        let isOwn = keys.contains { $0.name == name } || name.contains(".")
        mapping[key] = moved(value, isOwn ? name : key.scalar?.string ?? name, keys)
      }
      return .mapping(mapping)
    case .sequence(var sequence):
      for place in sequence.indices { sequence[place] = moved(sequence[place], name, keys) }
      return .sequence(sequence)
    case .scalar(var scalar):
      let last = name.split(separator: ".").last.map(String.init) ?? name
      let key = keys.first { $0.name == last }
      let isFile = key?.form == .path || (key?.form == .numbers && constants(scalar.string) == nil)
      guard isFile, !scalar.string.hasPrefix("/") else { return node }
      scalar.string = Self.plain(prefix + scalar.string)
      return .scalar(scalar)
    case .alias: return node
    }
  }

  /// A path without detours.
  private static func plain(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    let whole = parts.joined(separator: "/")
    return (path.hasPrefix("/") ? "/" : "") + whole + (path.hasSuffix("/") && !whole.isEmpty ? "/" : "")
  }
}
