// How fast layouts are costed and searched.
import Benchmark
import Tangram

private struct MissingEntry: Error {}

/// Accelerators of the catalogue in nodes of eight, with a NIC each.
private func group(
    _ accelerator: String, scaleUp: String, scaleOut: String, domain: Int = 8
) throws -> DeviceGroup {
    let catalogue = try HardwareCatalogue.builtIn()
    guard let accelerator = catalogue.accelerator(accelerator),
        let link = catalogue.link(scaleUp), let fabric = catalogue.link(scaleOut),
        let path = catalogue.link("pcie5-p2p-switch"), let nic = fabric.bandwidth
    else { throw MissingEntry() }
    return DeviceGroup(
        accelerator: accelerator, acceleratorsPerNode: 8,
        scaleUp: ScaleUpDomain(
            link: link, bandwidth: accelerator.scaleUp?.bandwidth ?? .gigabytesPerSecond(64),
            size: domain, nodeLink: path),
        scaleOut: ScaleOutFabric(link: fabric, nicBandwidth: nic, nicsPerNode: 8))
}

private func model(_ name: String) throws -> TransformerModel {
    guard let model = try ModelCatalogue.builtIn().model(name) else { throw MissingEntry() }
    return model
}

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock], warmupIterations: 1, maxDuration: .seconds(3), maxIterations: 100)

    for (name, count) in [("llama-3.1-70b", 64), ("deepseek-v3", 256), ("llama-3.1-405b", 4_096)] {
        Benchmark("search training layouts, \(name) on \(count) H100") { benchmark in
            let demand = TrainingDemand(
                model: try model(name), sequenceLength: 4_096, globalBatchSize: 4_096)
            let search = TrainingSearch(
                try TrainingModel(
                    demand: demand,
                    group: try group(
                        "h100-sxm-80gb", scaleUp: "nvlink4-nvswitch", scaleOut: "ib-ndr400")))
            benchmark.startMeasurement()
            blackHole(search.ranked(acceleratorCount: count, limit: 5))
            benchmark.stopMeasurement()
        }
    }
    for (name, limit) in [("llama-3.1-70b", 8), ("deepseek-v3", 64)] {
        Benchmark("search replicas, \(name) on up to \(limit) H100") { benchmark in
            let demand = ServingDemand(
                model: try model(name), requestRate: RequestRate(10), promptTokens: 2_000,
                outputTokens: 500, timePerOutputToken: Seconds(0.05))
            let search = ServingSearch(
                ServingModel(
                    demand: demand,
                    group: try group(
                        "h100-sxm-80gb", scaleUp: "nvlink4-nvswitch", scaleOut: "ib-ndr400")))
            benchmark.startMeasurement()
            blackHole(search.front(acceleratorLimit: limit))
            benchmark.stopMeasurement()
        }
    }
}
