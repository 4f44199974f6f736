import RealModule

/// A table over the points of a scenario: what was varied, and the numbers found there.
public struct SweepResult: Encodable, Equatable, Sendable {
  /// A key that was varied.
  public struct Axis: Encodable, Equatable, Sendable {
    /// What its values are.
    public enum Role: String, Encodable, Sendable {
      /// Every value with every other.
      case grid
      /// Random values, drawn together with those of the other keys drawn.
      case draws
      /// Seeds: what is left is spread.
      case repeats
    }

    /// The key's path in the scenario.
    public let key: String
    /// What its values are.
    public let role: Role

    /// A key and what its values are.
    public init(key: String, role: Role) {
      self.key = key
      self.role = role
    }
  }

  /// How a point went, from best to worst.
  public enum State: String, Encodable, Comparable, Sendable {
    /// With a result, with one that falls short, or without.
    case done, unmet, failed

    public static func < (first: State, second: State) -> Bool { first.rank < second.rank }

    private var rank: Int {
      switch self {
      case .done: 0
      case .unmet: 1
      case .failed: 2
      }
    }
  }

  /// A number of each result.
  public struct Column: Equatable, Sendable {
    /// Where it is in a result.
    public let path: String
    /// How tables and plots call it.
    public let label: String

    /// A number and its name.
    public init(path: String, label: String) {
      self.path = path
      self.label = label
    }
  }

  /// A combination of values.
  public struct Row: Encodable, Equatable, Sendable {
    /// One for each axis, as it was written.
    public let values: [String]
    /// One for each column; null where a result doesn't have it.
    public let numbers: [Double?]
    /// How the worst of its points went.
    public let state: State

    /// A row.
    public init(values: [String], numbers: [Double?], state: State) {
      self.values = values
      self.numbers = numbers
      self.state = state
    }
  }

  /// Why a point has no result, or what its result falls short of.
  public struct Trouble: Encodable, Equatable, Sendable {
    /// The point, by its values.
    public let point: String
    /// What kind of trouble.
    public let code: String
    /// It in words.
    public let message: String
    /// The way out; null where none is known.
    public let hint: String?

    /// Trouble at a point.
    public init(point: String, code: String, message: String, hint: String?) {
      self.point = point
      self.code = code
      self.message = message
      self.hint = hint
    }
  }

  /// The rows that differ in their seeds alone.
  public struct Group: Encodable, Equatable, Sendable {
    /// One for each axis that isn't of seeds.
    public let values: [String]
    /// One for each column.
    public let spreads: [Spread]
  }

  /// Numbers of equal standing.
  public struct Spread: Encodable, Equatable, Sendable {
    /// How many numbers.
    public let count: Int
    /// Null where there is none.
    public let mean: Double?
    /// The standard deviation, over count − 1; null for fewer than two.
    public let deviation: Double?
    /// The least; null where there is none.
    public let minimum: Double?
    /// The largest; null where there is none.
    public let maximum: Double?

    init(_ numbers: [Double]) {
      count = numbers.count
      minimum = numbers.min()
      maximum = numbers.max()
      guard !numbers.isEmpty else {
        (mean, deviation) = (nil, nil)
        return
      }
      let mean = numbers.reduce(0, +) / Double(numbers.count)
      self.mean = mean
      let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      deviation = numbers.count > 1 ? .sqrt(squares / Double(numbers.count - 1)) : nil
    }
  }

  /// A point's numbers over others of the same point.
  public struct Curve: Encodable, Equatable, Sendable {
    /// What it is of, as `records.*.score over records.*.step`.
    public let name: String
    /// Which point's.
    public let label: String
    /// How plots call what it is over; null where the scenario has no words for it.
    public let xLabel: String?
    /// How they call what is there.
    public let yLabel: String?
    /// What it is over; null where a result has no number.
    public let x: [Double?]
    /// What is there; null where a result has no number.
    public let y: [Double?]

    /// A point's curve; precondition: x and y are as long as each other.
    public init(name: String, label: String, xLabel: String?, yLabel: String?, x: [Double?], y: [Double?]) {
      precondition(x.count == y.count, "\(name): \(y.count) numbers over \(x.count)")
      self.name = name
      self.label = label
      self.xLabel = xLabel
      self.yLabel = yLabel
      self.x = x
      self.y = y
    }
  }

  /// The scenario's name.
  public let name: String
  /// What it asks.
  public let question: String
  /// The kinds of its points.
  public let kinds: [String]
  /// What was varied.
  public let axes: [Axis]
  /// What the numbers are, as paths into results.
  public let columns: [String]
  /// What tables and plots call them.
  public let labels: [String]
  /// A row for each combination of values.
  public let rows: [Row]
  /// The points computed; rows may share them.
  public let points: Int
  /// How many of them were computed this time; not part of a result's bytes.
  public let computed: Int
  /// Points without a result.
  public let failures: [Trouble]
  /// Points whose goal wasn't reached, whose bound was violated or whose certificate was refused.
  public let unmet: [Trouble]
  /// Rows without their seeds; empty where there are no repeats.
  public let groups: [Group]
  /// One for each point and each pair of paths that `report` has.
  public let curves: [Curve]

  private enum CodingKeys: String, CodingKey {
    case name, question, kinds, axes, columns, labels, rows, points, failures, unmet, groups, curves
  }

  /// A table of these rows; groups follow from them.
  public init(
    name: String, question: String, kinds: [String], axes: [Axis], columns: [Column], rows: [Row], points: Int,
    computed: Int, failures: [Trouble], unmet: [Trouble], curves: [Curve] = []
  ) {
    precondition(
      rows.allSatisfy { $0.values.count == axes.count && $0.numbers.count == columns.count }, "\(name): ragged rows")
    self.name = name
    self.question = question
    self.kinds = kinds
    self.axes = axes
    self.columns = columns.map(\.path)
    labels = columns.map(\.label)
    self.rows = rows
    self.points = points
    self.computed = computed
    self.failures = failures
    self.unmet = unmet
    self.curves = curves
    let hasRepeats = axes.contains { $0.role == .repeats }
    groups = hasRepeats ? Self.groups(of: rows, axes: axes, columns: columns.count) : []
  }

  /// Rows without their seeds, in order; without repeats each row is its own.
  static func groups(of rows: [Row], axes: [Axis], columns: Int) -> [Group] {
    var order: [[String]] = []
    var members: [[String]: [Row]] = [:]
    for row in rows {
      let values = zip(axes, row.values).filter { $0.0.role != .repeats }.map(\.1)
      if members[values] == nil { order.append(values) }
      members[values, default: []].append(row)
    }
    return order.map { values in
      Group(
        values: values,
        spreads: (0..<columns).map { column in Spread((members[values] ?? []).compactMap { $0.numbers[column] }) })
    }
  }
}
