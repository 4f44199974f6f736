/// A number that tells data apart: the same data have the same, others hardly ever.
public struct Fingerprint: Equatable, Sendable {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The fingerprint of nothing.
  public init() {}

  /// Takes in numbers by their bits, and how many they are.
  public mutating func add(_ values: [Double]) {
    add(UInt64(values.count))
    for value in values { add(value.bitPattern) }
  }

  /// Takes in bytes, and how many they are.
  public mutating func add(_ bytes: some Sequence<UInt8>) {
    var word: UInt64 = 0
    var count: UInt64 = 0
    for byte in bytes {
      word = word << 8 | UInt64(byte)
      count += 1
      guard count.isMultiple(of: 8) else { continue }
      add(word)
      word = 0
    }
    add(word)
    add(count)
  }

  /// FNV-1a's step on words, with the high bits carried down.
  private mutating func add(_ word: UInt64) {
    state = (state ^ word) &* 0x0000_0100_0000_01B3
    state ^= state >> 29
    state = state &* 0xBF58_476D_1CE4_E5B9
  }

  /// Sixteen hexadecimal digits.
  public var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
