// swift-tools-version: 6.2
import PackageDescription

// Coverage-guided fuzzing of the checkpoint readers with libFuzzer; run by hand: Tests/Fuzz/run READER [SECONDS].
let package = Package(
  name: "Fuzz",
  dependencies: [.package(name: "cornn-analyze", path: "../..")],
  targets: [
    .executableTarget(
      name: "fuzz-readers", dependencies: [.product(name: "CoRNN", package: "cornn-analyze")],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  ]
)
