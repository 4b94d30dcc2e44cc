import TangramCost
import TangramUnits

/// Estimates and their parts as JSON; docs/plan-json.md says what each key means.
enum EstimateJSON {
    static func training(_ estimate: TrainingEstimate) -> JSONValue {
        .members([
            "layout": layout(estimate.layout),
            "computeFormat": .string(estimate.computeFormat.rawValue),
            "stepTimeSeconds": .number(estimate.stepTime.value),
            "tokensPerSecond": .number(estimate.throughput.value),
            "modelFLOPUtilisation": .number(estimate.modelFLOPUtilisation),
            "stepTimeBreakdown": time(estimate.breakdown),
            "memory": memory(estimate.memory),
            "flopPerAcceleratorPerStep": .number(estimate.workPerAccelerator.value),
            "energyPerStepJoules": JSONValue(estimate.energyPerStep?.value),
            "expertExchange": exchange(estimate.expertExchange),
            "relativeUncertainty": .number(estimate.relativeUncertainty),
        ])
    }

    static func serving(_ estimate: ServingEstimate) -> JSONValue {
        .members([
            "layout": layout(estimate.layout),
            "requestsPerSecond": .number(estimate.requestRate.value),
            "capacityRequestsPerSecond": .number(estimate.capacity.value),
            "outputTokensPerSecond": .number(estimate.outputThroughput.value),
            "batch": .number(estimate.batch),
            "batchLimit": .integer(estimate.batchLimit),
            "timeToFirstTokenSeconds": .number(estimate.timeToFirstToken.value),
            "timePerOutputTokenSeconds": .number(estimate.timePerOutputToken.value),
            "timeToFirstTokenBreakdown": time(estimate.prefillBreakdown),
            "timePerOutputTokenBreakdown": time(estimate.decodeBreakdown),
            "memory": memory(estimate.memory),
            "replicaPowerWatts": JSONValue(estimate.power?.value),
            "energyPerOutputTokenJoules": JSONValue(estimate.energyPerOutputToken?.value),
            "engine": .string(estimate.engine),
            "decodeExpertExchange": exchange(estimate.decodeExchange),
            "prefillExpertExchange": exchange(estimate.prefillExchange),
            "relativeUncertainty": .number(estimate.relativeUncertainty),
            "uncertainty": uncertainty(estimate.uncertainty),
        ])
    }

    static func uncertainty(_ uncertainty: ServingUncertainty) -> JSONValue {
        .members([
            "timeToFirstToken": .number(uncertainty.firstToken),
            "timePerOutputToken": .number(uncertainty.token),
            "throughput": .number(uncertainty.rate),
        ])
    }

    static func exchange(_ use: ExpertExchangeUse?) -> JSONValue {
        guard let use else { return .null }
        return .members([
            "library": .string(use.library),
            "placeCount": .integer(use.placeCount),
            "isBetweenNodes": .bool(use.isBetweenNodes),
            "measuredOn": .string(use.measuredOn),
            "isInherited": .bool(use.isInherited),
            "dispatchSeconds": .number(use.dispatch.value),
            "combineSeconds": .number(use.combine.value),
            "relativeUncertainty": .number(use.relativeUncertainty),
        ])
    }

    static func layout(_ layout: TrainingLayout) -> JSONValue {
        .members([
            "summary": .string(layout.summary),
            "tensorParallel": .integer(layout.tensorParallel),
            "pipelineParallel": .integer(layout.pipelineParallel),
            "virtualPipeline": .integer(layout.virtualPipeline),
            "contextParallel": .integer(layout.contextParallel),
            "dataParallel": .integer(layout.dataParallel),
            "expertParallel": .integer(layout.expertParallel),
            "expertTensorParallel": .integer(layout.expertTensorParallel),
            "contextExchange": .string(layout.contextExchange.rawValue),
            "zeroStage": .integer(layout.zeroStage),
            "microBatch": .integer(layout.microBatch),
            "recompute": .string(layout.recompute.rawValue),
            "schedule": .string(layout.schedule.rawValue),
        ])
    }

    static func layout(_ layout: ServingLayout) -> JSONValue {
        .members([
            "summary": .string(layout.summary),
            "tensorParallel": .integer(layout.tensorParallel),
            "pipelineParallel": .integer(layout.pipelineParallel),
            "dataParallel": .integer(layout.dataParallel),
            "contextParallel": .integer(layout.contextParallel),
            "expertParallel": .integer(
                layout.dataParallel * layout.contextParallel > 1 ? layout.expertParallel : 1),
            "weightFormat": .string(layout.weightFormat.rawValue),
            "computeFormat": .string(layout.computeFormat.rawValue),
            "keyValueFormat": .string(layout.keyValueFormat.rawValue),
        ])
    }

    static func time(_ parts: [TimePart]) -> JSONValue {
        .array(
            parts.map {
                .members([
                    "cause": .string($0.cause.rawValue), "seconds": .number($0.time.value),
                ])
            })
    }

    static func memory(_ memory: MemoryBreakdown) -> JSONValue {
        .members([
            "weightsBytes": .integer(memory.weights.count),
            "gradientsBytes": .integer(memory.gradients.count),
            "optimizerBytes": .integer(memory.optimizer.count),
            "activationsBytes": .integer(memory.activations.count),
            "keyValueCacheBytes": .integer(memory.keyValueCache.count),
            "hostCacheBytes": .integer(memory.hostCache.count),
            "workspaceBytes": .integer(memory.workspace.count),
            "totalBytes": .integer(memory.total.count),
            "availableBytes": .integer(memory.available.count),
        ])
    }

    static func rejection(_ rejection: Rejection) -> JSONValue {
        let (kind, details): (String, JSONValue) =
            switch rejection {
            case .formatUnsupported(let format, let accelerator):
                (
                    "format-unsupported",
                    .members([
                        "format": .string(format.rawValue), "accelerator": .string(accelerator),
                    ])
                )
            case .noLayout(let count, _):
                ("no-layout", .members(["acceleratorCount": .integer(count)]))
            case .memory(let layout, let shortfall, let largest, let bytes):
                (
                    "memory",
                    .members([
                        "layout": .string(layout), "shortfallBytes": .integer(shortfall.count),
                        "largestPart": .string(largest),
                        "largestPartBytes": .integer(bytes.count),
                    ])
                )
            case .timeToFirstToken(let best, let limit):
                ("time-to-first-token", seconds(best, limit))
            case .timePerOutputToken(let best, let limit):
                ("time-per-output-token", seconds(best, limit))
            case .deadline(let finish, let limit): ("deadline", seconds(finish, limit))
            case .invalidInput(let input):
                (
                    "invalid-input",
                    .members([
                        "name": .string(input.name), "value": .string(input.value),
                        "allowed": .string(input.allowed),
                    ])
                )
            case .capacity(let needed, let available):
                (
                    "capacity",
                    .members([
                        "neededAccelerators": .integer(needed),
                        "availableAccelerators": .integer(available),
                    ])
                )
            }
        return JSONValue.members([
            "kind": .string(kind), "message": .string(rejection.description),
        ]).appending(details)
    }

    private static func seconds(_ best: Seconds, _ limit: Seconds) -> JSONValue {
        .members(["bestSeconds": .number(best.value), "limitSeconds": .number(limit.value)])
    }
}
