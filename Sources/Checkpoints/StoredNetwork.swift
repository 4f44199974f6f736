import CoRNNKernels
public import CoRNNModel

/// A network in a file: which tensors make it up, and its constants. Its numbers are read when asked for.
public struct StoredNetwork {
  /// The file.
  public let checkpoint: Checkpoint
  /// The layout recognised or asked for; nil when `--map` alone says what is what.
  public let layout: Layout?
  /// What decided the layout.
  public let layoutSource: LayoutSource
  /// The blocks that make up the network.
  public let blocks: NetworkBlocks
  /// Its constants.
  public let constants: NetworkConstants
  /// The units, with these constants.
  public let oscillators: Oscillators
  /// The JSON beside the checkpoint that was read, or nil.
  public let sidecarPath: String?

  /// What decided how tensors are read.
  public enum LayoutSource: String, Codable, Sendable {
    /// A flag, the JSON beside the file, the tensors' names and shapes, or a map alone.
    case flag, sidecar, recognized, map
  }

  /// What can keep a file from being a network.
  public enum Failure: Error, Equatable, Sendable {
    /// The file can't be read, or isn't a network.
    case file(CheckpointError)
    /// A constant is missing.
    case constant(MissingConstant)
    /// What it holds isn't fit to be a network.
    case network(InvalidNetwork, path: String)
  }

  /// Finds the network in a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - layout: how to read the tensors; nil to take the sidecar's word or recognise it.
  ///   - map: roles to assign by name on top of the layout.
  ///   - layer: the layer to take from a file of several.
  ///   - given: constants that come before those in the files.
  ///   - memoryLimit: the most bytes that a compressed member may unpack to.
  public init(
    path: String, layout: Layout? = nil, map: LayoutMap? = nil, layer: Int? = nil,
    given: GivenConstants = GivenConstants(), memoryLimit: Int
  ) throws(Failure) {
    do {
      checkpoint = try Checkpoint(path: path, memoryLimit: memoryLimit)
    } catch {
      throw .file(error)
    }
    let sidecar: Sidecar
    do {
      sidecar = try Sidecar(beside: path)
    } catch {
      throw .file(error)
    }
    sidecarPath = sidecar.exists ? sidecar.path : nil
    do throws(CheckpointError.Problem) {
      let tensors = checkpoint.tensors
      // What a sidecar says of the layout is about other people's files: the project's own say it themselves.
      let isOwn = checkpoint.metadata["format"] == .text(NetworkJSON.formatName)
      if let chosen = layout ?? (isOwn ? nil : sidecar.layout) {
        self.layout = chosen
        layoutSource = layout == nil ? .sidecar : .flag
      } else if let recognized = Layout.recognized(in: tensors) {
        self.layout = recognized
        layoutSource = .recognized
      } else {
        guard map != nil else { throw CheckpointError.Problem.unknownLayout(tensors: tensors.map(\.summary)) }
        self.layout = nil
        layoutSource = .map
      }
      var blocks = try Self.blocks(self.layout, tensors: tensors, layer: layer ?? sidecar.layer, map: map)
      try map?.apply(to: &blocks, tensors: tensors)
      self.blocks = try blocks.checked(layout: self.layout, map: map)
    } catch {
      throw .file(CheckpointError(path: path, problem: error))
    }
    constants = try Self.settle(
      given, sidecar, checkpoint, cell: self.blocks.positionWeights?.tensor.name ?? "")
    do {
      oscillators = try constants.oscillators(hidden: self.blocks.hidden)
    } catch {
      // A constant from the JSON beside the file is that file's fault.
      throw .network(error, path: constants.source(of: error) == .sidecar ? sidecar.path : path)
    }
    let scale = constants.inputScale
    guard scale.value > 0, scale.value.isFinite else {
      throw .file(
        CheckpointError(
          path: scale.source == .sidecar ? sidecar.path : path,
          problem: .badConstant(key: "input_scale", found: "\(scale.value)", expected: "a number greater than 0")))
    }
  }

  /// The blocks of a layout; where a map names W, Z, V and b, the layout need not be able to.
  private static func blocks(
    _ layout: Layout?, tensors: [StoredTensor], layer: Int?, map: LayoutMap?
  ) throws(CheckpointError.Problem) -> NetworkBlocks {
    guard let layout else { return NetworkBlocks() }
    do {
      return try layout.blocks(in: tensors, layer: layer)
    } catch {
      guard let map, ["W", "Z", "V", "b"].allSatisfy({ map.assignments[$0] != nil }) else { throw error }
      return NetworkBlocks()
    }
  }

  /// Reads the whole network.
  ///
  /// - Throws: ``Failure``: an entry that isn't finite, a file that breaks off.
  public func network() throws(Failure) -> OscillatorNetwork {
    do {
      return try makeNetwork()
    } catch let problem as CheckpointError.Problem {
      throw .file(CheckpointError(path: checkpoint.path, problem: problem))
    } catch let invalid as InvalidNetwork {
      throw .network(invalid, path: checkpoint.path)
    } catch {
      preconditionFailure("unexpected \(error)")
    }
  }

  private func makeNetwork() throws -> OscillatorNetwork {
    let hidden = blocks.hidden
    func matrix(_ block: WeightBlock?) throws -> Matrix? { try block?.matrix(in: checkpoint) }
    var bias = [Double](repeating: 0, count: hidden)
    for block in blocks.biases {
      for (unit, value) in try block.matrix(in: checkpoint).elements.enumerated() { bias[unit] += value }
    }
    let zero = Matrix(rows: hidden, columns: hidden)
    let readout = try matrix(blocks.readoutWeights).map { weights in
      OscillatorNetwork.Readout(
        weights: weights,
        bias: try matrix(blocks.readoutBias)?.elements ?? [Double](repeating: 0, count: weights.rows))
    }
    return try OscillatorNetwork(
      oscillators: oscillators, positionWeights: matrix(blocks.positionWeights) ?? zero,
      velocityWeights: matrix(blocks.velocityWeights) ?? zero,
      inputWeights: matrix(blocks.inputWeights) ?? Matrix(rows: hidden, columns: 0), bias: bias,
      readout: readout, embedding: matrix(blocks.embedding))
  }

  /// The absolute row sums of W, Z and V, read row by row: no matrix is held in memory.
  public func absoluteRowSums() throws(Failure) -> (position: [Double], velocity: [Double], input: [Double]) {
    func sums(_ block: WeightBlock?) throws(CheckpointError.Problem) -> [Double] {
      var sums = [Double](repeating: 0, count: blocks.hidden)
      try block?.forEachRow(in: checkpoint) { row, values in
        sums[row] = values.reduce(0) { $0 + abs($1) }
      }
      return sums
    }
    do {
      return (
        try sums(blocks.positionWeights), try sums(blocks.velocityWeights), try sums(blocks.inputWeights)
      )
    } catch {
      throw .file(CheckpointError(path: checkpoint.path, problem: error))
    }
  }

  /// Whether a tensor holds a constant of the network rather than weights.
  public func isConstant(_ tensor: StoredTensor) -> Bool {
    let cell = blocks.positionWeights?.tensor.name ?? ""
    return ["dt", "gamma", "epsilon", "input_scale"].contains {
      Names(checkpoint.tensors).constant($0, of: cell) == tensor
    }
  }

  /// Reads biases, readout and embedding row by row, so that an entry that isn't finite shows.
  public func checkVectors() throws(Failure) {
    do {
      for block in blocks.biases { try block.forEachRow(in: checkpoint) { _, _ in } }
      try blocks.readoutWeights?.forEachRow(in: checkpoint) { _, _ in }
      try blocks.readoutBias?.forEachRow(in: checkpoint) { _, _ in }
      try blocks.embedding?.forEachRow(in: checkpoint) { _, _ in }
    } catch {
      throw .file(CheckpointError(path: checkpoint.path, problem: error))
    }
  }

  private static func settle(
    _ given: GivenConstants, _ sidecar: Sidecar, _ checkpoint: Checkpoint, cell: String
  ) throws(Failure) -> NetworkConstants {
    func missing(_ key: String) -> Failure {
      .constant(
        MissingConstant(
          key: key, checkpoint: checkpoint.path, sidecar: sidecar.path, sidecarExists: sidecar.exists))
    }
    let inside: EmbeddedConstants
    do {
      inside = try EmbeddedConstants(checkpoint, cell: cell)
    } catch {
      throw .file(CheckpointError(path: checkpoint.path, problem: error))
    }
    func settled<Value>(_ key: String, _ values: [Value?], standard: Value? = nil) throws(Failure) -> SettledConstant<
      Value
    > {
      let sources: [ConstantSource] = [.flag, .sidecar, .checkpoint]
      var candidates = Array(zip(values, sources))
      if values.allSatisfy({ $0 == nil }) { candidates.append((standard, .standard)) }
      guard let settled = SettledConstant(candidates) else { throw missing(key) }
      return settled
    }
    return NetworkConstants(
      timeStep: try settled("dt", [given.timeStep, sidecar.timeStep, inside.timeStep]),
      gamma: try settled("gamma", [given.gamma, sidecar.gamma, inside.gamma]),
      epsilon: try settled("epsilon", [given.epsilon, sidecar.epsilon, inside.epsilon]),
      damping: try settled("damping", [given.damping, sidecar.damping, inside.damping]),
      activation: try settled(
        "activation", [given.activation, sidecar.activation, inside.activation], standard: .tanh),
      inputScale: try settled("input_scale", [nil, sidecar.inputScale, inside.inputScale], standard: 1))
  }
}

/// The constants inside a checkpoint: metadata, or tensors called `dt`, `gamma`, `epsilon`.
private struct EmbeddedConstants {
  var timeStep: Double?
  var gamma: [Double]?
  var epsilon: [Double]?
  var damping: Damping?
  var activation: Activation?
  var inputScale: Double?

  init(_ checkpoint: Checkpoint, cell: String) throws(CheckpointError.Problem) {
    func numbers(_ key: String) throws(CheckpointError.Problem) -> [Double]? {
      switch checkpoint.metadata[key] {
      case .number(let value): return [value]
      case .numbers(let values): return values
      case .text(let text): throw .badConstant(key: key, found: "\"\(text)\"", expected: "a number")
      case nil: break
      }
      guard let tensor = Names(checkpoint.tensors).constant(key, of: cell) else { return nil }
      return try checkpoint.values(of: tensor)
    }
    func number(_ key: String) throws(CheckpointError.Problem) -> Double? {
      guard let values = try numbers(key) else { return nil }
      guard values.count == 1 else {
        throw .badConstant(key: key, found: "a list of \(values.count) numbers", expected: "a single number")
      }
      return values[0]
    }
    func choice<Choice: RawRepresentable & CaseIterable>(
      _ key: String, _ type: Choice.Type
    ) throws(CheckpointError.Problem) -> Choice? where Choice.RawValue == String {
      guard let value = checkpoint.metadata[key] else { return nil }
      guard case .text(let text) = value, let choice = Choice(rawValue: text) else {
        let found = if case .text(let text) = value { "\"\(text)\"" } else { "a number" }
        throw .badConstant(
          key: key, found: found,
          expected: "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return choice
    }
    timeStep = try number("dt")
    gamma = try numbers("gamma")
    epsilon = try numbers("epsilon")
    damping = try choice("damping", Damping.self)
    activation = try choice("activation", Activation.self)
    inputScale = try number("input_scale")
  }
}

extension NetworkBlocks {
  /// The number of hidden units, by W.
  public var hidden: Int { positionWeights?.rows ?? 0 }
  /// The width of an input, by V.
  public var inputs: Int { inputWeights?.width ?? 0 }
  /// The number of outputs, by the readout; 0 without one.
  public var outputs: Int { readoutWeights?.rows ?? 0 }

  /// These blocks, once W and V are there and all shapes agree.
  func checked(layout: Layout?, map: LayoutMap?) throws(CheckpointError.Problem) -> NetworkBlocks {
    let source = layout?.rawValue ?? "map"
    guard let positionWeights else { throw .layoutMismatch(layout: source, missing: "W") }
    guard inputWeights != nil else { throw .layoutMismatch(layout: source, missing: "V") }
    if layout == nil, let map {
      for role in ["Z", "b"] where map.assignments[role] == nil {
        throw .layoutMismatch(layout: source, missing: role)
      }
    }
    let m = positionWeights.rows
    func check(_ block: WeightBlock?, _ rows: Int?, _ columns: Int?, _ expected: String) throws(CheckpointError.Problem)
    {
      guard let block else { return }
      guard rows == nil || block.rows == rows, columns == nil || block.width == columns else {
        throw .shape(tensor: block.description, found: [block.rows, block.width], expected: expected)
      }
    }
    guard m > 0 else { throw .shape(tensor: positionWeights.description, found: [0], expected: "at least one unit") }
    try check(positionWeights, m, m, "(m, m) for W")
    try check(velocityWeights, m, m, "(\(m), \(m)) for Z, as W is (\(m), \(m))")
    try check(inputWeights, m, nil, "\(m) rows for V, as W is (\(m), \(m))")
    for bias in biases { try check(bias, 1, m, "\(m) entries for b, as W is (\(m), \(m))") }
    try check(readoutWeights, nil, m, "\(m) columns for the readout, as W is (\(m), \(m))")
    try check(readoutBias, 1, outputs, "\(outputs) entries, as the readout has \(outputs) rows")
    try check(embedding, nil, inputs, "\(inputs) columns for the embedding, as V has \(inputs)")
    return self
  }
}

extension StoredTensor {
  /// Name and shape, for messages: `cell.i2h.weight (64, 133)`.
  public var summary: String { "\(name) (\(shape.map(String.init).joined(separator: ", ")))" }
}
