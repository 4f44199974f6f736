import CoRNNKernels
import Testing

@testable import CoRNNAnalysis
@testable import CoRNNReport

@Suite struct EigenvaluePlotTests {
  static func point(_ values: [Double], isMap: Bool) -> FixedPointStability? {
    var matrix = Matrix(rows: values.count, columns: values.count)
    for (i, value) in values.enumerated() { matrix[i, i] = value }
    return FixedPointStability(matrix, isMap: isMap)
  }

  /// Points go together by their stability, whose colour stays; what lies far out is counted, not drawn.
  @Test func mapsBesideTheUnitCircle() throws {
    let points = [Self.point([0.5, 40], isMap: true), Self.point([-2.385, 1.5], isMap: true), nil]
    let plot = Plot.eigenvalues(points, ofMap: true, name: "e", title: "E")
    let scatter = try #require(plot.scatter)
    let labels = scatter.series.map(\.label)
    #expect(labels == ["saddle (1 point; 1 eigenvalue beyond the frame)", "unstable (1 point)", "unit circle"])
    #expect(scatter.series.map(\.colour) == [1, 2, nil])
    #expect(scatter.hasEqualAxes && plot.isDrawable)
  }

  @Test func flowsBesideTheImaginaryAxis() throws {
    let plot = Plot.eigenvalues([Self.point([-0.5, -900], isMap: false)], ofMap: false, name: "e", title: "E")
    let series = try #require(plot.scatter).series
    #expect(series.map(\.label) == ["stable (1 point)", "imaginary axis"] && series[0].x == [-0.5, -900])
  }
}

extension Plot {
  fileprivate var scatter: Scatter? {
    if case .scatter(let scatter) = content { scatter } else { nil }
  }
}
