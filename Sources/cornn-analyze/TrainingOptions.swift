public import ArgumentParser
import CoRNNCheckpoints
import CoRNNKernels
public import CoRNNLearning
import CoRNNModel
import CoRNNReport

/// What is trained, on what, and how.
struct TrainingOptions: ParsableArguments {
  enum Task: String, CaseIterable, ExpressibleByArgument {
    case lorenz96, adding
  }
  enum Cell: String, CaseIterable, ExpressibleByArgument {
    case cornn, lstm, gru, tanh, antisymmetric, fastrnn, exprnn
  }
  enum Schedule: String, CaseIterable, ExpressibleByArgument {
    case constant, steps, cosine
  }

  @Option(help: "What is learned: forecasts of Lorenz-96, or the adding problem. (default: lorenz96)")
  var task: Task?

  @Option(help: "The cell. (default: cornn)")
  var cell: Cell?

  @Option(parsing: .unconditional, help: ArgumentHelp("Units. (default: 64; adding: 128)", valueName: "m"))
  var hidden: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("A coRNN's time step, greater than 0.", valueName: "x"))
  var dt: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A coRNN's stiffness: a number, one for each unit between commas, or a file with them.", valueName: "x|file"))
  var gamma: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A coRNN's damping constant: a number, one for each unit between commas, or a file with them.",
      valueName: "x|file"))
  var epsilon: String?

  @Option(help: "Whether a coRNN's damping acts on the new velocity (implicit) or the old one (explicit).")
  var damping: Damping?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Added to an LSTM's forget gate's bias at the start. (default: 0)", valueName: "x"))
  var forgetBias: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("An antisymmetric RNN's step, greater than 0. (default: adding: 0.1)", valueName: "x"))
  var stepSize: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("An antisymmetric RNN's diffusion. (default: adding: 0.01)", valueName: "x"))
  var diffusion: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("expRNN: the recurrent weights' rate over the others'. (default: 0.1)", valueName: "x"))
  var recurrentRate: Double?

  @Option(help: ArgumentHelp("Whether gamma is learned, one for all units or one for each. (default: fixed)"))
  var learnGamma: OscillatorCell.Constant?

  @Option(help: ArgumentHelp("Whether epsilon is learned, one for all units or one for each. (default: fixed)"))
  var learnEpsilon: OscillatorCell.Constant?

  @Flag(help: "Learn dt.")
  var learnDt = false

  @Option(help: "The numbers that training computes in. (default: float32)")
  var precision: TrainingRecipe.Precision?

  @Option(parsing: .unconditional, help: ArgumentHelp("Lorenz-96's forcing F.", valueName: "x"))
  var forcing: Double?

  @Option(parsing: .unconditional, help: ArgumentHelp("Its variables. (default: 5)", valueName: "n"))
  var variables: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Trajectories in each set. (default: 128)", valueName: "n"))
  var trajectories: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Samples in each, 0.01 apart. (default: 2000)", valueName: "n"))
  var samples: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of the trajectories, or of the adding problem's two sets. (default: 1)", valueName: "n"))
  var dataSeed: UInt64?

  @Option(parsing: .unconditional, help: ArgumentHelp("Samples ahead. (default: 25)", valueName: "n"))
  var horizon: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The first sample that is scored. (default: 200)", valueName: "n"))
  var firstScored: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps of a training window. (default: 300, or a whole trajectory if that is shorter)", valueName: "n"))
  var window: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps at a window's start that training doesn't score. (default: a sixth)", valueName: "n"))
  var washout: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Adding: the steps of a sequence.", valueName: "n"))
  var length: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Adding: sequences by which the best weights are chosen. (default: 200)", valueName: "n"))
  var validationSet: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Adding: sequences in the test set. (default: 1000)", valueName: "n"))
  var testSet: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("The optimiser's steps at most.", valueName: "n"))
  var steps: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Windows in a batch. (default: 32; adding: 50)", valueName: "n"))
  var batch: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Adam's learning rate at the start. (default: adding: by cell)", valueName: "x"))
  var rate: Double?

  @Option(help: "What becomes of the rate: nothing, division at --drop-at, half a cosine. (default: constant)")
  var schedule: Schedule?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The rate that the cosine ends at. (default: a hundredth of --rate)", valueName: "x"))
  var endRate: Double?

  @Option(help: ArgumentHelp("Steps at which the rate is divided, commas between.", valueName: "n,n,…"))
  var dropAt: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("What it is divided by. (default: 10)", valueName: "x"))
  var dropFactor: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Scale gradients down to this Euclidean norm. (default: never)", valueName: "x"))
  var clip: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps between two looks at the validation data. (default: 100)", valueName: "n"))
  var validateEvery: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Looks without a better score that end the training. (default: none do)", valueName: "n"))
  var patience: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of start and batches. (default: 1)", valueName: "n"))
  var seed: UInt64?

  @Flag(help: "Measure a coRNN's largest conditional exponent at every look.")
  var exponent = false

  func validate() throws {
    let counts: [(String, Int?, ClosedRange<Int>)] = [
      ("--hidden", hidden, 1...4096), ("--variables", variables, 4...10_000),
      ("--trajectories", trajectories, 2...1_000_000), ("--samples", samples, 2...10_000_000),
      ("--horizon", horizon, 1...10_000_000), ("--first-scored", firstScored, 0...10_000_000),
      ("--length", length, 2...10_000_000), ("--validation-set", validationSet, 1...1_000_000),
      ("--test-set", testSet, 1...1_000_000), ("--window", window, 1...10_000_000),
      ("--washout", washout, 0...10_000_000),
      ("--steps", steps, 1...1_000_000_000), ("--batch", batch, 1...1_000_000),
      ("--validate-every", validateEvery, 1...1_000_000_000), ("--patience", patience, 1...1_000_000_000),
    ]
    for (flag, value, range) in counts {
      guard let value, !(range ~= value) else { continue }
      throw ValidationError("\(flag) is \(value); it must be \(range.lowerBound) to \(range.upperBound).")
    }
    for (flag, value) in [
      ("--dt", dt), ("--rate", rate), ("--end-rate", endRate), ("--drop-factor", dropFactor), ("--clip", clip),
      ("--step-size", stepSize), ("--recurrent-rate", recurrentRate),
    ] {
      guard let value, !(value > 0 && value.isFinite) else { continue }
      throw ValidationError("\(flag) is \(value); it must be greater than 0.")
    }
    if let forgetBias, !forgetBias.isFinite {
      throw ValidationError("--forget-bias is \(forgetBias); it must be finite.")
    }
    if let diffusion, !(diffusion >= 0 && diffusion.isFinite) {
      throw ValidationError("--diffusion is \(diffusion); it must be at least 0.")
    }
    if let forcing, !forcing.isFinite { throw ValidationError("--forcing is \(forcing); it must be finite.") }
    for (flag, text, least, isOpen) in [
      ("--gamma", gamma, "greater than 0", true), ("--epsilon", epsilon, "at least 0", false),
    ] {
      guard let numbers = text.flatMap(constants), let text else { continue }
      guard numbers.allSatisfy({ $0.isFinite && (isOpen ? $0 > 0 : $0 >= 0) }) else {
        throw ValidationError("\(flag) is \(text); it must be \(least).")
      }
    }
    try validateCombinations()
  }

  private func validateCombinations() throws {
    let constants: [(String, Bool)] = [
      ("--dt", dt != nil), ("--gamma", gamma != nil), ("--epsilon", epsilon != nil), ("--damping", damping != nil),
      ("--learn-gamma", learnGamma != nil), ("--learn-epsilon", learnEpsilon != nil), ("--learn-dt", learnDt),
      ("--exponent", exponent),
    ]
    if let cell, cell != .cornn, let idle = constants.first(where: \.1) {
      throw ValidationError("\(idle.0) is about a coRNN; it means nothing to --cell \(cell.rawValue).")
    }
    for (flag, isGiven, owner) in [
      ("--forget-bias", forgetBias != nil, Cell.lstm), ("--step-size", stepSize != nil, .antisymmetric),
      ("--diffusion", diffusion != nil, .antisymmetric), ("--recurrent-rate", recurrentRate != nil, .exprnn),
    ] where isGiven && cell != owner {
      throw ValidationError("\(flag) belongs to --cell \(owner.rawValue).")
    }
    for (flag, isGiven, owner) in [
      ("--length", length != nil, Task.adding), ("--validation-set", validationSet != nil, .adding),
      ("--test-set", testSet != nil, .adding), ("--forcing", forcing != nil, .lorenz96),
      ("--variables", variables != nil, .lorenz96), ("--trajectories", trajectories != nil, .lorenz96),
      ("--samples", samples != nil, .lorenz96), ("--horizon", horizon != nil, .lorenz96),
      ("--first-scored", firstScored != nil, .lorenz96), ("--window", window != nil, .lorenz96),
      ("--washout", washout != nil, .lorenz96),
    ] where isGiven && (task ?? .lorenz96) != owner {
      throw ValidationError("\(flag) belongs to --task \(owner.rawValue).")
    }
    if cell == .exprnn, (task ?? .lorenz96) == .lorenz96 {
      throw ValidationError(
        "--cell exprnn has no bias that takes up the data's mean, which weights for raw data need: it learns --task adding."
      )
    }
    let schedule = schedule ?? .constant
    for (flag, isGiven, owner) in [
      ("--end-rate", endRate != nil, Schedule.cosine), ("--drop-at", dropAt != nil, .steps),
      ("--drop-factor", dropFactor != nil, .steps),
    ] where isGiven && schedule != owner {
      throw ValidationError("\(flag) belongs to --schedule \(owner.rawValue).")
    }
    if schedule == .steps { _ = try drops() }
  }

  /// Where the rate is divided.
  func drops() throws -> [Int] {
    let numbers = (dropAt ?? "").split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.allSatisfy({ $0 ?? 0 > 0 }) else {
      throw ValidationError(
        dropAt == nil
          ? "--schedule steps needs --drop-at: the steps at which the rate is divided."
          : "--drop-at is \(dropAt ?? ""); it must be positive whole numbers with commas between.")
    }
    return numbers.compactMap { $0 }.sorted()
  }

  /// What is missing of what has no default.
  func requireAll() throws {
    var needed = [("--steps", steps != nil)]
    switch task ?? .lorenz96 {
    case .adding: needed.append(("--length", length != nil))
    case .lorenz96:
      needed += [("--forcing", forcing != nil), ("--rate", rate != nil)]
      switch cell ?? .cornn {
      case .cornn:
        needed += [
          ("--dt", dt != nil), ("--gamma", gamma != nil), ("--epsilon", epsilon != nil), ("--damping", damping != nil),
        ]
      case .antisymmetric: needed += [("--step-size", stepSize != nil), ("--diffusion", diffusion != nil)]
      case .lstm, .gru, .tanh, .fastrnn, .exprnn: break
      }
    }
    let missing = needed.filter { !$0.1 }.map(\.0)
    guard missing.isEmpty else {
      throw ValidationError("Missing: \(missing.joined(separator: ", ")), which have no default.")
    }
    if let length, task == .adding {
      let most = max(batch ?? addingSettings.batch, validationSet ?? 200, testSet ?? 1000)
      guard most <= ForecastOptions.mostValues / (2 * length) else {
        throw ValidationError(
          "\(most) sequences of \(length) steps are more than \(ForecastOptions.mostValues) numbers: lower --length, --batch, "
            + "--validation-set or --test-set.")
      }
    }
    let values = 3 * (trajectories ?? 128) * (samples ?? 2000)
    guard values <= ForecastOptions.mostValues / (variables ?? 5) else {
      throw ValidationError(
        "three sets of \(trajectories ?? 128) trajectories of \(samples ?? 2000) samples are more than "
          + "\(ForecastOptions.mostValues) numbers: lower --trajectories or --samples.")
    }
  }
}

extension OscillatorCell.Constant: ExpressibleByArgument {
  public init?(argument: String) {
    switch argument {
    case "fixed": self = .fixed
    case "shared": self = .shared
    case "by-unit": self = .byUnit
    default: return nil
    }
  }

  public static var allValueStrings: [String] { ["fixed", "shared", "by-unit"] }
}
extension TrainingRecipe.Precision: ExpressibleByArgument {}
