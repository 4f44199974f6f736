import CoRNNKernels
import FoundationEssentials

/// The project's own JSON form of a network: readable, exact, and short for a few units.
///
/// ```json
/// {"format": "cornn-analyze/network/1", "dt": 0.1, "gamma": 1, "epsilon": 1, "damping": "explicit",
///  "W": [[…]], "Z": [[…]], "V": [[…]], "b": […],
///  "readout": {"weight": [[…]], "bias": […]}, "embedding": [[…]]}
/// ```
///
/// Constants may be left to flags or to one number or one for each unit; Z, readout and embedding may be absent.
enum NetworkJSON {
  static let formatName = "cornn-analyze/network/1"

  private static let knownKeys: Set<String> = [
    "format", "dt", "gamma", "epsilon", "damping", "activation", "input_scale", "W", "Z", "V", "b", "readout",
    "embedding",
  ]

  struct Readout: Codable {
    var weight: [[Double]]
    var bias: [Double]?
  }

  struct Network: Codable {
    var format: String
    var dt: Double?
    var gamma: Constant?
    var epsilon: Constant?
    var damping: String?
    var activation: String?
    var inputScale: Double?
    var positionWeights: [[Double]]
    var velocityWeights: [[Double]]?
    var inputWeights: [[Double]]
    var bias: [Double]
    var readout: Readout?
    var embedding: [[Double]]?

    private enum CodingKeys: String, CodingKey {
      case format, dt, gamma, epsilon, damping, activation, readout, embedding
      case inputScale = "input_scale"
      case positionWeights = "W"
      case velocityWeights = "Z"
      case inputWeights = "V"
      case bias = "b"
    }
  }

  /// One number for all units, or one for each.
  enum Constant: Codable {
    case one(Double)
    case each([Double])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Double.self) {
        self = .one(value)
      } else {
        self = .each(try container.decode([Double].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .one(let value): try container.encode(value)
      case .each(let values): try container.encode(values)
      }
    }

    var metadata: Checkpoint.Metadata {
      switch self {
      case .one(let value): .number(value)
      case .each(let values): .numbers(values)
      }
    }
  }

  private struct Key: CodingKey, Hashable {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private struct Keys: Decodable {
    let names: [String]
    init(from decoder: any Decoder) throws {
      names = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue)
    }
  }

  static func contents(of data: Data) throws(CheckpointError.Problem) -> Checkpoint.Contents {
    let network: Network
    do {
      let keys = try JSONDecoder().decode(Keys.self, from: data).names
      guard keys.contains("format") else {
        throw CheckpointError.Problem.malformed(part: "JSON", reason: "no key \"format\": \"\(formatName)\"")
      }
      if let unknown = keys.sorted().first(where: { !knownKeys.contains($0) }) {
        throw CheckpointError.Problem.malformed(
          part: "JSON", reason: "unknown key \"\(unknown)\"; known: \(knownKeys.sorted().joined(separator: ", "))")
      }
      network = try JSONDecoder().decode(Network.self, from: data)
    } catch let problem as CheckpointError.Problem {
      throw problem
    } catch {
      throw .malformed(part: "JSON", reason: jsonReason(error))
    }
    guard network.format == formatName else {
      throw .malformed(part: "JSON", reason: "format \"\(network.format)\" instead of \"\(formatName)\"")
    }
    var contents = Checkpoint.Contents()
    func add(_ name: String, shape: [Int], _ values: [Double]) throws(CheckpointError.Problem) {
      let bytes = littleEndianBytes(of: values)
      contents.tensors.append(
        try StoredTensor(
          name: name, format: .float64, shape: shape, storage: contents.add(.memory(bytes)), bytes: bytes.count))
    }
    func add(_ name: String, _ rows: [[Double]]?) throws(CheckpointError.Problem) {
      guard let rows else { return }
      let width = rows.first?.count ?? 0
      if let index = rows.firstIndex(where: { $0.count != width }) {
        throw .malformed(
          part: "JSON", reason: "row \(index) of \(name) has \(rows[index].count) entries, row 0 has \(width)")
      }
      try add(name, shape: [rows.count, width], rows.flatMap { $0 })
    }
    try add("W", network.positionWeights)
    try add("Z", network.velocityWeights)
    try add("V", network.inputWeights)
    try add("b", shape: [network.bias.count], network.bias)
    try add("readout.weight", network.readout?.weight)
    if let bias = network.readout?.bias { try add("readout.bias", shape: [bias.count], bias) }
    try add("embedding.weight", network.embedding)
    contents.metadata["format"] = .text(formatName)
    contents.metadata["dt"] = network.dt.map { .number($0) }
    contents.metadata["gamma"] = network.gamma?.metadata
    contents.metadata["epsilon"] = network.epsilon?.metadata
    contents.metadata["damping"] = network.damping.map { .text($0) }
    contents.metadata["activation"] = network.activation.map { .text($0) }
    contents.metadata["input_scale"] = network.inputScale.map { .number($0) }
    return contents
  }
}
