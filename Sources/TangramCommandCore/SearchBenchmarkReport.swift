package import Tangram

/// How fast layouts of one large training job are searched on this machine, on one core.
package struct SearchBenchmarkReport {
    private let count: TrainingSearch.Count
    private let seconds: Double
    private let best: TrainingEstimate
    private let front: [TrainingEstimate]

    /// Configurations of this job that Calculon evaluates, and the core-hours it takes (Isaev et
    /// al., arXiv 2310.06127, §4).
    private static let peerConfigurationCount = 6_580_000
    private static let peerCoreHours = 30.0

    /// Searches.
    package init() throws {
        let catalogues = try Catalogues(files: [])
        let demand = TrainingDemand(
            model: try catalogues.model("gpt3-175b"), sequenceLength: 2_048,
            globalBatchSize: Self.batch)
        let group = try AcceleratorSet(accelerator: "a100-sxm-80gb", count: Self.acceleratorCount)
            .group(in: catalogues.hardware)
        var space = TrainingSpace.everything
        space.microBatches = (1...Self.batch).filter { Self.batch % $0 == 0 }
        space.virtualStages = Array(1...96)
        space.tensorLimit = Self.acceleratorCount
        let search = TrainingSearch(
            try TrainingModel(demand: demand, group: group), space: space)
        count = search.count(acceleratorCounts: Self.counts)
        var found: [Result<TrainingEstimate, Rejection>] = []
        seconds = Stopwatch.seconds { found = search.best(acceleratorCounts: Self.counts) }
        guard let last = found.last, case .success(let estimate) = last else {
            throw CommandFailure("the search found no layout")
        }
        best = estimate
        front = try search.front(acceleratorCount: Self.acceleratorCount).get()
    }

    private static let batch = 3_072
    private static let acceleratorCount = 512
    /// Every number of whole nodes.
    private static let counts = Array(stride(from: 8, through: acceleratorCount, by: 8))

    private var rate: Double { Double(count.visited) / seconds }
    private var peerRate: Double {
        Double(Self.peerConfigurationCount) / (Self.peerCoreHours * 3_600)
    }

    /// As text for people.
    package func text(style: TextStyle) -> String {
        var facts = FactList(
            title: "GPT-3 175B on 8, 16… 512 A100, batch 3072 of 2048 tokens, one core")
        facts.add("configurations", "\(count.visited), of which \(count.fitting) fit")
        facts.add("time", "\(formatNumber(seconds, digits: 3)) s")
        facts.add("rate", "\(formatNumber(rate / 1e6, digits: 3)) M/s")
        facts.add(
            "6.58 M of them",
            "\(formatNumber(Double(Self.peerConfigurationCount) / rate, digits: 3)) s")
        facts.add(
            "against", "\(formatNumber(rate / peerRate, digits: 3)) × Calculon's published rate")
        facts.add("best on 512", best.layout.summary)
        facts.add("step", "\(best.stepTime)")
        facts.add("front", "\(front.count) layouts of time against memory")
        return facts.text(notes: [], style: style)
    }

    /// As JSON.
    package var json: JSONValue {
        .members([
            "tangramBenchmarkVersion": 1,
            "benchmark": "search",
            "configurations": .integer(count.visited),
            "fitting": .integer(count.fitting),
            "seconds": .number(seconds),
            "configurationsPerSecond": .number(rate),
            "secondsForPeerConfigurations": .number(
                Double(Self.peerConfigurationCount) / rate),
            "peerConfigurationsPerSecond": .number(peerRate),
            "ratioToPeer": .number(rate / peerRate),
            "best": .string(best.layout.summary),
            "stepSeconds": .number(best.stepTime.value),
            "frontCount": .integer(front.count),
        ])
    }
}
