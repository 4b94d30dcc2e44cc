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
        let found = meanFront(acceleratorLimit: acceleratorLimit)
        guard let percent = model.demand.percentile, case .success(let front) = found else {
            return found
        }
        return atPercentile(percent, front)
    }

    /// The front with capacities at which the limits hold for a part of the requests.
    private func atPercentile(
        _ percent: Int, _ front: [ServingEstimate]
    ) -> Result<[ServingEstimate], Rejection> {
        var kept: [ServingEstimate] = []
        var nearest: Rejection?
        for estimate in front {
            guard let knee = model.knee(estimate, percent: percent) else {
                if let reason = model.rejection(estimate, percent: percent) {
                    nearest = nearest.map { Self.closer($0, reason) } ?? reason
                }
                continue
            }
            var own = model.estimate(estimate, at: knee.load)
            own.capacity = knee.load
            kept.append(own)
        }
        if kept.isEmpty, let nearest { return .failure(nearest) }
        return .success(kept)
    }

    private func meanFront(acceleratorLimit: Int) -> Result<[ServingEstimate], Rejection> {
        let formats = model.formats
        guard !formats.isEmpty else {
            let wanted =
                model.demand.weightFormats.first ?? model.demand.model.checkpointFormat ?? .bf16
            return .failure(
                .formatUnsupported(wanted, accelerator: model.group.accelerator.id))
        }
        do throws(Rejection) {
            try InputCheck.check(model.demand)
            try InputCheck.check(model.group)
        } catch {
            return .failure(error)
        }
        var best: [Int: ServingEstimate] = [:]
        var nearest: Rejection?
        for wish in wishes {
            let layouts = layouts(formats: wish, limit: acceleratorLimit)
            best = self.best(of: layouts)
            if !best.isEmpty { break }
            if let reason = rejection(of: layouts) {
                nearest = nearest.map { Self.closer($0, reason) } ?? reason
            }
        }
        guard !best.isEmpty else {
            return .failure(
                nearest
                    ?? .noLayout(
                        acceleratorCount: acceleratorLimit, reason: "no accelerators given"))
        }
        var front: [ServingEstimate] = []
        for (count, estimate) in best.sorted(by: { $0.key < $1.key }) {
            let perAccelerator = estimate.capacity.value / Double(count)
            let previous = front.last.map { $0.capacity.value / Double($0.acceleratorCount) } ?? 0
            if perAccelerator > previous { front.append(estimate) }
        }
        return .success(front)
    }

    /// Sets of formats to try in turn: those that were named are in order of preference, and a later one
    /// is for where no earlier one fits or is fast enough. Without any the fastest is taken.
    var wishes: [[(weights: NumberFormat, compute: NumberFormat)]] {
        let formats = model.formats
        return model.demand.weightFormats.isEmpty ? [formats] : formats.map { [$0] }
    }

    /// A layout and about how well it does.
    private struct Candidate {
        var layout: ServingLayout
        var batch: Double
        var rate: Float
    }

    /// Rates in single precision may swap layouts that are all but equally fast.
    private static let candidateCount = 3

    /// The best replica of each number of accelerators: all layouts at once in single precision, the
    /// best few again in double.
    private func best(of layouts: [ServingLayout]) -> [Int: ServingEstimate] {
        var candidates: [Int: [Candidate]] = [:]
        var start = 0
        while start < layouts.count {
            // Layouts of one set of formats stand together.
            let table = model.table(layouts[start])
            var end = start + 1
            while end < layouts.count, layouts[end].weightFormat == layouts[start].weightFormat,
                layouts[end].computeFormat == layouts[start].computeFormat
            {
                end += 1
            }
            let own = Array(layouts[start..<end])
            let (batches, rates) = table.capacities(own)
            for (index, layout) in own.enumerated() where batches[index] >= 1 {
                var list = candidates[layout.acceleratorCount] ?? []
                let place = list.firstIndex { $0.rate < rates[index] } ?? list.count
                list.insert(
                    Candidate(layout: layout, batch: Double(batches[index]), rate: rates[index]),
                    at: place)
                if list.count > Self.candidateCount { list.removeLast() }
                candidates[layout.acceleratorCount] = list
            }
            start = end
        }
        var best: [Int: ServingEstimate] = [:]
        for (count, list) in candidates {
            for candidate in list {
                guard
                    case .success(let estimate) = model.estimate(
                        candidate.layout, near: candidate.batch)
                else { continue }
                if estimate.capacity.value > best[count]?.capacity.value ?? 0 {
                    best[count] = estimate
                }
            }
        }
        return best
    }

    /// Why none of `layouts` does; the rejection that says most.
    private func rejection(of layouts: [ServingLayout]) -> Rejection? {
        var rejection: Rejection?
        for layout in layouts {
            if case .failure(let reason) = model.estimate(layout) {
                rejection = rejection.map { Self.closer($0, reason) } ?? reason
            }
        }
        return rejection
    }

    /// Ranks share a prompt only where it is this long: shorter ones are prefilled in a step or two, and
    /// sharing them costs more than it saves.
    static let longContext = 32_768
    /// Most ranks that share a sequence: 1M tokens on 16 ranks are 64k each.
    private static let mostContextRanks = 16

    /// Every layout of up to `limit` accelerators in every format that may be served in.
    func allLayouts(limit: Int) -> [ServingLayout] {
        layouts(formats: model.formats, limit: limit)
    }

    func layouts(
        formats: [(weights: NumberFormat, compute: NumberFormat)], limit: Int
    ) -> [ServingLayout] {
        let shape = model.shape
        let tensors = Divisors.powersOfTwo(upTo: min(limit, model.group.localSize))
            .filter {
                shape.headCount % $0 == 0
            }
        var result: [ServingLayout] = []
        let demand = model.demand
        let (tokens, isOver) = demand.promptTokens.addingReportingOverflow(demand.outputTokens)
        let isLong = isOver || tokens >= Self.longContext
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
                                keyValueFormat: demand.keyValueFormat))
                    }
                    guard isLong else { continue }
                    for context in Divisors.powersOfTwo(
                        upTo: min(limit / (tensor * pipeline), Self.mostContextRanks))
                    where context > 1 && shape.expertCount % (tensor * context) == 0
                        || context > 1 && shape.expertCount <= 1
                    {
                        result.append(
                            ServingLayout(
                                tensorParallel: tensor, pipelineParallel: pipeline,
                                contextParallel: context, weightFormat: format.weights,
                                computeFormat: format.compute,
                                keyValueFormat: demand.keyValueFormat))
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
