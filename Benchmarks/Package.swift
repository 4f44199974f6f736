// swift-tools-version: 6.2
import PackageDescription

func benchmark(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .executableTarget(
    name: name + "-benchmark", dependencies: [.product(name: "CoRNN", package: "cornn-analyze")] + dependencies)
}

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "cornn-analyze", path: "..")],
  targets: [
    .systemLibrary(name: "CLAPACK", path: "Sources/CLAPACK"),
    benchmark("map"),
    benchmark("product"),
    benchmark("gradient"),
    benchmark("training"),
    benchmark("ode"),
    benchmark("lyapunov"),
    benchmark("orthonormalization", ["CLAPACK"]),
  ]
)
