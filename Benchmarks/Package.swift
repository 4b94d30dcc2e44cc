// swift-tools-version: 6.2
import PackageDescription

// A package of its own: the benchmark runner and what it needs never enter the library's build.
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "tangram", path: ".."),
        // Without jemalloc, which would have to be installed; allocation counts are then not measured.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: ["Pricing", "Estimator", "Planner", "Simulator"].map { name in
        .executableTarget(
            name: name,
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Tangram", package: "tangram"),
            ],
            path: "Benchmarks/\(name)",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    },
    swiftLanguageModes: [.v6]
)
