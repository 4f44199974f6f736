/// The models that go by name.
public enum ForecastCatalogue {
  /// All of them, the simplest first.
  public static let methods: [any ForecastMethod] = [
    Climatology(), Persistence(),
    PolynomialRegression(name: "linear", delays: [0], degree: 1),
    PolynomialRegression(name: "quadratic", delays: [0], degree: 2),
    PolynomialRegression(name: "cubic", delays: [0], degree: 3),
    PolynomialRegression(name: "linear-delays", delays: Array(0..<10), degree: 1),
    PolynomialRegression(name: "cubic-delay", delays: [0, 5], degree: 3),
    LocalPolynomial(),
    EchoStateNetwork(),
    OscillatorReservoir(),
    TrainedNetwork.cornn(),
    TrainedNetwork.lstm(),
  ]

  /// The model of this name, or the network that it describes (``TrainedNetwork/init(named:)``); nil where there is none.
  public static func method(_ name: String) -> (any ForecastMethod)? {
    methods.first { $0.name == name } ?? TrainedNetwork(named: name)
  }
}
