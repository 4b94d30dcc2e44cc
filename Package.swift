// swift-tools-version: 6.2
import PackageDescription

#if os(Linux)
    let defaultTraits: Set<String> = ["NUMA"]
#else
    let defaultTraits: Set<String> = []
#endif

let package = Package(
    name: "tangram",
    platforms: [.macOS(.v15)],
    products: [
        // Everything below, re-exported. Brings in YAML.
        .library(name: "Tangram", targets: ["Tangram"]),
        // One by one; an embedder's build contains only what it imports.
        .library(name: "TangramUnits", targets: ["TangramUnits"]),
        .library(name: "TangramHardware", targets: ["TangramHardware"]),
        .library(name: "TangramModels", targets: ["TangramModels"]),
        .library(name: "TangramCost", targets: ["TangramCost"]),
        .library(name: "TangramPlacement", targets: ["TangramPlacement"]),
        .library(name: "TangramSimulation", targets: ["TangramSimulation"]),
        .library(name: "TangramValidation", targets: ["TangramValidation"]),
        .library(name: "TangramWorkers", targets: ["TangramWorkers"]),
        .library(name: "TangramSpec", targets: ["TangramSpec"]),
        .library(name: "TangramReport", targets: ["TangramReport"]),
        .library(name: "TangramHost", targets: ["TangramHost"]),
        .executable(name: "tangram", targets: ["TangramCommand"]),
    ],
    traits: [
        .trait(
            name: "NUMA",
            description: "Pin workers and place tables per NUMA node with libnuma (Linux)."),
        .default(enabledTraits: defaultTraits),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Rounding and square roots are calls of libm where Foundation does not bring it in.
        .target(
            name: "TangramUnits",
            linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
        .target(name: "TangramWorkers"),
        .target(name: "TangramDocument"),
        .target(name: "CCatalogueData", exclude: ["data"]),
        // Published measurements, apart from the catalogue: who plans does not carry them.
        .target(name: "CMeasuredData", exclude: ["data"]),
        .target(
            name: "TangramHardware",
            dependencies: ["TangramUnits", "TangramDocument", "CCatalogueData"]),
        .target(
            name: "TangramModels",
            dependencies: ["TangramUnits", "TangramDocument", "CCatalogueData"]),
        // Which instruction set C kernels run on; one environment variable for all of them.
        .target(name: "CInstructionSet"),
        .target(
            name: "CCostKernel", dependencies: ["CInstructionSet"],
            linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
        .target(
            name: "TangramCost",
            dependencies: [
                "TangramUnits", "TangramDocument", "TangramHardware", "TangramModels",
                "TangramWorkers", "CCostKernel", "CInstructionSet",
            ]),
        .target(name: "CPlacementKernel", dependencies: ["CInstructionSet"]),
        .target(
            name: "TangramPlacement",
            dependencies: [
                "TangramUnits", "TangramHardware", "TangramModels", "TangramCost",
                "TangramWorkers", "CPlacementKernel", "CInstructionSet",
            ]),
        // A trace over time, under any strategy.
        .target(
            name: "TangramSimulation",
            dependencies: [
                "TangramUnits", "TangramDocument", "TangramHardware", "TangramModels",
                "TangramCost", "TangramPlacement", "TangramWorkers",
            ]),
        .target(
            name: "TangramSpec",
            dependencies: [
                "TangramUnits", "TangramDocument", "TangramHardware", "TangramModels",
                "TangramPlacement", .product(name: "Yams", package: "Yams"),
            ]),
        .target(
            name: "TangramValidation",
            dependencies: [
                "TangramCost", "TangramDocument", "TangramHardware", "TangramModels",
                "TangramUnits", "CMeasuredData",
            ]),
        .target(
            name: "TangramReport",
            dependencies: ["TangramPlacement", "TangramValidation", "TangramSimulation"]),
        .systemLibrary(
            name: "CNuma", pkgConfig: "numa", providers: [.apt(["libnuma-dev"])]),
        .target(name: "CHostCalls"),
        .target(
            name: "TangramHost",
            dependencies: [
                "TangramUnits", "TangramWorkers", "CInstructionSet", "CHostCalls",
                .target(name: "CNuma", condition: .when(platforms: [.linux], traits: ["NUMA"])),
            ]),
        .target(
            name: "Tangram",
            dependencies: [
                "TangramUnits", "TangramHardware", "TangramModels", "TangramCost",
                "TangramPlacement", "TangramSpec", "TangramReport", "TangramHost",
                "TangramSimulation",
                "TangramDocument", "TangramValidation", "TangramWorkers",
            ]),
        // The kernel's arithmetic counted, and what a core can do; for `tangram benchmark` alone.
        // Includes the kernel's source as text: C++ cannot import C modules here.
        .target(
            name: "CKernelCounts",
            cxxSettings: [
                .headerSearchPath("../CCostKernel/include"),
                .headerSearchPath("../CInstructionSet/include"),
            ]),
        .target(
            name: "TangramCommandCore",
            dependencies: ["Tangram", "TangramDocument", "CKernelCounts", "CInstructionSet"]),
        .executableTarget(
            name: "TangramCommand",
            dependencies: [
                "Tangram", "TangramCommandCore", "TangramDocument",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(name: "TangramUnitsTests", dependencies: ["TangramUnits"]),
        .testTarget(
            name: "TangramHardwareTests",
            dependencies: ["TangramHardware", "TangramDocument", "TangramUnits"]),
        .testTarget(name: "TangramWorkersTests", dependencies: ["TangramWorkers"]),
        .testTarget(
            name: "CPlacementKernelTests",
            dependencies: ["CPlacementKernel", "CInstructionSet", "TangramUnits"]),
        .testTarget(
            name: "TangramHostTests",
            dependencies: ["TangramHost", "TangramWorkers", "TangramUnits"]),
        .testTarget(
            name: "TangramCostTests",
            dependencies: [
                "TangramCost", "TangramHardware", "TangramModels", "TangramUnits",
                "TangramWorkers", "CCostKernel", "CInstructionSet", "CKernelCounts",
            ]),
        .testTarget(
            name: "TangramPlacementTests",
            dependencies: [
                "TangramPlacement", "TangramWorkers", "TangramSpec", "TangramUnits",
            ]),
        .testTarget(
            name: "TangramSimulationTests",
            dependencies: [
                "TangramSimulation", "TangramDocument", "TangramPlacement", "TangramSpec",
                "TangramUnits",
            ]),
        .testTarget(
            name: "TangramSpecTests",
            dependencies: [
                "TangramSpec", "TangramPlacement", "TangramHardware", "TangramModels",
                "TangramDocument", "TangramUnits",
            ], exclude: ["Fixtures"]),
        .testTarget(
            name: "TangramReportTests",
            dependencies: [
                "TangramReport", "TangramValidation", "TangramDocument", "TangramPlacement",
                "TangramCost", "TangramHardware",
                "TangramModels", "TangramUnits",
            ]),
        .testTarget(
            name: "TangramCommandTests", dependencies: ["TangramCommand", "TangramCommandCore"]),
        .testTarget(name: "TangramDocumentTests", dependencies: ["TangramDocument"]),
        .testTarget(
            name: "TangramValidationTests",
            dependencies: [
                "TangramValidation", "TangramDocument", "TangramHardware", "TangramModels",
                "TangramUnits",
            ]),
        .testTarget(
            name: "TangramModelsTests",
            dependencies: ["TangramModels", "TangramDocument", "TangramUnits"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)

for target in package.targets where target.type != .system && !target.name.hasPrefix("C") {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
}
