/// A complex number.
struct Complex {
  var re: Double
  var im: Double

  var magnitude: Double {
    // Scaled, so that squares neither overflow nor vanish.
    let big = max(abs(re), abs(im))
    guard big > 0, big.isFinite else { return big }
    let (a, b) = (re / big, im / big)
    return big * (a * a + b * b).squareRoot()
  }

  var conjugate: Complex { Complex(re: re, im: -im) }

  static func + (a: Complex, b: Complex) -> Complex { Complex(re: a.re + b.re, im: a.im + b.im) }
  static func - (a: Complex, b: Complex) -> Complex { Complex(re: a.re - b.re, im: a.im - b.im) }
  static func * (a: Complex, b: Complex) -> Complex {
    Complex(re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re)
  }
  static func * (a: Double, b: Complex) -> Complex { Complex(re: a * b.re, im: a * b.im) }

  /// The root with a real part that isn't negative.
  var squareRoot: Complex {
    let size = magnitude
    guard size > 0 else { return self }
    let half = ((size + abs(re)) / 2).squareRoot()
    let other = im / (2 * half)
    return re >= 0 ? Complex(re: half, im: other) : Complex(re: abs(other), im: im < 0 ? -half : half)
  }
}

/// The eigenvalues of a small real matrix: QR steps on its Hessenberg form, in complex arithmetic with Wilkinson's
/// shifts.
struct Eigenvalues {
  private(set) var values: [Complex] = []
  /// Whether all were found; 60 steps for one is far more than it takes.
  private(set) var areComplete = true

  private var size: Int
  private var h: [Complex]

  /// Those of a size×size matrix, row-major.
  init(of matrix: [Double], size: Int) {
    self.size = size
    h = []
    for x in matrix { h.append(Complex(re: x, im: 0)) }
    reduce()
    iterate()
    sort()
  }

  private subscript(i: Int, j: Int) -> Complex {
    get { h[i * size + j] }
    set { h[i * size + j] = newValue }
  }

  /// To Hessenberg form by plane rotations of real rows and columns.
  private mutating func reduce() {
    guard size > 2 else { return }
    for j in 0..<size - 2 {
      for i in stride(from: size - 1, to: j + 1, by: -1) where self[i, j].re != 0 {
        let (c, s) = rotation(self[i - 1, j], self[i, j])
        rotateRows(i - 1, i, c, s, from: 0)
        rotateColumns(i - 1, i, c, s, to: size)
        self[i, j] = Complex(re: 0, im: 0)
      }
    }
  }

  /// c (real) and s with `c·a + s·b = r`, `−s̄·a + c·b = 0`.
  private func rotation(_ a: Complex, _ b: Complex) -> (Double, Complex) {
    let (sizeA, sizeB) = (a.magnitude, b.magnitude)
    guard sizeB > 0 else { return (1, Complex(re: 0, im: 0)) }
    guard sizeA > 0 else { return (0, (1 / sizeB) * b.conjugate) }
    let r = Complex(re: sizeA, im: sizeB).magnitude
    let phase = (1 / sizeA) * a
    return (sizeA / r, (1 / r) * (phase * b.conjugate))
  }

  private mutating func rotateRows(_ p: Int, _ q: Int, _ c: Double, _ s: Complex, from first: Int) {
    for j in first..<size {
      let (a, b) = (self[p, j], self[q, j])
      self[p, j] = c * a + s * b
      self[q, j] = c * b - s.conjugate * a
    }
  }

  private mutating func rotateColumns(_ p: Int, _ q: Int, _ c: Double, _ s: Complex, to end: Int) {
    for i in 0..<end {
      let (a, b) = (self[i, p], self[i, q])
      self[i, p] = c * a + s.conjugate * b
      self[i, q] = c * b - s * a
    }
  }

  private mutating func iterate() {
    for x in h where !x.re.isFinite {
      areComplete = false
      return
    }
    var top = size - 1
    var count = 0
    while top >= 0 {
      var low = top
      while low > 0 {
        let scale = self[low, low].magnitude + self[low - 1, low - 1].magnitude
        // One that is 0 beside neighbours that are is 0.
        if self[low, low - 1].magnitude <= Double.ulpOfOne / 2 * scale { break }
        low -= 1
      }
      if low == top {
        values.append(self[top, top])
        top -= 1
        count = 0
        continue
      }
      count += 1
      guard count <= 60 else {
        areComplete = false
        return
      }
      step(low, top, shift: count % 11 == 10 ? exceptionalShift(top) : wilkinsonShift(top))
    }
  }

  private func exceptionalShift(_ top: Int) -> Complex {
    self[top, top] + Complex(re: self[top, top - 1].magnitude, im: 0)
  }

  /// The eigenvalue of the last 2×2 block that is nearer to its last entry: middle ± root − d = half ± root.
  private func wilkinsonShift(_ top: Int) -> Complex {
    let (a, b, c, d) = (self[top - 1, top - 1], self[top - 1, top], self[top, top - 1], self[top, top])
    let half = 0.5 * (a - d)
    let root = (half * half + b * c).squareRoot
    let middle = 0.5 * (a + d)
    return (half + root).magnitude < (half - root).magnitude ? middle + root : middle - root
  }

  private mutating func step(_ low: Int, _ top: Int, shift: Complex) {
    for i in low...top { self[i, i] = self[i, i] - shift }
    var turns: [(Double, Complex)] = []
    for i in low..<top {
      let (c, s) = rotation(self[i, i], self[i + 1, i])
      rotateRows(i, i + 1, c, s, from: i)
      turns.append((c, s))
    }
    for i in low..<top {
      let (c, s) = turns[i - low]
      rotateColumns(i, i + 1, c, s, to: min(i + 2, top + 1))
    }
    for i in low...top { self[i, i] = self[i, i] + shift }
  }

  /// By real part, then by imaginary part, the largest first.
  private mutating func sort() {
    guard values.count > 1 else { return }
    for i in 1..<values.count {
      var k = i
      while k > 0, precedes(values[k], values[k - 1]) {
        values.swapAt(k, k - 1)
        k -= 1
      }
    }
  }

  private func precedes(_ a: Complex, _ b: Complex) -> Bool {
    let tie = 1e-9 * (a.magnitude + b.magnitude)
    return abs(a.re - b.re) > tie ? a.re > b.re : a.im > b.im + tie
  }
}
