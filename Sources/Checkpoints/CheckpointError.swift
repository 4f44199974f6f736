/// A file that can't be used, and why.
public struct CheckpointError: Error, Equatable, Sendable {
  /// The file as it was named.
  public let path: String
  /// What is wrong with it.
  public let problem: Problem

  /// An error about the file at `path`.
  public init(path: String, problem: Problem) {
    self.path = path
    self.problem = problem
  }

  /// What can be wrong with a file. Facts only: the wording is the command line's.
  public enum Problem: Error, Equatable, Sendable {
    /// There is no such file.
    case notFound
    /// It is a folder.
    case isDirectory
    /// The system refuses to read it.
    case unreadable(reason: String)
    /// The system refuses to write it.
    case unwritable(reason: String)
    /// It is none of the formats that are read.
    case unknownFormat(start: String)
    /// It ends before something that it should hold.
    case truncated(part: String, needed: Int, available: Int)
    /// A part of it breaks its format's rules.
    case malformed(part: String, reason: String)
    /// A PyTorch file from before version 1.6, or saved with `_use_new_zipfile_serialization=False`.
    case legacyPyTorch
    /// A TorchScript program instead of saved weights.
    case torchScript
    /// Its pickle asks for a Python object other than tensors and their containers.
    case foreignGlobal(name: String)
    /// Its pickle uses an instruction that weights never need.
    case foreignInstruction(opcode: UInt8, offset: Int)
    /// A tensor's numbers are of a type that isn't read.
    case unsupportedType(tensor: String, type: String)
    /// Something in it is larger than allowed.
    case tooLarge(part: String, bytes: Int, limit: Int)
    /// A tensor has an entry that is NaN or infinite; `index` counts in row-major order.
    case notFinite(tensor: String, index: Int, value: Double)
    /// No tensor has this name.
    case noTensor(name: String, available: [String])
    /// A tensor has another shape than its role asks for.
    case shape(tensor: String, found: [Int], expected: String)
    /// The tensors' names and shapes fit no layout.
    case unknownLayout(tensors: [String])
    /// The tensors' names and shapes don't fit the layout that was asked for.
    case layoutMismatch(layout: String, missing: String)
    /// There are several layers or cells and none was chosen.
    case ambiguousLayer(available: [String])
    /// The layer asked for isn't there.
    case noLayer(asked: Int, available: [String])
    /// A constant in it has a value that can't be used.
    case badConstant(key: String, found: String, expected: String)
  }
}
