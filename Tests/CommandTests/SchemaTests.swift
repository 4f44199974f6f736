import Foundation
import TestSupport
import Testing

/// The pages about scenarios are those that the tool prints.
@Suite struct SchemaTests {
  @Test(arguments: [("markdown", "SCHEMA.md"), ("json", "schema.json")])
  func committedPages(format: String, name: String) throws {
    let run = try Tool(["schema", "--format", format])
    #expect(run.status == 0 && run.errors == "")
    let committed = try? String(contentsOfFile: TestData.scenarios + "/" + name, encoding: .utf8)
    #expect(run.output == committed, "print it anew: cornn-analyze schema --format \(format) > scenarios/\(name)")
  }

  /// Every key of every shipped scenario is in the JSON Schema, under its kind.
  @Test(
    arguments: try FileManager.default.contentsOfDirectory(atPath: TestData.scenarios).filter { $0.hasSuffix(".yaml") })
  func shippedKeysAreKnown(name: String) throws {
    let schema = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: TestData.scenarios + "/schema.json")))
        as? [String: Any])
    let own = try #require(schema["properties"] as? [String: Any])
    let kinds = try #require(schema["$defs"] as? [String: [String: Any]])
    let lines = try String(contentsOfFile: TestData.scenarios + "/" + name, encoding: .utf8).split(separator: "\n")
    let keys = lines.filter { !$0.hasPrefix(" ") && !$0.hasPrefix("#") }.map { String($0.prefix { $0 != ":" }) }
    let kind = try #require(lines.first { $0.hasPrefix("kind: ") }).dropFirst(6)
    let known = kind.split { " [],".contains($0) }.flatMap {
      Array((kinds[String($0)]?["properties"] as? [String: Any] ?? [:]).keys)
    }
    for key in keys { #expect(own[key] != nil || known.contains(key), "\(key)") }
  }
}
