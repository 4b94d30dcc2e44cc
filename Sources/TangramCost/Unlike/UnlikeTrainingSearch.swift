import CCostKernel
import TangramUnits

/// Finds how a training job is cut over groups of accelerators that do not match.
///
/// Two shapes are searched: pipelines through all groups, in every order of the groups, with layers
/// balanced by the stages' speed and memory; and replicas that stay inside a group, with batches as
/// unequal as their speeds. Tensor and expert parallelism never leave a group.
public struct UnlikeTrainingSearch: Sendable {
    /// The job on its groups.
    public let model: UnlikeTrainingModel
    /// Accelerators of each group.
    public let counts: [Int]

    /// Sequences of a micro-batch that are tried.
    private static let microBatches = [1, 2, 4]
    /// Orders of more groups than this are too many to try.
    private static let groupLimit = 4

    /// Prepares a search.
    ///
    /// - Parameter counts: Accelerators of each group of `model`.
    public init(_ model: UnlikeTrainingModel, counts: [Int]) {
        self.model = model
        self.counts = counts
    }

    /// The fastest layout that uses every group and fits, or why there is none.
    public func best() -> Result<UnlikeEstimate, Rejection> {
        var best: UnlikeEstimate?
        var closest: UnlikeEstimate?
        let total = counts.reduce(0, +)
        guard counts.count == model.groups.count, counts.count <= Self.groupLimit,
            counts.allSatisfy({ $0 > 0 })
        else {
            return .failure(
                .noLayout(
                    acceleratorCount: total,
                    reason: "give 1 to \(Self.groupLimit) groups with accelerators in each"))
        }
        func take(_ layout: UnlikeLayout?) {
            guard let layout else { return }
            let found = model.estimate(layout)
            if found.fits {
                if found.throughput > best?.throughput ?? .zero { best = found }
            } else if Self.missing(found) < closest.map(Self.missing) ?? .infinity {
                closest = found
            }
        }
        for recompute in TrainingLayout.Recompute.allCases {
            for micro in Self.microBatches
            where model.demand.globalBatchSize.isMultiple(of: micro) {
                for order in Self.orders(counts.count) {
                    forEachCut(micro) { data, tensor in
                        take(
                            through(
                                order, data: data, tensor: tensor, micro: micro,
                                recompute: recompute))
                    }
                }
                take(beside(micro: micro, recompute: recompute))
            }
        }
        if let best { return .success(best) }
        guard let closest else {
            return .failure(
                .noLayout(
                    acceleratorCount: total,
                    reason: "no tensor and data parallel sizes divide heads, nodes and batch"))
        }
        let stage = closest.stages.joined().max {
            $0.memory.shortfall < $1.memory.shortfall
        }
        let largest = stage?.memory.parts.first
        return .failure(
            .memory(
                layout: closest.layout.summary(model.names),
                shortfall: stage?.memory.shortfall ?? .zero, largest: largest?.name ?? "",
                largestBytes: largest?.bytes ?? .zero))
    }

    private static func missing(_ estimate: UnlikeEstimate) -> Double {
        estimate.stages.joined().map(\.memory.shortfall.value).max() ?? 0
    }

    // MARK: Sizes

    /// Tensor parallel sizes of a group.
    private func tensors(_ group: Int) -> [Int] {
        let limit = min(model.groups[group].localSize, counts[group])
        let heads = model.models[group].shape.headCount
        return Divisors.all(of: heads).filter { $0 <= limit && counts[group] % $0 == 0 }
    }

    /// Data parallel sizes and a tensor parallel size for each group.
    private func forEachCut(_ micro: Int, _ body: (Int, [Int]) -> Void) {
        let batches = model.demand.globalBatchSize / micro
        let least = counts.min() ?? 1
        for data in Divisors.all(of: batches) where data <= least {
            var choices: [[Int]] = [[]]
            for group in counts.indices {
                let sizes = tensors(group).filter { (counts[group] / $0) % data == 0 }
                choices = choices.flatMap { chosen in sizes.map { chosen + [$0] } }
            }
            for choice in choices { body(data, choice) }
        }
    }

    static func orders(_ count: Int) -> [[Int]] {
        var orders: [[Int]] = [[]]
        for item in 0..<count {
            orders = orders.flatMap { order in
                (0...order.count).map { place in
                    var longer = order
                    longer.insert(item, at: place)
                    return longer
                }
            }
        }
        return orders
    }

    // MARK: Shapes

    /// Pipelines through the groups in `order`.
    private func through(
        _ order: [Int], data: Int, tensor: [Int], micro: Int,
        recompute: TrainingLayout.Recompute
    ) -> UnlikeLayout? {
        var stages: [UnlikeLayout.Stage] = []
        for group in order {
            let count = counts[group] / tensor[group] / data
            stages += Array(
                repeating: .init(group: group, tensorParallel: tensor[group], layerCount: 0),
                count: count)
        }
        let batches = model.demand.globalBatchSize / micro / data
        guard
            let balanced = balance(
                stages, replicas: data, microBatches: batches, micro: micro,
                recompute: recompute)
        else { return nil }
        return UnlikeLayout(
            pipelines: [
                .init(stages: balanced, replicaCount: data, microBatchCount: batches)
            ], microBatch: micro, recompute: recompute)
    }

    /// Layers go one after the other to the stage that is least late with one more and has memory
    /// for it; with equal layers that makes the slowest stage as fast as it can be. nil where they
    /// are fewer than stages, or fit nowhere.
    func balance(
        _ stages: [UnlikeLayout.Stage], replicas: Int, microBatches: Int, micro: Int,
        recompute: TrainingLayout.Recompute
    ) -> [UnlikeLayout.Stage]? {
        let layerCount = model.models[0].shape.layerCount
        guard (1...layerCount).contains(stages.count) else { return nil }
        let layout = UnlikeLayout(pipelines: [], microBatch: micro, recompute: recompute)
        struct Room {
            var time: Double
            var fixed: Double
            var limit: Int
        }
        var rooms: [Room] = []
        for (place, stage) in stages.enumerated() {
            let isLast = place == stages.count - 1
            func cost(_ layers: Int) -> UnlikeTrainingModel.StageCost {
                var own = stage
                own.layerCount = layers
                return model.cost(
                    own, layout, replicas: replicas, isFirst: place == 0, isLast: isLast,
                    inFlight: min(microBatches, stages.count - place))
            }
            let one = cost(1)
            let available =
                model.models[stage.group].table.pointer.pointee.device.available_bytes
            // Bytes grow with layers: the most that fit, by halving.
            var (low, high) = (0, layerCount)
            while low < high {
                let middle = (low + high + 1) / 2
                if cost(middle).cost.total_bytes <= available {
                    low = middle
                } else {
                    high = middle - 1
                }
            }
            rooms.append(
                Room(
                    time: one.cost.layer_s, fixed: isLast ? one.cost.head_s : 0, limit: low))
        }
        // A layout that does not fit is made too, so that what is missing can be said.
        let fits =
            rooms.reduce(0) { $0 + $1.limit } >= layerCount
            && rooms.allSatisfy { $0.limit > 0 }
        var balanced = stages
        for place in balanced.indices { balanced[place].layerCount = 1 }
        for _ in 0..<(layerCount - stages.count) {
            let next = balanced.indices.filter {
                !fits || balanced[$0].layerCount < rooms[$0].limit
            }.min { a, b in
                let late = { (place: Int) in
                    rooms[place].time * Double(balanced[place].layerCount + 1)
                        + rooms[place].fixed
                }
                return late(a) < late(b)
            }
            guard let next else { return nil }
            balanced[next].layerCount += 1
        }
        return balanced
    }

    /// Replicas that stay inside their groups, the best cut of each, with batches as unequal as
    /// their speeds.
    private func beside(
        micro: Int, recompute: TrainingLayout.Recompute
    ) -> UnlikeLayout? {
        let batches = model.demand.globalBatchSize / micro
        var kinds: [UnlikeLayout.Pipeline] = []
        var paces: [Double] = []
        for group in counts.indices {
            var best: (pipeline: UnlikeLayout.Pipeline, pace: Double)?
            for tensor in tensors(group) {
                let blocks = counts[group] / tensor
                for depth in Divisors.all(of: blocks)
                where depth <= model.models[0].shape.layerCount {
                    let replicas = blocks / depth
                    guard replicas <= batches else { continue }
                    let guess = max(1, batches / max(1, replicas * counts.count))
                    let stages = Array(
                        repeating: UnlikeLayout.Stage(
                            group: group, tensorParallel: tensor, layerCount: 0), count: depth)
                    guard
                        let balanced = balance(
                            stages, replicas: replicas, microBatches: guess, micro: micro,
                            recompute: recompute)
                    else { continue }
                    let pipeline = UnlikeLayout.Pipeline(
                        stages: balanced, replicaCount: replicas, microBatchCount: guess)
                    let alone = model.estimate(
                        UnlikeLayout(
                            pipelines: [pipeline], microBatch: micro, recompute: recompute))
                    guard alone.fits else { continue }
                    let pace =
                        Double(guess * replicas) / max(alone.pipelineTimes[0].value, 1e-12)
                    if pace > best?.pace ?? 0 { best = (pipeline, pace) }
                }
            }
            guard let best else { return nil }
            kinds.append(best.pipeline)
            paces.append(best.pace)
        }
        guard let shared = share(batches, kinds, paces) else { return nil }
        return UnlikeLayout(pipelines: shared, microBatch: micro, recompute: recompute)
    }

    /// Micro-batches for each kind in proportion to its pace, all of them given out; nil where the
    /// numbers of replicas do not add up to them.
    func share(
        _ batches: Int, _ kinds: [UnlikeLayout.Pipeline], _ paces: [Double]
    ) -> [UnlikeLayout.Pipeline]? {
        let sum = paces.reduce(0, +)
        guard sum > 0 else { return nil }
        var shared = kinds
        var left = batches
        for place in shared.indices {
            let own = Double(batches) * paces[place] / sum / Double(kinds[place].replicaCount)
            shared[place].microBatchCount = max(1, Int(own))
            left -= shared[place].microBatchCount * shared[place].replicaCount
        }
        // What is left goes to whoever is least late with it.
        while left > 0 {
            let next = shared.indices.filter { shared[$0].replicaCount <= left }.min { a, b in
                let late = { (place: Int) in
                    Double((shared[place].microBatchCount + 1) * shared[place].replicaCount)
                        / paces[place]
                }
                return late(a) < late(b)
            }
            guard let next else { return nil }
            shared[next].microBatchCount += 1
            left -= shared[next].replicaCount
        }
        return left == 0 ? shared : nil
    }
}
