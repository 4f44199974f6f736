public import ArgumentParser
public import CoRNNAnalysis
import CoRNNDynamics
import CoRNNKernels
import CoRNNReport

/// Poincaré and stroboscopic sections.
struct SectionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "section",
    abstract: "Where an orbit of a flow crosses a plane, or where it is once in a period.",
    discussion: """
      Crossings are found as roots in time by the integrator itself. The plane is --variable k at --level c, or --normal \
      with --level. --stroboscopic takes a point every period of the forcing, --every N one every N steps (maps too). \
      --output DIR writes section.json, section.md, and a plot with its data and script.
      """)

  @OptionGroup var system: SystemOptions
  @OptionGroup var output: OutputOptions

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The variable that the plane fixes. (default: 0)", valueName: "k"))
  var variable: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The plane's normal: numbers with commas between, one for each variable.", valueName: "x,y,…"))
  var normal: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("What the plane fixes it at. (default: 0)", valueName: "c"))
  var level: Double?

  @Flag(help: "Points where --variable turns instead of a plane; maxima with --direction falling.")
  var extrema = false

  @Option(help: ArgumentHelp("Which crossings count. (default: rising)"))
  var direction: SectionDirection?

  @Flag(help: "A point every period of the forcing.")
  var stroboscopic = false

  @Option(parsing: .unconditional, help: ArgumentHelp("A point every n steps.", valueName: "n"))
  var every: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Points wanted.", valueName: "n"))
  var points = 500

  @Option(parsing: .unconditional, help: ArgumentHelp("Steps left out first.", valueName: "n"))
  var transient = 5000

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Time after which to give up; the orbit may never return. (default: 20 a point)", valueName: "x")
  )
  var timeLimit: Double?

  func validate() throws {
    if !(1...10_000_000 ~= points) { throw ValidationError("--points is \(points); it must be 1 to 10000000.") }
    if !(0...1_000_000_000 ~= transient) {
      throw ValidationError("--transient is \(transient); it must be at least 0.")
    }
    let surface: [(String, Bool)] = [
      ("--variable", variable != nil), ("--normal", normal != nil), ("--level", level != nil), ("--extrema", extrema),
      ("--direction", direction != nil), ("--time-limit", timeLimit != nil),
    ]
    if stroboscopic || every != nil, let flag = surface.first(where: \.1)?.0 {
      throw ValidationError("\(flag) means nothing to a stroboscopic section.")
    }
    if stroboscopic, every != nil {
      throw ValidationError("--stroboscopic and --every contradict each other: give one.")
    }
    if variable != nil, normal != nil {
      throw ValidationError("--variable and --normal contradict each other: give one.")
    }
    if extrema, normal != nil || level != nil {
      throw ValidationError("\(normal != nil ? "--normal" : "--level") means nothing to --extrema.")
    }
    if let normal, numberList(normal)?.contains(where: { $0 != 0 }) != true {
      throw ValidationError("--normal is \(normal); it must be numbers with commas between, not all of them 0.")
    }
    if let every, every < 1 { throw ValidationError("--every is \(every); it must be at least 1.") }
    if let timeLimit, !(timeLimit > 0 && timeLimit.isFinite) {
      throw ValidationError("--time-limit is \(timeLimit); it must be greater than 0.")
    }
    if let level, !level.isFinite { throw ValidationError("--level is \(level); it must be finite.") }
    try system.requireDrive()
    try system.drive.refuseIdleSeed()
  }

  func run() async throws {
    let folder = try output.folder()
    let isStrobe = stroboscopic || every != nil
    let moving = try system.load(integrating: isStrobe ? nil : .tight)
    let result = isStrobe ? try strobe(moving) : try cut(moving)
    let json = jsonText(schema: "cornn-analyze/section/1", result)
    try await output.publish(
      result.document, question: "Where does the motion cross a surface?", json: json, plots: result.plots,
      name: "section", to: folder)
    if output.strict, result.outcome != .complete { throw Diagnostic(.unreached, result.sentence) }
  }

  private func strobe(_ moving: LoadedSystem) throws(Diagnostic) -> SectionResult {
    guard let every = every ?? moving.stepsPerPeriod else {
      throw Diagnostic(
        .usage, "--stroboscopic: nothing here has a period", hint: "give --every N, or a forcing that repeats")
    }
    // The transient ends with a point.
    let before = (transient + every - 1) / every * every
    let progress = Progress("moving", total: before + points * every, quiet: output.quiet)
    let series = OrbitSeries(
      of: moving.system, from: moving.start, transient: before, steps: points * every, variable: 0, every: every,
      progress: { progress.advance($0) })
    progress.finish()
    let time = moving.description.timeStep
    return SectionResult(
      system: moving.description, period: Double(every) * time, wanted: points, start: Double(before + every) * time,
      states: series.states, failure: series.failure)
  }

  private func cut(_ moving: LoadedSystem) throws(Diagnostic) -> SectionResult {
    guard let field = moving.field else {
      throw Diagnostic(
        .usage, "a map has no crossings between its steps",
        hint: system.system == nil ? "add --flow, or --every N" : "take a flow, or --every N")
    }
    try moving.requireSmoothFlow()
    let chosen = variable ?? 0
    try moving.check(variable: chosen)
    let surface: SectionSurface
    if extrema {
      surface = .extremum(index: chosen)
    } else if let normal = normal.flatMap(numberList) {
      guard normal.count == field.dimension else {
        throw Diagnostic(
          .usage, "--normal has \(normal.count) numbers where there are \(field.dimension) state variables")
      }
      surface = .plane(normal: normal, offset: level ?? 0)
    } else {
      surface = .plane(normal: (0..<field.dimension).map { $0 == chosen ? 1 : 0 }, offset: level ?? 0)
    }
    let section = PoincareSection(
      surface: surface, direction: direction ?? .rising, count: points,
      transient: Double(transient) * moving.description.timeStep, timeLimit: timeLimit ?? 20 * Double(points),
      step: 2 * moving.description.timeStep, integration: system.integration(usual: .tight)?.options ?? .init())
    let progress = Progress("looking for crossings", total: points, quiet: output.quiet)
    let findings = section.findings(of: field, from: moving.start, progress: { progress.advance($0) })
    progress.finish()
    return SectionResult(system: moving.description, section: section, findings: findings)
  }
}

extension SectionDirection: ExpressibleByArgument {}
