import Foundation
import TestSupport
import Testing

@testable import CoRNNCheckpoints

/// What must be refused, each with the fact that explains it.
@Suite struct RefusedFileTests {
  static func problem(_ path: String) -> CheckpointError.Problem? {
    do {
      let checkpoint = try Checkpoint(path: path, memoryLimit: 1 << 20)
      for tensor in checkpoint.tensors { _ = try checkpoint.values(of: tensor) }
      return nil
    } catch let error as CheckpointError {
      return error.problem
    } catch {
      return error as? CheckpointError.Problem
    }
  }

  @Test func eachByItsFact() {
    #expect(Self.problem("/nowhere/model.pt") == .notFound)
    #expect(Self.problem(TestData.folder.path(percentEncoded: false)) == .isDirectory)
    #expect(Self.problem(TestData.fixture("legacy.pt")) == .legacyPyTorch)
    #expect(Self.problem(TestData.fixture("torchscript.pt")) == .torchScript)
    guard case .foreignGlobal(let name)? = Self.problem(TestData.fixture("foreign.pt")) else {
      Issue.record("the foreign global passed")
      return
    }
    #expect(name == "numpy._core.multiarray.scalar")
    guard case .notFinite("cell.i2h.weight", 12, let value)? = Self.problem(TestData.fixture("nan.pt")) else {
      Issue.record("NaN passed: \(String(describing: Self.problem(TestData.fixture("nan.pt"))))")
      return
    }
    #expect(value.isNaN)
  }

  @Test(arguments: ["packed.pt", "packed.safetensors", "deflated.npz", "stored.npz"])
  func everyTruncationIsAnError(name: String) throws {
    let whole = try Data(contentsOf: URL(filePath: TestData.fixture(name)))
    try TestData.withFolder { folder in
      for length in Set(stride(from: 0, to: whole.count, by: 37)).union([1, 8, whole.count - 1]) {
        let path = folder + "/cut-\(length)"
        try whole.prefix(length).write(to: URL(filePath: path))
        #expect(Self.problem(path) != nil, "\(length) of \(whole.count) bytes")
      }
    }
  }

  /// A pickle by hand: `c os system (S…` and other instructions that run or build things.
  @Test(arguments: [
    ("cos\nsystem\n.", "os.system"), ("cposix\nsystem\n.", "posix.system"), ("cbuiltins\neval\n.", "builtins.eval"),
    ("ctorch\nload\n.", "torch.load"), ("ctorch.nn.modules.linear\nLinear\n.", "torch.nn.modules.linear.Linear"),
  ]) func foreignGlobalsAreNamed(pickle: String, name: String) {
    #expect(throws: CheckpointError.Problem.foreignGlobal(name: name)) { try Pickle(Array(pickle.utf8)) }
  }

  @Test(arguments: ["i", "o", "P", "S", "V", "I", "L", "F", "\u{01}"]) func otherInstructionsAreRefused(opcode: String)
  {
    #expect(throws: CheckpointError.Problem.foreignInstruction(opcode: Array(opcode.utf8)[0], offset: 0)) {
      try Pickle(Array(opcode.utf8) + Array("os\nsystem\n.".utf8))
    }
  }

  @Test func callsOfDataAreRefused() {
    // REDUCE on a storage class: it isn't a function that builds anything.
    #expect(throws: CheckpointError.Problem.self) { try Pickle(Array("ctorch\nFloatStorage\n)R.".utf8)) }
    #expect(throws: CheckpointError.Problem.self) { try Pickle(Array(")R.".utf8)) }
    #expect(throws: CheckpointError.Problem.self) { try Pickle(Array("R.".utf8)) }
    #expect(throws: CheckpointError.Problem.self) { try Pickle(Array("(t".utf8)) }
    #expect(throws: CheckpointError.Problem.self) { try Pickle([]) }
  }

  /// A million nested tuples must neither crash nor hang.
  @Test func deepNestingIsHarmless() {
    #expect(throws: CheckpointError.Problem.self) {
      try Pickle([UInt8(ascii: ")")] + [UInt8](repeating: 0x85, count: 1_000_000) + [UInt8(ascii: ".")])
    }
    #expect(throws: Never.self) {
      try Pickle([UInt8(ascii: ")")] + [UInt8](repeating: 0x85, count: 100_000) + [UInt8(ascii: ".")])
    }
  }

  @Test func tensorsMustLieInTheirStorage() {
    typealias Problem = CheckpointError.Problem
    func tensor(_ shape: [Int], _ strides: [Int]? = nil, offset: Int = 0, bytes: Int) throws(Problem) -> StoredTensor {
      try StoredTensor(
        name: "t", format: .float32, shape: shape, strides: strides, offset: offset, storage: 0, bytes: bytes)
    }
    #expect(throws: Never.self) { try tensor([2, 3], bytes: 24) }
    #expect(throws: Problem.truncated(part: "tensor t", needed: 24, available: 23)) { try tensor([2, 3], bytes: 23) }
    #expect(throws: Problem.self) { try tensor([2, 3], offset: 1, bytes: 24) }
    #expect(throws: Problem.self) { try tensor([-1, 3], bytes: 24) }
    #expect(throws: Problem.self) { try tensor([2, 3], [-1, 1], bytes: 24) }
    #expect(throws: Problem.self) { try tensor([1 << 40, 1 << 40], [0, 0], bytes: 24) }
    #expect(throws: Problem.self) { try tensor([.max, .max], bytes: 24) }
    #expect(throws: Problem.self) { try tensor([1000, 1], [0, 1], bytes: 24) }
    #expect(throws: Problem.self) { try tensor([2], [.max], bytes: 24) }
  }

  @Test func sizesAreCheckedBeforeAnythingIsAllocated() throws {
    try TestData.withFolder { folder in
      let path = folder + "/huge.safetensors"
      // A header that claims more bytes than there are.
      try Data([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F] + Array("{".utf8)).write(to: URL(filePath: path))
      guard case .tooLarge? = Self.problem(path) else {
        Issue.record("\(String(describing: Self.problem(path)))")
        return
      }
      let json = #"{"W":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4000000000000]}}"#
      try Data([UInt8(json.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(json.utf8)).write(to: URL(filePath: path))
      guard case .truncated("tensor W", _, _)? = Self.problem(path) else {
        Issue.record("\(String(describing: Self.problem(path)))")
        return
      }
      // A deflated member over the limit.
      let error = Self.opened(TestData.fixture("deflated.npz"), limit: 150)
      guard case .tooLarge? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  static func opened(_ path: String, limit: Int) -> CheckpointError.Problem? {
    do {
      _ = try Checkpoint(path: path, memoryLimit: limit)
      return nil
    } catch {
      return error.problem
    }
  }

  @Test(arguments: [
    "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }",
    "{'descr': '<c16', 'fortran_order': False, 'shape': (3,), }",
    "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (3,), }", "{'descr': '<f8', 'shape': (3,), }",
    "{'descr': '<f8', 'fortran_order': Maybe, 'shape': (3,), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (-3,), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': 3, }", "", "{'descr",
  ]) func badNumPyHeaders(header: String) {
    let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
    #expect(throws: CheckpointError.Problem.self) { try NumPyHeader(bytes, name: "a") }
  }

  @Test func scalarAndEmptyShapesAreRead() throws {
    func header(_ shape: String) throws -> NumPyHeader {
      let text = "{'descr': '<f8', 'fortran_order': False, 'shape': \(shape), }"
      return try NumPyHeader(
        [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8), name: "a")
    }
    #expect(try header("()").shape == [])
    #expect(try header("(4,)").shape == [4])
    #expect(try header("(0, 7)").shape == [0, 7])
  }

  /// Shapes whose product overflows, with a zero in them or not.
  @Test(arguments: [
    "(4611686018427387904, 4, 0)", "(4611686018427387904, 4)", "(9223372036854775807, 9223372036854775807)",
  ])
  func overflowingShapes(shape: String) throws {
    let text = "{'descr': '<f8', 'fortran_order': False, 'shape': \(shape), }"
    let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(text.utf8)
    try TestData.withFolder { folder in
      let path = folder + "/a.npy"
      try Data(bytes + [UInt8](repeating: 0x20, count: 128 - bytes.count)).write(to: URL(filePath: path))
      _ = try? NumericArray(path: path, memoryLimit: 1 << 20)
    }
  }

  /// A long list in the memo, turned into dictionaries or shapes over and over.
  @Test func repeatedContainersDoNotMultiply() {
    var bytes = Array("]q\u{00}(".utf8) + [UInt8](repeating: UInt8(ascii: "N"), count: 10_000) + [UInt8(ascii: "e")]
    for _ in 0..<10_000 { bytes += Array("ccollections\nOrderedDict\nh\u{00}\u{85}R0".utf8.map { $0 }) }
    #expect(throws: CheckpointError.Problem.self) { try Pickle(bytes + [UInt8(ascii: ".")]) }
  }

  @Test func textIsReadWithCare() throws {
    try TestData.withFolder { folder in
      let path = folder + "/u.csv"
      func read(_ text: String) throws -> NumericArray {
        try Data(text.utf8).write(to: URL(filePath: path))
        return try NumericArray(path: path, memoryLimit: 1)
      }
      #expect(try read("\u{FEFF}0.5\n1\n2\n").values == [0.5, 1, 2])
      #expect(try read("# made by hand\nu\n1\n\n2\n").values == [1, 2])
      #expect(try read("1\t2\r\n3\t4\r\n").shape == [2, 2])
      for bad in ["0.5x\n1\n", "1,,3\n4,,6\n", "1,2\nu,v\n", "1,2,\n", "", "u,v\n"] {
        #expect(throws: CheckpointError.self, "\(bad)") { try read(bad) }
      }
      try Data("1,2\n\n\n3,x\n".utf8).write(to: URL(filePath: path))
      let error = #expect(throws: CheckpointError.self) { try NumericArray(path: path, memoryLimit: 1) }
      #expect(error?.problem == .malformed(part: "line 4", reason: "\"x\" isn't a number"))
    }
  }
}
