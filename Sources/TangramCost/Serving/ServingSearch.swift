import TangramHardware
import TangramModels
import TangramUnits

/// Finds layouts of one replica of a served model.
public struct ServingSearch: Sendable {
    /// The job on its accelerators.
    public let model: ServingModel

    /// Prepares a search.
    public init(_ model: ServingModel) { self.model = model }

    /// Replicas worth having: none takes fewer accelerators at more capacity per accelerator.
    /// Ascending in accelerators; at least one, or why there is none.
    ///
    /// - Parameter acceleratorLimit: The most accelerators of one replica.
    public func front(acceleratorLimit: Int) -> Result<[ServingEstimate], Rejection> {
        let formats = model.formats
        guard !formats.isEmpty else {
            let wanted =
                model.demand.weightFormats.first ?? model.demand.model.checkpointFormat ?? .bf16
            return .failure(
                .formatUnsupported(wanted, accelerator: model.group.accelerator.id))
        }
        var best: [Int: ServingEstimate] = [:]
        var rejection: Rejection?
        for layout in layouts(formats: formats, limit: acceleratorLimit) {
            switch model.estimate(layout) {
            case .success(let estimate):
                let count = estimate.acceleratorCount
                if estimate.capacity.value > best[count]?.capacity.value ?? 0 {
                    best[count] = estimate
                }
            case .failure(let reason):
                rejection = rejection.map { Self.closer($0, reason) } ?? reason
            }
        }
        var front: [ServingEstimate] = []
        for (count, estimate) in best.sorted(by: { $0.key < $1.key }) {
            let perAccelerator = estimate.capacity.value / Double(count)
            let previous = front.last.map { $0.capacity.value / Double($0.acceleratorCount) } ?? 0
            if perAccelerator > previous { front.append(estimate) }
        }
        if !front.isEmpty { return .success(front) }
        return .failure(
            rejection
                ?? .noLayout(acceleratorCount: acceleratorLimit, reason: "no accelerators given"))
    }

    private func layouts(
        formats: [(weights: NumberFormat, compute: NumberFormat)], limit: Int
    ) -> [ServingLayout] {
        let shape = model.shape
        let tensors = Divisors.powersOfTwo(upTo: min(limit, model.group.localSize))
            .filter {
                shape.headCount % $0 == 0
            }
        var result: [ServingLayout] = []
        for format in formats {
            for tensor in tensors {
                for pipeline in Divisors.powersOfTwo(
                    upTo: min(limit / tensor, shape.layerCount, 16))
                {
                    // Groups with their own requests pay only where they share experts.
                    let most = shape.expertCount > 1 ? limit / (tensor * pipeline) : 1
                    for data in Divisors.powersOfTwo(upTo: min(most, 256))
                    where data == 1 || shape.expertCount % (tensor * data) == 0 {
                        result.append(
                            ServingLayout(
                                tensorParallel: tensor, pipelineParallel: pipeline,
                                dataParallel: data, weightFormat: format.weights,
                                computeFormat: format.compute,
                                keyValueFormat: model.demand.keyValueFormat))
                    }
                }
            }
        }
        return result
    }

    /// The rejection that says more: a missed limit before missing memory, the nearer miss first.
    private static func closer(_ left: Rejection, _ right: Rejection) -> Rejection {
        switch (left, right) {
        case (.memory(_, let a, _, _), .memory(_, let b, _, _)): return b < a ? right : left
        case (.timePerOutputToken(let a, _), .timePerOutputToken(let b, _)):
            return b < a ? right : left
        case (.timeToFirstToken(let a, _), .timeToFirstToken(let b, _)):
            return b < a ? right : left
        case (.memory, _): return right
        case (.timePerOutputToken, .timeToFirstToken): return right
        default: return left
        }
    }
}
