import CoRNNCheckpoints
import CoRNNLearning
import CoRNNReport
import FoundationEssentials
import Synchronization

/// The trainings of a comparison, each in a file that is called by what it follows from.
final class FitFolder: FitStore {
  private let folder: OutputFolder
  private let failure = Mutex<Diagnostic?>(nil)

  /// Where they are.
  var path: String { folder.file("fits") }
  /// How many there are.
  let count: Int

  private struct Facts: Codable {
    let score: Double?
    let bestStep: Int?
    let steps: Int
  }

  init(_ folder: OutputFolder) {
    self.folder = folder
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.file("fits"))) ?? []
    count = names.count { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
  }

  func fit(_ key: String) -> StoredFit? {
    guard let file = try? TensorArchive.read(folder.file("fits/\(key).safetensors"), memoryLimit: 1 << 32),
      let facts = file.texts["training"].flatMap({ try? JSONDecoder().decode(Facts.self, from: Data($0.utf8)) })
    else { return nil }
    return StoredFit(
      parameters: file.tensors["parameters"] ?? [], score: facts.score, bestStep: facts.bestStep, steps: facts.steps)
  }

  func keep(_ fit: StoredFit, key: String) {
    let facts = Facts(score: fit.score, bestStep: fit.bestStep, steps: fit.steps)
    guard let data = try? JSONEncoder().encode(facts) else { preconditionFailure("\(facts) isn't JSON") }
    write("fits", "\(key).safetensors") { path throws(CheckpointError) in
      try TensorArchive.write(
        [ArrayWriter.Named("parameters", shape: [fit.parameters.count], values: fit.parameters)],
        metadata: ["training": String(decoding: data, as: UTF8.self)], to: path)
    }
  }

  func publish(_ parameters: [Double], of cell: any RecurrentCell, name: String) {
    write("weights", name + ".safetensors") { path throws(CheckpointError) in
      _ = try TrainedWeights.write(parameters, of: cell, to: path)
    }
  }

  private func write(_ place: String, _ name: String, _ body: (String) throws(CheckpointError) -> Void) {
    do {
      let inner = try OutputFolder(folder.file(place))
      do throws(CheckpointError) {
        try body(inner.file(name))
      } catch {
        throw Diagnostic(error)
      }
    } catch {
      failure.withLock { $0 = $0 ?? error as? Diagnostic }
    }
  }

  /// Not where nothing can be kept.
  var mayGoOn: Bool { failure.withLock { $0 == nil } }

  /// Throws what writing came to.
  func check() throws(Diagnostic) {
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  /// Why it told a comparison to stop.
  static func reason(_ fits: FitFolder?) -> Diagnostic {
    guard let failure = fits?.failure.withLock({ $0 }) else {
      preconditionFailure("a comparison stopped that was to go on")
    }
    return failure
  }
}
