public import CoRNNModel

/// A cell before it knows its inputs: what is trained, and with which constants.
public enum CellRecipe: Equatable, Sendable {
  /// A coRNN of these units.
  case oscillators(
    Oscillators, gamma: OscillatorCell.Constant = .fixed, epsilon: OscillatorCell.Constant = .fixed,
    learnsTimeStep: Bool = false)
  /// A long short-term memory network, with what is added to the forget gate's bias at the start.
  case lstm(hidden: Int, forgetBias: Double = 0)
  /// A gated recurrent unit.
  case gru(hidden: Int)
  /// A plain recurrent network.
  case tanh(hidden: Int)
  /// An antisymmetric RNN with its step ε and its diffusion γ.
  case antisymmetric(hidden: Int, step: Double, diffusion: Double)
  /// FastRNN.
  case fast(hidden: Int)
  /// expRNN, with the rate of its recurrent weights over that of the others.
  case exponential(hidden: Int, recurrentRate: Double = 0.1)

  /// What it is called.
  public var name: String {
    switch self {
    case .oscillators: "cornn"
    case .lstm: "lstm"
    case .gru: "gru"
    case .tanh: "tanh"
    case .antisymmetric: "antisymmetric"
    case .fast: "fastrnn"
    case .exponential: "exprnn"
    }
  }

  /// m.
  public var hidden: Int {
    switch self {
    case .oscillators(let units, _, _, _): units.count
    case .lstm(let hidden, _), .gru(let hidden), .tanh(let hidden), .antisymmetric(let hidden, _, _), .fast(let hidden),
      .exponential(let hidden, _):
      hidden
    }
  }

  /// The cell for inputs and outputs of these widths.
  public func cell(inputs: Int, outputs: Int) throws(OscillatorCell.Problem) -> any RecurrentCell {
    switch self {
    case .oscillators(let units, let gamma, let epsilon, let learnsTimeStep):
      try OscillatorCell(
        units, inputs: inputs, outputs: outputs, gamma: gamma, epsilon: epsilon, learnsTimeStep: learnsTimeStep)
    case .lstm(let hidden, let forgetBias):
      LSTMCell(hidden: hidden, inputs: inputs, outputs: outputs, forgetBias: forgetBias)
    case .gru(let hidden): GRUCell(hidden: hidden, inputs: inputs, outputs: outputs)
    case .tanh(let hidden): TanhCell(hidden: hidden, inputs: inputs, outputs: outputs)
    case .antisymmetric(let hidden, let step, let diffusion):
      AntisymmetricCell(hidden: hidden, inputs: inputs, outputs: outputs, step: step, diffusion: diffusion)
    case .fast(let hidden): FastCell(hidden: hidden, inputs: inputs, outputs: outputs)
    case .exponential(let hidden, let rate):
      ExponentialCell(hidden: hidden, inputs: inputs, outputs: outputs, recurrentRate: rate)
    }
  }

  /// Its settings by name, constants with all their digits.
  public var settings: [ForecastSetting] {
    var settings = [ForecastSetting("cell", name), ForecastSetting("hidden", "\(hidden)")]
    switch self {
    case .lstm(_, let forgetBias): settings.append(ForecastSetting("forget bias", forgetBias))
    case .antisymmetric(_, let step, let diffusion):
      settings += [ForecastSetting("step", step), ForecastSetting("diffusion", diffusion)]
    case .exponential(_, let rate): settings.append(ForecastSetting("recurrent rate", rate))
    case .oscillators, .gru, .tanh, .fast: break
    }
    guard case .oscillators(let units, let gamma, let epsilon, let learnsTimeStep) = self else { return settings }
    func text(_ values: [Double]) -> String {
      values.allSatisfy { $0 == values[0] } ? "\(values[0])" : values.map { "\($0)" }.joined(separator: ",")
    }
    settings += [
      ForecastSetting("damping", units.damping.rawValue), ForecastSetting("dt", units.timeStep),
      ForecastSetting("gamma", text(units.gamma)), ForecastSetting("epsilon", text(units.epsilon)),
      ForecastSetting("learn gamma", gamma.rawValue), ForecastSetting("learn epsilon", epsilon.rawValue),
      ForecastSetting("learn dt", learnsTimeStep ? "shared" : "fixed"),
    ]
    return settings
  }
}
