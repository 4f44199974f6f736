// Elementary functions come from the page: JavaScript's Math has them, and WebAssembly doesn't.

@_extern(wasm, module: "math", name: "tanh")
func hyperbolicTangent(_ x: Double) -> Double
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
