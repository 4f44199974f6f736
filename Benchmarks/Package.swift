// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "cornn-analyze", path: "..")],
  targets: [
    .executableTarget(name: "map-benchmark", dependencies: [.product(name: "CoRNN", package: "cornn-analyze")]),
    .executableTarget(name: "product-benchmark", dependencies: [.product(name: "CoRNN", package: "cornn-analyze")]),
    .executableTarget(name: "gradient-benchmark", dependencies: [.product(name: "CoRNN", package: "cornn-analyze")]),
    .executableTarget(name: "ode-benchmark", dependencies: [.product(name: "CoRNN", package: "cornn-analyze")]),
  ]
)
