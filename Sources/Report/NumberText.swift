import RealModule

/// A number for people, to `digits` significant ones: plain between 10⁻⁴ and 10⁶, with an exponent beyond.
///
/// JSON and data files carry every digit; this is for tables.
public func numberText(_ value: Double, digits: Int = 4) -> String {
  guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-infinity" : "infinity" }
  guard value != 0 else { return "0" }
  let size = abs(value)
  var exponent = Int(Double.log10(size).rounded(.down))
  func scaled(_ exponent: Int) -> Double {
    let shift = digits - 1 - exponent
    // In two factors, since 10³²⁰ is out of range.
    return (size * Double.pow(10, shift / 2) * Double.pow(10, shift - shift / 2)).rounded(.toNearestOrEven)
  }
  var whole = scaled(exponent)
  if whole >= Double.pow(10, digits) {
    exponent += 1
    whole = scaled(exponent)
  }
  var mantissa = String(Int(whole))
  if mantissa.count > digits { mantissa.removeLast(mantissa.count - digits) }
  let sign = value < 0 ? "-" : ""
  if exponent >= 6 || exponent < -4 {
    let digits = mantissa.first.map(String.init) ?? "0"
    let rest = mantissa.dropFirst().trimmedZeros
    return sign + digits + (rest.isEmpty ? "" : "." + rest) + "e" + String(exponent)
  }
  if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + mantissa[...].trimmedZeros }
  if exponent >= digits - 1 { return sign + mantissa + String(repeating: "0", count: exponent - digits + 1) }
  let point = mantissa.index(mantissa.startIndex, offsetBy: exponent + 1)
  let rest = mantissa[point...].trimmedZeros
  return sign + mantissa[..<point] + (rest.isEmpty ? "" : "." + rest)
}

/// A number as it was written, to six significant digits where it was written with more.
public func shortened(_ text: String) -> String {
  guard text.count > 9, text.contains("."), let number = Double(text) else { return text }
  return numberText(number, digits: 6)
}

extension Substring {
  fileprivate var trimmedZeros: String {
    var text = self
    while text.hasSuffix("0") { text.removeLast() }
    return String(text)
  }
}

/// A number of bytes for people.
public func bytesText(_ bytes: Int) -> String {
  let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
  var value = Double(bytes)
  var unit = 0
  while value >= 1024, unit + 1 < units.count {
    value /= 1024
    unit += 1
  }
  return numberText(value, digits: unit == 0 ? 15 : 3) + " " + units[unit]
}

/// A list of units for people, cut after a few.
func unitsText(_ units: [Int]) -> String {
  let shown = units.prefix(8).map(String.init).joined(separator: ", ")
  return (units.count == 1 ? "unit " : "units ") + shown + (units.count > 8 ? " and \(units.count - 8) more" : "")
}
