/// Tensors of doubles by name with text beside them, as a safetensors file.
public enum TensorArchive {
  /// Writes the tensors in their order, in one move; the same tensors give the same bytes.
  public static func write(
    _ tensors: [ArrayWriter.Named], metadata: [String: String], to path: String
  ) throws(CheckpointError) {
    let bytes = SafetensorsFile.bytes(tensors.map { ($0.name, $0.shape, $0.values) }, metadata: metadata)
    do {
      try replaceFile(at: path, with: bytes)
    } catch {
      throw CheckpointError(path: path, problem: error)
    }
  }

  /// The tensors of a file, and the texts beside them that aren't numbers.
  ///
  /// - Throws: ``CheckpointError``: not there, broken, or with an entry that isn't finite.
  public static func read(
    _ path: String, memoryLimit: Int
  ) throws(CheckpointError) -> (tensors: [String: [Double]], texts: [String: String]) {
    let file = try Checkpoint(path: path, memoryLimit: memoryLimit)
    var tensors: [String: [Double]] = [:]
    do {
      for tensor in file.tensors { tensors[tensor.name] = try file.values(of: tensor) }
    } catch {
      throw CheckpointError(path: path, problem: error)
    }
    let texts = file.metadata.compactMapValues { value -> String? in
      if case .text(let text) = value { text } else { nil }
    }
    return (tensors, texts)
  }
}
