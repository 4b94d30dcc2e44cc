// How long a trace takes to play, by strategy, size and how many jobs are there at once.
import Benchmark
import Foundation
import Tangram

/// Four pools whose devices differ in speed.
private func pools(_ devices: Int) -> [SimulatedPool] {
    (0..<4).map {
        SimulatedPool(
            name: "pool\($0)", deviceCount: devices / 4, devicesPerNode: 8,
            dollarsPerDeviceHour: 1 + Double($0), storageBytesPerSecond: 5e9)
    }
}

/// Gangs of 1 to 16 devices that take an hour to a day; all at once, or by a Poisson process at a load
/// of 0.9.
private func jobs(_ count: Int, devices: Int, atOnce: Bool) -> [SimulatedJob] {
    var generator = SeededGenerator(seed: 1)
    var time = 0.0
    return (0..<count).map { index in
        let gang = [1, 1, 1, 2, 4, 8, 8, 16][generator.index(below: 8)]
        let hours = 1 + 20 * generator.unit() * generator.unit()
        // 5.1 devices for 6 hours in the mean.
        let interval = 5.1 * 6 * 3_600 / Double(devices) / 0.9
        if !atOnce { time += generator.exponential(mean: interval) }
        let scale = 1 + generator.unit()
        return SimulatedJob(
            id: "\(index)", arrivalSeconds: time, work: hours * 3_600 * Double(gang),
            options: (0..<4).map {
                RunOption(
                    pool: $0, deviceCount: gang,
                    rate: Double(gang) * (0.4 + 0.2 * Double($0) * scale))
            }, checkpointBytes: 1e10)
    }
}

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .cpuTotal, .peakMemoryResident], warmupIterations: 0,
        maxDuration: .seconds(20), maxIterations: 3)
    let names = ["first-fit", "fgd", "fifo", "las", "srtf", "themis"]
    for (count, devices) in [(1_000, 1_000), (10_000, 10_000)] {
        for atOnce in [true, false] {
            let trace = jobs(count, devices: devices, atOnce: atOnce)
            for name in names {
                let arrivals = atOnce ? "at once" : "over time"
                Benchmark("\(name), \(count) jobs \(arrivals), \(devices) devices") { benchmark in
                    let simulator = try Simulator(pools: pools(devices))
                    let all = StrategyCatalogue.all(prices: [1, 2, 3, 4])
                    guard let strategy = all.first(where: { $0.name == name }) else { return }
                    benchmark.startMeasurement()
                    blackHole(try simulator.run(JobList(trace), strategy: strategy))
                    benchmark.stopMeasurement()
                }
            }
        }
    }
    for policy in PackingPolicy.allCases {
        Benchmark("pack by \(policy.rawValue), 4,000 pods on 500 nodes") { benchmark in
            var generator = SeededGenerator(seed: 2)
            let nodes = (0..<500).map {
                PackingNode(
                    name: "\($0)", cpuMilli: 96_000, memoryMiB: 400_000,
                    acceleratorCount: $0 % 3 == 0 ? 2 : 8, model: "m")
            }
            let pods = (0..<4_000).map { _ in
                let count = [0, 1, 1, 1, 1, 2, 4, 8][generator.index(below: 8)]
                return PackingPod(
                    cpuMilli: 1_000 * (2 + generator.index(below: 12)), memoryMiB: 8_000,
                    acceleratorCount: count,
                    milli: count == 1 ? 100 * (1 + generator.index(below: 10)) : 1_000)
            }
            let experiment = PackingExperiment(nodes: nodes, pods: pods)
            benchmark.startMeasurement()
            blackHole(experiment.run(policy, seed: 1))
            benchmark.stopMeasurement()
        }
    }
}
