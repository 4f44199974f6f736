public import CoRNNCheckpoints
import CoRNNKernels

/// A trained cell as a file.
public enum TrainedWeights {
  /// Writes the parameters in one move: a coRNN in the project's own layout, which every analysis reads; other cells by
  /// the names of their tensors (PyTorch's), with the cell's name in the metadata.
  public static func write(
    _ parameters: [Double], of cell: any RecurrentCell, to path: String
  ) throws(CheckpointError) {
    if let cell = cell as? OscillatorCell {
      guard let network = try? cell.network(parameters) else {
        preconditionFailure("parameters that aren't a network's")
      }
      return try NetworkWriter.write(network, as: .safetensors, to: path)
    }
    var tensors: [ArrayWriter.Named] = []
    var start = 0
    for block in cell.blocks {
      tensors.append(
        ArrayWriter.Named(block.name, shape: block.shape, values: Array(parameters[start..<start + block.count])))
      start += block.count
    }
    try TensorArchive.write(tensors, metadata: ["cell": cell.layout.kind.rawValue], to: path)
  }
}
