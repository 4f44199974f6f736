public import CoRNNAnalysis
import CoRNNDynamics
public import CoRNNKernels

/// Whether a model left to itself visits the states that the system does, as often and at the same rhythm.
///
/// Each figure compares a free run with one true run; beside it stands what a second true run scores, from another
/// start: no model can be told from the truth below that.
public struct LongRunStatistics: Encodable, Equatable, Sendable {
  /// What was computed.
  public let settings: Settings
  /// True runs against the true run: the least that can be told.
  public let floor: Distances
  /// The marginal distribution and the power spectrum of the true run.
  public let truth: Portrait
  /// In the order of the models.
  public let models: [Model]

  /// A model's free runs.
  public struct Model: Encodable, Equatable, Sendable {
    /// The model's name.
    public let name: String
    /// Free runs that left the range allowed, and where the first did, in units of time; null if none did.
    public let diverged: Int
    /// When the first of them did, in units of time; null if none did.
    public let divergedAt: Double?
    /// Over the runs that stayed; null where none did.
    public let distances: Distances?
    /// What one of its runs looks like.
    public let portrait: Portrait?
  }

  /// What was computed, since other settings give other numbers.
  public struct Settings: Encodable, Equatable, Sendable {
    /// Runs, and samples in each after those left out of the start.
    public let runs: Int
    /// The samples of a run.
    public let samples: Int
    /// The samples before them.
    public let transient: Int
    /// The time from one sample to the next.
    public let interval: Double
    /// How D_stsp was computed, and how D_H was.
    public let stateSpace: String
    /// How power spectra were taken.
    public let spectra: String
  }

  /// Means over runs with their standard errors (null for one run).
  public struct Distances: Encodable, Equatable, Sendable {
    /// D_stsp, nats.
    public let stateSpace: Mean
    /// D_H, 0 to 1.
    public let spectra: Mean
    /// The first Wasserstein distance of the marginals (all variables together), in standard deviations.
    public let marginal: Mean
  }

  /// A mean over runs.
  public struct Mean: Encodable, Equatable, Sendable {
    /// The mean.
    public let value: Double
    /// Its standard error.
    public let standardError: Double?

    init(_ values: [Double]) {
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      value = mean
      standardError =
        values.count > 1
        ? (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1) / count).squareRoot() : nil
    }
  }

  /// What a run looks like.
  public struct Portrait: Encodable, Equatable, Sendable {
    /// Middles of bins and the density in them, all variables together.
    public let value: [Double]
    /// The density in each bin.
    public let density: [Double]
    /// The power spectrum of the first variable.
    public let spectrum: PowerSpectrum

    init(_ run: [Double], variables n: Int, interval: Double, range: ClosedRange<Double>) {
      let bins = 80
      let width = (range.upperBound - range.lowerBound) / Double(bins)
      var counts = [Double](repeating: 0, count: bins)
      for value in run where range.contains(value) {
        counts[min(bins - 1, Int((value - range.lowerBound) / width))] += 1
      }
      self.value = (0..<bins).map { range.lowerBound + (Double($0) + 0.5) * width }
      density = counts.map { $0 / (Double(run.count) * width) }
      let series = stride(from: 0, to: run.count, by: n).map { run[$0] }
      spectrum = PowerSpectrum(of: series, interval: interval, segmentLength: max(8, min(series.count, 2000)))
    }
  }

  /// The statistics of `models`, each run freely from starts of its own.
  ///
  /// - Throws: `IntegrationFailure` where a true run can't be made.
  public init(
    of models: [(name: String, model: any ForecastModel)], data: ForecastDataRecipe, task: ClosedLoopTask, threads: Int
  ) throws(IntegrationFailure) {
    precondition(task.longRuns > 0, "no runs")
    let n = data.variables
    var recipe = data
    recipe.trajectories = task.longRuns + 1
    recipe.samples = task.transient + task.warmUp + task.longRunSamples
    let runs = try ForecastData.trajectories(recipe, .longRun, threads: threads)
    let from = task.transient + task.warmUp
    let truths = (0...task.longRuns).map { b in
      runs.part(steps: from..<runs.steps, trajectories: b..<b + 1).values
    }
    // The last true run is what all others are held against.
    let reference = LongRunReference(truths[task.longRuns], variables: n)
    let largest = truths.joined().reduce(0) { max($0, abs($1)) }
    settings = Settings(
      runs: task.longRuns, samples: task.longRunSamples, transient: from, interval: data.interval,
      stateSpace: reference.stateSpace.text, spectra: SpectralDistance.text)
    floor = Distances(
      parallelMap(count: task.longRuns, threads: threads) { reference.distances(to: truths[$0]) })
    let range = reference.range
    truth = Portrait(truths[task.longRuns], variables: n, interval: data.interval, range: range)
    self.models = models.map { name, model in
      let free = model.freeRun(
        after: runs.part(steps: task.transient..<from, trajectories: 0..<task.longRuns), count: task.longRunSamples)
      let ends = free.map { run in run.firstIndex { !(abs($0) <= 100 * largest) } }
      let kept = free.indices.filter { ends[$0] == nil }.map { Array(free[$0][n...]) }
      let distances = parallelMap(count: kept.count, threads: threads) { reference.distances(to: kept[$0]) }
      return Model(
        name: name, diverged: task.longRuns - kept.count,
        divergedAt: ends.compactMap { $0 }.min().map { Double($0 / n) * data.interval },
        distances: kept.isEmpty ? nil : Distances(distances),
        portrait: kept.first.map { Portrait($0, variables: n, interval: data.interval, range: range) })
    }
  }
}

extension LongRunStatistics.Distances {
  fileprivate init(_ runs: [LongRunReference.Found]) {
    stateSpace = LongRunStatistics.Mean(runs.map(\.stateSpace))
    spectra = LongRunStatistics.Mean(runs.map(\.spectra))
    marginal = LongRunStatistics.Mean(runs.map(\.marginal))
  }
}

/// The true run that others are held against.
struct LongRunReference: Sendable {
  let stateSpace: StateSpaceDivergence
  let spectra: SpectralDistance
  /// All values, sorted.
  private let sorted: [Double]
  private let deviation: Double

  struct Found: Sendable {
    let stateSpace: Double
    let spectra: Double
    let marginal: Double
  }

  init(_ run: [Double], variables: Int) {
    stateSpace = StateSpaceDivergence(from: run, variables: variables)
    spectra = SpectralDistance(from: run, variables: variables)
    sorted = run.sorted()
    let mean = run.reduce(0, +) / Double(run.count)
    deviation = (run.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(run.count)).squareRoot()
  }

  /// Where the values lie, with a tenth of a standard deviation on both sides.
  var range: ClosedRange<Double> { sorted[0] - 0.1 * deviation...sorted[sorted.count - 1] + 0.1 * deviation }

  /// A run of the same length against this one.
  func distances(to run: [Double]) -> Found {
    let other = run.sorted()
    let gap = zip(sorted, other).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(sorted.count)
    return Found(stateSpace: stateSpace.value(of: run), spectra: spectra.value(of: run), marginal: gap / deviation)
  }
}
