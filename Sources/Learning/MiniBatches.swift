public import CoRNNKernels

/// The mini-batches of a run: each epoch a new order of all trajectories, cut into batches of one size.
///
/// A function of the seed and the step alone, so that a resumed run meets the batches that it would have met. What is
/// left at an epoch's end is too few for a batch and is left out of that epoch.
public struct MiniBatches: Sendable {
  /// The number of trajectories, and of those in a batch.
  public let count: Int
  /// The trajectories of a batch.
  public let size: Int
  private let random: SplittableRandom

  /// Batches of `size` out of `count` trajectories; `random` is the stream that orders are drawn from.
  public init(count: Int, size: Int, random: SplittableRandom) {
    precondition(0 < size && size <= count, "batches of \(size) from \(count)")
    self.count = count
    self.size = size
    self.random = random
  }

  /// The batches of an epoch.
  public var batchesPerEpoch: Int { count / size }

  /// The trajectories of a step, counted from 0.
  public func trajectories(step: Int) -> [Int] {
    var epoch = random.split(UInt64(step / batchesPerEpoch))
    let order = Array(0..<count).shuffled(using: &epoch)
    let first = step % batchesPerEpoch * size
    return Array(order[first..<first + size])
  }
}
