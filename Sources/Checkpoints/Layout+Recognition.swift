extension Layout {
  /// The layout that a file's tensors have, by their names and shapes.
  static func recognized(in tensors: [StoredTensor]) -> Layout? {
    let names = Names(tensors)
    if names["W"] != nil, names["V"] != nil, names["b"] != nil { return .native }
    if names.ending(in: "weight_ch").first != nil { return .torchrecurrent }
    if names.ending(in: "x2h").first != nil, names.ending(in: "h2h").first != nil { return .reservoir }
    let cells = names.ending(in: "i2h.weight")
    guard let cell = cells.first, cell.shape.count == 2 else { return nil }
    let prefix = cell.prefix(before: "i2h.weight")
    if names[prefix + "h2h1.weight"] != nil, names[prefix + "h2h2.weight"] != nil { return .split }
    if let recurrent = names[prefix + "h2h.weight"], recurrent.shape.count == 2 {
      switch recurrent.shape[1] {
      case 2 * cell.shape[0]: return .recurrentPair
      case cell.shape[0]: return .frictionless
      default: return nil
      }
    }
    guard cell.shape[1] > 2 * cell.shape[0] else { return nil }
    return cells.count > 1 || prefix.contains("rnn_cell_list.") ? .stacked : .packed
  }

  /// The blocks of a network in `tensors` under this layout.
  ///
  /// - Throws: a tensor that the layout needs and the file lacks, or a layer that has to be chosen.
  func blocks(in tensors: [StoredTensor], layer: Int?) throws(CheckpointError.Problem) -> NetworkBlocks {
    let names = Names(tensors)
    var blocks = NetworkBlocks()
    if let tensor = names.ending(in: "readout.weight").first { blocks.readoutWeights = try WeightBlock(tensor) }
    if let tensor = names.ending(in: "readout.bias").first { blocks.readoutBias = try WeightBlock(tensor) }
    if let tensor = names.ending(in: "embedding.weight").first { blocks.embedding = try WeightBlock(tensor) }

    switch self {
    case .native:
      if let layer { throw .noLayer(asked: layer, available: []) }
      blocks.positionWeights = try WeightBlock(names.required("W", by: self))
      blocks.velocityWeights = try names["Z"].map { tensor throws(CheckpointError.Problem) in try WeightBlock(tensor) }
      blocks.inputWeights = try WeightBlock(names.required("V", by: self))
      blocks.biases = [try WeightBlock(names.required("b", by: self))]
    case .reservoir:
      let (prefix, layer) = try cell(marked: "x2h", in: names, layer: layer)
      blocks.layer = layer
      blocks.positionWeights = try WeightBlock(names.required(prefix + "h2h", by: self), transposed: true)
      blocks.inputWeights = try WeightBlock(names.required(prefix + "x2h", by: self), transposed: true)
      try names.addBiases(["bias"], prefix: prefix, to: &blocks)
    case .torchrecurrent:
      let (prefix, layer) = try cell(marked: "weight_ch", in: names, layer: layer)
      blocks.layer = layer
      blocks.inputWeights = try WeightBlock(names.required(prefix + "weight_ih", by: self))
      blocks.positionWeights = try WeightBlock(names.required(prefix + "weight_hh", by: self))
      blocks.velocityWeights = try WeightBlock(names.required(prefix + "weight_ch", by: self))
      try names.addBiases(["bias_ih", "bias_hh", "bias_ch"], prefix: prefix, to: &blocks)
    case .packed, .stacked, .split, .recurrentPair, .frictionless:
      let (prefix, layer) = try cell(marked: "i2h.weight", in: names, layer: layer)
      blocks.layer = layer
      try fillCell(&blocks, prefix: prefix, names: names)
    }
    return blocks
  }

  private func fillCell(
    _ blocks: inout NetworkBlocks, prefix: String, names: Names
  ) throws(CheckpointError.Problem) {
    let input = try names.required(prefix + "i2h.weight", by: self)
    switch self {
    case .split:
      blocks.inputWeights = try WeightBlock(input)
      blocks.positionWeights = try WeightBlock(names.required(prefix + "h2h1.weight", by: self))
      blocks.velocityWeights = try WeightBlock(names.required(prefix + "h2h2.weight", by: self))
    case .recurrentPair:
      let recurrent = try names.required(prefix + "h2h.weight", by: self)
      guard recurrent.shape.count == 2, recurrent.shape[1] == 2 * recurrent.shape[0] else {
        throw .shape(tensor: recurrent.name, found: recurrent.shape, expected: "(m, 2m), columns [Z | W]")
      }
      let hidden = recurrent.shape[0]
      blocks.inputWeights = try WeightBlock(input)
      blocks.velocityWeights = try WeightBlock(recurrent, columns: 0..<hidden)
      blocks.positionWeights = try WeightBlock(recurrent, columns: hidden..<2 * hidden)
    case .frictionless:
      blocks.inputWeights = try WeightBlock(input)
      blocks.positionWeights = try WeightBlock(names.required(prefix + "h2h.weight", by: self))
    default:
      guard input.shape.count == 2, input.shape[1] > 2 * input.shape[0] else {
        throw .shape(tensor: input.name, found: input.shape, expected: "(m, d + 2m), columns [V | Z | W]")
      }
      let hidden = input.shape[0]
      let width = input.shape[1] - 2 * hidden
      blocks.inputWeights = try WeightBlock(input, columns: 0..<width)
      blocks.velocityWeights = try WeightBlock(input, columns: width..<width + hidden)
      blocks.positionWeights = try WeightBlock(input, columns: width + hidden..<width + 2 * hidden)
    }
    try names.addBiases(["i2h.bias", "h2h.bias", "h2h1.bias", "h2h2.bias"], prefix: prefix, to: &blocks)
  }

  /// The prefix of the cell to take, among those that have a tensor ending in `marker`.
  private func cell(
    marked marker: String, in names: Names, layer: Int?
  ) throws(CheckpointError.Problem) -> (prefix: String, layer: Int?) {
    let prefixes = names.ending(in: marker).map { $0.prefix(before: marker) }
    guard let first = prefixes.first else { throw .layoutMismatch(layout: rawValue, missing: marker) }
    guard prefixes.count > 1 || layer != nil else { return (first, nil) }
    // The number in each prefix, or where those don't tell the cells apart, their places in the file.
    let inside = prefixes.compactMap { $0.split(separator: ".").last.flatMap { Int($0) } }
    let numbers = Set(inside).count == prefixes.count ? inside : Array(prefixes.indices)
    let cells = Dictionary(uniqueKeysWithValues: zip(numbers, prefixes))
    let available = numbers.sorted().map { "\($0) (\((cells[$0] ?? "") + marker))" }
    guard let layer else { throw .ambiguousLayer(available: available) }
    guard let prefix = cells[layer] else { throw .noLayer(asked: layer, available: available) }
    return (prefix, layer)
  }
}

/// A file's tensors, looked up by name.
struct Names {
  private let tensors: [StoredTensor]

  init(_ tensors: [StoredTensor]) { self.tensors = tensors }

  subscript(name: String) -> StoredTensor? { tensors.last { $0.name == name } }

  /// The tensors with this name, whatever module prefix stands before it.
  func ending(in name: String) -> [StoredTensor] {
    tensors.filter { $0.name == name || $0.name.hasSuffix("." + name) }
  }

  /// A constant: the tensor of that name, alone or in one of the modules that the tensor `cell` lies in. (One that
  /// merely ends so, such as the gamma of a normalisation, is something else.)
  func constant(_ key: String, of cell: String) -> StoredTensor? {
    var modules = cell.split(separator: ".").dropLast()
    while !modules.isEmpty {
      if let tensor = self[modules.joined(separator: ".") + "." + key] { return tensor }
      modules.removeLast()
    }
    return self[key]
  }

  func required(_ name: String, by layout: Layout) throws(CheckpointError.Problem) -> StoredTensor {
    guard let tensor = self[name] else { throw .layoutMismatch(layout: layout.rawValue, missing: name) }
    return tensor
  }

  func addBiases(
    _ names: [String], prefix: String, to blocks: inout NetworkBlocks
  ) throws(CheckpointError.Problem) {
    for name in names {
      if let bias = self[prefix + name] { blocks.biases.append(try WeightBlock(bias)) }
    }
  }
}

extension StoredTensor {
  fileprivate func prefix(before suffix: String) -> String { String(name.dropLast(suffix.count)) }
}
