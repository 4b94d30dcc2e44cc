// How long a whole plan takes, for every scenario that comes with Tangram.
import Benchmark
import Foundation
import Tangram

private let specs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../ClusterSpecs").standardizedFileURL

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .cpuTotal], warmupIterations: 1, maxDuration: .seconds(5),
        maxIterations: 20)
    let files =
        (try? FileManager.default.contentsOfDirectory(atPath: specs.path).sorted()) ?? []
    for file in files where file.hasSuffix(".yaml") {
        let path = specs.appendingPathComponent(file).path
        // A plan of 10,000 jobs takes long enough to need no warming up.
        let isLarge = file == "hyperscale.yaml"
        var configuration = Benchmark.defaultConfiguration
        if isLarge {
            configuration.warmupIterations = 0
            configuration.maxIterations = 3
            configuration.maxDuration = .seconds(60)
        }
        Benchmark("read \(file)", configuration: configuration) { benchmark in
            benchmark.startMeasurement()
            blackHole(try ScenarioFile.load(path: path, catalogFiles: []))
            benchmark.stopMeasurement()
        }
        for workers in [1, 2] {
            Benchmark(
                "plan \(file), \(workers) worker\(workers == 1 ? "" : "s")",
                configuration: configuration
            ) { benchmark in
                let scenario = try ScenarioFile.load(path: path, catalogFiles: []).scenario
                let planner = Planner(workers: try ThreadWorkers(count: workers))
                benchmark.startMeasurement()
                blackHole(try planner.plan(scenario))
                benchmark.stopMeasurement()
            }
        }
    }
}
