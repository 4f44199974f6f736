import CoRNNModel
import FoundationEssentials

/// The JSON of the same base name beside a checkpoint: constants that are almost never inside it. Keys that it
/// doesn't know are left alone.
struct Sidecar {
  let path: String
  let exists: Bool
  private(set) var timeStep: Double?
  private(set) var gamma: [Double]?
  private(set) var epsilon: [Double]?
  private(set) var damping: Damping?
  private(set) var activation: Activation?
  private(set) var inputScale: Double?
  private(set) var layout: Layout?
  private(set) var layer: Int?

  /// Where the sidecar of a checkpoint would be.
  static func path(beside checkpoint: String) -> String {
    let name = checkpoint.lastIndex(of: "/").map { checkpoint[checkpoint.index(after: $0)...] } ?? checkpoint[...]
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return checkpoint + ".json" }
    return checkpoint[..<dot] + ".json"
  }

  /// Reads the sidecar of `checkpoint`, if it has one.
  init(beside checkpoint: String) throws(CheckpointError) {
    path = Self.path(beside: checkpoint)
    exists = path != checkpoint && FileManager.default.fileExists(atPath: path)
    guard exists else { return }
    do {
      try read(FileContents(path: path).data, settingsOf: checkpoint)
    } catch {
      throw CheckpointError(path: path, problem: error)
    }
  }

  private mutating func read(_ data: Data, settingsOf checkpoint: String) throws(CheckpointError.Problem) {
    let values: [String: Value]
    do {
      values = try JSONDecoder().decode([String: Value].self, from: data)
    } catch {
      throw .malformed(
        part: "JSON with the settings of \(checkpoint)", reason: data.isEmpty ? "it is empty" : jsonReason(error))
    }
    timeStep = try values["dt"]?.number("dt")
    gamma = try values["gamma"]?.numbers("gamma")
    epsilon = try values["epsilon"]?.numbers("epsilon")
    inputScale = try values["input_scale"]?.number("input_scale")
    damping = try values["damping"]?.choice("damping", Damping.allCases.map(\.rawValue)) { Damping(rawValue: $0) }
    activation = try values["activation"]?.choice("activation", Activation.allCases.map(\.rawValue)) {
      Activation(rawValue: $0)
    }
    layout = try values["layout"]?.choice("layout", Layout.allCases.map(\.rawValue)) { Layout(name: $0) }
    if let number = try values["layer"]?.number("layer") {
      guard let layer = Int(exactly: number), layer >= 0 else {
        throw .badConstant(key: "layer", found: "\(number)", expected: "a whole number from 0")
      }
      self.layer = layer
    }
  }

  private enum Value: Decodable {
    case number(Double)
    case numbers([Double])
    case text(String)
    case other

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else if let values = try? container.decode([Double].self) {
        self = .numbers(values)
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else {
        self = .other
      }
    }

    var description: String {
      switch self {
      case .number(let value): "\(value)"
      case .numbers(let values): "a list of \(values.count) numbers"
      case .text(let text): "\"\(text)\""
      case .other: "neither a number, a list of numbers nor text"
      }
    }

    func number(_ key: String) throws(CheckpointError.Problem) -> Double {
      guard case .number(let value) = self else {
        throw .badConstant(key: key, found: description, expected: "a number")
      }
      return value
    }

    func numbers(_ key: String) throws(CheckpointError.Problem) -> [Double] {
      switch self {
      case .number(let value): return [value]
      case .numbers(let values): return values
      default: throw .badConstant(key: key, found: description, expected: "a number, or one for each unit")
      }
    }

    func choice<Choice>(
      _ key: String, _ known: [String], _ make: (String) -> Choice?
    ) throws(CheckpointError.Problem) -> Choice {
      guard case .text(let text) = self, let choice = make(text) else {
        throw .badConstant(key: key, found: description, expected: "one of " + known.joined(separator: ", "))
      }
      return choice
    }
  }
}
