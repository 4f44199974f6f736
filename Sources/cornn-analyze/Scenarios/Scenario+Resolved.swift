import CoRNNReport
import FoundationEssentials
import Yams

extension Scenario {
  /// The scenario as YAML, with what it extends and what the command line set, from a folder that it can be run from
  /// to the same results.
  func resolvedText(in run: OutputFolder) throws(Diagnostic) -> String {
    var text = question.isEmpty ? "" : "# \(question)\n"
    var mapping: [(Node, Node)] = []
    for entry in resolved {
      mapping.append((Node(entry.name), entry.value.node))
      if entry.name == "kind" {
        mapping.append((Node("folder"), Node(Self.path(from: run.path, to: folder.isEmpty ? "." : folder))))
      }
    }
    do {
      text += try Yams.serialize(node: Node(mapping), width: -1, allowUnicode: true)
    } catch {
      preconditionFailure("a scenario that was read can't be written: \(error)")
    }
    return text
  }

  /// How one gets from a folder to another.
  private static func path(from start: String, to end: String) -> String {
    func parts(_ path: String) -> [String] {
      let home = FileManager.default.currentDirectoryPath
      let whole = URL(filePath: path.hasPrefix("/") ? path : home + "/" + path).resolvingSymlinksInPath().path
      return whole.split(separator: "/").map(String.init)
    }
    let (from, to) = (parts(start), parts(end))
    let shared = zip(from, to).prefix { $0 == $1 }.count
    let steps = [String](repeating: "..", count: from.count - shared) + to.dropFirst(shared)
    return steps.isEmpty ? "." : steps.joined(separator: "/")
  }
}
