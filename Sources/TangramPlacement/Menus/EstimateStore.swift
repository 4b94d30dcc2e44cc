import TangramCost
import TangramHardware
import TangramUnits
import TangramWorkers

/// Estimates that jobs share: jobs of one kind on one group of accelerators are costed once.
///
/// What is needed is collected first, costed in parallel, and then looked up.
struct EstimateStore {
    /// A training job as far as layouts depend on it, on a number of accelerators.
    struct TrainingKey: Hashable {
        var demand: TrainingDemand
        var group: Int
        var acceleratorCount: Int

        init(_ demand: TrainingDemand, group: Int, acceleratorCount: Int) {
            self.demand = demand
            // How long it runs changes nothing about how fast it does.
            self.demand.tokens = nil
            self.demand.deadline = nil
            self.group = group
            self.acceleratorCount = acceleratorCount
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
    private var servingIndices: [ServingKey: Int] = [:]
    private var servingKeys: [ServingKey] = []
    private var training: [Result<TrainingEstimate, Rejection>] = []
    private var serving: [Result<[ServingEstimate], Rejection>] = []

    /// Asks for an estimate.
    ///
    /// - Returns: Where it will be found.
    mutating func request(_ key: TrainingKey) -> Int {
        if let index = trainingIndices[key] { return index }
        trainingIndices[key] = trainingKeys.count
        trainingKeys.append(key)
        return trainingKeys.count - 1
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

    /// Makes all the estimates that were asked for.
    mutating func compute(
        groups: [DeviceGroup], workers: any WorkerPool, progress: (@Sendable (Double) -> Void)?
    ) {
        let (trainingKeys, servingKeys) = (trainingKeys, servingKeys)
        // Chunks, so that progress can be told from one thread; their size depends on nothing else.
        let chunk = 512
        let total = Double(trainingKeys.count + servingKeys.count)
        var done = 0
        while done < servingKeys.count {
            let range = done..<min(done + chunk, servingKeys.count)
            serving += workers.mapItems(count: range.count) { offset in
                let key = servingKeys[range.lowerBound + offset]
                return ServingSearch(ServingModel(demand: key.demand, group: groups[key.group]))
                    .front(acceleratorLimit: key.acceleratorLimit)
            }
            done = range.upperBound
            progress?(Double(done) / total)
        }
        done = 0
        while done < trainingKeys.count {
            let range = done..<min(done + chunk, trainingKeys.count)
            training += workers.mapItems(count: range.count) { offset in
                let key = trainingKeys[range.lowerBound + offset]
                do throws(Rejection) {
                    let model = try TrainingModel(demand: key.demand, group: groups[key.group])
                    return TrainingSearch(model).best(acceleratorCount: key.acceleratorCount)
                } catch {
                    return .failure(error)
                }
            }
            done = range.upperBound
            progress?((Double(servingKeys.count) + Double(done)) / total)
        }
    }

    /// The estimate that ``request(_:)-(TrainingKey)`` said would be at `index`.
    func training(at index: Int) -> Result<TrainingEstimate, Rejection> { training[index] }
    /// The replicas that ``request(_:)-(ServingKey)`` said would be at `index`.
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
