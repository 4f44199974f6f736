/// A report as a list of blocks, before it is text, Markdown or CSV.
public struct Document: Equatable, Sendable {
  /// A part of a report.
  public enum Block: Equatable, Sendable {
    /// A heading.
    case heading(String)
    /// A heading below it.
    case subheading(String)
    /// A paragraph.
    case paragraph(String)
    /// Names and values.
    case facts([Fact])
    /// A table.
    case table(Table)
    /// A picture beside the report: its file's name without ending, and what it shows.
    case figure(name: String, caption: String)
    /// Items of a list.
    case list([String])

    /// The block as a part of a longer report: a heading becomes a smaller one.
    public var demoted: Block {
      if case .heading(let text) = self { .subheading(text) } else { self }
    }
  }

  /// A name and its value.
  public struct Fact: Equatable, Sendable {
    let name: String
    let value: String

    /// A name and its value.
    public init(_ name: String, _ value: String) {
      self.name = name.withoutControls
      self.value = value.withoutControls
    }
  }

  /// Rows under column titles.
  public struct Table: Equatable, Sendable {
    let title: String
    let columns: [String]
    let rows: [[String]]

    /// A table.
    public init(_ title: String, columns: [String], rows: [[String]]) {
      precondition(rows.allSatisfy { $0.count == columns.count }, "\(title): rows that aren't \(columns.count) wide")
      self.title = title
      self.columns = columns
      self.rows = rows.map { $0.map(\.withoutControls) }
    }
  }

  /// The title.
  public let title: String
  /// The blocks in order.
  public private(set) var blocks: [Block]

  /// A report of these blocks.
  public init(title: String, _ blocks: [Block]) {
    self.title = title.withoutControls
    self.blocks = blocks
  }

  /// Adds blocks at the end.
  public mutating func append(_ more: [Block]) { blocks += more }
}
