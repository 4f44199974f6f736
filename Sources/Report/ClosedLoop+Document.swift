import CoRNNAnalysis
import CoRNNDynamics
public import CoRNNLearning
import RealModule

extension ClosedLoopComparison {
  /// Valid prediction times and long-run statistics as a report.
  public var document: Document {
    var facts = data.facts
    facts.append(exponent.fact)
    facts.append(
      Document.Fact(
        "loop",
        "\(task.starts) starts after \(task.transient) samples; the model sees \(task.warmUp) true samples, then its own "
          + "forecasts for \(task.length)"))
    facts.append(
      Document.Fact(
        "error",
        "root mean square over the variables, divided by the standard deviation of the true states, "
          + numberText(normaliser)))
    var blocks: [Document.Block] = [.facts(facts)]
    for (place, threshold) in task.thresholds.enumerated() {
      var rows = [Self.row("two integrators", integrators, place)]
      rows += models.map { entry in
        entry.forecast.map { Self.row(entry.name, $0, place) }
          ?? [entry.name] + [String](repeating: "–", count: 8)
      }
      blocks.append(
        .table(
          Document.Table(
            "Valid prediction time, threshold \(numberText(threshold))",
            columns: [
              "model", "time", "± starts", "Lyapunov times", "± in all", "10 %–90 %", "least", "never exceeded",
              "diverged",
            ], rows: rows)))
    }
    blocks.append(
      .paragraph(
        "Two integrators: Runge–Kutta of order 4 with steps of \(numberText(data.interval)) against "
          + "\(numberText(data.interval / 2)) from the same states; where they part, a score means nothing more. Times are in "
          + "units of time, ranges and least in Lyapunov times (in units of time where the exponent isn't positive); ± in all "
          + "has the exponent's error in it. A start that never exceeded counts as \(task.length) samples."))
    blocks.append(
      .table(
        Document.Table(
          "Models", columns: ["model", "what", "fitted", "drawn", "one-sample NRMSE", "±"],
          rows: models.map { entry in
            [
              entry.name, entry.summary, "\(entry.parameters)", "\(entry.fixedParameters)",
              entry.oneStep.map { numberText($0.nrmse) } ?? "–",
              entry.oneStep?.standardError.map { numberText($0, digits: 2) } ?? "–",
            ]
          })))
    let failures = models.compactMap { entry in entry.failure.map { "\(entry.name): not fitted, \($0)" } }
    if !failures.isEmpty { blocks.append(.list(failures)) }
    let settings = models.filter { !$0.settings.isEmpty }.map { entry in
      "\(entry.name): " + ForecastTable.text(entry.settings)
        + (entry.trials.isEmpty ? "" : "; the best of \(entry.trials.count) trials")
    }
    if !settings.isEmpty { blocks.append(.list(settings)) }
    blocks += [
      .figure(name: "error-growth", caption: "Error growth with the thresholds"),
      .figure(name: "space-time", caption: "Truth, model and difference"),
      .figure(name: "prediction", caption: "Prediction over truth"),
    ]
    if let longRun { blocks += longRun.blocks }
    if let spectrum { blocks += spectrumBlocks(spectrum) }
    return Document(
      title:
        "Closed-loop forecasts of Lorenz-96, \(data.variables) variables, F = \(numberText(data.forcing, digits: 10))",
      blocks)
  }

  private func spectrumBlocks(_ own: LoopSpectrum) -> [Document.Block] {
    let shown = min(own.exponents.count, 5)
    func row(_ name: String, _ spectrum: LoopSpectrum?) -> [String] {
      guard let spectrum else { return [name] + [String](repeating: "–", count: shown + 3) }
      return [name]
        + spectrum.exponents.prefix(shown).map {
          numberText($0.value, digits: 3) + ($0.standardError.map { " ± \(numberText($0, digits: 1))" } ?? "")
        } + [
          numberText(spectrum.sum),
          spectrum.kaplanYorkeDimension.map { dimension in
            numberText(dimension) + (spectrum.kaplanYorkeError.map { " ± \(numberText($0, digits: 1))" } ?? "")
          } ?? "–",
          spectrum.traceIdentityResidual.map { numberText($0, digits: 2) } ?? "–",
        ]
    }
    return [
      .heading("Lyapunov spectra"),
      .table(
        Document.Table(
          "Exponents per unit time over \(own.steps) steps of \(numberText(own.timeStep)); the sum of the first "
            + "\(own.exponents.count); the trace identity's residual",
          columns: ["model"] + (1...shown).map { "\($0)" } + ["sum", "Kaplan–Yorke", "identity"],
          rows: [row("the system", own)] + models.map { row($0.name, $0.spectrum) })),
      .figure(name: "exponents", caption: "Lyapunov spectra of the loops and of the system"),
    ]
  }

  private static func row(_ name: String, _ forecast: ClosedLoopForecast, _ place: Int) -> [String] {
    let time = forecast.validPredictionTimes[place]
    let scale = time.lyapunovTimes.map { time.mean > 0 ? $0 / time.mean : 1 } ?? 1
    return [
      name, numberText(time.mean), numberText(time.standardError, digits: 2),
      time.lyapunovTimes.map { numberText($0) } ?? "–",
      time.lyapunovStandardError.map { numberText($0, digits: 2) } ?? "–",
      "\(numberText(time.tenth * scale, digits: 3)) – \(numberText(time.ninetieth * scale, digits: 3))",
      numberText(time.least * scale, digits: 3), "\(time.unreached)", "\(forecast.diverged)",
    ]
  }

  /// Lyapunov times in a unit of time; 1 where there are none.
  private var perTime: Double {
    guard let error = exponent.standardError, exponent.value > 3 * error else { return 1 }
    return exponent.value
  }

  private var timeLabel: String { perTime == 1 ? "time" : "Lyapunov times" }

  /// The model whose forecasts last longest at the middle threshold.
  private var best: (name: String, forecast: ClosedLoopForecast)? {
    let place = task.thresholds.count / 2
    return models.compactMap { entry in entry.forecast.map { (entry.name, $0) } }
      .max { $0.1.validPredictionTimes[place].mean < $1.1.validPredictionTimes[place].mean }
  }

  /// Error growth, space–time, prediction over truth, marginals, spectra.
  public var plots: [Plot] {
    let all =
      [("two integrators", integrators)] + models.compactMap { entry in entry.forecast.map { (entry.name, $0) } }
    let every = max(1, task.length / 1000)
    var series = all.map { name, forecast in
      let kept = stride(from: 0, to: task.length, by: every)
      return Plot.Series(
        name, x: kept.map { forecast.growth.time[$0] * perTime },
        y: kept.map { forecast.growth.median[$0] > 0 ? min(forecast.growth.median[$0], 100) : .nan }, style: .line)
    }
    let end = Double(task.length) * data.interval * perTime
    series += task.thresholds.map { threshold in
      .init("threshold \(numberText(threshold))", x: [0, end], y: [threshold, threshold], style: .dashedLine)
    }
    let middle = task.thresholds.count / 2
    let times = all.map { $0.1.validPredictionTimes[middle].mean * perTime }
    series.append(
      .init(
        "mean valid time", x: times, y: times.map { _ in task.thresholds[middle] }, style: .rings))
    var plots = [
      Plot(
        name: "error-growth", title: "Error of forecasts fed back, median over \(task.starts) starts",
        xLabel: timeLabel,
        yLabel: "error over the standard deviation", logarithmic: true, series: series)
    ]
    if let best { plots += example(best.name, best.forecast) }
    if let longRun { plots += longRun.plots(data) }
    if let spectrum {
      let all = [("the system", spectrum)] + models.compactMap { entry in entry.spectrum.map { (entry.name, $0) } }
      plots.append(
        Plot(
          name: "exponents", title: "Lyapunov spectra, F = \(numberText(data.forcing))", xLabel: "index",
          yLabel: "exponent per unit time",
          series: all.map { name, spectrum in
            .init(
              name, x: spectrum.exponents.indices.map { Double($0 + 1) }, y: spectrum.exponents.map(\.value),
              style: .lineWithPoints)
          },
          ticks: stride(from: 1, through: data.variables, by: max(1, (data.variables + 9) / 10)).map(Double.init)))
    }
    return plots
  }

  private func example(_ name: String, _ forecast: ClosedLoopForecast) -> [Plot] {
    let n = data.variables
    let time = forecast.validPredictionTimes[task.thresholds.count / 2]
    // Twice the valid time, and a little.
    let shown = min(task.length, max(50, Int(2 * time.mean / data.interval)))
    let every = max(1, shown / 400)
    let kept = Array(stride(from: 0, through: shown, by: every))
    let x = kept.map { Double($0) * data.interval * perTime }
    func rows(_ value: (Int) -> Double) -> [Double] {
      (0..<n).flatMap { j in kept.map { value($0 * n + j) } }
    }
    let truth = rows { exampleTruth[$0] }
    let range = (truth.min() ?? 0)...(truth.max() ?? 1)
    let reach = max(range.upperBound, -range.lowerBound)
    let mark = time.mean * perTime
    let first = kept.map { exampleTruth[$0 * n] }
    return [
      Plot(
        name: "space-time", title: "Lorenz-96, F = \(numberText(data.forcing)): truth and \(name), first start",
        xLabel: timeLabel + " (the line: the mean valid time)", yLabel: "variable", x: x,
        y: (1...n).map(Double.init),
        strips: [
          .init("truth", truth, range: range), .init(name, rows { forecast.example[$0] }, range: range),
          .init(
            "difference", rows { forecast.example[$0] - exampleTruth[$0] }, difference: true, range: -reach...reach),
        ], mark: mark),
      Plot(
        name: "prediction", title: "The first variable: truth and \(name), first start", xLabel: timeLabel,
        yLabel: "x1",
        x: x,
        curves: [
          .init("truth", first),
          .init(
            name, kept.map { abs(forecast.example[$0 * n]) <= 10 * reach ? forecast.example[$0 * n] : .nan },
            dashed: true),
        ]),
    ]
  }
}

extension LongRunStatistics {
  fileprivate var blocks: [Document.Block] {
    func text(_ mean: Mean) -> String {
      numberText(mean.value, digits: 3) + (mean.standardError.map { " ± \(numberText($0, digits: 1))" } ?? "")
    }
    func row(_ name: String, _ distances: Distances?, _ note: String) -> [String] {
      [name] + (distances.map { [text($0.stateSpace), text($0.spectra), text($0.marginal)] } ?? ["–", "–", "–"]) + [
        note
      ]
    }
    return [
      .heading("Statistics over long times"),
      .facts([
        Document.Fact(
          "runs",
          "\(settings.runs) of \(settings.samples) samples \(numberText(settings.interval)) apart, against one true run"
        ),
        Document.Fact("D_stsp", "Kullback–Leibler divergence of states, nats: " + settings.stateSpace),
        Document.Fact("D_H", "Hellinger distance of spectra: " + settings.spectra),
        Document.Fact("marginal", "first Wasserstein distance, all variables together, in standard deviations"),
      ]),
      .table(
        Document.Table(
          "Distances from the truth; ± over runs",
          columns: ["model", "D_stsp", "D_H", "marginal", "runs that diverged"],
          rows: [row("another true run", floor, "0")]
            + models.map { model in
              row(
                model.name, model.distances,
                model.divergedAt.map { "\(model.diverged), the first after \(numberText($0)) units of time" } ?? "0")
            })),
      .figure(name: "marginals", caption: "Marginal distributions"), .figure(name: "spectra", caption: "Power spectra"),
    ]
  }

  fileprivate func plots(_ data: ForecastDataRecipe) -> [Plot] {
    let portraits = [("truth", truth)] + models.compactMap { model in model.portrait.map { (model.name, $0) } }
    let highest = truth.spectrum.frequency.firstIndex { $0 > 10 } ?? truth.spectrum.frequency.count
    return [
      Plot(
        name: "marginals", title: "Marginal distribution, all variables, F = \(numberText(data.forcing))",
        xLabel: "value",
        yLabel: "density", x: truth.value, curves: portraits.map { .init($0.0, $0.1.density, dashed: $0.0 != "truth") }),
      Plot(
        name: "spectra", title: "Power spectrum of the first variable, F = \(numberText(data.forcing))",
        xLabel: "cycles per unit of time", yLabel: "power spectral density", logarithmic: true,
        x: Array(truth.spectrum.frequency[..<highest]),
        curves: portraits.map { .init($0.0, Array($0.1.spectrum.density[..<highest]), dashed: $0.0 != "truth") }),
    ]
  }
}
