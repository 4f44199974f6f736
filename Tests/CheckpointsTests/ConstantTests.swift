import CoRNNCheckpoints
import CoRNNModel
import Foundation
import TestSupport
import Testing

/// Constants: flag before sidecar before the file, and no silent default.
@Suite struct ConstantTests {
  static func withSidecar(_ json: String, _ body: (String) throws -> Void) throws {
    try TestData.withFolder { folder in
      try FileManager.default.copyItem(
        atPath: TestData.fixture("native.safetensors"), toPath: folder + "/n.safetensors")
      try json.write(toFile: folder + "/n.json", atomically: true, encoding: .utf8)
      try body(folder + "/n.safetensors")
    }
  }

  @Test func flagBeforeSidecarBeforeFile() throws {
    try Self.withSidecar(
      #"{"dt": 0.5, "gamma": [1, 2, 3], "task": "anything", "test_nrmse": null, "nested": {"a": 1}}"#
    ) { path in
      let stored = try StoredNetwork(path: path, given: GivenConstants(timeStep: 0.25), memoryLimit: 1 << 20)
      #expect(stored.constants.timeStep.value == 0.25 && stored.constants.timeStep.source == .flag)
      #expect(stored.constants.timeStep.overridden.map(\.value) == [0.5, 0.042])
      #expect(stored.oscillators.gamma == [1, 2, 3] && stored.constants.gamma.source == .sidecar)
      #expect(stored.constants.epsilon.source == .checkpoint && stored.constants.epsilon.overridden.isEmpty)
      #expect(stored.constants.activation.value == .tanh && stored.constants.activation.source == .standard)
    }
  }

  @Test(arguments: [
    ("dt", GivenConstants(gamma: [1], epsilon: [1], damping: .explicit)),
    ("gamma", GivenConstants(timeStep: 0.1, epsilon: [1], damping: .explicit)),
    ("epsilon", GivenConstants(timeStep: 0.1, gamma: [1], damping: .explicit)),
    ("damping", GivenConstants(timeStep: 0.1, gamma: [1], epsilon: [1])),
  ]) func missingConstantIsNamed(key: String, given: GivenConstants) {
    let error = #expect(throws: StoredNetwork.Failure.self) { try FixtureNetwork.stored("packed.pt", given: given) }
    guard case .constant(let missing)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(missing.key == key && !missing.sidecarExists)
  }

  @Test(arguments: [
    #"{"dt": "fast"}"#, #"{"dt": true}"#, #"{"damping": "both"}"#, #"{"gamma": {"a": 1}}"#, #"{"layout": "Z"}"#, "{",
    "[]",
    #"{"gamma": [1, 2]}"#, #"{"dt": -0.1}"#, #"{"epsilon": -1}"#, #"{"gamma": 0}"#,
  ]) func badSidecarsAreRefused(json: String) throws {
    try Self.withSidecar(json) { path in
      #expect(throws: StoredNetwork.Failure.self) { try StoredNetwork(path: path, memoryLimit: 1 << 20) }
    }
  }
}
