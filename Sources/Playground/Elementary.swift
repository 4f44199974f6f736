// Elementary functions come from the page: JavaScript's Math has them, and WebAssembly doesn't.

/// tanh to about two rounding units: from exp, which browsers call quickest of all, and near 0, where that would cancel,
/// by the Padé approximant of degree 7 over 6, off by less than 3e-16 up to 1/2.
@inline(__always)
func hyperbolicTangent(_ x: Double) -> Double {
  guard abs(x) > 0.5 else {
    let s = x * x
    return x * (135135 + s * (17325 + s * (378 + s))) / (135135 + s * (62370 + s * (3150 + s * 28)))
  }
  let size = 1 - 2 / (exponential(2 * abs(x)) + 1)
  return x < 0 ? -size : size
}

@_extern(wasm, module: "math", name: "atanh")
func inverseHyperbolicTangent(_ x: Double) -> Double
@_extern(wasm, module: "math", name: "cosh")
func hyperbolicCosine(_ x: Double) -> Double
@_extern(wasm, module: "math", name: "sinh")
func hyperbolicSine(_ x: Double) -> Double
@_extern(wasm, module: "math", name: "exp")
func exponential(_ x: Double) -> Double
@_extern(wasm, module: "math", name: "expm1")
func exponentialMinusOne(_ x: Double) -> Double
@_extern(wasm, module: "math", name: "cos")
func cosine(_ x: Double) -> Double
@_extern(wasm, module: "math", name: "sin")
func sine(_ x: Double) -> Double
@_extern(wasm, module: "math", name: "atan2")
func arcTangent(_ y: Double, _ x: Double) -> Double
