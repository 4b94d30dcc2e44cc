import TangramCost
import TangramPlacement
import TangramUnits

/// Placements and rejections of a plan as JSON.
enum PlacementJSON {
    static func value(_ placement: Placement, job: Job?, context: PlanContext) -> JSONValue {
        var train = JSONValue.null
        var serve = JSONValue.null
        var table = JSONValue.null
        switch placement.work {
        case .train(let training): train = self.training(training)
        case .serve(let serving):
            var demand: ServingDemand?
            if case .serve(let asked)? = job?.work { demand = asked }
            serve = self.serving(serving, demand: demand)
        case .table(let entry):
            var demand: ServingDemand?
            if case .serve(let asked)? = job?.work { demand = asked }
            table = self.table(entry, demand: demand)
        }
        return .members([
            "pool": .string(placement.poolID),
            "accelerator": JSONValue(context.pool(placement.poolID)?.accelerator.id),
            "acceleratorCount": .integer(placement.acceleratorCount),
            "nodes": .array(NodeRange.ranges(placement.nodes).map(nodes)),
            "powerWatts": .number(placement.power.value),
            "costUSDPerHour": JSONValue(placement.cost?.value),
            "savings": job.map { PlacementSavings(placement.work, job: $0).json } ?? .null,
            "train": train,
            "serve": serve,
            "table": table,
            "span": placement.span.map(span) ?? .null,
        ])
    }

    private static func nodes(_ range: NodeRange) -> JSONValue {
        .members([
            "firstNode": .integer(range.nodes.lowerBound),
            "lastNode": .integer(range.nodes.upperBound),
            "firstAccelerator": .integer(range.accelerators.lowerBound),
            "lastAccelerator": .integer(range.accelerators.upperBound),
        ])
    }

    private static func span(_ span: Placement.Span) -> JSONValue {
        .members([
            "index": .integer(span.index), "count": .integer(span.count),
            "role": JSONValue(span.role),
        ])
    }

    private static func table(_ entry: TablePlacement, demand: ServingDemand?) -> JSONValue {
        let level = demand.map { ServiceLevel(entry.option, demand: $0) }
        return .members([
            "summary": .string(entry.option.summary),
            "rate": .number(entry.rate),
            "loadRequestsPerSecond": JSONValue(entry.load?.value),
            "durationSeconds": JSONValue(entry.duration?.value),
            "totalCostUSD": JSONValue(entry.totalCost?.value),
            "meetsDeadline": JSONValue(entry.meetsDeadline),
            "memoryBytes": JSONValue(entry.option.memory.map { Double($0.count) }),
            "explanation": entry.option.explanation.map(StepExplanationText.json) ?? .null,
            "timeToFirstTokenSeconds": JSONValue(entry.option.timeToFirstToken?.value),
            "timePerOutputTokenSeconds": JSONValue(entry.option.timePerOutputToken?.value),
            "uncertainty": entry.option.uncertainty.map(EstimateJSON.uncertainty) ?? .null,
            "meetsServiceLevel": JSONValue(level.flatMap { $0 == .none ? nil : $0 == .met }),
            "details": .array(entry.option.details.map { .string($0) }),
        ])
    }

    private static func training(_ training: TrainingPlacement) -> JSONValue {
        .members([
            "expectedTokensPerSecond": .number(training.throughput.value),
            "durationSeconds": JSONValue(training.duration?.value),
            "totalCostUSD": JSONValue(training.totalCost?.value),
            "meetsDeadline": JSONValue(training.meetsDeadline),
            "estimate": EstimateJSON.training(training.estimate),
        ])
    }

    private static func serving(_ serving: ServingPlacement, demand: ServingDemand?) -> JSONValue {
        let level = demand.map { ServiceLevel(serving, demand: $0) }
        return .members([
            "replicaCount": .integer(serving.replicaCount),
            "loadRequestsPerSecond": .number(serving.load.value),
            "capacityRequestsPerSecond": .number(serving.capacity.value),
            "headroom": .number(serving.headroom),
            "outputTokensPerSecond": .number(
                serving.estimate.outputThroughput.value * Double(serving.replicaCount)),
            "meetsServiceLevel": JSONValue(level.flatMap { $0 == .none ? nil : $0 == .met }),
            "costPerMillionOutputTokensUSD": JSONValue(serving.costPerMillionTokens?.value),
            "replica": EstimateJSON.serving(serving.estimate),
        ])
    }

    static func rejection(_ rejection: PoolRejection) -> JSONValue {
        let pool = JSONValue.members(["pool": .string(rejection.poolID)])
        switch rejection.reason {
        case .policy(let rule):
            return pool.appending(.members(["kind": "policy", "message": .string(rule)]))
        case .infeasible(let reason): return pool.appending(EstimateJSON.rejection(reason))
        case .outbid(let option): return pool.appending(self.option(option, kind: "outbid"))
        case .worse(let option, _): return pool.appending(self.option(option, kind: "worse"))
        }
    }

    private static func option(_ option: OutbidOption, kind: String) -> JSONValue {
        .members([
            "kind": .string(kind), "message": .string(option.summary),
            "acceleratorCount": .integer(option.acceleratorCount),
            "value": .number(option.value), "price": .number(option.price),
            "costUSDPerHour": JSONValue(option.cost?.value),
        ])
    }
}
