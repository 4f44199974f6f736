public import CoRNNAnalysis
import CoRNNModel

extension Replay {
  /// The comparison as blocks of a report.
  public var blocks: [Document.Block] {
    var blocks: [Document.Block] = [
      .heading("Replay"),
      .table(
        Document.Table(
          "Recorded \(recorded) against the network, \(steps) steps",
          columns: ["reading", "damping", "relative difference", "after the first step"],
          rows: readings.map {
            [
              $0.isSwapped ? "W and Z swapped" : "as read", $0.damping.rawValue,
              numberText($0.relativeDifference, digits: 3), numberText($0.firstStepDifference, digits: 3),
            ]
          })),
    ]
    let limit = numberText(tolerance, digits: 2)
    if agrees {
      blocks.append(.paragraph("The recorded states agree with the network as it was read (within \(limit))."))
    } else if let better = readings.first(where: { $0.relativeDifference <= tolerance }) {
      blocks.append(
        .paragraph(
          "The recorded states don't agree with the network as it was read, but they do with "
            + (better.isSwapped ? "W and Z swapped (see --map)" : "W and Z as read")
            + " and \(better.damping.rawValue) damping."))
    } else {
      blocks.append(
        .paragraph(
          "The recorded states agree with none of these readings (within \(limit)): look at the layout, the "
            + "constants, the inputs and their scale."))
    }
    return blocks
  }
}
