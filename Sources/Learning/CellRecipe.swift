public import CoRNNModel

/// A cell before it knows its inputs: what is trained, and with which constants.
public enum CellRecipe: Equatable, Sendable {
  /// A coRNN of these units.
  case oscillators(
    Oscillators, gamma: OscillatorCell.Constant = .fixed, epsilon: OscillatorCell.Constant = .fixed,
    learnsTimeStep: Bool = false)
  /// A long short-term memory network, with what is added to the forget gate's bias at the start.
  case lstm(hidden: Int, forgetBias: Double = 0)
  /// A plain recurrent network.
  case tanh(hidden: Int)

  /// What it is called.
  public var name: String {
    switch self {
    case .oscillators: "cornn"
    case .lstm: "lstm"
    case .tanh: "tanh"
    }
  }

  /// m.
  public var hidden: Int {
    switch self {
    case .oscillators(let units, _, _, _): units.count
    case .lstm(let hidden, _), .tanh(let hidden): hidden
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
    case .tanh(let hidden): TanhCell(hidden: hidden, inputs: inputs, outputs: outputs)
    }
  }

  /// Its settings by name, constants with all their digits.
  public var settings: [ForecastSetting] {
    var settings = [ForecastSetting("cell", name), ForecastSetting("hidden", "\(hidden)")]
    if case .lstm(_, let forgetBias) = self { settings.append(ForecastSetting("forget bias", forgetBias)) }
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
