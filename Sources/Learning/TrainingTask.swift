public import CoRNNKernels

/// What a network is trained on: batches by the step, and data to judge it by.
public protocol TrainingTask: Sendable {
  /// The widths of an input and of an output.
  var inputs: Int { get }
  /// The width of an output.
  var outputs: Int { get }
  /// The steps of a training sequence, N.
  var steps: Int { get }
  /// What is made small.
  var objective: Objective { get }
  /// What is to be learned, in a sentence.
  var summary: String { get }
  /// What the score is, with its normaliser.
  var scoreName: String { get }
  /// The settings by name.
  var settings: [ForecastSetting] { get }

  /// The batch of an optimiser's step, counted from 0: a function of the stream, the step and the size alone.
  func batch<Scalar: TrainingScalar>(step: Int, size: Int, random: SplittableRandom) -> SequenceBatch<Scalar>
  /// Sequences that the network isn't trained on.
  func validation<Scalar: TrainingScalar>() -> SequenceBatch<Scalar>
  /// Sequences that are only looked at, at every record; nil for a task that is tested at the end.
  func test<Scalar: TrainingScalar>() -> SequenceBatch<Scalar>?
  /// The score that an objective on ``validation()`` comes to; the smaller the better.
  func score(_ objective: Double) -> Double
  /// The parameters that do on raw inputs and raw targets what these do on the batches.
  func onRawData(_ parameters: [Double], of cell: any RecurrentCell) -> [Double]
}

extension TrainingTask {
  public func test<Scalar: TrainingScalar>() -> SequenceBatch<Scalar>? { nil }
  public func onRawData(_ parameters: [Double], of cell: any RecurrentCell) -> [Double] { parameters }
}

extension RecurrentCell {
  /// The parameters that map raw inputs to raw outputs as these map `(input − mean)/deviation` to
  /// `(output − mean)/deviation`.
  ///
  /// The input weights are divided by the deviation and the mean goes into the drives' (first) bias; the readout is
  /// multiplied. Recurrent weights stay as they are, so the states are the same numbers.
  public func unscaled(_ parameters: [Double], mean: Double, deviation: Double) -> [Double] {
    precondition(deviation > 0, "a deviation of \(deviation)")
    var result = parameters
    let bias = layout.firstInput + layout.inputs
    let places = placements
    for weights in places where weights.column == layout.firstInput && weights.row < layout.firstOutput {
      guard let shifted = places.first(where: { $0.row == weights.row && $0.column == bias }) else {
        preconditionFailure("drives without a bias")
      }
      for row in 0..<weights.rows {
        for column in 0..<weights.columns {
          let place = weights.start + row * weights.columns + column
          result[place] = parameters[place] / deviation
          result[shifted.start + row] -= parameters[place] / deviation * mean
        }
      }
    }
    for readout in places where readout.row >= layout.firstOutput {
      for place in readout.start..<readout.start + readout.rows * readout.columns {
        result[place] = parameters[place] * deviation + (readout.column == bias ? mean : 0)
      }
    }
    return result
  }
}
