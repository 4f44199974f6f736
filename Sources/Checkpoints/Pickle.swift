import CoRNNKernels

/// What a pickle holds, read without running any of it.
///
/// A machine with a fixed list of instructions and of globals: what PyTorch writes for tensors in dictionaries
/// and nothing else. Containers live in one array and refer to each other by place, so that no nesting of them
/// can exhaust the stack.
struct Pickle {
  /// A pickled value.
  enum Value: Equatable {
    case none
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case bytes(Int)
    case object(Int)
  }

  /// A pickled container, or a Python object that tensors need.
  enum Object: Equatable {
    case tuple([Value])
    case list([Value])
    case dictionary([Entry])
    case global(String)
    case storage(Storage)
    case tensor(TensorReference)
  }

  /// A key and its value in a dictionary.
  struct Entry: Equatable {
    let key: Value
    let value: Value
  }

  /// A block of numbers that the file holds beside the pickle.
  struct Storage: Equatable {
    let format: NumberFormat
    /// The name of its file in the archive's `data` folder.
    let key: String
    /// How many numbers it says it has.
    let count: Int
  }

  /// A view of a storage as a tensor.
  struct TensorReference: Equatable {
    let storage: Storage
    let offset: Int
    let shape: [Int]
    let strides: [Int]
  }

  /// The globals that tensors and their containers need, and nothing that runs.
  private static let emptyDictionary = "collections.OrderedDict"
  private static let rebuildTensor = "torch._utils._rebuild_tensor_v2"
  private static let rebuildParameter = "torch._utils._rebuild_parameter"
  private static let size = "torch.Size"
  private static let allowedGlobals: Set<String> = Set(PyTorchFile.storageFormats.keys).union([
    emptyDictionary, rebuildTensor, rebuildParameter, size,
  ])

  /// More containers, or values waiting, than this is no set of weights.
  private static let limit = 200_000

  /// A tensor of more dimensions than this is none.
  private static let mostDimensions = 32

  /// The containers.
  private(set) var objects: [Object] = []
  /// What the pickle as a whole is.
  private(set) var root = Value.none

  private var stack: [Value] = []
  private var marks: [Int] = []
  private var memo: [Int: Value] = [:]
  private var reader: Reader

  /// Reads a pickle of protocol 2 or later.
  init(_ bytes: [UInt8]) throws(CheckpointError.Problem) {
    reader = Reader(bytes: bytes)
    while try step() {
      guard stack.count <= Self.limit, objects.count <= Self.limit, memo.count <= Self.limit else {
        throw .malformed(part: "pickle", reason: "more than \(Self.limit) objects")
      }
    }
  }

  /// The object at a place.
  subscript(index: Int) -> Object { objects[index] }

  /// The entries of a dictionary, or nil for anything else.
  func entries(of value: Value) -> [Entry]? {
    guard case .object(let index) = value, case .dictionary(let entries) = objects[index] else { return nil }
    return entries
  }

  private mutating func step() throws(CheckpointError.Problem) -> Bool {
    let offset = reader.position
    let opcode = try reader.byte()
    switch opcode {
    case 0x80: _ = try reader.byte()  // PROTO
    case 0x95: _ = try reader.integer(bytes: 8)  // FRAME
    case UInt8(ascii: "."):
      root = try pop()
      return false
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "0"): _ = try pop()
    case UInt8(ascii: "1"): _ = try popMark()
    case UInt8(ascii: "N"): stack.append(.none)
    case 0x88: stack.append(.bool(true))
    case 0x89: stack.append(.bool(false))
    case UInt8(ascii: "J"): stack.append(.int(Int(Int32(truncatingIfNeeded: try reader.integer(bytes: 4)))))
    case UInt8(ascii: "K"): stack.append(.int(try reader.integer(bytes: 1)))
    case UInt8(ascii: "M"): stack.append(.int(try reader.integer(bytes: 2)))
    case 0x8A: stack.append(try reader.long())  // LONG1
    case UInt8(ascii: "G"): stack.append(.double(try reader.double()))
    case UInt8(ascii: "X"): stack.append(.string(try reader.text(lengthBytes: 4)))
    case 0x8C: stack.append(.string(try reader.text(lengthBytes: 1)))
    case 0x8D: stack.append(.string(try reader.text(lengthBytes: 8)))
    case UInt8(ascii: "C"): stack.append(.bytes(try reader.skip(lengthBytes: 1)))
    case UInt8(ascii: "B"): stack.append(.bytes(try reader.skip(lengthBytes: 4)))
    case UInt8(ascii: ")"): push(.tuple([]))
    case UInt8(ascii: "t"): push(.tuple(try popMark()))
    case 0x85: push(.tuple(try pop(1)))
    case 0x86: push(.tuple(try pop(2)))
    case 0x87: push(.tuple(try pop(3)))
    case UInt8(ascii: "]"): push(.list([]))
    case UInt8(ascii: "l"): push(.list(try popMark()))
    case UInt8(ascii: "}"): push(.dictionary([]))
    case UInt8(ascii: "d"): push(.dictionary(try pairs(popMark())))
    case UInt8(ascii: "a"): try append(pop(1))
    case UInt8(ascii: "e"): try append(popMark())
    case UInt8(ascii: "s"): try update(pop(2))
    case UInt8(ascii: "u"): try update(popMark())
    case UInt8(ascii: "q"): memo[try reader.integer(bytes: 1)] = try top()
    case UInt8(ascii: "r"): memo[try reader.integer(bytes: 4)] = try top()
    case 0x94: memo[memo.count] = try top()  // MEMOIZE
    case UInt8(ascii: "h"): try recall(reader.integer(bytes: 1))
    case UInt8(ascii: "j"): try recall(reader.integer(bytes: 4))
    case UInt8(ascii: "c"): try global(module: reader.line(), name: reader.line())
    case 0x93:  // STACK_GLOBAL
      let names = try pop(2)
      guard case .string(let module) = names[0], case .string(let name) = names[1] else {
        throw malformed("a global whose name isn't text")
      }
      try global(module: module, name: name)
    case UInt8(ascii: "Q"): try persistentObject(pop())
    case UInt8(ascii: "R"): try call()
    case UInt8(ascii: "b"): try build()
    default: throw .foreignInstruction(opcode: opcode, offset: offset)
    }
    return true
  }

  // MARK: The machine's stack

  private func malformed(_ reason: String) -> CheckpointError.Problem {
    .malformed(part: "pickle, byte \(reader.position)", reason: reason)
  }

  private mutating func push(_ object: Object) {
    stack.append(.object(objects.count))
    objects.append(object)
  }

  private func top() throws(CheckpointError.Problem) -> Value {
    guard let value = stack.last, stack.count > (marks.last ?? 0) else { throw malformed("an empty stack") }
    return value
  }

  private mutating func pop() throws(CheckpointError.Problem) -> Value {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func pop(_ count: Int) throws(CheckpointError.Problem) -> [Value] {
    guard stack.count - (marks.last ?? 0) >= count else { throw malformed("an empty stack") }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popMark() throws(CheckpointError.Problem) -> [Value] {
    guard let mark = marks.popLast() else { throw malformed("no mark on the stack") }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private mutating func recall(_ key: Int) throws(CheckpointError.Problem) {
    guard let value = memo[key] else { throw malformed("nothing remembered as \(key)") }
    stack.append(value)
  }

  private func pairs(_ values: [Value]) throws(CheckpointError.Problem) -> [Entry] {
    guard values.count.isMultiple(of: 2) else { throw malformed("a key without a value") }
    return stride(from: 0, to: values.count, by: 2).map { Entry(key: values[$0], value: values[$0 + 1]) }
  }

  private mutating func append(_ values: [Value]) throws(CheckpointError.Problem) {
    guard case .object(let index) = try top(), case .list(var list) = objects[index] else {
      throw malformed("an item added to something other than a list")
    }
    objects[index] = .tuple([])  // so that the array below is the only copy
    list += values
    objects[index] = .list(list)
  }

  private mutating func update(_ values: [Value]) throws(CheckpointError.Problem) {
    guard case .object(let index) = try top(), case .dictionary(var entries) = objects[index] else {
      throw malformed("an entry added to something other than a dictionary")
    }
    objects[index] = .tuple([])  // so that the array below is the only copy
    entries += try pairs(values)
    objects[index] = .dictionary(entries)
  }

  // MARK: Globals and calls

  private mutating func global(module: String, name: String) throws(CheckpointError.Problem) {
    let global = module + "." + name
    guard Self.allowedGlobals.contains(global) else { throw .foreignGlobal(name: global) }
    push(.global(global))
  }

  private mutating func persistentObject(_ identifier: Value) throws(CheckpointError.Problem) {
    guard case .object(let index) = identifier, case .tuple(let parts) = objects[index], parts.count == 5,
      parts[0] == .string("storage"), case .object(let typeIndex) = parts[1],
      case .global(let type) = objects[typeIndex], case .string(let key) = parts[2],
      case .int(let count) = parts[4], count >= 0
    else { throw malformed("a reference to something other than a tensor's storage") }
    guard let format = PyTorchFile.storageFormats[type] else {
      throw .unsupportedType(tensor: "storage \(key)", type: type)
    }
    push(.storage(Storage(format: format, key: key, count: count)))
  }

  private mutating func call() throws(CheckpointError.Problem) {
    let parts = try pop(2)
    guard case .object(let functionIndex) = parts[0], case .global(let function) = objects[functionIndex],
      case .object(let argumentIndex) = parts[1], case .tuple(let arguments) = objects[argumentIndex]
    else { throw malformed("a call of something other than a global") }
    switch function {
    case Self.emptyDictionary:
      guard arguments.isEmpty else { throw malformed("OrderedDict of \(arguments.count) arguments") }
      push(.dictionary([]))
    case Self.rebuildTensor:
      push(.tensor(try tensor(arguments)))
    case Self.rebuildParameter:
      guard let data = arguments.first else { throw malformed("a parameter without data") }
      stack.append(data)
    case Self.size:
      guard let shape = arguments.first else { throw malformed("a size without extents") }
      stack.append(shape)
    default:
      throw .foreignGlobal(name: function + "()")
    }
  }

  private func sequence(_ object: Object) -> [Value]? {
    switch object {
    case .tuple(let values), .list(let values): values
    default: nil
    }
  }

  /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks, metadata)`.
  private func tensor(_ arguments: [Value]) throws(CheckpointError.Problem) -> TensorReference {
    guard arguments.count >= 4, case .object(let storageIndex) = arguments[0],
      case .storage(let storage) = objects[storageIndex], case .int(let offset) = arguments[1],
      let shape = integers(arguments[2]), let strides = integers(arguments[3])
    else { throw malformed("a tensor whose parts aren't storage, offset, size and stride") }
    return TensorReference(storage: storage, offset: offset, shape: shape, strides: strides)
  }

  private func integers(_ value: Value) -> [Int]? {
    guard case .object(let index) = value, let values = sequence(objects[index]), values.count <= Self.mostDimensions
    else { return nil }
    var integers: [Int] = []
    for value in values {
      guard case .int(let integer) = value else { return nil }
      integers.append(integer)
    }
    return integers
  }

  /// BUILD sets attributes, such as an OrderedDict's `_metadata`: nothing that weights need.
  private mutating func build() throws(CheckpointError.Problem) {
    _ = try pop()
    guard case .object(let index) = try top(), case .dictionary = objects[index] else {
      throw malformed("attributes set on something other than a dictionary")
    }
  }
}

extension Pickle {
  /// Reads a pickle's bytes in order; lengths are checked against what is left before anything is taken.
  struct Reader {
    let bytes: [UInt8]
    private(set) var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func byte() throws(CheckpointError.Problem) -> UInt8 {
      try require(1)
      defer { position += 1 }
      return bytes[position]
    }

    /// A little-endian unsigned integer; one beyond `Int` is refused.
    mutating func integer(bytes count: Int) throws(CheckpointError.Problem) -> Int {
      try require(count)
      var value: UInt64 = 0
      for i in (0..<count).reversed() { value = value << 8 | UInt64(bytes[position + i]) }
      position += count
      guard let integer = Int(exactly: value) else {
        throw .malformed(part: "pickle, byte \(position)", reason: "the length \(value)")
      }
      return integer
    }

    /// A signed integer, least significant byte first (LONG1); one beyond 64 bits is passed over.
    mutating func long() throws(CheckpointError.Problem) -> Value {
      let count = Int(try byte())
      try require(count)
      defer { position += count }
      guard count > 0 else { return .int(0) }
      guard count <= 8 else { return .bytes(count) }
      var value: UInt64 = bytes[position + count - 1] >= 0x80 ? .max : 0
      for i in (0..<count).reversed() { value = value << 8 | UInt64(bytes[position + i]) }
      return .int(Int(Int64(bitPattern: value)))
    }

    /// A big-endian double (BINFLOAT).
    mutating func double() throws(CheckpointError.Problem) -> Double {
      try require(8)
      var value: UInt64 = 0
      for i in 0..<8 { value = value << 8 | UInt64(bytes[position + i]) }
      position += 8
      return Double(bitPattern: value)
    }

    mutating func text(lengthBytes: Int) throws(CheckpointError.Problem) -> String {
      let count = try integer(bytes: lengthBytes)
      try require(count)
      defer { position += count }
      return String(decoding: bytes[position..<position + count], as: UTF8.self)
    }

    /// Passes over a byte string; its length.
    mutating func skip(lengthBytes: Int) throws(CheckpointError.Problem) -> Int {
      let count = try integer(bytes: lengthBytes)
      try require(count)
      position += count
      return count
    }

    mutating func line() throws(CheckpointError.Problem) -> String {
      guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
        throw .truncated(part: "pickle", needed: bytes.count + 1, available: bytes.count)
      }
      defer { position = end + 1 }
      return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    private func require(_ count: Int) throws(CheckpointError.Problem) {
      guard count <= bytes.count - position else {
        throw .truncated(part: "pickle", needed: position.addingClamped(count), available: bytes.count)
      }
    }
  }
}
