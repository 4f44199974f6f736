import CoRNNAnalysis
import CoRNNCheckpoints

extension Hypothesis {
  /// The condition and how it stands, for example `dt <= (2·epsilon − 1)/gamma: 0.1 against 1, holds`.
  var text: String {
    let verdict = holds ? "holds" : "fails"
    guard let value, let limit else { return "\(statement): \(verdict)" }
    let place = failingUnits.isEmpty ? "" : " in " + unitsText(failingUnits)
    return "\(statement): \(numberText(value)) against \(numberText(limit)), \(verdict)\(place)"
  }
}

extension Inspection.Override {
  /// The value and where it stands.
  var text: String { "\(value) (\(source.text))" }
}

extension ConstantSource {
  /// Where a constant came from, in words.
  var text: String {
    switch self {
    case .flag: "flag"
    case .sidecar: "JSON beside the file"
    case .checkpoint: "the file itself"
    case .standard: "default"
    }
  }
}
