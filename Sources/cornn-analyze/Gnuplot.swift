import CoRNNReport
import FoundationEssentials
import Subprocess
import SystemPackage

/// Draws plots with gnuplot.
enum Gnuplot {
  /// Writes each plot's data and script to `folder` and draws it as SVG, PNG and PDF, as many at a time as there are
  /// processors.
  ///
  /// - Returns: what to tell the user if one couldn't be drawn: data and scripts are there all the same. Nobody
  ///   looks at the pictures of a point among many: those aren't drawn.
  static func draw(_ given: [Plot], in folder: OutputFolder) async throws(Diagnostic) -> String? {
    let plots = given.filter(\.isDrawable)
    for plot in plots {
      try folder.write(plot.data, to: plot.name + ".dat")
      try folder.write(plot.script, to: plot.name + ".gp")
    }
    if ResultCapture.current?.isSilent ?? false { return nil }
    let path = folder.path
    return await withTaskGroup(of: String?.self) { group in
      var waiting = plots.map(\.name).makeIterator()
      func start() {
        guard let name = waiting.next() else { return }
        group.addTask { await run(name + ".gp", in: path) }
      }
      for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { start() }
      for await trouble in group {
        // What keeps one from being drawn mostly keeps all.
        if let trouble { return trouble }
        start()
      }
      return nil
    }
  }

  private static func run(_ script: String, in folder: String) async -> String? {
    do {
      let result = try await Subprocess.run(
        .name("gnuplot"), arguments: [script], workingDirectory: .init(folder), output: .discarded,
        error: .string(limit: 1 << 16))
      guard !result.terminationStatus.isSuccess else { return nil }
      let reason = result.standardError.split(whereSeparator: \.isNewline).last.map(String.init)
      return "gnuplot failed on \(folder)/\(script): \(reason ?? "no reason given")"
    } catch {
      return "no plots: gnuplot isn't there (Debian: apt-get install gnuplot-nox). Data and scripts are in "
        + "\(folder); draw them with: cd \(folder) && gnuplot *.gp"
    }
  }
}
