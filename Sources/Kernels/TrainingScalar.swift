public import RealModule

/// A number that networks are trained in: `Float` or `Double`.
///
/// Nothing else may conform: the kernels exist for these two.
public protocol TrainingScalar: Real, BinaryFloatingPoint, BitwiseCopyable, Sendable {}

extension Float: TrainingScalar {}
extension Double: TrainingScalar {}
