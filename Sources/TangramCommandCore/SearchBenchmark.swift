import Tangram

/// A search of every layout of GPT-3 175B on A100s, timed on one core.
struct SearchBenchmark {
    /// What is searched, for people.
    let title: String
    /// How many layouts there are.
    let count: TrainingSearch.Count
    /// Seconds that the thread computed, the least of some runs.
    let seconds: Double
    /// The fastest on the most accelerators.
    let best: TrainingEstimate
    /// How many layouts of time against memory there are on the most accelerators.
    let frontCount: Int

    /// Layouts a second.
    var rate: Double { Double(count.visited) / seconds }

    /// The job that Calculon searches (Isaev et al., arXiv 2310.06127, §4): all 512 accelerators,
    /// a batch of 512.
    static func sameJob() throws -> SearchBenchmark {
        try SearchBenchmark(batch: 512, acceleratorCounts: [512], tokensPerContextRank: nil)
    }

    /// The same model on every number of whole nodes up to 512 accelerators; a batch with many
    /// divisors, and context parallelism down to 256 tokens a rank: more layouts than Calculon has
    /// configurations.
    static func manyCounts() throws -> SearchBenchmark {
        try SearchBenchmark(
            batch: 3_840, acceleratorCounts: Array(stride(from: 8, through: 512, by: 8)),
            tokensPerContextRank: 256)
    }

    /// Searches everything that the cost model knows, every micro-batch that divides the batch and
    /// every number of virtual stages.
    private init(batch: Int, acceleratorCounts: [Int], tokensPerContextRank: Int?) throws {
        let largest = acceleratorCounts.max() ?? 1
        let catalogues = try Catalogues(files: [])
        let model = try catalogues.model("gpt3-175b")
        let demand = TrainingDemand(
            model: model, sequenceLength: Self.sequenceLength, globalBatchSize: batch)
        let group = try AcceleratorSet(accelerator: "a100-sxm-80gb", count: largest)
            .group(in: catalogues.hardware)
        var space = TrainingSpace.everything
        space.microBatches = (1...batch).filter { batch % $0 == 0 }
        space.virtualStages = Array(1...model.layerCount)
        space.tensorLimit = largest
        if let tokensPerContextRank { space.tokensPerContextRank = tokensPerContextRank }
        let search = TrainingSearch(try TrainingModel(demand: demand, group: group), space: space)
        count = search.count(acceleratorCounts: acceleratorCounts)
        var found: [Result<TrainingEstimate, Rejection>] = []
        seconds = (0..<Self.runCount).reduce(.infinity) { least, _ in
            min(
                least,
                Stopwatch.seconds { found = search.best(acceleratorCounts: acceleratorCounts) })
        }
        guard let last = found.last, case .success(let estimate) = last else {
            throw CommandFailure("the search found no layout")
        }
        best = estimate
        frontCount = try search.front(acceleratorCount: largest).get().count
        let counts =
            acceleratorCounts.count > 1 ? "\(acceleratorCounts[0]), \(acceleratorCounts[1])… " : ""
        title =
            "GPT-3 175B on \(counts)\(largest) A100, batch \(batch) of \(Self.sequenceLength) tokens"
    }

    private static let sequenceLength = 2_048
    /// Enough that one of them is not disturbed by what else the machine does.
    private static let runCount = 3
}
