import Foundation
import TestSupport
import Testing

/// `certify` from the command line, and the contract of its JSON and files.
@Suite struct CertifyTests {
  static func network(_ name: String) -> String { TestData.scenarios + "/networks/\(name).safetensors" }

  @Test func meetsTheContract() throws {
    try TestData.withFolder { folder in
      let run = try Tool(["certify", Self.network("certified"), "--format", "json", "--output", folder, "--strict"])
      #expect(run.status == 0, "\(run.errors)")
      let json = try run.json()
      #expect(json["schema"] as? String == "cornn-analyze/certify/1")
      let gains = try #require(json["gains"] as? [String: [Double]])
      #expect(gains["position"]?.count == 48 && gains["velocity"]?.count == 48)
      for key in ["contraction", "flowContraction"] {
        let contraction = try #require(json[key] as? [String: Any])
        #expect(contraction["certified"] as? Bool == true && contraction["kind"] as? String == "rigorous")
        #expect(contraction["method"] as? String == "sectorShift")
        // The largest exponent measured without input is -0.19.
        let bound = try #require(contraction["largestExponentBound"] as? Double)
        #expect(bound > -0.19 && bound < -0.12)
        let methods = try #require(contraction["methods"] as? [[String: Any]])
        #expect(methods.map { $0["method"] as? String } == ["norm", "frequency", "scaled", "sectorShift"])
      }
      let published = try #require(json["published"] as? [String: Any])
      #expect(published["applies"] as? Bool == false && published["holds"] is NSNull)
      let files = try Set(FileManager.default.contentsOfDirectory(atPath: folder))
      #expect(
        files.isSuperset(of: [
          "certify.json", "certify.md", "contraction.svg", "contraction-ode.pdf", "contraction.dat",
        ]))
      #expect(try String(contentsOfFile: folder + "/certify.json", encoding: .utf8) == run.output)
    }
  }

  @Test(arguments: ["between", "chaotic"]) func refusalsSayNothingMore(name: String) throws {
    let run = try Tool(["certify", Self.network(name), "--no-flow"])
    #expect(run.status == 0 && run.output.contains("\nnot certified (gain "))
    #expect(run.output.contains(" > 1)\n") && !run.output.contains("certified: no input"))
    let json = try Tool(["certify", Self.network(name), "--no-flow", "--format", "json"]).json()
    let contraction = try #require(json["contraction"] as? [String: Any])
    #expect(contraction["largestExponentBound"] is NSNull && contraction["kind"] as? String == "numerical")
    #expect(json["flowContraction"] is NSNull)
    let strict = try Tool(["certify", Self.network(name), "--no-flow", "--strict"])
    #expect(strict.status == 3 && strict.errors.contains("a certificate is refused: not certified (gain "))
  }

  @Test func certificateInWords() throws {
    let run = try Tool(["certify", Self.network("certified"), "--no-flow", "--threads", "1"])
    #expect(run.output.contains("\ncertified: no input makes this network chaotic; largest exponent at most -0.1"))
    #expect(try Tool(["certify", Self.network("certified"), "--no-flow", "--threads", "2"]).output == run.output)
  }

  @Test func closedLoopIsTheNetworkWithItsReadoutFedBack() throws {
    let open = try Tool(["certify", "lorenz96-F0.9-m64.pt", "--no-flow", "--format", "json"]).json()
    let closed = try Tool(["certify", "lorenz96-F0.9-m64.pt", "--closed-loop", "--no-flow", "--format", "json"]).json()
    func gains(_ json: [String: Any]) -> [Double] {
      ((json["contraction"] as? [String: Any])?["methods"] as? [[String: Any]])?.compactMap { $0["gain"] as? Double }
        ?? []
    }
    #expect(closed["closedLoop"] as? Bool == true && gains(open).count == 4 && gains(closed).count == 4)
    #expect(zip(gains(open), gains(closed)).allSatisfy { abs($0 - $1) > 1e-6 })
  }
}
