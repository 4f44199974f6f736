import ArgumentParser
import CoRNNAnalysis
import CoRNNCheckpoints
import CoRNNKernels
import CoRNNModel

/// A random network in place of a checkpoint.
struct RandomNetworkOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A random network of m units instead of a checkpoint: W of independent normal entries with standard deviation "
        + "1/√m, one input by normal V, Z = 0, b = 0; it starts at normal numbers. Needs --dt, --gamma, --epsilon and "
        + "--damping.", valueName: "m"))
  var randomHidden: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of the random network and its start. (default: 0)", valueName: "n"))
  var networkSeed: UInt64?

  func validate() throws {
    if let randomHidden, !(1...10_000 ~= randomHidden) {
      throw ValidationError("--random-hidden is \(randomHidden); it must be 1 to 10000.")
    }
    if networkSeed != nil, randomHidden == nil { throw ValidationError("--network-seed belongs to --random-hidden.") }
  }
}

/// One of the random networks of a seed.
struct RandomNetwork {
  let name: String
  let network: OscillatorNetwork
  let constants: [Inspection.Constant]
  let start: [Double]
  let startWords: String

  /// Network `number` of a seed: the same whatever the others are.
  init(hidden: Int, seed: UInt64, number: Int, constants given: GivenConstants) throws(Diagnostic) {
    let stream = SplittableRandom(seed: seed).split(UInt64(number))
    guard let timeStep = given.timeStep else { throw Self.missing("--dt") }
    guard let gamma = given.gamma else { throw Self.missing("--gamma") }
    guard let epsilon = given.epsilon else { throw Self.missing("--epsilon") }
    guard let damping = given.damping else { throw Self.missing("--damping") }
    func perUnit(_ values: [Double]) -> [Double] {
      values.count == 1 ? [Double](repeating: values[0], count: hidden) : values
    }
    do throws(InvalidNetwork) {
      let oscillators = try Oscillators(
        gamma: perUnit(gamma), epsilon: perUnit(epsilon), timeStep: timeStep, damping: damping,
        activation: given.activation ?? .tanh)
      guard oscillators.count == hidden else {
        throw .shape(name: "gamma", found: [oscillators.count], expected: [hidden])
      }
      var weights = stream.split(0)
      network = try OscillatorNetwork(
        oscillators: oscillators, normalPositionWeights: 1, inputs: 1, random: &weights)
    } catch {
      throw Diagnostic(error, path: "--random-hidden \(hidden)")
    }
    name = "random network of \(hidden) units, seed \(seed)" + (number > 0 ? ", number \(number)" : "")
    var normal = stream.split(1)
    start = (0..<2 * hidden).map { _ in normal.normal() }
    startWords = "normal numbers of the network's seed"
    constants = Inspection.Constant.list(given, activation: network.oscillators.activation)
  }

  private static func missing(_ flag: String) -> Diagnostic {
    Diagnostic(.usage, "--random-hidden needs \(flag)", hint: "a random network has no constants of its own")
  }
}
