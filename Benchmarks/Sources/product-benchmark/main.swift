// Times PackedMatrix beside OpenBLAS on one core: microseconds and GFLOP/s a product, the least of rounds in turn.

import CoRNNKernels

func best(_ rounds: Int, _ works: [() -> Void]) -> [Double] {
  var least = [Double](repeating: .infinity, count: works.count)
  for _ in 0..<rounds {
    for (i, work) in works.enumerated() {
      let elapsed = ContinuousClock().measure { for _ in 0..<100 { work() } }
      least[i] = min(least[i], elapsed / .seconds(1) / 100)
    }
  }
  return least
}

func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

func fixed(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

print("OpenBLAS core \(OpenBLAS.coreName), kernels \(OpenBLAS.instructionSet)")
print("     shape count  packed µs GFLOP/s    BLAS µs GFLOP/s  ratio")
var random = SplittableRandom(seed: 1)
for (rows, columns) in [(128, 256), (256, 128)] {
  let matrix = Matrix(
    rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in random.uniform(in: -1...1) })
  let packed = PackedMatrix(matrix)
  for count in [1, 8, 25, 32, 50] {
    let vectors = (0..<count * columns).map { _ in random.normal() }
    var result = [Double](repeating: 0, count: count * rows)
    let times = best(
      60,
      [
        { packed.multiplyAdd(count: count, vectors: vectors, stride: columns, into: &result, resultStride: rows) },
        { matrix.multiply(count: count, vectors: vectors, stride: columns, keeping: 1, into: &result) },
      ])
    let operations = 2e-9 * Double(rows * columns * count)
    print(
      padded("\(rows)×\(columns)", 10), padded("\(count)", 5), padded(fixed(times[0] * 1e6), 10),
      padded(fixed(operations / times[0]), 7), padded(fixed(times[1] * 1e6), 10),
      padded(fixed(operations / times[1]), 7), padded(fixed(times[1] / times[0]), 6))
  }
}
