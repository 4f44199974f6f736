public import ArgumentParser
public import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import CoRNNReport

/// Orbit diagrams.
struct OrbitDiagramCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orbit-diagram",
    abstract: "What orbits come to over a parameter, with the periods found.",
    discussion: """
      --sweep KEY=LOW:HIGH:COUNT, KEY=LOW:HIGH:COUNT:log or KEY=A,B,C. Keys of a system are its parameters; keys of a \
      network are W, Z, V, Q (the readout), gamma and epsilon, which are multiplied, and dt, which is set. --exponent adds the largest Lyapunov exponent above the diagram. \
      --output DIR writes orbit-diagram.json, orbit-diagram.md, and a plot with its data and script.
      """)

  @OptionGroup var system: SystemOptions
  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp("The parameter and its values.", valueName: "sweep"))
  var sweep: String

  @Option(parsing: .unconditional, help: ArgumentHelp("Which state variable is shown, from 0.", valueName: "k"))
  var variable = 0

  @Option(
    help: ArgumentHelp(
      "Where orbits are looked at. (default: every-step for maps without time, stroboscopic under periodic forcing, else "
        + "maxima)"))
  var sampling: OrbitSampling?

  @Option(parsing: .unconditional, help: ArgumentHelp("Steps left out first, at each value.", valueName: "n"))
  var transient: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Points kept at each value.", valueName: "n"))
  var points = 150

  @Flag(
    inversion: .prefixedNo,
    help: "Start each value where the one before ended, or 1e-6 beside it where that stood still.")
  var warmStart = true

  @Option(parsing: .unconditional, help: ArgumentHelp("How near points must come back to be a period.", valueName: "x"))
  var periodTolerance = 1e-6

  @Flag(help: "The largest Lyapunov exponent at each value.")
  var exponent = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps that an exponent is averaged over. (default: 20000)", valueName: "n"))
  var exponentSteps: Int?

  func validate() throws {
    _ = try SweptValues(parsing: sweep)
    if !(1...1_000_000 ~= points) { throw ValidationError("--points is \(points); it must be 1 to 1000000.") }
    if let transient, !(0...1_000_000_000 ~= transient) {
      throw ValidationError("--transient is \(transient); it must be at least 0.")
    }
    if !(periodTolerance > 0) {
      throw ValidationError("--period-tolerance is \(periodTolerance); it must be greater than 0.")
    }
    if let exponentSteps, !(100...1_000_000_000 ~= exponentSteps) {
      throw ValidationError("--exponent-steps is \(exponentSteps); it must be at least 100.")
    }
    if variable < 0 { throw ValidationError("--variable is \(variable); it must be at least 0.") }
    if exponentSteps != nil, !exponent { throw ValidationError("--exponent-steps is about --exponent.") }
    try system.requireDrive()
    if !exponent { try system.drive.refuseIdleSeed() }
  }

  func run() async throws {
    let folder = try output.folder()
    let swept = try SweptValues(parsing: sweep)
    let (key, values) = (swept.key, swept.values)
    let loaded = try system.load()
    try loaded.check(variable: variable)
    let kind =
      sampling ?? (!loaded.description.hasTime ? .everyStep : loaded.stepsPerPeriod != nil ? .stroboscopic : .maxima)
    if kind == .stroboscopic, loaded.stepsPerPeriod == nil {
      throw Diagnostic(.usage, "--sampling stroboscopic: nothing here has a period", hint: "give --sampling maxima")
    }
    let usesField = loaded.field != nil && kind == .maxima
    if usesField { try loaded.requireSmoothFlow() }
    // Maxima are looked for within steps.
    let moving = usesField ? try system.load(integrating: .tight) : loaded
    let step = moving.description.timeStep
    let at = try moving.family.swept(key, over: values, stepsPerPeriod: moving.stepsPerPeriod)
    let skipped = Double(transient ?? (moving.description.hasTime ? 10_000 : 2000))
    var sweep = OrbitSweep(
      parameter: key, values: values, variable: variable, sampling: kind,
      transient: usesField ? skipped * step : skipped, kept: points, warmStart: warmStart, tolerance: periodTolerance)
    sweep.limit = usesField ? 20 * Double(points) : Double(points) * Double(max(1000, moving.stepsPerPeriod ?? 1))
    sweep.stepsPerPeriod = moving.stepsPerPeriod ?? 1
    sweep.angles = moving.description.angles
    let progress = Progress("sweeping", total: values.count * (exponent ? 2 : 1), quiet: output.quiet)
    let threads = output.threadCount
    let diagram =
      usesField
      ? sweep.diagram(
        from: moving.start, step: 2 * step,
        integration: system.integration(usual: .tight)?.options ?? .init(), threads: threads,
        progress: { progress.advance($0) },
        field: { value in
          guard let field = at(value).field else { preconditionFailure("\(key) = \(value): no field") }
          return field
        })
      : sweep.diagram(
        from: moving.start, threads: threads, progress: { progress.advance($0) }, system: { at($0).system })
    var exponents: [OrbitDiagramResult.Exponent]?
    if exponent {
      let length = exponentSteps ?? 20_000
      let at = try loaded.family.swept(key, over: values, stepsPerPeriod: loaded.stepsPerPeriod)
      exponents = diagram.exponents(
        transient: length / 10, steps: length, tangents: .random(seed: system.drive.seed ?? 0), threads: threads,
        progress: { progress.advance($0) }, system: { at($0).system })
    }
    progress.finish()
    let result = OrbitDiagramResult(system: moving.description, diagram: diagram, exponents: exponents)
    let json = jsonText(schema: "cornn-analyze/orbit-diagram/1", result)
    try await output.publish(
      result.document, question: "What do orbits settle on as the parameter changes?", json: json, plots: result.plots,
      name: "orbit-diagram", to: folder)
    if output.strict, diagram.columns.contains(where: { ![.complete, .rest].contains($0.outcome) }) {
      throw Diagnostic(.unreached, "some orbits diverged or gave too few points")
    }
  }
}

extension OrbitSampling: ExpressibleByArgument {}
