import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNReport

extension LyapunovCommand {
  /// The map's exponents as dt falls, against the ODE's.
  func runRefinements(_ refinements: Int, _ folder: OutputFolder?) async throws {
    let loaded = try system.load(integrating: .usual)
    guard let (network, drive) = loaded.family.closedNetwork else {
      throw Diagnostic(.usage, "--refinements is about a network's map and its ODE, not --system")
    }
    let options = try options(loaded)
    guard let steps = options.steps else {
      throw Diagnostic(
        .usage, "--refinements compares over one span of time, which isn't given", hint: "give --length or --repeat")
    }
    let progress = Progress(
      "lyapunov", total: (steps + options.transient) * ((2 << refinements) + 1), quiet: output.quiet)
    let refinement: LyapunovRefinement
    do throws(LyapunovSpectrum.Failure) {
      refinement = try LyapunovRefinement(
        network, drive: drive, start: loaded.start, options: options, refinements: refinements,
        threads: output.threadCount, progress: { progress.advance($0) })
    } catch {
      progress.finish()
      throw Diagnostic(error)
    }
    progress.finish()
    let result = LyapunovRefinementResult(system: loaded.description, refinement: refinement)
    let json = jsonText(schema: "cornn-analyze/lyapunov-refinements/1", result)
    try await output.publish(
      result.document, question: "Do the map's Lyapunov exponents approach the ODE's as dt falls, and at which order?",
      json: json, plots: result.plots, name: "lyapunov-refinements", to: folder)
    if output.strict, let reason = refinement.orders.compactMap(\.reason).first {
      throw Diagnostic(.unreached, "no order: \(reason)")
    }
  }
}
