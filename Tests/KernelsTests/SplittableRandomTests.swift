import CoRNNKernels
import Testing

@Suite struct SplittableRandomTests {
  @Test func sameSeedSameNumbers() {
    var a = SplittableRandom(seed: 2385)
    var b = SplittableRandom(seed: 2385)
    #expect((0..<100).map { _ in a.next() } == (0..<100).map { _ in b.next() })
    var children = Set<UInt64>()
    for k in 0..<1000 as Range<UInt64> {
      var child = a.split(k)
      children.insert(child.next())
    }
    #expect(children.count == 1000)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>) func moments(seed: UInt64) {
    var random = SplittableRandom(seed: seed)
    let n = 40_000
    let normals = (0..<n).map { _ in random.normal() }
    let mean = normals.reduce(0, +) / Double(n)
    let variance = normals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n)
    #expect(abs(mean) < 4 / Double(n).squareRoot())
    #expect(abs(variance - 1) < 4 * (2 / Double(n)).squareRoot())
    let uniforms = (0..<n).map { _ in random.uniform(in: -3...5) }
    #expect(uniforms.allSatisfy { (-3...5).contains($0) })
    #expect(abs(uniforms.reduce(0, +) / Double(n) - 1) < 4 * 8 / (12 * Double(n)).squareRoot())
  }
}
