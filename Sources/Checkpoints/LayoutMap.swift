/// Which tensor plays which role, as a user says it: `W=name,Z=name[a:b],V=name:T,b=name+name`.
///
/// Roles: `W`, `Z`, `V`, `b`, `readout`, `readoutBias`, `embedding`. `[a:b]` takes columns a to b − 1, `:T`
/// transposes, `+` adds up biases, and `0` stands
/// for zero (`Z`, `b`) or for none (`readout`, `readoutBias`, `embedding`).
public struct LayoutMap: Equatable, Sendable {
  /// A part of a tensor by name.
  struct Reference: Equatable, Sendable {
    var name: String
    var columns: Range<Int>?
    var isTransposed = false
  }

  /// What a map can't be read as.
  public enum ParseError: Error, Equatable, Sendable {
    /// A part that isn't `role=tensor`.
    case notAnAssignment(String)
    /// A role that there isn't.
    case unknownRole(String)
    /// A role that was assigned twice.
    case duplicateRole(String)
    /// Columns that aren't `[a:b]` with a < b.
    case badColumns(String)
  }

  /// The roles that a map may assign.
  public static let roles = ["W", "Z", "V", "b", "readout", "readoutBias", "embedding"]

  let assignments: [String: [Reference]]

  /// Reads a map.
  public init(parsing text: String) throws(ParseError) {
    var assignments: [String: [Reference]] = [:]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let equals = part.firstIndex(of: "="), equals != part.startIndex,
        part.index(after: equals) != part.endIndex
      else { throw .notAnAssignment(String(part)) }
      let role = String(part[..<equals])
      guard Self.roles.contains(role) else { throw .unknownRole(role) }
      guard assignments[role] == nil else { throw .duplicateRole(role) }
      let value = part[part.index(after: equals)...]
      var references: [Reference] = []
      let isNone = value == "0" && ["Z", "b", "readout", "readoutBias", "embedding"].contains(role)
      if !isNone {
        let names = role == "b" ? value.split(separator: "+", omittingEmptySubsequences: false) : [value]
        for name in names {
          let reference = try Self.reference(name)
          guard !reference.name.isEmpty else { throw .notAnAssignment(String(part)) }
          references.append(reference)
        }
      }
      assignments[role] = references
    }
    self.assignments = assignments
  }

  private static func reference(_ text: Substring) throws(ParseError) -> Reference {
    var rest = text
    var reference = Reference(name: "")
    if rest.hasSuffix(":T") {
      reference.isTransposed = true
      rest = rest.dropLast(2)
    }
    if rest.hasSuffix("]"), let bracket = rest.lastIndex(of: "[") {
      let bounds = rest[rest.index(after: bracket)...].dropLast().split(separator: ":").map { Int($0) }
      guard bounds.count == 2, let lower = bounds[0], let upper = bounds[1], 0 <= lower, lower < upper else {
        throw .badColumns(String(text))
      }
      reference.columns = lower..<upper
      rest = rest[..<bracket]
    }
    reference.name = String(rest)
    return reference
  }

  /// Puts the blocks that this map names in place of those in `blocks`.
  func apply(to blocks: inout NetworkBlocks, tensors: [StoredTensor]) throws(CheckpointError.Problem) {
    func found(_ role: String) throws(CheckpointError.Problem) -> [WeightBlock] {
      var found: [WeightBlock] = []
      for reference in assignments[role] ?? [] {
        guard let tensor = Names(tensors)[reference.name] else {
          throw .noTensor(name: reference.name, available: tensors.map(\.name))
        }
        found.append(
          try WeightBlock(tensor, columns: reference.columns, transposed: reference.isTransposed))
      }
      return found
    }
    for role in assignments.keys {
      let parts = try found(role)
      switch role {
      case "W": blocks.positionWeights = parts.first
      case "Z": blocks.velocityWeights = parts.first
      case "V": blocks.inputWeights = parts.first
      case "b": blocks.biases = parts
      case "readout": blocks.readoutWeights = parts.first
      case "readoutBias": blocks.readoutBias = parts.first
      default: blocks.embedding = parts.first
      }
    }
  }
}
