import Foundation
import FoundationXML
import TestSupport
import Testing

/// Pages as commands write them.
@Suite struct PageCommandTests {
  static let commands: [[String]] = [
    ["inspect", "lorenz96-F8-m64.pt"],
    ["simulate", "lorenz96-F8-m64.pt", "--signal", "lorenz96", "--steps", "60"],
    ["compare", "lorenz96-F8-m64.pt", "--signal", "steps", "--frequency", "2", "--steps", "40"],
    ["bounds", "lorenz96-F8-m64.pt", "--signal", "lorenz96", "--steps", "60"],
    ["lyapunov", "--system", "henon", "--length", "2000"],
    ["fixed-points", "--system", "lorenz63"],
    ["orbit-diagram", "--system", "logistic", "--sweep", "r=3:4:9", "--points", "20"],
    ["section", "--system", "rossler", "--variable", "0", "--points", "20"],
    ["spectrum", "--system", "pendulum", "--length", "20000"],
    [
      "forecast", "--forcing", "8", "--models", "persistence,linear", "--trajectories", "4", "--samples", "400",
      "--until-error", "0.1",
    ],
  ]

  @Test(arguments: commands) func pageHoldsTheResult(command: [String]) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cornn-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "page.html").path
    let run = try Tool(command + ["--format", "json", "--report", path])
    #expect(run.status == 0, "\(run.errors)")
    // Nothing but the page: plots are drawn elsewhere.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["page.html"])
    let html = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    let parser = XMLParser(data: Data(html.utf8))
    let links = Links()
    parser.delegate = links
    #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
    #expect(links.all.allSatisfy { $0.hasPrefix("data:") || $0.hasPrefix("#") })
    let prefix = "data:application/json;base64,"
    let embedded = try #require(links.all.first { $0.hasPrefix(prefix) })
    #expect(Data(base64Encoded: String(embedded.dropFirst(prefix.count))) == Data(run.output.utf8))
    // Each picture has its drawing, its alternative text and its values.
    #expect(links.figures > 0 || command[0] == "inspect")
    #expect(links.drawings == links.figures)
    #expect(links.alternatives.count == links.figures && links.alternatives.allSatisfy { $0.count > 20 })
  }

  final class Links: NSObject, XMLParserDelegate {
    private(set) var all: [String] = []
    private(set) var figures = 0
    private(set) var drawings = 0
    private(set) var alternatives: [String] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      all += ["href", "xlink:href", "src"].compactMap { attributes[$0] }
      if name == "figure" { figures += 1 }
      if name == "svg" { drawings += 1 }
      if attributes["role"] == "img" { alternatives.append(attributes["aria-label"] ?? "") }
    }
  }
}
