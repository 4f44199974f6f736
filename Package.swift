// swift-tools-version: 6.2
import PackageDescription

// The targets stand in the order of the map: a module imports only what lies above it.

let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: "CoRNN" + name, dependencies: dependencies, path: "Sources/" + name,
    swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/" + name, exclude: exclude,
    swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
}

let package = Package(
  name: "cornn-analyze",
  products: [
    .library(
      name: "CoRNN",
      targets: [
        "CoRNNStep", "CoRNNKernels", "CoRNNModel", "CoRNNCheckpoints", "CoRNNDynamics", "CoRNNAnalysis",
        "CoRNNLearning",
        "CoRNNReport",
      ])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CGSL"),
    .systemLibrary(name: "COpenBLAS"),
    .systemLibrary(name: "CZip"),
    .target(name: "CKernels"),
    module("Step"),
    module(
      "Kernels",
      [
        "CGSL", "COpenBLAS", "CKernels", .product(name: "RealModule", package: "swift-numerics"),
        .product(name: "ComplexModule", package: "swift-numerics"),
      ]),
    module("Model", ["CoRNNKernels", .product(name: "RealModule", package: "swift-numerics")]),
    module("Checkpoints", ["CoRNNKernels", "CoRNNModel", "CZip"]),
    module(
      "Dynamics", ["CoRNNKernels", "CoRNNModel", .product(name: "RealModule", package: "swift-numerics")]),
    module(
      "Analysis",
      [
        "CoRNNKernels", "CoRNNModel", "CoRNNCheckpoints", "CoRNNDynamics",
        .product(name: "RealModule", package: "swift-numerics"),
        .product(name: "ComplexModule", package: "swift-numerics"),
      ]),
    module(
      "Learning",
      [
        "CoRNNKernels", "CoRNNModel", "CoRNNCheckpoints", "CoRNNDynamics", "CoRNNAnalysis",
        .product(name: "RealModule", package: "swift-numerics"),
      ]),
    module(
      "Report",
      [
        "CoRNNKernels", "CoRNNModel", "CoRNNCheckpoints", "CoRNNDynamics", "CoRNNAnalysis", "CoRNNLearning",
        .product(name: "RealModule", package: "swift-numerics"),
      ]),
    .executableTarget(
      name: "cornn-analyze",
      dependencies: [
        "CoRNNKernels", "CoRNNModel", "CoRNNCheckpoints", "CoRNNDynamics", "CoRNNAnalysis", "CoRNNLearning",
        "CoRNNReport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Yams", package: "Yams"),
      ],
      resources: [.embedInCode("Resources")], swiftSettings: swiftSettings),
    .target(name: "TestSupport", dependencies: ["CoRNNKernels", "CoRNNModel"], path: "Tests/Support"),
    tests(
      "KernelsTests",
      ["CoRNNKernels", "cornn-analyze", .product(name: "ComplexModule", package: "swift-numerics")]),
    tests("ModelTests", ["CoRNNKernels", "CoRNNModel"]),
    tests("DynamicsTests", ["CoRNNStep", "CoRNNKernels", "CoRNNModel", "CoRNNDynamics"]),
    tests(
      "CheckpointsTests", ["CoRNNKernels", "CoRNNModel", "CoRNNCheckpoints", "CoRNNDynamics"], exclude: ["Fixtures"]),
    tests(
      "AnalysisTests",
      [
        "CoRNNKernels", "CoRNNModel", "CoRNNCheckpoints", "CoRNNDynamics", "CoRNNAnalysis",
        .product(name: "ComplexModule", package: "swift-numerics"),
      ]),
    tests(
      "LearningTests",
      ["CoRNNKernels", "CoRNNModel", "CoRNNCheckpoints", "CoRNNDynamics", "CoRNNAnalysis", "CoRNNLearning"]),
    tests("ReportTests", ["CoRNNReport"]),
    tests("CommandTests", ["cornn-analyze"], exclude: ["Snapshots"]),
  ]
)
