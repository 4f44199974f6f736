import ArgumentParser
import FoundationEssentials

/// Prints what scenarios may say.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the keys of scenarios: a page, or a JSON Schema for editors.")

  enum Form: String, CaseIterable, ExpressibleByArgument {
    case markdown, json
  }

  @Option(help: "A page in Markdown, or a JSON Schema (2020-12).")
  var format: Form = .markdown

  func run() throws {
    let schema = ScenarioSchema(threads: ProcessInfo.processInfo.activeProcessorCount)
    try writeToStandardOutput(format == .markdown ? schema.markdown : schema.json)
  }
}
