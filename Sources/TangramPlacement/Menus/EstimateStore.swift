import TangramCost
import TangramHardware
import TangramUnits
import TangramWorkers

/// Estimates that jobs share: jobs of one kind on one group of accelerators are costed once.
///
/// What is needed is collected first, costed in parallel, and then looked up.
struct EstimateStore {
    /// A training job as far as layouts depend on it.
    struct TrainingKey: Hashable {
        var demand: TrainingDemand
        var group: Int

        init(_ demand: TrainingDemand, group: Int) {
            self.demand = demand
            // How long it runs changes nothing about how fast it does.
            self.demand.tokens = nil
            self.demand.deadline = nil
            self.group = group
        }
    }

    /// Where an estimate will be found.
    struct TrainingIndex {
        fileprivate var key: Int
        fileprivate var position: Int
    }

    /// The numbers of accelerators that one training job is costed on.
    private struct TrainingCounts {
        var counts: [Int] = []
        var positions: [Int: Int] = [:]

        mutating func position(of count: Int) -> Int {
            if let position = positions[count] { return position }
            positions[count] = counts.count
            counts.append(count)
            return counts.count - 1
        }
    }

    /// A serving job as far as one replica depends on it.
    struct ServingKey: Hashable {
        var demand: ServingDemand
        var group: Int
        var acceleratorLimit: Int

        init(_ demand: ServingDemand, group: Int, acceleratorLimit: Int) {
            self.demand = demand
            self.demand.requestRate = .zero
            self.group = group
            self.acceleratorLimit = acceleratorLimit
        }
    }

    private var trainingIndices: [TrainingKey: Int] = [:]
    private var trainingKeys: [TrainingKey] = []
    private var trainingCounts: [TrainingCounts] = []
    private var servingIndices: [ServingKey: Int] = [:]
    private var servingKeys: [ServingKey] = []
    private var training: [[Result<TrainingEstimate, Rejection>]] = []
    private var serving: [Result<[ServingEstimate], Rejection>] = []

    /// The place of a training job on a group of accelerators, for which counts are asked for.
    mutating func entry(_ key: TrainingKey) -> Int {
        if let known = trainingIndices[key] { return known }
        let index = trainingKeys.count
        trainingIndices[key] = index
        trainingKeys.append(key)
        trainingCounts.append(TrainingCounts())
        return index
    }

    /// Asks for an estimate on a number of accelerators.
    mutating func request(entry: Int, acceleratorCount: Int) -> TrainingIndex {
        TrainingIndex(
            key: entry, position: trainingCounts[entry].position(of: acceleratorCount))
    }

    /// Asks for an estimate.
    ///
    /// - Returns: Where it will be found.
    mutating func request(_ key: ServingKey) -> Int {
        if let index = servingIndices[key] { return index }
        servingIndices[key] = servingKeys.count
        servingKeys.append(key)
        return servingKeys.count - 1
    }

    /// What is said of what was not costed.
    static let late = Rejection.noLayout(
        acceleratorCount: 0, reason: "there was no time to cost it")

    /// Whether every estimate that was asked for was made.
    private(set) var isComplete = true

    /// Makes the estimates that were asked for, until `isOver` says that there is no more time.
    mutating func compute(
        groups: [DeviceGroup], workers: any WorkerPool, isOver: () -> Bool = { false },
        progress: (@Sendable (Double) -> Void)?
    ) {
        let late = Self.late
        let (trainingKeys, servingKeys) = (trainingKeys, servingKeys)
        let counts = trainingCounts.map(\.counts)
        let total = Double(max(1, trainingKeys.count + servingKeys.count))
        serving = chunked(servingKeys.count, workers) { index in
            let key = servingKeys[index]
            return ServingSearch(ServingModel(demand: key.demand, group: groups[key.group]))
                .front(acceleratorLimit: key.acceleratorLimit)
        } done: {
            progress?(Double($0) / total)
            return isOver()
        }
        isComplete = serving.count == servingKeys.count
        while serving.count < servingKeys.count { serving.append(.failure(late)) }
        training = chunked(trainingKeys.count, workers) { index in
            let key = trainingKeys[index]
            do throws(Rejection) {
                return try TrainingSearch(demand: key.demand, group: groups[key.group])
                    .best(acceleratorCounts: counts[index])
            } catch {
                return counts[index].map { _ in .failure(error) }
            }
        } done: {
            progress?(Double(servingKeys.count + $0) / total)
            return isOver()
        }
        isComplete = isComplete && training.count == trainingKeys.count
        while training.count < trainingKeys.count {
            training.append(counts[training.count].map { _ in .failure(late) })
        }
    }

    /// Keys that are costed between two looks at the clock: enough to keep workers busy, few enough
    /// that the last piece ends soon.
    private static let pieceCount = 16

    /// `map` of all indices in pieces, so that progress can be told from one thread, until `done` says
    /// that time is over; the size of a piece depends on nothing else.
    private func chunked<Element: Sendable>(
        _ count: Int, _ workers: any WorkerPool, _ map: @Sendable (Int) -> Element,
        done: (Int) -> Bool
    ) -> [Element] {
        var result: [Element] = []
        result.reserveCapacity(count)
        while result.count < count {
            let start = result.count
            result += workers.mapItems(count: min(Self.pieceCount, count - start)) {
                map(start + $0)
            }
            if done(result.count) { break }
        }
        return result
    }

    /// The estimate that was asked for.
    func training(at index: TrainingIndex) -> Result<TrainingEstimate, Rejection> {
        training[index.key][index.position]
    }
    /// The replicas that were asked for.
    func serving(at index: Int) -> Result<[ServingEstimate], Rejection> { serving[index] }
}

extension WorkerPool {
    /// `map` of every index, in order; neighbouring items go to different workers, because they
    /// tend to cost about the same.
    func mapItems<Result: Sendable>(
        count: Int, _ map: @Sendable (Int) -> Result
    ) -> [Result] {
        let width = workerCount
        let columns = [Int](0..<width)
        let parts = mapBlocks(count: width, blockSize: 1) { _, range -> [Result] in
            range.flatMap { column in
                stride(from: columns[column], to: count, by: width).map(map)
            }
        }
        var result: [Result] = []
        result.reserveCapacity(count)
        for index in 0..<count { result.append(parts[index % width][index / width]) }
        return result
    }
}
