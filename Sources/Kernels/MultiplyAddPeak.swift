import CKernels

/// Multiply–adds on registers alone, about `seconds` long on one core: floating-point operations a second, what no
/// product on this core exceeds.
public func multiplyAddPeak<Scalar: TrainingScalar>(_: Scalar.Type, seconds: Double) -> Double {
  var rounds = 1000
  while true {
    var operations = 0.0
    let elapsed =
      ContinuousClock().measure { operations = cornn_multiply_add_rounds(MemoryLayout<Scalar>.size, rounds) }
      / .seconds(1)
    if elapsed >= seconds { return operations / elapsed }
    rounds *= elapsed < seconds / 4 ? 4 : 2
  }
}
