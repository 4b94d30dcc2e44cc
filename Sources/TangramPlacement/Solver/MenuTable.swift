import CInstructionSet
import CPlacementKernel
import TangramWorkers

/// The options of a problem as the pricing kernel reads them: structure of arrays, each worker's
/// items in memory near that worker. Amounts are relative to capacities.
final class MenuTable {
    let problem: PlacementProblem
    private let slotCount: Int
    /// Resources, floors included.
    let resourceCount: Int
    /// What each resource's amounts are divided by.
    let scales: [Double]
    /// Capacities without supplies over scales: 1, or −1 for a floor.
    let limits: [Double]
    private let workers: any WorkerPool
    private let parts: [Part]
    private let level: tangram_simd_level

    /// The items of one worker.
    private final class Part: @unchecked Sendable {
        let items: Range<Int>
        let value: WorkerBuffer<Double>
        let resources: [WorkerBuffer<Int32>]
        let amounts: [WorkerBuffer<Double>]
        let offsets: WorkerBuffer<UInt32>
        let best: WorkerBuffer<Int32>
        let scores: WorkerBuffer<Double>
        /// For each row of the table the option it stands for.
        let optionIndices: [Int32]

        init(
            problem: PlacementProblem, items: Range<Int>, scales: [Double], slotCount: Int,
            pool: any WorkerPool, worker: Int
        ) throws(WorkerError) {
            self.items = items
            var rows: [(option: PlacementProblem.Option, index: Int32)] = []
            var starts: [UInt32] = [0]
            for item in items {
                for (index, option) in problem.items[item].enumerated()
                where problem.isUsable(option) {
                    rows.append((option, Int32(index)))
                }
                starts.append(UInt32(rows.count))
            }
            optionIndices = rows.map(\.index)
            value = try WorkerBuffer(count: rows.count, pool: pool, worker: worker)
            offsets = try WorkerBuffer(count: starts.count, pool: pool, worker: worker)
            best = try WorkerBuffer(count: items.count, pool: pool, worker: worker)
            scores = try WorkerBuffer(count: items.count, pool: pool, worker: worker)
            var resources: [WorkerBuffer<Int32>] = []
            var amounts: [WorkerBuffer<Double>] = []
            for _ in 0..<slotCount {
                resources.append(try WorkerBuffer(count: rows.count, pool: pool, worker: worker))
                amounts.append(try WorkerBuffer(count: rows.count, pool: pool, worker: worker))
            }
            self.resources = resources
            self.amounts = amounts
            for (row, entry) in rows.enumerated() {
                value[row] = entry.option.value
                for slot in 0..<slotCount {
                    guard slot < entry.option.uses.count else {
                        resources[slot][row] = -1
                        continue
                    }
                    let use = entry.option.uses[slot]
                    resources[slot][row] = Int32(use.resource)
                    amounts[slot][row] = use.amount / scales[use.resource]
                }
            }
            for (index, start) in starts.enumerated() { offsets[index] = start }
        }
    }

    /// Builds the table.
    ///
    /// - Throws: `WorkerError` where memory cannot be had.
    init(
        _ problem: PlacementProblem, workers: any WorkerPool
    ) throws(WorkerError) {
        self.problem = problem
        self.workers = workers
        resourceCount = problem.capacities.count
        scales = zip(problem.capacities, problem.fullCapacities).map { own, full in
            own != 0 ? abs(own) : full != 0 ? abs(full) : 1
        }
        limits = zip(problem.capacities, scales).map { $0 / $1 }
        var slots = 0
        for options in problem.items {
            for option in options { slots = max(slots, option.uses.count) }
        }
        slotCount = slots
        var level = TANGRAM_SIMD_BASELINE
        // A level that cannot be had is reported by the command line before it comes here.
        if tangram_simd_in_use(&level) != TANGRAM_SIMD_OK { level = tangram_simd_detected() }
        self.level = level
        let ranges = StaticPartition(
            itemCount: problem.items.count, partCount: workers.workerCount)
        var parts: [Part] = []
        for (worker, range) in ranges.enumerated() {
            parts.append(
                try Part(
                    problem: problem, items: range, scales: scales, slotCount: slots,
                    pool: workers, worker: worker))
        }
        self.parts = parts
    }

    /// The best option of every item at `prices`, and what all of them come to.
    struct Response {
        /// For each item the chosen option, -1 for none.
        var choices: [Int32]
        /// Score of each item: value less price, at least 0.
        var scores: [Double]
        /// Sum of the scores, in item order.
        var total: Double
        /// Use of each resource relative to its scale.
        var usage: [Double]

        /// The chosen values.
        func value(at prices: [Double]) -> Double {
            zip(prices, usage).reduce(total) { $0 + $1.0 * $1.1 }
        }
    }

    /// What capacities and supplies are worth at `prices`: with the total of the scores it bounds
    /// the objective.
    func worth(of prices: [Double]) -> Double {
        var sum = zip(prices, limits).reduce(0) { $0 + $1.0 * $1.1 }
        for supply in problem.supplies {
            let gain = prices[supply.resource] * supply.amount / scales[supply.resource]
            let cost = problem.paysSupplies ? supply.cost : 0
            sum += Double(supply.limit) * max(0, gain - cost)
        }
        return sum
    }

    /// Prices all menus.
    ///
    /// - Parameter prices: One per resource, for `scales` of it.
    func respond(to prices: [Double]) -> Response {
        let padded = prices + [0]
        let (parts, level, resources) = (parts, level, UInt32(resourceCount))
        let slots = UInt32(slotCount)
        workers.run { worker in
            let part = parts[worker]
            let resource = part.resources.map { UnsafePointer($0.baseAddress) as Optional }
            let amount = part.amounts.map { UnsafePointer($0.baseAddress) as Optional }
            padded.withUnsafeBufferPointer { price in
                tangram_price_menus(
                    level, part.value.baseAddress, resource, amount, slots,
                    part.offsets.baseAddress, 0, part.items.count, price.baseAddress, resources,
                    part.best.baseAddress, part.scores.baseAddress)
            }
        }
        // In item order on one thread: the sums do not depend on the number of workers.
        var response = Response(
            choices: [], scores: [], total: 0,
            usage: [Double](repeating: 0, count: resourceCount))
        response.choices.reserveCapacity(problem.items.count)
        response.scores.reserveCapacity(problem.items.count)
        for part in parts {
            for position in 0..<part.items.count {
                let row = Int(part.best.baseAddress[position])
                let score = part.scores.baseAddress[position]
                response.scores.append(score)
                response.total += score
                guard row >= 0 else {
                    response.choices.append(-1)
                    continue
                }
                response.choices.append(part.optionIndices[row])
                for slot in 0..<slotCount {
                    let resource = part.resources[slot].baseAddress[row]
                    if resource >= 0 {
                        response.usage[Int(resource)] += part.amounts[slot].baseAddress[row]
                    }
                }
            }
        }
        return response
    }
}

extension PlacementProblem {
    /// Whether capacities with all supplies allow `option` at all.
    func allows(_ option: Option) -> Bool {
        option.uses.allSatisfy {
            $0.amount <= 0 || $0.amount <= fullCapacities[$0.resource] * (1 + 1e-12)
        }
    }

    /// Whether `option` fits at all and is worth something, to the objective or to a floor.
    func isUsable(_ option: Option) -> Bool {
        guard option.value > -.infinity, allows(option) else { return false }
        return option.value > 0 || option.uses.contains { $0.amount < 0 }
    }
}
