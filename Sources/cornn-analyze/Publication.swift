import ArgumentParser
import CoRNNCheckpoints
import CoRNNKernels
import CoRNNReport
import FoundationEssentials

/// How a command's result leaves it: files in a folder, a page, and what is printed.
extension OutputOptions {
  /// The folder for results, if one is asked for, after a try whether it and the page can be written: before the work
  /// begins.
  func folder() throws(Diagnostic) -> OutputFolder? {
    try tryReport()
    return try output.map { path throws(Diagnostic) in try OutputFolder(path) }
  }

  /// Tries whether the page can be written.
  func tryReport() throws(Diagnostic) {
    guard let report else { return }
    guard [".html", ".htm"].contains(where: { report.lowercased().hasSuffix($0) }) else {
      throw Diagnostic(.usage, "--report \(report): the report is a web page", hint: "give a name that ends in .html")
    }
    try tryWriting(report)
  }

  /// Writes a result to the folder and the page that are asked for, and prints it.
  ///
  /// - Parameters:
  ///   - question: what the result answers, for the page's head.
  ///   - name: the stem of the files' names.
  ///   - places: other files that the command wrote, to be named in the text.
  ///   - csv: stands in for the document's tables where a command has more to say.
  func publish(
    _ document: Document, question: String, json: String, plots: [Plot] = [], name: String, to folder: OutputFolder?,
    places: [String] = [], csv: (() -> String)? = nil
  ) async throws(Diagnostic) {
    var document = document
    var places = places
    if let folder {
      try folder.write(json, to: name + ".json")
      try folder.write(document.markdown, to: name + ".md")
      let trouble = try await Gnuplot.draw(plots, in: folder)
      if let trouble { note(trouble) }
      let drawn = plots.isEmpty ? "report and result" : "report, result and plot\(trouble == nil ? "s" : " scripts")"
      places.append("\(drawn): \(folder.path)")
    }
    try await writePage(document, question: question, json: json, plots: plots, name: name, drawnIn: folder)
    if let report { places.append("page: \(report)") }
    if !places.isEmpty { document.append([.heading("Where it is"), .list(places)]) }
    try show(document, json: json, csv: csv)
  }

  /// Writes the page, if one is asked for.
  ///
  /// - Parameter folder: where the plots are drawn already; nil to draw them apart.
  func writePage(
    _ document: Document, question: String, json: String, plots: [Plot], name: String, drawnIn folder: OutputFolder?
  ) async throws(Diagnostic) {
    guard let report else { return }
    var drawings = folder
    if drawings == nil {
      let apart = try OutputFolder(
        FileManager.default.temporaryDirectory.appending(path: "cornn-analyze-\(UUID().uuidString)").path)
      if let trouble = try await Gnuplot.draw(plots, in: apart) { note(trouble) }
      drawings = apart
    }
    defer { if folder == nil, let drawings { try? FileManager.default.removeItem(atPath: drawings.path) } }
    let pictures = plots.map { plot in
      let path = drawings?.file(plot.name + ".svg") ?? ""
      return Page.Picture(
        plot, svg: FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) })
    }
    let page = Page(
      document, question: self.question ?? question,
      command: CommandLine.arguments.map(\.shellQuoted).joined(separator: " "),
      versions: [
        .init("cornn-analyze", CornnAnalyze.versionNumber), .init("GSL", GSL.version),
        .init("OpenBLAS core", OpenBLAS.coreName), .init("own kernels", OpenBLAS.instructionSet),
      ], pictures: pictures, result: (name, json))
    do {
      try replaceFile(at: report, with: Array(page.html.utf8))
    } catch {
      throw Diagnostic(CheckpointError(path: report, problem: error))
    }
  }

  /// Prints a result.
  func show(
    _ document: Document, json: @autoclosure () -> String, csv: (() -> String)? = nil
  ) throws(Diagnostic) {
    if let capture = ResultCapture.current {
      capture.keep(json())
      if capture.isSilent { return }
    }
    switch format {
    case .text: try writeToStandardOutput(document.text)
    case .json: try writeToStandardOutput(json())
    case .csv: try writeToStandardOutput(csv?() ?? document.csv)
    case .markdown: try writeToStandardOutput(document.markdown)
    }
  }
}

extension String {
  /// The text as a shell reads it back: in quotes where it holds more than names and numbers do.
  fileprivate var shellQuoted: String {
    let plain = !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=,:+@%".contains($0)) }
    return plain ? self : "'" + replacing("'", with: "'\\''") + "'"
  }
}
