public import CoRNNDynamics
import CoRNNKernels

/// Something that forecasts: it carries a state, takes in one input at a time and predicts after each.
///
/// What the scores, the closed loop and the table know of a model; a recurrent network, a polynomial of the last few
/// samples and a constant are all one.
public protocol ForecastModel: Sendable {
  /// The width of an input and of a prediction, n.
  var variables: Int { get }
  /// How many numbers it carries from step to step for each trajectory; zeros before the first input.
  var carried: Int { get }

  /// Takes in one input of each of B trajectories and predicts from each.
  ///
  /// A trajectory's prediction has the same bits whichever others go with it.
  ///
  /// - Parameters:
  ///   - inputs: B×n.
  ///   - carry: B×`carried`.
  ///   - predictions: B×n.
  func advance(inputs: [Double], carry: inout [Double], predictions: inout [Double])
}

extension ForecastModel {
  /// What is carried before the first input of each of `batch` trajectories.
  public func start(batch: Int) -> [Double] { [Double](repeating: 0, count: batch * carried) }

  /// How well it forecasts `data` open loop: at every step it is given the true state.
  ///
  /// - Parameters:
  ///   - data: the trajectories to forecast.
  ///   - task: what is to be forecast, and what is scored.
  ///   - threads: how many cores share the trajectories; the result is the same to the bit for any number.
  public func score(on data: InputSequence, task: ForecastTask, threads: Int = 1) -> ForecastScore {
    precondition(data.width == variables, "inputs of width \(data.width), not \(variables)")
    let block = 16
    let blocks = (data.batch + block - 1) / block
    let sums = parallelMap(count: blocks, threads: threads) { place in
      squares(data, task, trajectories: place * block..<min((place + 1) * block, data.batch))
    }
    return ForecastScore(sums.flatMap { $0 }, steps: task.scored(of: data.steps), variables: variables)
  }

  /// What it forecasts open loop from the first `count` scored samples of one trajectory, count×n; fewer where the
  /// trajectory ends.
  public func forecasts(
    of data: InputSequence, trajectory: Int, task: ForecastTask, count: Int
  ) -> [Double] {
    let n = variables
    let scored = task.scored(of: data.steps).prefix(count)
    var carry = start(batch: 1)
    var prediction = [Double](repeating: 0, count: n)
    var forecasts: [Double] = []
    for t in 0..<scored.endIndex {
      let now = (t * data.batch + trajectory) * n
      advance(inputs: Array(data.values[now..<now + n]), carry: &carry, predictions: &prediction)
      if t >= scored.startIndex { forecasts += prediction }
    }
    return forecasts
  }

  private func squares(
    _ data: InputSequence, _ task: ForecastTask, trajectories: Range<Int>
  ) -> [ForecastScore.Squares] {
    let (n, batch) = (variables, trajectories.count)
    let scored = task.scored(of: data.steps)
    var carry = start(batch: batch)
    var predictions = [Double](repeating: 0, count: batch * n)
    var sums = [ForecastScore.Squares](repeating: .init(variables: n), count: batch)
    for t in 0..<scored.upperBound {
      let now = (t * data.batch + trajectories.lowerBound) * n
      advance(inputs: Array(data.values[now..<now + batch * n]), carry: &carry, predictions: &predictions)
      guard t >= scored.lowerBound else { continue }
      let later = ((t + task.horizon) * data.batch + trajectories.lowerBound) * n
      for b in 0..<batch {
        sums[b].add(predictions, at: b * n, targets: data.values, at: later + b * n)
      }
    }
    return sums
  }
}
