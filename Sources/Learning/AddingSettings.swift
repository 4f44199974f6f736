import RealModule

/// What a cell takes on the adding problem where nothing else is given, so that a cell's name and a length make an
/// experiment.
///
/// coRNN: the published settings at T = 100 and 5000 (m = 128, batch 50, Adam at 2e-2 without clipping, explicit damping;
/// dt 6e-2, gamma 66, epsilon 15 and dt 1.6e-2, gamma 94.5, epsilon 9.5); between, the logarithms of dt, gamma and epsilon
/// are linear in that of T; beyond, the nearer end's. The other cells have the same units, batch and optimiser, and the
/// rate of 1e-3, 3e-3 and 1e-2 whose validation error was least in 1000 training steps at T = 500
/// (`scenarios/adding-rates.yaml`), which says much for the GRU and little for cells that learned nothing in that time.
public struct AddingSettings: Equatable, Sendable {
  /// m, and the sequences in a batch.
  public let hidden = 128
  /// Sequences in a batch.
  public let batch = 50
  /// Adam's rate.
  public let rate: Double
  /// A coRNN's constants.
  public let timeStep: Double
  /// gamma of every unit.
  public let gamma: Double
  /// epsilon of every unit.
  public let epsilon: Double
  /// An antisymmetric RNN's step and diffusion.
  public let step: Double
  /// γ, the diffusion.
  public let diffusion: Double

  /// The settings of a cell, by the name of its recipe, at T = `length`.
  public init(cell: String, length: Int) {
    let place = min(1, max(0, .log(Double(length) / 100) / .log(50)))
    func between(_ short: Double, _ long: Double) -> Double { short * .pow(long / short, place) }
    timeStep = between(6e-2, 1.6e-2)
    gamma = between(66, 94.5)
    epsilon = between(15, 9.5)
    step = 0.1
    diffusion = 0.01
    rate =
      switch cell {
      case "cornn": 2e-2
      case "gru", "lstm", "exprnn": 1e-2
      case "tanh", "antisymmetric", "fastrnn": 3e-3
      default: preconditionFailure("no cell \(cell)")
      }
  }
}
