import ArgumentParser
import RealModule

/// What `--sweep` says: a parameter and its values.
struct SweptValues: Equatable {
  let key: String
  let values: [Double]

  static let forms = "key=low:high:count, evenly spaced, key=low:high:count:log, by equal factors, or key=a,b,c"

  /// The sweep that a text describes.
  init(parsing text: String) throws {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    func refused() -> ValidationError { ValidationError("--sweep is \(text); it must be \(Self.forms).") }
    guard sides.count == 2, !sides[0].isEmpty else { throw refused() }
    key = sides[0]
    if !sides[1].contains(":") {
      guard let numbers = numberList(sides[1]) else { throw refused() }
      values = numbers
      return
    }
    var parts = sides[1].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let isLogarithmic = parts.count == 4 && parts[3] == "log"
    if isLogarithmic { parts.removeLast() }
    guard parts.count == 3, let low = Double(parts[0]), let high = Double(parts[1]), low.isFinite, high.isFinite,
      let count = Int(parts[2])
    else { throw refused() }
    guard 2...100_000 ~= count else { throw ValidationError("--sweep: the count is \(count); it must be 2 to 100000.") }
    if isLogarithmic, !(low > 0 && high > 0) {
      throw ValidationError("--sweep: values by equal factors must be greater than 0.")
    }
    values = Self.spaced(from: low, to: high, count: count, logarithmic: isLogarithmic)
  }

  /// Numbers from `low` to `high`, both included, evenly spaced or by equal factors.
  static func spaced(from low: Double, to high: Double, count: Int, logarithmic: Bool) -> [Double] {
    (0..<count).map { place in
      if place == 0 { return low }
      if place == count - 1 { return high }
      let part = Double(place) / Double(count - 1)
      return logarithmic ? Self.logarithmic(part, from: low, to: high) : low + (high - low) * part
    }
  }

  /// The number that lies `part` of the way from one positive number to another, by factors.
  static func logarithmic(_ part: Double, from low: Double, to high: Double) -> Double {
    low * Double.pow(high / low, part)
  }
}
