import Foundation
import TestSupport
import Testing

/// `forecast` from the command line.
@Suite struct ForecastCommandTests {
  static let small = [
    "forecast", "--forcing", "8", "--trajectories", "6", "--samples", "400", "--first-scored", "100", "--until-error",
    "0.05",
  ]

  /// One table, the same bytes for any number of threads, files and pictures beside it.
  @Test func table() throws {
    try TestData.withFolder { folder in
      let arguments =
        Self.small + ["--models", "persistence,cubic,ron", "--trials", "2", "--seeds", "2", "--horizons", "5,25"]
        + ["--forcings", "0.9,8", "--format", "json"]
      let one = try Tool(arguments + ["--threads", "1", "--output", folder + "/one"])
      let three = try Tool(arguments + ["--threads", "3", "--quiet"])
      #expect(one.status == 0 && one.output == three.output, "\(one.errors)")
      let json = try one.json()
      let models = try #require(json["models"] as? [[String: Any]])
      #expect(models.map { $0["name"] as? String } == ["persistence", "cubic", "ron"])
      #expect((models[1]["parameters"] as? Int) == 280)
      #expect((models[2]["runs"] as? [Any])?.count == 2 && (models[2]["trials"] as? [Any])?.count == 2)
      let recipe = try #require(json["data"] as? [String: Any])
      #expect((recipe["integration"] as? [String: Any])?["method"] as? String == "rk8pd")
      #expect((json["byHorizon"] as? [Any])?.count == 2 && (json["byForcing"] as? [Any])?.count == 2)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/one")
      for name in [
        "forecast.json", "forecast.md", "error-horizon.gp", "error-forcing.dat", "trajectory-F8.gp", "prediction.dat",
      ] {
        #expect(names.contains(name), "\(name)")
      }
      #expect(try String(contentsOfFile: folder + "/one/forecast.json", encoding: .utf8) == one.output)
    }
  }

  @Test func closedLoop() throws {
    try TestData.withFolder { folder in
      let run = try Tool(
        Self.small + [
          "--closed-loop", "--models", "linear,cubic", "--starts", "6", "--length", "300", "--long-runs", "2",
          "--long-run-samples", "2000", "--output", folder + "/loop", "--format", "json",
        ])
      #expect(run.status == 0, "\(run.errors)")
      let models = try #require(try run.json()["models"] as? [[String: Any]])
      func time(_ model: [String: Any]) -> Double {
        let forecast = model["forecast"] as? [String: Any]
        let times = forecast?["validPredictionTimes"] as? [[String: Any]]
        return times?[1]["mean"] as? Double ?? .nan
      }
      #expect(time(models[1]) > time(models[0]))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/loop")
      for name in ["error-growth.gp", "space-time.dat", "prediction.gp", "marginals.gp", "spectra.gp"] {
        #expect(names.contains(name), "\(name)")
      }
    }
  }

  /// A model that can't be fitted is told of, and under --strict is a failure.
  @Test func unfitted() throws {
    let arguments = Self.small + ["--variables", "40", "--models", "cubic,persistence"]
    let run = try Tool(arguments)
    #expect(run.status == 0 && run.output.contains("cubic: not fitted, 12341 regressors, more than 3000"))
    #expect(try Tool(arguments + ["--strict"]).status == 2)
  }

  /// A checkpoint stands in the table; what it can't be asked is refused.
  @Test func checkpoint() throws {
    let path = TestData.path("lorenz96-F8-m64.pt")
    let run = try Tool(
      Self.small.prefix(3)
        + [path, "--models", "persistence", "--format", "json", "--trajectories", "6", "--until-error", "0.05"])
    #expect(run.status == 0, "\(run.errors)")
    let models = try #require(try run.json()["models"] as? [[String: Any]])
    #expect(models.map { $0["name"] as? String } == ["persistence", "lorenz96-F8-m64.pt"])
    let test = try #require(models[1]["test"] as? [String: Any])
    #expect(0.03..<0.07 ~= (test["mean"] as? Double ?? .nan))
    let first = try #require((models[1]["runs"] as? [[String: Any]])?.first)
    #expect(first["dynamics"] is [String: Any])
    for (arguments, status, message) in [
      ([path, "--horizons", "5,25"], 64, "a checkpoint knows the one it was trained for"),
      ([path, "--variables", "6"], 64, "forecasts 5 variables, and there are 6"),
      ([path, "--output-scale", "0"], 64, "--output-scale is 0.0; it must be greater than 0."),
      (["--gamma", "1"], 64, "--gamma is about a checkpoint: name one."),
      (["--output-scale", "1"], 64, "--output-scale is about a checkpoint: name one."),
      ([TestData.path("adding-T100-m128.pt")], 65, "1 outputs and 2 inputs"),
      ([path + "x"], 66, "lorenz96-F8-m64.ptx"),
    ] {
      let wrong = try Tool(Self.small + arguments)
      #expect(wrong.status == status && wrong.errors.contains(message), "\(arguments): \(wrong.errors)")
    }
  }
}
