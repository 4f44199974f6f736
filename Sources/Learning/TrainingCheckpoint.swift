public import CoRNNCheckpoints
public import CoRNNKernels
import FoundationEssentials

/// A training run as it was at one moment, in a file from which it goes on to the same bits.
///
/// A safetensors file: `parameters`, Adam's `mean` and `square`, and `best`, as doubles, with the rest as JSON in its
/// metadata, under a fingerprint of all of it.
public struct TrainingCheckpoint<Scalar: TrainingScalar>: Sendable {
  /// The run as it was.
  public let state: TrainingState<Scalar>
  /// How long the file of records was, in bytes.
  public let recordBytes: Int
  /// The settings of the run, by name.
  public let settings: [String: String]

  /// Why a file isn't a checkpoint of a run.
  public enum Problem: Error, Equatable, Sendable {
    /// It can't be read, or isn't whole.
    case damaged(CheckpointError)
    /// It is whole, but of a run with other settings: a setting's name, its value there and here.
    case otherRun(setting: String, there: String, here: String)
  }

  private struct Facts: Codable {
    let step: Int
    let bestStep: Int?
    let bestScore: Double?
    let stale: Int
    let lossSum: Double
    let lossCount: Int
    let recordBytes: Int
    let settings: [String: String]
  }

  /// A checkpoint of a state.
  public init(_ state: TrainingState<Scalar>, recordBytes: Int, settings: [String: String]) {
    self.state = state
    self.recordBytes = recordBytes
    self.settings = settings
  }

  /// Writes it in one move.
  public func write(to path: String) throws(CheckpointError) {
    let count = state.parameters.count
    func tensor(_ name: String, _ values: [Scalar]) -> (name: String, values: [Double]) {
      (name, values.map { Double($0) })
    }
    var tensors = [
      tensor("parameters", state.parameters), tensor("mean", state.optimiser.mean),
      tensor("square", state.optimiser.square),
    ]
    if let best = state.best { tensors.append(tensor("best", best.parameters)) }
    let facts = Facts(
      step: state.step, bestStep: state.best?.step, bestScore: state.best?.score, stale: state.stale,
      lossSum: state.lossSum, lossCount: state.lossCount, recordBytes: recordBytes, settings: settings)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(facts) else { preconditionFailure("\(facts) isn't JSON") }
    let text = String(decoding: data, as: UTF8.self)
    try TensorArchive.write(
      tensors.map { ArrayWriter.Named($0.name, shape: [count], values: $0.values) },
      metadata: ["training": text, "check": Self.check(text, tensors.map(\.values))], to: path)
  }

  /// Reads the checkpoint of a run with these settings.
  public init(path: String, settings: [String: String], memoryLimit: Int = 8 << 30) throws(Problem) {
    func damaged(_ reason: String) -> Problem {
      .damaged(CheckpointError(path: path, problem: .malformed(part: "checkpoint", reason: reason)))
    }
    let file: (tensors: [String: [Double]], texts: [String: String])
    do {
      file = try TensorArchive.read(path, memoryLimit: memoryLimit)
    } catch {
      throw .damaged(error)
    }
    guard let text = file.texts["training"],
      let facts = try? JSONDecoder().decode(Facts.self, from: Data(text.utf8))
    else { throw damaged("it isn't one of a training run") }
    let names = ["parameters", "mean", "square"] + (facts.bestStep == nil ? [] : ["best"])
    let tensors = names.compactMap { file.tensors[$0] }
    guard tensors.count == names.count, tensors.allSatisfy({ $0.count == tensors[0].count }),
      file.texts["check"] == Self.check(text, tensors)
    else { throw damaged("its numbers aren't those that were written") }
    for name in Set(settings.keys).union(facts.settings.keys).sorted() where facts.settings[name] != settings[name] {
      throw .otherRun(
        setting: name, there: facts.settings[name] ?? "not given", here: settings[name] ?? "not given")
    }
    func scalars(_ values: [Double]) -> [Scalar] { values.map { Scalar($0) } }
    var best: TrainingState<Scalar>.Best?
    if let step = facts.bestStep, let score = facts.bestScore {
      best = .init(parameters: scalars(tensors[3]), score: score, step: step)
    }
    self.settings = settings
    recordBytes = facts.recordBytes
    state = TrainingState(
      parameters: scalars(tensors[0]),
      optimiser: Adam(steps: facts.step, mean: scalars(tensors[1]), square: scalars(tensors[2])), best: best,
      stale: facts.stale, lossSum: facts.lossSum, lossCount: facts.lossCount)
  }

  private static func check(_ text: String, _ tensors: [[Double]]) -> String {
    var fingerprint = Fingerprint()
    fingerprint.add(text.utf8)
    for values in tensors { fingerprint.add(values) }
    // The letter keeps it from being read as a number.
    return "x" + fingerprint.text
  }
}
