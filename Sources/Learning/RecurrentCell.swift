public import CoRNNKernels

/// A recurrent network with an affine readout, as something to be trained: what its parameters are called, where they
/// stand, and how they start.
///
/// Parameters are one flat list, the ``blocks`` one after another. The sweeps see them as one matrix M (`CellLayout`);
/// ``placements`` say what of M each block makes, and, read the other way, what of dE/dM each block's gradient is. What M
/// has of functions of the parameters, and not of themselves, is a second list, taken to follow the first
/// (``derived(_:)``).
public protocol RecurrentCell: Sendable {
  /// What it is called, and what else a file of its parameters says of it.
  var name: String { get }
  var metadata: [String: String] { get }
  /// Rows and columns of M.
  var layout: CellLayout { get }
  /// The tensors of the flat list, in its order.
  var blocks: [ParameterBlock] { get }
  /// Where they stand in M; parts of M that two blocks share are their sum.
  var placements: [ParameterPlacement] { get }
  /// Entries of M that are functions of the parameters; ``placements`` count them after the flat list.
  func derived(_ parameters: [Double]) -> [Double]
  /// How many they are.
  var derivedCount: Int { get }
  /// Adds to the parameters' gradient what comes through the derived entries, given the gradient by these.
  func addDerivedGradient(_ derived: [Double], parameters: [Double], to gradient: inout [Double])
  /// What a step takes beside M.
  func factors(_ parameters: [Double]) -> CellFactors
  /// Whether some of what ``factors(_:)`` gives is learned.
  var learnsConstants: Bool { get }
  /// Adds the gradient by learned constants, given the sums of `CellGradient.constants`.
  func addConstantGradient(sums: [Double], parameters: [Double], to gradient: inout [Double])
  /// Blocks that learn at another rate than the rest, and by which factor.
  var rateFactors: [String: Double] { get }
  /// Untrained parameters.
  func initialParameters(_ random: inout SplittableRandom) -> [Double]
}

extension RecurrentCell {
  public var metadata: [String: String] { [:] }
  public var derivedCount: Int { 0 }
  public func derived(_ parameters: [Double]) -> [Double] { [] }
  public func addDerivedGradient(_ derived: [Double], parameters: [Double], to gradient: inout [Double]) {}
  public func factors(_ parameters: [Double]) -> CellFactors { CellFactors([]) }
  public var learnsConstants: Bool { false }
  public func addConstantGradient(sums: [Double], parameters: [Double], to gradient: inout [Double]) {}
  public var rateFactors: [String: Double] { [:] }

  /// The length of the flat list.
  public var parameterCount: Int { blocks.reduce(0) { $0 + $1.count } }

  /// The place of a block in the flat list; nil if there is none of that name.
  public func range(of name: String) -> Range<Int>? {
    var start = 0
    for block in blocks {
      if block.name == name { return start..<start + block.count }
      start += block.count
    }
    return nil
  }

  func start(of name: String) -> Int {
    guard let range = range(of: name) else { preconditionFailure("no parameter named \(name)") }
    return range.lowerBound
  }
}

/// A tensor of parameters.
public struct ParameterBlock: Equatable, Sendable {
  /// What it is called in a file.
  public let name: String
  /// Its shape, row-major in the flat list.
  public let shape: [Int]

  /// The number of its entries.
  public var count: Int { shape.reduce(1, *) }

  /// A block of this name and shape.
  public init(_ name: String, _ shape: Int...) {
    self.name = name
    self.shape = shape
  }
}

/// A rectangle of the flat list and the rectangle of M that it is added to.
public struct ParameterPlacement: Equatable, Sendable {
  /// The first entry in the flat list, row-major.
  public let start: Int
  /// The shape.
  public let rows: Int
  /// The rectangle's columns.
  public let columns: Int
  /// Its first row and column in M.
  public let row: Int
  /// Its first column in M.
  public let column: Int

  /// A placement.
  public init(start: Int, rows: Int, columns: Int, row: Int, column: Int) {
    self.start = start
    self.rows = rows
    self.columns = columns
    self.row = row
    self.column = column
  }
}

/// What a step takes beside M: lists of m numbers, in the order of `CellLayout.factors`.
///
/// Oscillators: alpha, beta and delta of `z' = alpha·z + beta·sigma − delta·y`, `y' = y + dt·z'`, which are `s·r`, `s·dt`
/// and `s·dt·gamma` with s and r of `Oscillators.velocityScale` and `velocityRetention`. Networks of tanh: k and f of
/// `h' = k·h + f·sigma`. Networks of modReLU: c.
public struct CellFactors: Equatable, Sendable {
  /// The lists.
  public let byUnit: [[Double]]
  /// dt of oscillators; 1 for other cells, which don't use it.
  public let timeStep: Double

  /// Factors.
  public init(_ byUnit: [[Double]], timeStep: Double = 1) {
    self.byUnit = byUnit
    self.timeStep = timeStep
  }
}
