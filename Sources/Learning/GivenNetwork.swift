import CoRNNKernels
public import CoRNNModel

/// A coRNN that was trained elsewhere, as a row of the table: nothing of it is fitted here.
///
/// It sees `x/inputScale`, and `outputScale` times what it reads out is the forecast. It knows one horizon, the one that it
/// was trained for, and nothing in its weights says which.
public struct GivenNetwork: ForecastMethod {
  public let name: String
  /// The network for raw data: `V/inputScale`, `outputScale·Q` and `outputScale·q`.
  public let network: OscillatorNetwork
  private let cell: OscillatorCell
  private let scales: [ForecastSetting]

  /// Why a network doesn't forecast.
  public enum Problem: Error, Equatable, Sendable {
    /// No readout, or one of another width than the inputs; 0 outputs where there is none.
    case outputs(Int, inputs: Int)
    /// Its inputs are tokens.
    case tokens
    /// Forecasts are made with tanh only.
    case activation(Activation)
    /// A scale that takes weights beyond the range of numbers.
    case invalid(InvalidNetwork)
  }

  /// The network called `name`; precondition: scales greater than 0.
  public init(
    _ network: OscillatorNetwork, name: String, inputScale: Double = 1, outputScale: Double = 1
  ) throws(Problem) {
    precondition(inputScale > 0 && outputScale > 0, "scales \(inputScale) and \(outputScale)")
    guard network.embedding == nil else { throw .tokens }
    guard let readout = network.readout, readout.weights.rows == network.inputs else {
      throw .outputs(network.readout?.weights.rows ?? 0, inputs: network.inputs)
    }
    func scaled(_ matrix: Matrix, by factor: Double) -> Matrix {
      Matrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { $0 * factor })
    }
    do throws(InvalidNetwork) {
      self.network = try OscillatorNetwork(
        oscillators: network.oscillators, positionWeights: network.positionWeights,
        velocityWeights: network.velocityWeights, inputWeights: scaled(network.inputWeights, by: 1 / inputScale),
        bias: network.bias,
        readout: OscillatorNetwork.Readout(
          weights: scaled(readout.weights, by: outputScale), bias: readout.bias.map { $0 * outputScale }))
    } catch {
      throw .invalid(error)
    }
    do throws(OscillatorCell.Problem) {
      cell = try OscillatorCell(network.oscillators, inputs: network.inputs, outputs: network.inputs)
    } catch {
      throw .activation(network.oscillators.activation)
    }
    self.name = name
    scales = [ForecastSetting("inputs divided by", inputScale), ForecastSetting("outputs times", outputScale)]
  }

  /// What it forecasts with.
  public var model: RecurrentForecast {
    guard let parameters = try? cell.parameters(of: network) else { preconditionFailure("\(name): another cell") }
    return RecurrentForecast(cell, parameters: parameters)
  }

  public var summary: String { "coRNN of \(network.hidden) units, trained elsewhere" }

  public func fitted(
    to data: ForecastData, task: ForecastTask, seed: UInt64, threads: Int
  ) throws(ForecastFailure) -> FittedForecast {
    precondition(data.recipe.variables == network.inputs, "\(name): \(data.recipe.variables) variables")
    let units = network.oscillators
    func text(_ values: [Double]) -> String {
      let (least, largest) = (values.min() ?? .nan, values.max() ?? .nan)
      return least == largest ? "\(least)" : "\(least) to \(largest) by unit"
    }
    return FittedForecast(
      model: model, parameters: cell.parameterCount,
      settings: scales + [
        ForecastSetting("damping", units.damping.rawValue), ForecastSetting("dt", units.timeStep),
        ForecastSetting("gamma", text(units.gamma)), ForecastSetting("epsilon", text(units.epsilon)),
      ], network: network)
  }
}
