import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
public import CoRNNLearning
import CoRNNModel

extension ForecastDataRecipe {
  /// The system and its trajectories, as facts.
  var facts: [Document.Fact] {
    [
      Document.Fact("system", "Lorenz-96, \(variables) variables, F = \(numberText(forcing, digits: 10))"),
      Document.Fact(
        "trajectories",
        "\(trajectories) each for training, validation and test, \(samples) samples \(numberText(interval)) apart, starts "
          + "uniform in [F − ½, F + ½], seed \(seed)"),
      Document.Fact(
        "integrator",
        "\(integration.method.rawValue), tolerances \(numberText(integration.absoluteTolerance)) absolute and "
          + "\(numberText(integration.relativeTolerance)) relative"),
    ]
  }
}

extension LargestExponent {
  /// The exponent with its error and what it took.
  var fact: Document.Fact {
    let error = standardError.map { " ± \(numberText($0, digits: 2))" } ?? " (no error: too short)"
    return Document.Fact(
      "largest exponent",
      "\(numberText(value))\(error) per unit time, \(steps) steps"
        + (converged ? "" : "; not converged: the error asked for was \(numberText(target))"))
  }
}

extension ForecastResult {
  /// The table and its conditions as a report.
  public var document: Document {
    var facts = data.facts
    facts.append(
      Document.Fact(
        "cost of the data",
        "\(numberText(dataSeconds, digits: 3)) s, all forcings together"))
    facts.append(exponent.fact)
    let ahead = Double(task.horizon) * data.interval
    facts.append(
      Document.Fact(
        "task", "the state \(task.horizon) samples (\(numberText(ahead)) units of time) ahead, at every step"))
    if let score = models.compactMap({ $0.runs.first?.test }).first {
      facts.append(
        Document.Fact(
          "scored",
          "from sample \(score.firstScored) on, \(score.scoredSteps) steps of each trajectory; every model sees the "
            + "samples before and is fitted to none of them"))
      facts.append(
        Document.Fact(
          "NRMSE",
          "root mean square error over the targets' root mean square, \(numberText(score.targetRootMeanSquare)) on the test "
            + "set; by deviation: over their standard deviation, \(numberText(score.targetDeviation))"))
    }
    var blocks: [Document.Block] = [.facts(facts), .table(ForecastTable.main(models))]
    let failures = models.compactMap { entry in entry.failure.map { "\(entry.name): not fitted, \($0)" } }
    if !failures.isEmpty { blocks.append(.list(failures)) }
    blocks.append(
      .paragraph(
        "± is the standard deviation over seeds where a model has several, else the standard error over trajectories. "
          + "Settings were chosen on the validation trajectories alone."))
    let settings = ForecastTable.settings(models)
    if !settings.isEmpty { blocks += [.heading("Settings"), .list(settings)] }
    let compared = byForcing.isEmpty ? [(data.forcing, models)] : byForcing.map { ($0.data.forcing, $0.models) }
    if let dynamics = ForecastTable.dynamics(compared) {
      blocks += [
        .heading("The coRNNs as driven systems"), .table(dynamics),
        .paragraph(
          "Per unit of Lorenz-96's time, a step of the network being one sample. The conditional exponent is measured under "
            + "the first test trajectory; the certificate (rigorous where proved) is about every input at once."),
      ]
    }
    if !byHorizon.isEmpty {
      blocks += [
        .heading("Error against horizon"),
        .table(
          ForecastTable.sweep(byHorizon, title: "NRMSE on the test trajectories", column: "model") {
            "\($0.task.horizon)"
          }), .figure(name: "error-horizon", caption: "Error against horizon"),
      ]
    }
    if !byForcing.isEmpty {
      blocks += [
        .heading("Error against forcing"),
        .table(
          ForecastTable.sweep(byForcing, title: "NRMSE on the test trajectories", column: "model", withExponent: true) {
            "F = \(numberText($0.data.forcing))"
          }), .figure(name: "error-forcing", caption: "Error against F, over the largest exponent"),
      ]
    }
    if example != nil {
      blocks.append(
        .figure(name: "prediction", caption: "Prediction over truth, and the error of each, for the best models"))
    }
    blocks += portraits.map {
      .figure(name: Self.portraitName($0), caption: "Trajectories at F = \(numberText($0.forcing))")
    }
    return Document(title: "Forecasts of Lorenz-96 at F = \(numberText(data.forcing, digits: 10))", blocks)
  }

  private static func portraitName(_ portrait: Portrait) -> String { "trajectory-F\(numberText(portrait.forcing))" }

  /// Errors against horizon and against F, and trajectories.
  public var plots: [Plot] {
    var plots: [Plot] = []
    if byHorizon.count > 1 {
      plots.append(
        Plot(
          name: "error-horizon", title: "Forecast error of Lorenz-96 at F = \(numberText(data.forcing))",
          xLabel: "horizon (units of time)", yLabel: "NRMSE", logarithmic: true,
          series: ForecastTable.series(byHorizon) { Double($0.task.horizon) * $0.data.interval }))
    }
    if byForcing.count > 1 {
      plots.append(
        Plot(
          name: "error-forcing",
          title: "Forecast error \(task.horizon) samples ahead, and the system's largest exponent",
          xLabel: "forcing F", yLabel: "exponent per unit time",
          series: [
            .init(
              "largest exponent", x: byForcing.map(\.data.forcing), y: byForcing.map(\.exponent.value), style: .line),
            .init(
              "± standard error", x: byForcing.map(\.data.forcing), y: byForcing.map(\.exponent.value),
              errors: byForcing.map { $0.exponent.standardError ?? .nan }, style: .errorBars, colour: 0),
            .init(
              "0", x: [byForcing[0].data.forcing, byForcing[byForcing.count - 1].data.forcing], y: [0, 0],
              style: .dashedLine),
          ],
          above: [
            .init("NRMSE", series: ForecastTable.series(byForcing) { $0.data.forcing }, logarithmic: true)
          ]))
    }
    plots += example.map { [$0] } ?? []
    plots += portraits.map { portrait in
      Plot(
        name: Self.portraitName(portrait), title: "Lorenz-96, F = \(numberText(portrait.forcing))", xLabel: "x1",
        yLabel: "x2", equalAxes: true,
        series: zip(portrait.first, portrait.second).enumerated().map { place, pair in
          .init("test trajectory \(place)", x: pair.0, y: pair.1, style: .line)
        })
    }
    return plots
  }
}

extension ForecastResult {
  /// Two variables of a test trajectory with each model's forecast of them, at the time they are forecast for, and how
  /// far off that is over all variables, for the five best; nil where no model was fitted.
  private var example: Plot? {
    // More lines than these can't be told apart.
    let best = models.filter { !$0.example.isEmpty }.sorted { $0.test.mean < $1.test.mean }.prefix(5)
    let fitted = Array(best.enumerated())
    guard let scale = models.compactMap({ $0.runs.first?.test.targetRootMeanSquare }).first else { return nil }
    let n = data.variables
    let steps = 0..<exampleTruth.count / n
    let time = steps.map { Double(task.firstScored + task.horizon + $0) * data.interval }
    let panels = (0..<2).map { variable in
      Plot.Panel(
        "x\(variable + 1)",
        series: [.init("truth", x: time, y: steps.map { exampleTruth[$0 * n + variable] }, style: .wideLine)]
          + fitted.map { place, entry in
            .init(
              entry.name, x: time, y: steps.map { entry.example[$0 * n + variable] }, style: .line, colour: place)
          })
    }
    return Plot(
      name: "prediction",
      title:
        "\(fitted.count < models.count ? "The \(fitted.count) best of \(models.count) forecasts" : "Forecasts") \(task.horizon) samples ahead, F = \(numberText(data.forcing)), a test trajectory",
      xLabel: "time of what is forecast", yLabel: "error over the targets' root mean square", logarithmic: true,
      series: fitted.map { place, entry in
        let errors = steps.map { step in
          let squares = (step * n..<(step + 1) * n).reduce(0) { sum, i in
            let difference = entry.example[i] - exampleTruth[i]
            return sum + difference * difference
          }
          return (squares / Double(n)).squareRoot() / scale
        }
        return .init(entry.name, x: time, y: errors.map { $0 > 0 ? $0 : .nan }, style: .line, colour: place)
      }, above: panels)
  }
}

/// Tables and curves of comparisons.
enum ForecastTable {
  /// The models of one comparison.
  static func main(_ models: [ForecastComparison.Entry]) -> Document.Table {
    Document.Table(
      "Forecasts",
      columns: ["model", "what", "fitted", "drawn", "validation", "test", "±", "by deviation", "runs", "fit s"],
      rows: models.map { entry in
        guard let first = entry.runs.first else {
          return [entry.name, entry.summary, "–", "–", "–", "–", "–", "–", "0", "–"]
        }
        let count = Double(entry.runs.count)
        return [
          entry.name, entry.summary, "\(entry.parameters)", "\(entry.fixedParameters)",
          numberText(entry.validation.mean), numberText(entry.test.mean),
          (entry.test.deviation ?? entry.test.samplingError).map { numberText($0, digits: 2) } ?? "–",
          numberText(
            entry.runs.count == 1
              ? first.test.byDeviation : entry.runs.reduce(0) { $0 + $1.test.byDeviation } / count),
          "\(entry.runs.count)", numberText(entry.runs.reduce(0) { $0 + $1.fitSeconds } / count, digits: 2),
        ]
      })
  }

  private static func row(
    _ found: NetworkDynamics, forcing: Double, name: String, run: ForecastComparison.Run
  ) -> [String] {
    let gain = found.gain.map { numberText($0) } ?? "none"
    let certificate = found.largestExponentBound.map { "proved below \(numberText($0))" } ?? "refused (gain \(gain))"
    var row = [numberText(forcing), name, run.seed.map { "\($0)" } ?? "–", numberText(run.test.nrmse)]
    row.append(found.conditionalExponent.map { numberText($0) } ?? "–")
    row.append(found.conditionalExponentError.map { numberText($0, digits: 1) } ?? "–")
    row.append(certificate)
    row.append(numberText(found.weightAssumption.eta))
    row.append(found.weightAssumption.holds ? "yes" : "no")
    return row
  }

  /// What coRNNs are as systems; nil where there is none.
  static func dynamics(
    _ comparisons: [(forcing: Double, models: [ForecastComparison.Entry])]
  ) -> Document.Table? {
    var rows: [[String]] = []
    for (forcing, models) in comparisons {
      for entry in models {
        for run in entry.runs {
          guard let found = run.dynamics else { continue }
          rows.append(row(found, forcing: forcing, name: entry.name, run: run))
        }
      }
    }
    guard !rows.isEmpty else { return nil }
    return Document.Table(
      "Largest conditional exponents",
      columns: ["F", "model", "seed", "test", "exponent", "±", "certificate", "eta", "(6) holds"], rows: rows)
  }

  /// A line for each model that has settings.
  static func settings(_ models: [ForecastComparison.Entry]) -> [String] {
    models.compactMap { entry in
      guard let run = entry.runs.first, !run.settings.isEmpty else { return nil }
      return "\(entry.name): " + text(run.settings)
        + (entry.trials.isEmpty ? "" : "; the best of \(entry.trials.count) trials")
        + (entry.runs.count > 1 ? "; what was found on the way is the first run's" : "")
    }
  }

  /// Names and values, long numbers cut.
  static func text(_ settings: [ForecastSetting]) -> String {
    settings.map { setting in
      "\(setting.name) \(Int(setting.value) == nil ? Double(setting.value).map { numberText($0) } ?? setting.value : setting.value)"
    }.joined(separator: ", ")
  }

  /// Test scores of each model, a column for each comparison.
  static func sweep(
    _ comparisons: [ForecastComparison], title: String, column: String, withExponent: Bool = false,
    name: (ForecastComparison) -> String
  ) -> Document.Table {
    var rows = comparisons[0].models.indices.map { place in
      [comparisons[0].models[place].name]
        + comparisons.map { comparison in
          let entry = comparison.models[place]
          guard !entry.runs.isEmpty else { return "–" }
          let error = entry.test.deviation ?? entry.test.samplingError
          return numberText(entry.test.mean) + (error.map { " ± \(numberText($0, digits: 1))" } ?? "")
        }
    }
    if withExponent {
      rows.append(
        ["largest exponent"]
          + comparisons.map { comparison in
            numberText(comparison.exponent.value, digits: 3)
              + (comparison.exponent.standardError.map { " ± \(numberText($0, digits: 1))" } ?? "")
          })
    }
    return Document.Table(title, columns: [column] + comparisons.map(name), rows: rows)
  }

  /// A line for each model.
  static func series(
    _ comparisons: [ForecastComparison], x: (ForecastComparison) -> Double
  ) -> [Plot.Series] {
    comparisons[0].models.indices.compactMap { place in
      let points = comparisons.filter { !$0.models[place].runs.isEmpty }
      guard !points.isEmpty else { return nil }
      return Plot.Series(
        comparisons[0].models[place].name, x: points.map(x),
        // A perfect score has no place on a logarithmic axis.
        y: points.map { $0.models[place].test.mean }.map { $0 > 0 ? $0 : .nan }, style: .lineWithPoints)
    }
  }
}
