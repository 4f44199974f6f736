import CoRNNReport
import Foundation
import Testing

@Suite struct NumberTextTests {
  @Test(
    arguments: [
      (0, "0"), (1, "1"), (-2.385, "-2.385"), (0.1, "0.1"), (99999.96, "100000"), (0.99996, "1"), (12345, "12340"),
      (12355, "12360"),
      (0.00012344, "0.0001234"), (1e-5, "1e-5"), (1.5e7, "1.5e7"), (-3.14159e-12, "-3.142e-12"), (5e300, "5e300"),
      (.infinity, "infinity"), (-.infinity, "-infinity"), (100, "100"), (1.0005, "1"),
    ] as [(Double, String)]) func fourDigits(value: Double, text: String)
  {
    #expect(numberText(value) == text)
  }

  /// Against the C library's %g on many numbers.
  @Test func agreesWithTheLibrary() {
    var x = 1.2345e-30
    while x < 1e30 {
      let found = Double(numberText(x, digits: 5)) ?? .nan
      let expected = Double(String(format: "%.5g", x)) ?? .nan
      #expect(
        abs(found / expected - 1) < 1.1e-4 && abs(found / x - 1) <= 0.5001e-4, "\(x): \(numberText(x, digits: 5))")
      x *= 3.777
    }
  }

  @Test func bytes() {
    #expect(bytesText(1023) == "1023 bytes" && bytesText(38189) == "37.3 KiB" && bytesText(8 << 30) == "8 GiB")
  }
}
