import CoRNNReport
import Foundation
import FoundationXML
import Testing

@Suite struct PageTests {
  static let plot = Plot(
    name: "energy", title: "E & \"bounds\"", xLabel: "t", yLabel: "E", x: [0, 0.25, 0.75],
    curves: [.init("run <1>", [2.385, .nan, 3.5]), .init("bound", [4, 4, 4], dashed: true)])
  /// As gnuplot writes it, shortened.
  static let svg = """
    <?xml version="1.0" encoding="utf-8"  standalone="no"?>
    <svg
     width="900" height="560"
     viewBox="0 0 900 560"
     xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
    <title>Gnuplot</title>
    <g id="gnuplot_canvas"><defs><circle id='gpDot' r='0.5'/></defs><use xlink:href='#gpDot'/></g>
    </svg>
    """
  static let page = Page(
    Document(
      title: "A < B & \"C\"",
      [
        .heading("Part <1>"), .subheading("Smaller"), .paragraph("a & b"), .facts([.init("n", "2 < 3")]),
        .table(.init("T & U", columns: ["x", "y<"], rows: [["1", "2"], ["<script>", "4"]])),
        .figure(name: "energy", caption: "Energy over time"), .figure(name: "missing", caption: "Nothing"),
        .list(["one", "<two>"]),
      ]), question: "Does 1 < 2 hold?", command: "cornn-analyze bounds 'a b.pt' --dt 0.1",
    versions: [.init("GSL", "2.7")], pictures: [.init(plot, svg: svg)],
    result: ("bounds", "{\"schema\": \"x\"}"))

  @Test func isWellFormedAndNeedsNothing() throws {
    let elements = try #require(PageElements(Self.page.html))
    #expect(elements.texts["h1"] == ["A < B & \"C\""])
    #expect(elements.texts["h2"] == ["Part <1>", "To have it again"])
    #expect(elements.texts["caption"] == ["T & U", "E & \"bounds\""])
    #expect(elements.texts["script"] == nil)
    #expect(elements.links.allSatisfy { $0.hasPrefix("data:") || $0.hasPrefix("#") }, "\(elements.links)")
    #expect(elements.links.contains("#energy-gpDot"))
    #expect(Set(elements.identifiers).count == elements.identifiers.count)
    #expect(Self.page.html.contains("<code>cornn-analyze bounds 'a b.pt' --dt 0.1</code>"))
  }

  @Test func saysWhatAPlotShows() throws {
    #expect(
      Self.plot.finding
        == "run <1>: from 2.385 at 0 to 3.5 at 0.75, between 2.385 and 3.5. bound: 4 throughout.")
    let elements = try #require(PageElements(Self.page.html))
    #expect(elements.alternatives == ["Energy over time. " + Self.plot.finding])
  }

  @Test func hasEveryValueInATable() throws {
    let elements = try #require(PageElements(Self.page.html))
    let cells = elements.texts["td"] ?? []
    #expect(cells.suffix(10) == ["0", "2.385", "4", "0.25", "NaN", "4", "0.75", "3.5", "4", "2.7"])
    #expect(Self.plot.csv == "t,run <1>,bound\n0.0,2.385,4.0\n0.25,nan,4.0\n0.75,3.5,4.0\n")
  }

  @Test func longSeriesAreThinnedInTablesAlone() throws {
    let x = (0..<4001).map { Double($0) * 0.5 }
    let plot = Plot(name: "long", title: "Long", xLabel: "t", yLabel: "y", x: x, curves: [.init("y", x)])
    let page = Page(
      Document(title: "T", [.figure(name: "long", caption: "Long")]), question: "", command: "", versions: [],
      pictures: [.init(plot, svg: nil)], result: ("x", "{}"))
    let elements = try #require(PageElements(page.html))
    #expect(elements.texts["caption"] == ["Long, one in 3 of 4001 points"])
    #expect(elements.texts["tr"]?.count == 1 + 1334)
    #expect(plot.csv.split(separator: "\n").count == 4002)
  }
}

/// What a parser finds in a page; nil where it isn't well formed.
final class PageElements: NSObject, XMLParserDelegate {
  private(set) var texts: [String: [String]] = [:]
  private(set) var links: [String] = []
  private(set) var identifiers: [String] = []
  private(set) var alternatives: [String] = []
  private var open: [String] = []

  init?(_ html: String) {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    guard parser.parse() else { return nil }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append(name)
    texts[name, default: []].append("")
    links += ["href", "xlink:href", "src"].compactMap { attributes[$0] }
    identifiers += attributes["id"].map { [$0] } ?? []
    if attributes["role"] == "img" { alternatives.append(attributes["aria-label"] ?? "") }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    guard let name = open.last, let last = texts[name]?.indices.last else { return }
    texts[name]?[last] += text
  }
}
