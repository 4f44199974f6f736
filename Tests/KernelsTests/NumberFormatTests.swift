import CoRNNKernels
import Testing

@Suite struct NumberFormatTests {
  @Test(arguments: NumberFormat.allCases, [false, true]) func readsBothByteOrdersAndStrides(
    format: NumberFormat, bigEndian: Bool
  ) {
    let numbers: [Double] =
      switch format {
      case .float64, .float32, .float16, .bfloat16: [1, -2.5, 0.1875, 96]
      case .bool: [1, 0, 0, 1]
      case .uint64, .uint32, .uint16, .uint8: [1, 200, 7, 96]
      default: [1, -100, 7, 96]
      }
    let bytes = numbers.flatMap { number -> [UInt8] in
      let pattern: UInt64 =
        switch format {
        case .float64: number.bitPattern
        case .float32: UInt64(Float(number).bitPattern)
        case .float16: UInt64(Float16(number).bitPattern)
        case .bfloat16: UInt64(Float(number).bitPattern >> 16)
        default: UInt64(bitPattern: Int64(number))
        }
      let little = (0..<format.size).map { UInt8(truncatingIfNeeded: pattern >> (8 * UInt64($0))) }
      return bigEndian ? little.reversed() : little
    }
    var values = [Double](repeating: .nan, count: 5)
    format.decode(bytes.span.bytes, at: 0, stride: 1, bigEndian: bigEndian, into: &values, from: 1, count: 4)
    #expect(values[0].isNaN && Array(values[1...]) == numbers)
    var every = [0.0, 0.0]
    format.decode(
      bytes.span.bytes, at: format.size, stride: 2, bigEndian: bigEndian, into: &every, from: 0, count: 2)
    #expect(every == [numbers[1], numbers[3]])
  }

  @Test func everyHalfIsExact() {
    for pattern in 0...UInt16.max {
      let bytes = [UInt8(truncatingIfNeeded: pattern), UInt8(pattern >> 8)]
      var value = [0.0]
      NumberFormat.float16.decode(bytes.span.bytes, at: 0, stride: 1, bigEndian: false, into: &value, from: 0, count: 1)
      let expected = Double(Float16(bitPattern: pattern))
      guard value[0] == expected || (value[0].isNaN && expected.isNaN), value[0].sign == expected.sign else {
        Issue.record("\(pattern): \(value[0])")
        return
      }
    }
  }

  @Test func specialValuesOfShortFormats() {
    var values = [0.0, 0, 0, 0]
    let halves: [UInt8] = [0x00, 0x7C, 0x01, 0x00, 0xFF, 0x7B, 0x00, 0x80]
    NumberFormat.float16.decode(halves.span.bytes, at: 0, stride: 1, bigEndian: false, into: &values, from: 0, count: 4)
    #expect(values == [.infinity, 0x1p-24, 65504, 0])
    let brain: [UInt8] = [0x80, 0x7F, 0xC0, 0x7F]
    NumberFormat.bfloat16.decode(brain.span.bytes, at: 0, stride: 1, bigEndian: false, into: &values, from: 0, count: 2)
    #expect(values[0] == .infinity && values[1].isNaN)
  }

  @Test func doublesRoundTrip() {
    let numbers = [0.1, -2.385, Double.leastNonzeroMagnitude, .pi]
    let bytes = littleEndianBytes(of: numbers)
    var values = [Double](repeating: 0, count: 4)
    NumberFormat.float64.decode(bytes.span.bytes, at: 0, stride: 1, bigEndian: false, into: &values, from: 0, count: 4)
    #expect(values == numbers)
  }
}
