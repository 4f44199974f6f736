import FoundationEssentials

/// A report as one HTML page that needs nothing else: no network, no other file, no script.
///
/// The question, the report's blocks with each plot drawn in place and all its drawn values in a table under it, the
/// command that makes it again, and the result as JSON to download.
public struct Page: Sendable {
  /// A plot and how gnuplot drew it.
  public struct Picture: Sendable {
    let plot: Plot
    let svg: String?

    /// - Parameters:
    ///   - plot: the plot.
    ///   - svg: the drawing, an SVG file's text; nil where there is none, and the values must do.
    public init(_ plot: Plot, svg: String?) {
      self.plot = plot
      self.svg = svg
    }
  }

  private let document: Document
  private let question: String
  private let command: String
  private let versions: [Document.Fact]
  private let pictures: [Picture]
  private let result: (name: String, json: String)

  /// A page.
  ///
  /// - Parameters:
  ///   - document: the report.
  ///   - question: what the report answers.
  ///   - command: the command line that makes it again.
  ///   - versions: what did the arithmetic.
  ///   - pictures: the plots that the report's figures name.
  ///   - result: the stem of the file's name, and the result itself.
  public init(
    _ document: Document, question: String, command: String, versions: [Document.Fact], pictures: [Picture],
    result: (name: String, json: String)
  ) {
    self.document = document
    self.question = question
    self.command = command
    self.versions = versions
    self.pictures = pictures
    self.result = result
  }

  /// The page's text.
  public var html: String {
    let json = "data:application/json;base64," + Data(result.json.utf8).base64EncodedString()
    return """
      <!DOCTYPE html>
      <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <title>\(document.title.htmlEscaped)</title>
      <link rel="icon" href="data:,"/>
      <style>\(Self.style)</style>
      </head>
      <body>
      <header>
      <h1>\(document.title.htmlEscaped)</h1>
      <p class="question">\(question.htmlEscaped)</p>
      </header>
      <main>
      \(document.blocks.map(html).joined(separator: "\n"))
      <h2>To have it again</h2>
      <pre><code>\(command.htmlEscaped)</code></pre>
      \(html(.facts(versions)))
      <p><a download="\(result.name).json" href="\(json)">The whole result as JSON (\(result.name).json)</a></p>
      </main>
      </body>
      </html>

      """
  }

  private func html(_ block: Document.Block) -> String {
    switch block {
    case .heading(let text): return "<h2>\(text.htmlEscaped)</h2>"
    case .subheading(let text): return "<h3>\(text.htmlEscaped)</h3>"
    case .paragraph(let text): return "<p>\(text.htmlEscaped)</p>"
    case .list(let items): return "<ul>" + items.map { "<li>\($0.htmlEscaped)</li>" }.joined() + "</ul>"
    case .facts(let facts):
      let rows = facts.map { "<tr><th scope=\"row\">\($0.name.htmlEscaped)</th><td>\($0.value.htmlEscaped)</td></tr>" }
      return "<div class=\"wide\" tabindex=\"0\"><table class=\"facts\"><tbody>\(rows.joined())</tbody></table></div>"
    case .table(let table): return html(table)
    case .figure(let name, let caption):
      guard let picture = pictures.first(where: { $0.plot.name == name }), picture.plot.isDrawable else { return "" }
      return html(picture, caption)
    }
  }

  private func html(_ table: Document.Table) -> String {
    let head = table.columns.map { "<th scope=\"col\">\($0.htmlEscaped)</th>" }.joined()
    let rows = table.rows.map { row in
      "<tr>" + row.map { "<td>\($0.htmlEscaped)</td>" }.joined() + "</tr>"
    }
    return """
      <div class="wide" tabindex="0"><table><caption>\(table.title.htmlEscaped)</caption><thead><tr>\(head)</tr></thead>
      <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
      """
  }

  private func html(_ picture: Picture, _ caption: String) -> String {
    let plot = picture.plot
    let drawing = picture.svg.map {
      "<div class=\"plot\" role=\"img\" aria-label=\"\((caption + ". " + plot.finding).htmlEscaped)\">"
        + $0.inlined(prefix: plot.name) + "</div>"
    }
    let csv = "data:text/csv;base64," + Data(plot.csv.utf8).base64EncodedString()
    return """
      <figure>
      \(drawing ?? "<p>Not drawn: gnuplot wasn't there.</p>")
      <figcaption>\(caption.htmlEscaped). \(plot.finding.htmlEscaped)</figcaption>
      <details><summary>The values</summary>
      <p><a download="\(plot.name).csv" href="\(csv)">All of them (\(plot.name).csv)</a></p>
      \(plot.drawnTables.map(html).joined(separator: "\n"))
      </details>
      </figure>
      """
  }
}

extension String {
  /// The text with what HTML gives a meaning written as entities.
  var htmlEscaped: String {
    var escaped = ""
    for character in self {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      default: escaped.append(character)
      }
    }
    return escaped
  }

  /// An SVG file's text as a part of a page: without its prologue and its size, its names told apart from those of
  /// other drawings.
  fileprivate func inlined(prefix: String) -> String {
    guard let start = firstRange(of: "<svg"), let body = firstRange(of: "<g id=\"gnuplot_canvas\">") else { return "" }
    let head = self[start.lowerBound..<body.lowerBound]
    let box = head.firstRange(of: "viewBox=\"").flatMap { begin in
      head[begin.upperBound...].firstIndex(of: "\"").map { head[begin.upperBound..<$0] }
    }
    var drawing = String(self[body.lowerBound...])
    for (old, new) in [
      ("id=\"", "id=\"\(prefix)-"), ("id='", "id='\(prefix)-"), ("xlink:href='#", "xlink:href='#\(prefix)-"),
      ("xlink:href=\"#", "xlink:href=\"#\(prefix)-"), ("url(#", "url(#\(prefix)-"),
    ] { drawing = drawing.replacing(old, with: new) }
    return "<svg viewBox=\"\(box ?? "0 0 900 560")\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" aria-hidden=\"true\">"
      + drawing
  }
}
