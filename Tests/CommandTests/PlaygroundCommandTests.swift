import Foundation
import TestSupport
import Testing

/// The teaching page. What it computes, and what a person does with it, is tested in a browser: `make test-browser`.
@Suite struct PlaygroundCommandTests {
  @Test func thePageIsWholeAndAsksForNothing() throws {
    try TestData.withFolder { folder in
      let run = try Tool(["playground", "page", "--quiet"], folder: folder)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      #expect(run.output.contains("page/index.html") && run.output.contains("page/network.json"))
      let page = try String(contentsOfFile: folder + "/page/index.html", encoding: .utf8)
      for address in ["http://", "https://", "src=", "@import", "url("] {
        #expect(!page.contains(address), "the page has \(address)")
      }
      #expect(!page.contains("{style}") && !page.contains("{script}") && !page.contains("<!--{"))
      #expect(page.utf8.count < 500_000)
      let wasm = try #require(Data(base64Encoded: text(of: "wasm", in: page)))
      #expect(wasm.prefix(4) == Data([0, 0x61, 0x73, 0x6d]))
    }
  }

  /// What it says of the trained network is what the other commands find.
  @Test func itsFindingsAreTheOtherCommands() throws {
    try TestData.withFolder { folder in
      try #require(try Tool(["playground", ".", "--quiet"], folder: folder).status == 0)
      let page = try String(contentsOfFile: folder + "/index.html", encoding: .utf8)
      let replay = try #require(
        JSONSerialization.jsonObject(with: Data(text(of: "replay-data", in: page).utf8)) as? [String: Any])
      let input = ["--signal", "lorenz96", "--steps", "1000", "--seed", "1"]
      let bounds = try Tool(
        ["bounds", "network.json", "--no-flow", "--no-gradient", "--format", "json"] + input, folder: folder
      ).json()
      let rungs = try #require((bounds["energy"] as? [String: Any])?["rungs"] as? [NSDictionary])
      #expect(rungs.count == 6 && replay["bounds"] as? [NSDictionary] == rungs)

      // The states after every 50 steps, as far as this reader of JSON goes.
      let run = try Tool(["simulate", "network.json", "--format", "csv"] + input, folder: folder)
      let rows = run.output.split(separator: "\n").dropFirst().map { row in
        row.split(separator: ",").compactMap { Double($0) }
      }
      let states = try #require(replay["states"] as? [[Double]])
      try #require(rows.count == 1000 && states.count == 20)
      for (k, state) in states.enumerated() {
        // A row is step, time, trajectory, then y and z of each unit in turn.
        let row = rows[50 * (k + 1) - 1].dropFirst(3)
        let (positions, velocities) = (state.prefix(12), state.suffix(12))
        let differences = zip(row.sorted(), (positions + velocities).sorted()).map { abs($0 - $1) }
        #expect(row.count == 24 && differences.allSatisfy { $0 < 1e-14 }, "step \(50 * (k + 1))")
      }

      let findings = try #require(replay["findings"] as? [[String: String]])
      let values = Dictionary(uniqueKeysWithValues: findings.map { ($0["what"] ?? "", $0["value"] ?? "") })
      let kinds = Set(findings.map { $0["kind"] ?? "" })
      #expect(kinds.isSubset(of: ["rigorous", "numerical", "measured"]))
      let certify = try Tool(["certify", "network.json", "--no-flow", "--format", "json"], folder: folder).json()
      let contraction = try #require(certify["contraction"] as? [String: Any])
      let isRefused = values["certificate that no input makes it chaotic"] == "refused"
      #expect(contraction["certified"] as? Bool == !isRefused)
      // Beside the exponent from a run of its own: per unit of the network's time, ten samples of Lorenz-96's.
      let lyapunov = try Tool(
        [
          "lyapunov", "network.json", "--signal", "lorenz96", "--steps", "60000", "--seed", "5", "--exponents", "1",
          "--length", "50000", "--format", "json",
        ], folder: folder
      ).json()
      let other = try #require((lyapunov["exponents"] as? [[String: Any]])?.first)
      let (value, error) = try (#require(other["value"] as? Double), #require(other["standardError"] as? Double))
      let said = try #require(values["largest conditional Lyapunov exponent"]).split(separator: " ")
      let (own, ownError) = try (#require(Double(said[0])), #require(Double(said[2])))
      let bothErrors = (ownError * ownError + 100 * error * error).squareRoot()
      #expect(abs(own - 10 * value) < 4 * bothErrors, "\(own), \(10 * value)")
      let score = try #require(values["forecast error (NRMSE)"]).split(separator: " ")
      // What its training measured on the same trajectories.
      #expect(abs(try #require(Double(score[0])) - 0.1315) < 1e-4)
    }
  }

  /// A script element's text.
  private func text(of id: String, in page: String) throws -> String {
    let start = try #require(page.range(of: "id=\"\(id)\">"))
    let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
    return String(page[start.upperBound..<end.lowerBound])
  }
}
