import TangramCost
import TangramModels
import TangramPlacement
import TangramUnits

/// What the shape of a placed model saves against plainer ones: caches against multi-head
/// attention, work against a dense model of the same size.
struct PlacementSavings {
    /// The shape against plainer ones, at the job's length and in its format of the cache.
    let comparison: ShapeComparison
    /// Tokens in all caches at once: requests that are decoded, each half done on average; nil for
    /// training, which caches none.
    let cachedTokens: Double?
    /// Tokens that the job goes through per second, prompts too.
    let tokensPerSecond: Double

    init(_ work: Placement.Work, job: Job) {
        switch (work, job.work) {
        case (.serve(let serving), .serve(let demand)):
            let mean = demand.promptTokens + demand.outputTokens / 2
            comparison = demand.model.whatIf(
                sequenceLength: max(1, mean), format: serving.estimate.layout.keyValueFormat)
            cachedTokens =
                serving.estimate.batch * Double(serving.replicaCount) * Double(max(1, mean))
            tokensPerSecond =
                serving.load.value * Double(demand.promptTokens + demand.outputTokens)
        case (.train(let training), .train(let demand)):
            comparison = demand.model.whatIf(sequenceLength: demand.sequenceLength)
            cachedTokens = nil
            tokensPerSecond = training.throughput.value
        default:
            comparison = job.model.whatIf()
            cachedTokens = nil
            tokensPerSecond = 0
        }
    }

    /// Bytes that the caches take less than with as many key-value heads as query heads.
    var savedCache: Bytes? {
        cachedTokens.map {
            Bytes(
                rounding: max(
                    0,
                    $0
                        * (comparison.multiHeadKeyValueBytesPerToken
                            - comparison.keyValueBytesPerToken)))
        }
    }

    /// Forward work that a dense model of the same size would do more, per second.
    var savedWork: FLOPRate {
        let less = comparison.denseForwardFLOPPerToken - comparison.forwardFLOPPerToken
        return FLOPRate(max(0, less.value) * tokensPerSecond)
    }

    /// As JSON.
    var json: JSONValue {
        .members([
            "keyValueBytesPerToken": .number(comparison.keyValueBytesPerToken),
            "multiHeadKeyValueBytesPerToken": .number(comparison.multiHeadKeyValueBytesPerToken),
            "savedCacheBytes": JSONValue(savedCache?.count),
            "forwardFLOPPerToken": .number(comparison.forwardFLOPPerToken.value),
            "denseForwardFLOPPerToken": .number(comparison.denseForwardFLOPPerToken.value),
            "savedForwardFLOPPerSecond": .number(savedWork.value),
        ])
    }
}

extension PlanReport {
    /// What attention and experts of the placed models save, a line for each model.
    func savingsSection(_ style: TextStyle) -> [String] {
        struct Sum {
            var model: TransformerModel
            var caches = 0.0
            var work = 0.0
            var comparison: ShapeComparison
        }
        var sums: [Sum] = []
        var places: [String: Int] = [:]
        for jobPlan in plan.jobs {
            guard let job = context.job(jobPlan.jobID) else { continue }
            for placement in jobPlan.placements {
                let savings = PlacementSavings(placement.work, job: job)
                guard savings.savedCache ?? .zero > .zero || savings.savedWork.value > 0 else {
                    continue
                }
                let place = places[job.model.id] ?? sums.count
                if place == sums.count {
                    places[job.model.id] = place
                    sums.append(Sum(model: job.model, comparison: savings.comparison))
                }
                sums[place].caches += savings.savedCache?.value ?? 0
                sums[place].work += savings.savedWork.value
            }
        }
        guard !sums.isEmpty else { return [] }
        var table = TextTable([
            .text("model"), .text("attention"), .number("KV per token"), .number("MHA's"),
            .number("saved in caches"), .number("FLOP per token"), .number("dense's"),
            .number("saved"),
        ])
        for sum in sums {
            let shape = sum.comparison
            table.add([
                .init(sum.model.id), .init(ModelText.kinds(sum.model)),
                .init(Bytes(rounding: shape.keyValueBytesPerToken).description),
                .init(Bytes(rounding: shape.multiHeadKeyValueBytesPerToken).description),
                .init(sum.caches > 0 ? Bytes(rounding: sum.caches).description : Figures.none),
                .init(shape.forwardFLOPPerToken.description),
                .init(
                    sum.model.isMixtureOfExperts
                        ? shape.denseForwardFLOPPerToken.description : Figures.none),
                .init(sum.work > 0 ? FLOPRate(sum.work).description : Figures.none),
            ])
        }
        return [style.apply(.bold, "Saved by attention and experts")] + table.lines(style: style)
    }
}
