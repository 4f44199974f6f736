extension Document {
  /// The report for a terminal.
  public var text: String {
    var parts = [title + "\n" + String(repeating: "=", count: title.count)]
    for block in blocks {
      switch block {
      case .heading(let heading): parts.append(heading + "\n" + String(repeating: "-", count: heading.count))
      case .subheading(let heading): parts.append(heading)
      case .paragraph(let paragraph): parts.append(paragraph)
      case .facts(let facts):
        let width = facts.map(\.name.count).max() ?? 0
        parts.append(facts.map { "  " + $0.name.padded(to: width) + "  " + $0.value }.joined(separator: "\n"))
      case .table(let table): parts.append(table.text)
      case .figure: continue
      case .list(let items): parts.append(items.map { "  - " + $0 }.joined(separator: "\n"))
      }
    }
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// The report as Markdown; figures are PNG files beside it.
  public var markdown: String {
    var parts = ["# " + title]
    for block in blocks {
      switch block {
      case .heading(let heading): parts.append("## " + heading)
      case .subheading(let heading): parts.append("### " + heading)
      case .paragraph(let paragraph): parts.append(paragraph.markdownEscaped)
      case .facts(let facts):
        parts.append(
          Table.markdown(columns: ["", ""], rows: facts.map { [$0.name, $0.value] }))
      case .table(let table):
        parts.append("**" + table.title.markdownEscaped + "**")
        parts.append(Table.markdown(columns: table.columns, rows: table.rows))
      case .figure(let name, let caption): parts.append("![\(caption)](\(name).png)")
      case .list(let items): parts.append(items.map { "- " + $0.markdownEscaped }.joined(separator: "\n"))
      }
    }
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// The report's facts and tables as comma-separated values, one after the other with a blank line between.
  public var csv: String {
    var parts: [String] = []
    for block in blocks {
      switch block {
      case .facts(let facts):
        parts.append(Table.csv([["name", "value"]] + facts.map { [$0.name, $0.value] }))
      case .table(let table): parts.append(Table.csv([table.columns] + table.rows))
      default: continue
      }
    }
    return parts.joined(separator: "\n")
  }
}

extension Document.Table {
  fileprivate var text: String {
    let widths = columns.indices.map { column in
      ([columns[column]] + rows.map { $0[column] }).map(\.count).max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
      return "  " + padded.trimmingTrailingSpaces
    }
    let rule = "  " + widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    return ([title, line(columns), rule] + rows.map(line)).joined(separator: "\n")
  }

  fileprivate static func markdown(columns: [String], rows: [[String]]) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.map(\.markdownEscaped).joined(separator: " | ") + " |" }
    return ([line(columns), "|" + columns.map { _ in "---|" }.joined()] + rows.map(line)).joined(separator: "\n")
  }

  fileprivate static func csv(_ rows: [[String]]) -> String {
    rows.map { $0.map(\.csvQuoted).joined(separator: ",") + "\n" }.joined()
  }
}

extension String {
  /// The text with control characters shown instead of obeyed: names in files are other people's.
  public var withoutControls: String {
    guard unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      text += isControl ? "\\u{" + String(scalar.value, radix: 16) + "}" : String(Character(scalar))
    }
    return text
  }

  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

  fileprivate var trimmingTrailingSpaces: String {
    var text = self
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }

  var csvQuoted: String {
    guard contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return self }
    return "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  fileprivate var markdownEscaped: String {
    var escaped = ""
    for character in self {
      if "|*_<>\\".contains(character) { escaped.append("\\") }
      escaped.append(character)
    }
    return escaped
  }
}
