import Synchronization

/// What takes a command's result as JSON while it runs, beside standard output or instead of it.
final class ResultCapture: Sendable {
  /// The one that the running command reports to.
  @TaskLocal static var current: ResultCapture?

  /// Whether results are for it alone: nothing is printed and no pictures are drawn.
  let isSilent: Bool
  private let kept = Mutex("")

  init(silent: Bool) { isSilent = silent }

  func keep(_ json: String) { kept.withLock { $0 = json } }

  /// The result on one line; nil where there was none.
  var line: String? {
    let json = kept.withLock { $0 }
    guard !json.isEmpty else { return nil }
    // Within strings there are no line breaks.
    return json.split(separator: "\n").map { line in
      let text = line.drop { $0 == " " }
      return text.hasSuffix(",") ? text + " " : String(text)
    }.joined()
  }
}
