import Foundation
import Testing

@testable import CoRNNReport

@Suite struct PlotStyleTests {
  static let x = (0..<61).map { Double($0) * 0.385 }
  static func wave(_ place: Int) -> [Double] { x.map { 2.385 + Double(place) + sin($0 + 0.71 * Double(place)) } }

  /// One plot of each kind of content, and the kinds that some draw in more than one way.
  static let plots: [Plot] = [
    Plot(
      name: "curves", title: "it's", xLabel: "time t", yLabel: "y", logarithmic: true, x: x,
      curves: (0..<4).map { .init("curve \($0)", wave($0)) } + [
        .init("bars", wave(4), errors: .bars(x.map { _ in 0.1385 })), .init("band", wave(5), errors: .band(x)),
        .init("bound", wave(6), dashed: true), .init("sparse", x.map { $0 < 1 ? 3.1 : .nan }),
      ]),
    Plot(
      name: "scatter", title: "Points", xLabel: "x", yLabel: "y",
      series: [
        .init("bars", x: x, y: wave(0), errors: x.map { _ in 0.271 }, style: .errorBars),
        .init("rings", x: x, y: wave(1), style: .rings), .init("more rings", x: x, y: wave(2), style: .rings),
        .init("dots", x: x, y: wave(3), style: .dots), .init("line", x: x, y: wave(4), style: .line),
        .init("another", x: x, y: wave(5), style: .line), .init("zero", x: [0, 9.1], y: [0, 0], style: .dashedLine),
        .init("threshold", x: [0, 9.1], y: [1.5, 1.5], style: .dashedLine),
      ], above: [.init("above", series: [.init("one", x: x, y: wave(0), style: .line)], logarithmic: true)]),
    Plot(
      name: "cells", title: "Cells", xLabel: "k", yLabel: "n", valueLabel: "log₁₀", x: [0.5, 1.5, 2.5], y: [1.5, 2.5],
      values: [2.385, 0, .infinity, 1e-9, 3, 4]),
    Plot(
      name: "heat-map", title: "Map", xLabel: "dt", yLabel: "gamma", valueLabel: "error", columns: [0.1, 0.2385, 9],
      rows: [1, 2.5, 7], values: [1, 2, 3, 4, .nan, 6, 7, 80, 900], logarithmic: true),
    Plot(
      name: "strips", title: "Strips", xLabel: "t", yLabel: "unit", x: [0.5, 1.5, 2.5], y: [1, 2],
      strips: [.init("truth", [1, 2, 3, 4, 5, 6.1]), .init("off", [-1, 0, 1, -2, 0, 2.385], difference: true)],
      mark: 1.385),
  ]

  /// What a key shows of a series: its colour, the pattern of its line and its symbol.
  static func samples(_ plot: Plot) -> [[String]] {
    let found = plot.script.split(separator: "set output")[1].matches(
      of: /^(?:plot|    )(.* title '.*)$/.anchorsMatchLineEndings())
    return found.map { line in
      [/lc rgb '(#\w+)'/, /dt (\S+)/, /pt (\d+)/].map {
        line.output.1.firstMatch(of: $0).map { String($0.output.1) } ?? ""
      }
    }
  }

  @Test(arguments: plots.prefix(2)) func everySeriesLooksDifferent(plot: Plot) {
    let samples = Self.samples(plot)
    let inBlackAndWhite = samples.map { Array($0.dropFirst()) }
    #expect(samples.count == 8 + (plot.name == "scatter" ? 1 : 0))
    #expect(Set(samples.suffix(8)).count == 8, "\(samples)")
    #expect(Set(inBlackAndWhite.suffix(8)).count == 8, "\(samples)")
  }

  @Test func pensDiffer() {
    let pens = (0..<64).map(Plot.Pen.init)
    #expect(Set(pens.map { [$0.colour, $0.dash, "\($0.symbol)"] }).count == 64)
    let first = pens.prefix(8)
    #expect(
      [Set(first.map(\.colour)).count, Set(first.map(\.dash)).count, Set(first.map(\.symbol)).count] == [8, 8, 8])
  }

  /// A bound is a broken line without symbols; what it is held against is whole, with some.
  @Test func boundsAreDashed() throws {
    let plot = Plot(
      name: "p", title: "P", xLabel: "t", yLabel: "E", x: Self.x,
      curves: [.init("energy", Self.wave(0)), .init("bound", Self.wave(1), dashed: true)])
    let samples = Self.samples(plot)
    #expect(samples == [["#0072B2", "1", "7"], ["#D55E00", Plot.Pen(1).dash, ""]])
  }

  @Test(arguments: plots) func oneStyleInEveryFormat(plot: Plot) {
    let parts = plot.script.split(separator: "set terminal ").dropFirst().map { $0.split(separator: "\n") }
    #expect(parts.map { $0[1] } == ["svg", "png", "pdf"].map { "set output '\(plot.name).\($0)'" })
    #expect(parts.allSatisfy { $0[0].contains("font 'DejaVu Sans,15'") })
    #expect(parts.allSatisfy { $0.dropFirst(2) == parts[0].dropFirst(2) })
    // With it, an image's cells would fill the places of those that have no value.
    #expect(plot.script.contains("set datafile missing") == Self.plots.prefix(2).contains(plot))
    #expect(plot.isDrawable)
  }

  @Test(arguments: plots) func gnuplotDrawsThem(plot: Plot) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cornn-plot-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(plot.data.utf8).write(to: folder.appending(path: plot.name + ".dat"))
    try Data(plot.script.utf8).write(to: folder.appending(path: plot.name + ".gp"))
    let gnuplot = Process()
    gnuplot.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gnuplot.arguments = ["gnuplot", plot.name + ".gp"]
    gnuplot.currentDirectoryURL = folder
    let complaints = Pipe()
    gnuplot.standardError = complaints
    try gnuplot.run()
    let said = complaints.fileHandleForReading.readDataToEndOfFile()
    gnuplot.waitUntilExit()
    #expect(gnuplot.terminationStatus == 0 && said.isEmpty, "\(String(decoding: said, as: UTF8.self))")
    for (ending, start) in [("svg", "<?xml"), ("png", "PNG"), ("pdf", "%PDF")] {
      let bytes = try Data(contentsOf: folder.appending(path: "\(plot.name).\(ending)"))
      #expect(bytes.count > 1000 && bytes.prefix(5).range(of: Data(start.utf8)) != nil, "\(ending): \(bytes.count)")
    }
  }
}
