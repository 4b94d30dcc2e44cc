import CCostKernel
import TangramHardware
import TangramModels
import TangramUnits

/// Finds the replicas that sample all answers of a step soonest.
struct RolloutSearch {
    /// Replicas on accelerators of one group.
    struct Found: Sendable {
        var model: ServingModel
        var layout: ServingLayout
        var pace: RolloutPace
    }

    let demand: ReinforcementDemand
    let group: DeviceGroup
    let count: Int
    /// The layout of a replica; nil to search for one.
    var layout: ServingLayout?

    /// Most accelerators of one replica that are tried; beyond, add replicas.
    private static let replicaLimit = 64

    private var model: ServingModel {
        var job = ServingDemand(
            model: demand.learner.model, requestRate: RequestRate(1),
            promptTokens: demand.promptTokens, outputTokens: demand.answerTokens,
            weightFormats: demand.rolloutFormats.isEmpty ? [.bf16] : demand.rolloutFormats,
            keyValueFormat: demand.keyValueFormat,
            engine: demand.engine(on: group.accelerator.architecture))
        job.dispatchFormat = demand.learner.dispatchFormat
        return ServingModel(demand: job, group: group)
    }

    /// The replicas that sample `answers` answers soonest, or why there are none.
    func best(answers: Double) throws(Rejection) -> Found {
        try InputCheck.check(group)
        let model = model
        try InputCheck.check(model.demand)
        guard !model.formats.isEmpty else {
            throw .formatUnsupported(
                model.demand.weightFormats.first ?? .bf16, accelerator: group.accelerator.id)
        }
        var best: (found: Found, seconds: Double)?
        var smallest: ServingLayout?
        for layout in layouts(model) where layout.acceleratorCount <= count {
            let state = ReplicaState(model: model, layout: layout)
            let replicas = count / layout.acceleratorCount
            guard let pace = RolloutPace(state, answers: answers, replicaCount: replicas) else {
                if layout.acceleratorCount > smallest?.acceleratorCount ?? 0 { smallest = layout }
                continue
            }
            let seconds = pace.seconds(answers: answers, of: demand)
            if seconds < best?.seconds ?? .infinity {
                best = (Found(model: model, layout: layout, pace: pace), seconds)
            }
        }
        guard let best else {
            if let smallest { throw model.memoryRejection(smallest) }
            throw .noLayout(acceleratorCount: count, reason: "no replica fills whole nodes")
        }
        return best.found
    }

    /// The layouts to try, in the formats of the job.
    private func layouts(_ model: ServingModel) -> [ServingLayout] {
        guard let layout else {
            return ServingSearch(model).allLayouts(limit: min(count, Self.replicaLimit))
                .filter { isPackable($0.acceleratorCount) }
        }
        return model.formats.prefix(1).map { format in
            var given = layout
            given.weightFormat = format.weights
            given.computeFormat = format.compute
            given.keyValueFormat = demand.keyValueFormat
            return given
        }
    }

    /// Replicas lie within a node or on whole nodes.
    private func isPackable(_ size: Int) -> Bool {
        let perNode = max(1, group.acceleratorsPerNode)
        return size <= perNode ? perNode % size == 0 : size % perNode == 0
    }
}
