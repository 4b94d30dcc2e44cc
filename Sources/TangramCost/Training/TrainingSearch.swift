import CCostKernel
import TangramHardware
import TangramUnits
public import TangramWorkers

/// Finds the fastest layout of a training job on a number of accelerators.
///
/// Layouts are made one after the other and costed in batches by the kernel, every operator of each
/// that fits; sizes that cannot divide the job are never made, a layout that does not fit is never
/// timed, and what is found is reduced as it is costed, so that memory does not grow with the number
/// of layouts. What is reported is computed again in double.
public struct TrainingSearch: Sendable {
    /// The job on its accelerators, once for each format it may be computed in.
    public var models: [TrainingModel] { [model] + otherModels }
    /// The job in the format that was asked for first, of those that can be used.
    public let model: TrainingModel
    private let otherModels: [TrainingModel]
    /// What else may be chosen.
    public let space: TrainingSpace

    /// Prepares a search in one format.
    public init(_ model: TrainingModel, space: TrainingSpace = TrainingSpace()) {
        self.model = model
        otherModels = []
        self.space = space
    }

    /// Prepares a search over the formats that `demand` allows and the accelerator has.
    ///
    /// - Throws: What ``TrainingModel/init(demand:group:)`` throws, if no format can be used.
    public init(
        demand: TrainingDemand, group: DeviceGroup, space: TrainingSpace = TrainingSpace()
    ) throws(Rejection) {
        var models: [TrainingModel] = []
        var refusal: Rejection?
        for format in [demand.format] + demand.alternativeFormats {
            var one = demand
            one.format = format
            one.alternativeFormats = []
            do throws(Rejection) {
                let model = try TrainingModel(demand: one, group: group)
                // Twins of the same width are one choice.
                if !models.contains(where: { $0.computeFormat == model.computeFormat }) {
                    models.append(model)
                }
            } catch {
                refusal = refusal ?? error
            }
        }
        guard let first = models.first else {
            throw refusal ?? .formatUnsupported(demand.format, accelerator: group.accelerator.id)
        }
        model = first
        otherModels = Array(models.dropFirst())
        self.space = space
    }

    /// The fastest layout of exactly `acceleratorCount` accelerators, or why there is none.
    public func best(
        acceleratorCount: Int, workers: any WorkerPool = SerialWorkers()
    ) -> Result<TrainingEstimate, Rejection> {
        ranked(acceleratorCount: acceleratorCount, limit: 1, workers: workers).map { $0[0] }
    }

    /// The fastest layout of each number of accelerators; layers are costed once for all of them.
    public func best(
        acceleratorCounts: [Int], workers: any WorkerPool = SerialWorkers()
    ) -> [Result<TrainingEstimate, Rejection>] {
        let found = run(acceleratorCounts, limit: 1 + Self.slack, bucketCount: 0, workers: workers)
        return zip(acceleratorCounts, found).map { count, found in
            estimates(found, found.best, acceleratorCount: count).map { fastest($0, 1)[0] }
        }
    }

    /// The fastest layouts, at least one and at most `limit`, fastest first.
    public func ranked(
        acceleratorCount: Int, limit: Int, workers: any WorkerPool = SerialWorkers()
    ) -> Result<[TrainingEstimate], Rejection> {
        let found = run(
            [acceleratorCount], limit: max(1, limit) + Self.slack, bucketCount: 0,
            workers: workers)[0]
        return estimates(found, found.best, acceleratorCount: acceleratorCount).map {
            fastest($0, max(1, limit))
        }
    }

    private func fastest(_ estimates: [TrainingEstimate], _ limit: Int) -> [TrainingEstimate] {
        // Equal times stay in the order of the enumeration.
        let order = estimates.indices.sorted {
            (estimates[$0].stepTime.value, $0) < (estimates[$1].stepTime.value, $1)
        }
        return order.prefix(limit).map { estimates[$0] }
    }

    /// Layouts none of which is both slower and larger than another: fastest first, each smaller
    /// than the one before it.
    ///
    /// - Parameter resolution: Into how many parts the device's memory is divided; at most one
    ///   layout is kept for each.
    public func front(
        acceleratorCount: Int, resolution: Int = 64, workers: any WorkerPool = SerialWorkers()
    ) -> Result<[TrainingEstimate], Rejection> {
        let found = run(
            [acceleratorCount], limit: 0, bucketCount: min(max(1, resolution), 4_096),
            workers: workers)[0]
        return estimates(found, found.buckets, acceleratorCount: acceleratorCount).map {
            var front: [TrainingEstimate] = []
            for estimate in $0.sorted(by: { $0.stepTime < $1.stepTime })
            where front.last.map({ estimate.memory.total < $0.memory.total }) ?? true {
                front.append(estimate)
            }
            return front
        }
    }

    /// How many layouts a search looks at.
    public struct Count: Hashable, Sendable {
        /// Layouts that divide the job.
        public var visited: Int
        /// Those that fit into memory.
        public var fitting: Int
        /// Those that were timed.
        public var timed: Int
    }

    /// Searches without estimating anything: how many layouts there are on each of the numbers of
    /// accelerators, all together.
    public func count(
        acceleratorCounts: [Int], workers: any WorkerPool = SerialWorkers()
    ) -> Count {
        run(acceleratorCounts, limit: 1, bucketCount: 0, fastestOnly: true, workers: workers)
            .reduce(Count(visited: 0, fitting: 0, timed: 0)) {
                Count(
                    visited: $0.visited + $1.count.visited,
                    fitting: $0.fitting + $1.count.fitting, timed: $0.timed + $1.count.timed)
            }
    }

    /// Times in single precision may swap layouts that are all but equally fast.
    private static let slack = 7

    /// Searches every model, each divided over the workers by cuts of layers.
    private func run(
        _ acceleratorCounts: [Int], limit: Int, bucketCount: Int, fastestOnly: Bool? = nil,
        workers: any WorkerPool
    ) -> [FoundLayouts] {
        let parts = workers.workerCount
        let models = models
        let runs = workers.mapBlocks(count: models.count * parts, blockSize: 1) { _, range in
            let (place, part) = range.lowerBound.quotientAndRemainder(dividingBy: parts)
            return FoundLayouts.search(
                models[place], place, space, acceleratorCounts: acceleratorCounts,
                fastestOnly: fastestOnly ?? (bucketCount == 0), limit: limit,
                bucketCount: bucketCount, part: part, partCount: parts)
        }
        return acceleratorCounts.indices.map { count in
            var found = FoundLayouts(bucketCount: bucketCount)
            for run in runs { found.merge(run[count]) }
            found.best.sort { $0.isBefore($1) }
            found.best.removeLast(max(0, found.best.count - limit))
            return found
        }
    }

    private func estimates(
        _ found: FoundLayouts, _ candidates: [FoundLayouts.Candidate?], acceleratorCount: Int
    ) -> Result<[TrainingEstimate], Rejection> {
        let candidates = candidates.compactMap { $0 }
        guard candidates.isEmpty else {
            return .success(candidates.map { models[$0.model].estimate($0.layout) })
        }
        if let closest = found.closest {
            let memory = models[closest.model].memory(closest.layout)
            let largest = memory.parts.first
            return .failure(
                .memory(
                    layout: closest.layout.summary, shortfall: memory.shortfall,
                    largest: largest?.name ?? "weights",
                    largestBytes: largest?.bytes ?? memory.total))
        }
        return .failure(
            .noLayout(
                acceleratorCount: acceleratorCount,
                reason: acceleratorCount > 0
                    ? "the batch of \(model.demand.globalBatchSize) sequences does not divide over it"
                    : "none given"))
    }
}
