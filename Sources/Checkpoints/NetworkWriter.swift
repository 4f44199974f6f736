import CoRNNKernels
public import CoRNNModel
import FoundationEssentials

/// Writes networks in the project's own layout; what is written reads back equal to the bit.
public enum NetworkWriter {
  /// The formats that are written.
  public enum Format: String, CaseIterable, Sendable {
    /// Constants stand in the metadata, gamma and epsilon that differ by unit as tensors.
    case safetensors
    /// Constants, damping and activation stand as arrays.
    case npz
    /// JSON of the project's own form, for people to read and write.
    case json
  }

  /// Writes `network` to `path` in one move: the file is whole or isn't there.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - inputScale: what raw inputs are divided by, noted beside the constants.
  ///   - format: the file's format.
  ///   - path: the file.
  public static func write(
    _ network: OscillatorNetwork, inputScale: Double = 1, as format: Format, to path: String
  ) throws(CheckpointError) {
    do {
      switch format {
      case .safetensors:
        let bytes = SafetensorsFile.bytes(
          tensors(of: network, scalarConstants: false), metadata: texts(of: network, inputScale: inputScale))
        try replaceFile(at: path, with: bytes)
      case .npz:
        var arrays = tensors(of: network, scalarConstants: true)
        arrays.append(("dt", [], [network.oscillators.timeStep]))
        arrays.append(("input_scale", [], [inputScale]))
        let texts = [
          ("format", NetworkJSON.formatName), ("damping", network.oscillators.damping.rawValue),
          ("activation", network.oscillators.activation.rawValue),
        ]
        try NumPyArchive.write(arrays, texts: texts, to: path)
      case .json:
        try replaceFile(at: path, with: NetworkJSON.bytes(of: network, inputScale: inputScale))
      }
    } catch {
      throw CheckpointError(path: path, problem: error)
    }
  }

  private typealias Named = (name: String, shape: [Int], values: [Double])

  private static func tensors(of network: OscillatorNetwork, scalarConstants: Bool) -> [Named] {
    var tensors: [Named] = []
    func add(_ name: String, _ matrix: Matrix) {
      tensors.append((name, [matrix.rows, matrix.columns], matrix.elements))
    }
    func add(_ name: String, _ values: [Double]) { tensors.append((name, [values.count], values)) }
    add("W", network.positionWeights)
    add("Z", network.velocityWeights)
    add("V", network.inputWeights)
    add("b", network.bias)
    if let readout = network.readout {
      add("readout.weight", readout.weights)
      add("readout.bias", readout.bias)
    }
    if let embedding = network.embedding { add("embedding.weight", embedding) }
    if scalarConstants || !network.oscillators.areAlike {
      add("gamma", network.oscillators.gamma)
      add("epsilon", network.oscillators.epsilon)
    }
    return tensors
  }

  private static func texts(of network: OscillatorNetwork, inputScale: Double) -> [String: String] {
    let oscillators = network.oscillators
    var texts = [
      "format": NetworkJSON.formatName, "dt": "\(oscillators.timeStep)",
      "damping": oscillators.damping.rawValue, "activation": oscillators.activation.rawValue,
      "input_scale": "\(inputScale)",
    ]
    if oscillators.areAlike {
      texts["gamma"] = "\(oscillators.gamma[0])"
      texts["epsilon"] = "\(oscillators.epsilon[0])"
    }
    return texts
  }
}

extension NetworkJSON {
  static func bytes(of network: OscillatorNetwork, inputScale: Double) -> [UInt8] {
    func rows(_ matrix: Matrix) -> [[Double]] { (0..<matrix.rows).map { Array(matrix.row($0)) } }
    let oscillators = network.oscillators
    let form = Network(
      format: formatName, dt: oscillators.timeStep,
      gamma: oscillators.areAlike ? .one(oscillators.gamma[0]) : .each(oscillators.gamma),
      epsilon: oscillators.areAlike ? .one(oscillators.epsilon[0]) : .each(oscillators.epsilon),
      damping: oscillators.damping.rawValue, activation: oscillators.activation.rawValue,
      inputScale: inputScale, positionWeights: rows(network.positionWeights),
      velocityWeights: rows(network.velocityWeights), inputWeights: rows(network.inputWeights), bias: network.bias,
      readout: network.readout.map { Readout(weight: rows($0.weights), bias: $0.bias) },
      embedding: network.embedding.map(rows))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(form) else {
      preconditionFailure("a finite network of \(network.hidden) units isn't JSON")
    }
    return Array(data) + [UInt8(ascii: "\n")]
  }
}
