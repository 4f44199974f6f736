// Times orthonormalize beside LAPACK's dgeqrf and dorgqr (OpenBLAS) on one core: microseconds for rows of tangents, the
// least of rounds in turn, and how far each is from orthonormal.

import CLAPACK
import CoRNNKernels

/// Rows to orthonormalise, and room.
struct Work {
  let count: Int
  let width: Int
  let original: [Double]
  var rows: [Double]
  var logarithms: [Double]
  var tau: [Double]
  var room: [Double]

  /// Rows as a step leaves them: orthonormal ones, pushed by the identity and something random of half its size.
  init(count: Int, width: Int, random: inout SplittableRandom) {
    self.count = count
    self.width = width
    var rows = (0..<count * width).map { _ in random.normal() }
    var logarithms = [Double](repeating: 0, count: count)
    orthonormalize(&rows, width: width, logarithms: &logarithms)
    let push = Matrix(
      rows: width, columns: width,
      elements: (0..<width * width).map { _ in 0.25 * random.normal() / Double(width).squareRoot() })
    var pushed = rows
    push.multiply(count: count, vectors: rows, stride: width, keeping: 1, into: &pushed)
    original = pushed
    self.rows = pushed
    self.logarithms = logarithms
    tau = logarithms
    room = [Double](repeating: 0, count: 64 * width)
  }

  mutating func restore() { for place in rows.indices { rows[place] = original[place] } }

  mutating func ours() {
    restore()
    orthonormalize(&rows, width: width, logarithms: &logarithms)
  }

  // A row of ours is a column of LAPACK's.
  mutating func lapack() {
    restore()
    var (m, n, size, info) = (Int32(width), Int32(count), Int32(room.count), Int32(0))
    dgeqrf_(&m, &n, &rows, &m, &tau, &room, &size, &info)
    precondition(info == 0, "dgeqrf: \(info)")
    for i in 0..<count { logarithms[i] = abs(rows[i * width + i]) }
    dorgqr_(&m, &n, &n, &rows, &m, &tau, &room, &size, &info)
    precondition(info == 0, "dorgqr: \(info)")
  }

  /// The largest entry of Q Qᵀ − I.
  var deviation: Double {
    var worst = 0.0
    for i in 0..<count {
      for j in 0...i {
        var sum = i == j ? -1.0 : 0
        for c in 0..<width { sum += rows[i * width + c] * rows[j * width + c] }
        worst = max(worst, abs(sum))
      }
    }
    return worst
  }
}

func seconds(_ calls: Int, _ body: () -> Void) -> Double {
  ContinuousClock().measure { for _ in 0..<calls { body() } } / .seconds(1) / Double(calls)
}

func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
func fixed(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

print("OpenBLAS core \(OpenBLAS.coreName), kernels \(OpenBLAS.instructionSet); copying included")
print("rows×width    ours µs LAPACK µs  ratio   ours' and LAPACK's deviation from orthonormal")
var random = SplittableRandom(seed: 1)
for (count, width) in [
  (2, 2), (3, 3), (4, 10), (16, 128), (40, 40), (16, 1024), (64, 256), (128, 128), (256, 256), (512, 1024),
] {
  var work = Work(count: count, width: width, random: &random)
  let calls = max(1, 20_000_000 / (count * count * width + 20_000))
  var (ours, lapack) = (Double.infinity, Double.infinity)
  for _ in 0..<9 {
    ours = min(ours, seconds(calls) { work.ours() })
    lapack = min(lapack, seconds(calls) { work.lapack() })
  }
  work.ours()
  let ourDeviation = work.deviation
  work.lapack()
  print(
    padded("\(count)×\(width)", 10), padded(fixed(ours * 1e6), 10), padded(fixed(lapack * 1e6), 9),
    padded(fixed(lapack / ours), 6), padded("\(Float(ourDeviation))", 16), padded("\(Float(work.deviation))", 16))
}
