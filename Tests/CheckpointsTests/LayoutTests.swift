import CoRNNCheckpoints
import CoRNNDynamics
import CoRNNKernels
import CoRNNModel
import Foundation
import TestSupport
import Testing

/// Every layout, against hidden states that PyTorch computed with that code's own update.
@Suite struct LayoutTests {
  struct Recorded: Decodable {
    let dt: Double
    let gamma: Double
    let epsilon: Double
    let inputs: [[Double]]
    let states: [String: [[Double]]]
  }

  static let recorded: Recorded? = {
    guard let data = try? Data(contentsOf: URL(filePath: TestData.fixture("states.json"))) else { return nil }
    return try? JSONDecoder().decode(Recorded.self, from: data)
  }()

  @Test(arguments: [
    ("packed", Layout.packed), ("split", .split), ("recurrent-pair", .recurrentPair), ("frictionless", .frictionless),
    ("reservoir", .reservoir), ("torchrecurrent", .torchrecurrent), ("stacked", .stacked),
  ]) func replaysRecordedStates(name: String, layout: Layout) throws {
    let recorded = try #require(Self.recorded)
    let isLayered = layout == .torchrecurrent || layout == .stacked
    let stored = try FixtureNetwork.stored(name + ".pt", layer: isLayered ? 0 : nil)
    #expect(stored.layout == layout && stored.layoutSource == .recognized)
    let network = try stored.network()
    let inputs = InputSequence(steps: 20, batch: 1, width: 2, values: recorded.inputs.flatMap { $0 })
    let run = OscillatorMap(network).trajectory(inputs: inputs)
    let states = try #require(recorded.states[name]).flatMap { $0 }
    var found: [Double] = []
    for n in 0..<20 {
      found += run.positions[3 * n..<3 * n + 3]
      found += run.velocities[3 * n..<3 * n + 3]
    }
    #expect(relativeDifference(found, states) < 1e-13)
  }

  @Test func letterNamesFromOlderNotes() {
    #expect(Layout(name: "A") == .packed && Layout(name: "B") == .split)
    #expect(Layout(name: "C") == .recurrentPair && Layout(name: "H") == .frictionless)
    #expect(Layout(name: "recurrent-pair") == .recurrentPair && Layout(name: "D") == nil)
  }

  @Test func layersAreChosen() throws {
    for name in ["stacked.pt", "torchrecurrent.pt"] {
      let error = #expect(throws: StoredNetwork.Failure.self) { try FixtureNetwork.stored(name) }
      guard case .file(let file)? = error, case .ambiguousLayer(let layers) = file.problem, layers.count == 2 else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
      let second = try FixtureNetwork.stored(name, layer: 1)
      #expect(second.blocks.layer == 1 && second.blocks.inputs == 3)
      let none = #expect(throws: StoredNetwork.Failure.self) { try FixtureNetwork.stored(name, layer: 2) }
      guard case .file(let missing)? = none, case .noLayer(2, let layers) = missing.problem, layers.count == 2 else {
        Issue.record("\(name): \(String(describing: none))")
        continue
      }
    }
  }

  @Test func mapOverridesRoles() throws {
    // Swap W and Z of the split layout.
    let swapped = try FixtureNetwork.stored("split.pt", map: "W=cell.h2h2.weight,Z=cell.h2h1.weight").network()
    #expect(swapped.positionWeights == FixtureNetwork.velocityWeights)
    #expect(swapped.velocityWeights == FixtureNetwork.positionWeights)
    // Name columns of the packed tensor by hand.
    let byHand = try FixtureNetwork.stored(
      "packed.pt", map: "V=cell.i2h.weight[0:2],Z=cell.i2h.weight[2:5],W=cell.i2h.weight[5:8],b=cell.i2h.bias"
    ).network()
    #expect(byHand.positionWeights == FixtureNetwork.positionWeights)
    #expect(byHand.velocityWeights == FixtureNetwork.velocityWeights)
    // Transposed, sums, and nothing.
    let reservoir = try FixtureNetwork.stored("reservoir.pt", map: "W=h2h,V=x2h:T,Z=0,b=bias+bias").network()
    for i in 0..<3 {
      for j in 0..<3 { #expect(reservoir.positionWeights[i, j] == FixtureNetwork.w(j, i)) }
    }
    #expect(reservoir.bias == FixtureNetwork.bias.map { 2 * $0 })
    #expect(reservoir.velocityWeights == Matrix(rows: 3, columns: 3))
  }

  @Test func mapMistakesAreNamed() {
    #expect(throws: LayoutMap.ParseError.notAnAssignment("W")) { try LayoutMap(parsing: "W") }
    #expect(throws: LayoutMap.ParseError.unknownRole("X")) { try LayoutMap(parsing: "X=a") }
    #expect(throws: LayoutMap.ParseError.duplicateRole("W")) { try LayoutMap(parsing: "W=a,W=b") }
    #expect(throws: LayoutMap.ParseError.badColumns("a[3:1]")) { try LayoutMap(parsing: "W=a[3:1]") }
    let error = #expect(throws: StoredNetwork.Failure.self) {
      try FixtureNetwork.stored("packed.pt", map: "W=nothing,Z=0,V=cell.i2h.weight,b=0")
    }
    guard case .file(let file)? = error, case .noTensor("nothing", _) = file.problem else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func layoutThatDoesNotFitIsNamed() {
    let error = #expect(throws: StoredNetwork.Failure.self) {
      try FixtureNetwork.stored("packed.pt", layout: .split)
    }
    guard case .file(let file)? = error, case .layoutMismatch("split", "cell.h2h1.weight") = file.problem else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
