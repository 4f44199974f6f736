public import CoRNNCheckpoints
import CoRNNKernels

/// A trained cell as a file.
public enum TrainedWeights {
  /// Writes the parameters in one move: a coRNN in the project's own layout, which every analysis reads; other cells by
  /// the names of their tensors (PyTorch's, where it has the cell), with the cell's name and constants in the metadata.
  ///
  /// - Returns: whether it was written: parameters that aren't finite, or whose learned constants have left the range of
  ///   doubles, are no network.
  public static func write(
    _ parameters: [Double], of cell: any RecurrentCell, to path: String
  ) throws(CheckpointError) -> Bool {
    guard parameters.allSatisfy(\.isFinite) else { return false }
    if let cell = cell as? OscillatorCell {
      guard let network = try? cell.network(parameters) else { return false }
      try NetworkWriter.write(network, as: .safetensors, to: path)
      return true
    }
    var tensors: [ArrayWriter.Named] = []
    var start = 0
    for block in cell.blocks {
      tensors.append(
        ArrayWriter.Named(block.name, shape: block.shape, values: Array(parameters[start..<start + block.count])))
      start += block.count
    }
    try TensorArchive.write(tensors, metadata: cell.metadata.merging(["cell": cell.name]) { $1 }, to: path)
    return true
  }
}
